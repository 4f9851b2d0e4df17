"""Where the card of a new draft goes: the channel in which it was asked for, or a thread of its own."""

import asyncio
from typing import Any

import aiohttp
import discord

from bot import texts
from bot.drafts.titles import fitting_title
from bot.errors import Refusal
from cogs.ui import require_permissions

THREAD_TIMEOUT_S = 15.0
_NEEDED = ("create_public_threads", "send_messages_in_threads")


class NoThread(Refusal):
    """There can be no thread, so nothing was opened."""


async def place_for(interaction: discord.Interaction[Any], title: str, *, in_thread: bool) -> int:
    """Return the id of the channel for the card of a new draft; a thread is opened for it, and called like it.

    Raises:
        NoThread: The channel has no threads, or Discord did not open one.
        MissingPermissions: Names every permission that is missing.
    """
    if in_thread:
        return await _open_thread(_channel_of(interaction), fitting_title(title) or texts.DRAFT_UNTITLED)
    require_permissions(interaction)
    return interaction.channel_id or 0


def _channel_of(interaction: discord.Interaction[Any]) -> discord.TextChannel:
    """Return the channel of an interaction, where a thread can be opened."""
    if not isinstance(interaction.channel, discord.TextChannel):
        raise NoThread(texts.DRAFT_NO_THREADS_HERE, hint=texts.DRAFT_NO_THREADS_HERE_HINT)
    require_permissions(interaction, also=_NEEDED)
    return interaction.channel


async def _open_thread(channel: discord.TextChannel, name: str) -> int:
    try:
        async with asyncio.timeout(THREAD_TIMEOUT_S):
            thread = await channel.create_thread(name=name, type=discord.ChannelType.public_thread)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise NoThread(texts.DRAFT_NO_THREAD) from error
    return thread.id
