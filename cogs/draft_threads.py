"""A thread of its own for a shared draft."""

import asyncio
from typing import Any

import aiohttp
import discord

from bot import texts
from bot.errors import Refusal
from cogs.ui import require_permissions

THREAD_TIMEOUT_S = 15.0
_NEEDED = ("create_public_threads", "send_messages_in_threads")


class NoThread(Refusal):
    """There can be no thread, so nothing was opened."""


def channel_for_thread(interaction: discord.Interaction[Any]) -> discord.TextChannel:
    """Return the channel of an interaction, where a thread can be opened.

    Raises:
        NoThread: It is no channel for threads.
        MissingPermissions: Names every permission that is missing.
    """
    if not isinstance(interaction.channel, discord.TextChannel):
        raise NoThread(texts.DRAFT_NO_THREADS_HERE, hint=texts.DRAFT_NO_THREADS_HERE_HINT)
    require_permissions(interaction, also=_NEEDED)
    return interaction.channel


async def open_thread(channel: discord.TextChannel, name: str) -> int:
    """Open a public thread, and return its id.

    Raises:
        NoThread: Discord did not do it.
    """
    try:
        async with asyncio.timeout(THREAD_TIMEOUT_S):
            thread = await channel.create_thread(name=name, type=discord.ChannelType.public_thread)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise NoThread(texts.DRAFT_NO_THREAD) from error
    return thread.id
