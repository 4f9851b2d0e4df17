"""The server that a newcomer finds: its channel, its members, and a word on what to do there."""

from dataclasses import dataclass

import discord
from simcord import ChannelHandle, Env, MemberActor

WELCOME = (
    "**Welcome!** Make your first video in three steps:\n"
    "1. Type `/video text` into the box below and choose the command.\n"
    "2. Say what should be seen, for example *A paper boat on a river at dusk*, and press Enter.\n"
    "3. Watch the card: it changes by itself, and after about a quarter of a minute the video plays on it.\n\n"
    "Then try `/video frames` with a picture of yours, `/video reference` with several files, and **Remix** below a "
    "finished video. `/usage` shows what is left.\n"
    "**Together:** `/draft new`, then **Viewing as** Bob.\n"
    "**As Cara**, a moderator and operator: `/limits set`, `/operator price`.\n\n"
    "This is a pretend Discord with a pretend video service: everything stays on this computer and credits are play "
    "money. You are Alice; **Viewing as** above makes you Bob or Cara. Threads, and direct messages from the bot such "
    "as who gave you credits, are made and sent but cannot be seen here."
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel, the members who may use it, the first of whom a newcomer is, and the one of them who runs the bot."""

    channel: ChannelHandle
    members: tuple[MemberActor, ...]
    operator: MemberActor


async def set_scene(env: Env) -> Scene:
    """Make the server and greet whoever comes."""
    guild = env.create_guild("Showrunner demo")
    # Discord offers the commands of operators to administrators only.
    moderators = guild.create_role(
        "Moderators", permissions=discord.Permissions(administrator=True), color=0xD99A1C
    )
    channel = guild.create_text_channel("videos", topic="We make AI videos together: type /video text")
    alice = guild.add_member(env.create_user("alice", global_name="Alice"))
    bob = guild.add_member(env.create_user("bob", global_name="Bob"))
    cara = guild.add_member(env.create_user("cara", global_name="Cara"), roles=[moderators])
    await cara.send(channel, WELCOME)
    return Scene(channel=channel, members=(alice, bob, cara), operator=cara)
