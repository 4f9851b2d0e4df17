"""Members are called by their names where Discord tells them in time."""

import asyncio
from types import SimpleNamespace
from typing import cast

import discord

from cogs.names import names_of
from simulated import Simulated


class SlowGuild:
    """A server of which Discord never says who member 2 is."""

    async def fetch_member(self, member_id: int) -> SimpleNamespace:
        if member_id == 2:
            await asyncio.Event().wait()
        return SimpleNamespace(display_name=f"member {member_id}")


async def test_whoever_left_has_no_name(simulated: Simulated) -> None:
    guild = simulated.application.client.get_guild(simulated.guild.id)

    assert await names_of(guild, [simulated.alice.id, 1]) == {simulated.alice.id: "alice"}


async def test_nobody_waits_long_for_a_name() -> None:
    names = await names_of(cast(discord.Guild, SlowGuild()), [1, 2, 3], timeout_s=0.01)

    assert names == {1: "member 1", 3: "member 3"}


async def test_outside_of_a_server_there_are_no_names() -> None:
    assert await names_of(None, [1]) == {}
