"""Who asks, as limits see them."""

import discord

from cogs.people import member_from


async def test_roles_count_though_their_server_is_not_known_yet() -> None:
    client = discord.Client(intents=discord.Intents.none())
    state = client._connection
    user = {"id": "30", "username": "alice", "discriminator": "0", "avatar": None}
    data = {"user": user, "roles": ["41", "42"], "joined_at": "2026-01-01T00:00:00+00:00", "flags": 0}
    unknown = state._get_or_create_unavailable_guild(10)
    alice = discord.Member(data=data, guild=unknown, state=state)  # type: ignore[arg-type]  # all that is read of it

    member = member_from(alice, guild_id=10)

    assert member.role_ids == {41, 42}
