"""How every cog answers: in time, once, privately, and without a mention that pings."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import discord
from discord import app_commands

from bot import texts
from bot.delivery.cards import message_url
from bot.errors import Refusal
from storage.records import Generation

logger = logging.getLogger(__name__)

# Discord forgets an interaction after 3 s without an answer; half of that leaves room for the way.
DEFER_AFTER_S = 1.5
ANSWER_TIMEOUT_S = 15.0
# Discord takes 4,096 characters in an embed's description (docs, "Embed Limits"); the rest is for the word that there
# are more.
_LIST_MAX_CHARS = 4000
# Without these a card cannot be shown; the rest of the invite's permissions only help after a crash.
_NEEDED = ("view_channel", "send_messages", "embed_links", "attach_files")
_NEEDED_IN_THREADS = ("view_channel", "send_messages_in_threads", "embed_links", "attach_files")
# Discord's code for an interaction that was answered before (docs, "Opcodes and Status Codes").
ALREADY_ACKNOWLEDGED = 40060


class MissingPermissions(Refusal):
    """The bot could not show a card in this channel, so it starts nothing."""


@asynccontextmanager
async def answering(interaction: discord.Interaction) -> AsyncIterator[None]:
    """Acknowledge by itself if the body takes longer than Discord waits."""
    timer = asyncio.create_task(_defer_late(interaction), name="late acknowledgement")
    try:
        yield
    finally:
        timer.cancel()


async def say(
    interaction: discord.Interaction,
    text: str | None = None,
    *,
    embed: discord.Embed | None = None,
    view: discord.ui.View | None = None,
    files: Sequence[discord.File] = (),
) -> None:
    """Answer an interaction so that only its person sees it. Never raises because Discord is in trouble.

    Args:
        interaction: What is answered; answered before or not.
        text: Plain words, at most 2,000 characters.
        embed: Shown below the words.
        view: Its buttons, in place of those of an earlier answer.
        files: Attached, in place of those of an earlier answer.
    """
    shown: list[discord.Embed] = [embed] if embed is not None else []
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            if files:
                # Sending files closes them, so there is only one try.
                await acknowledge(interaction)
            if not await _answered_first(interaction, text, shown, view):
                await interaction.edit_original_response(
                    content=text, embeds=shown, view=view, attachments=files
                )
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.warning("an answer did not reach Discord: %s", type(error).__name__)


async def announce(interaction: discord.Interaction, text: str) -> None:
    """Say something to everybody in the channel of an interaction that was answered. Never raises because Discord is
    in trouble.
    """
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await interaction.followup.send(text)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.warning("a word to everybody did not reach Discord: %s", type(error).__name__)


async def say_also(interaction: discord.Interaction, *, embed: discord.Embed) -> None:
    """Say something more to the person of an interaction that was answered. Never raises because Discord is in
    trouble.
    """
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await interaction.followup.send(embed=embed, ephemeral=True)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.warning("something more to say did not reach Discord: %s", type(error).__name__)


async def acknowledge(interaction: discord.Interaction) -> None:
    """Say that an answer which takes long is on its way; only its person will see it. Safe to repeat.

    Raises:
        HTTPException: Discord no longer takes an answer.
    """
    if interaction.response.is_done():
        return
    try:
        await interaction.response.defer(ephemeral=True, thinking=True)
    except discord.InteractionResponded:
        return
    except discord.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED:
            raise


async def acknowledge_in_place(interaction: discord.Interaction) -> None:
    """Let the next answer replace the message whose button was pressed. Never raises because Discord is in trouble."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await interaction.response.defer()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.info("an acknowledgement was not taken: %s", type(error).__name__)


def fitting(lines: Sequence[str], *, between: str = "\n") -> str:
    """Return as many lines as an embed's description shows, and how many are left."""
    shown = list(lines)
    while len(between.join(shown)) > _LIST_MAX_CHARS:
        shown.pop()
    if len(shown) < len(lines):
        shown.append(texts.LIST_MORE.format(count=len(lines) - len(shown)))
    return between.join(shown)


def card_link(generation: Generation) -> str:
    """Return a link to the card of a generation, or a word that there is none."""
    if generation.card_id is None:
        return texts.STATUS_NO_CARD
    url = message_url(generation.guild_id, generation.channel_id, generation.card_id)
    return texts.STATUS_CARD.format(url=url)


async def delete_message(interaction: discord.Interaction) -> None:
    """Delete the message whose button was pressed; one that is gone already is fine."""
    if interaction.message is None:
        return
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await interaction.message.delete()
    except discord.NotFound:
        pass


def require_permissions(interaction: discord.Interaction, *, also: Sequence[str] = ()) -> None:
    """Refuse where the card could not be shown.

    Args:
        interaction: Where it would be shown.
        also: Permissions that are needed beside the usual ones, by discord.py's names.

    Raises:
        NoPrivateMessage: It is no server.
        MissingPermissions: Names every permission that is missing.
    """
    if interaction.guild_id is None:
        # A card that came as a direct message has buttons too, but no server whose limits would hold.
        raise app_commands.NoPrivateMessage
    had = interaction.app_permissions
    if had.administrator:
        return
    needed = _NEEDED_IN_THREADS if isinstance(interaction.channel, discord.Thread) else _NEEDED
    missing = [texts.PERMISSIONS[name] for name in (*needed, *also) if not getattr(had, name)]
    if missing:
        raise MissingPermissions(
            texts.MISSING_PERMISSIONS.format(permissions=", ".join(missing)),
            hint=texts.MISSING_PERMISSIONS_HINT,
        )


async def _answered_first(
    interaction: discord.Interaction,
    text: str | None,
    embeds: list[discord.Embed],
    view: discord.ui.View | None,
) -> bool:
    """Whether this became the first answer; False if there is one already, which is then to be edited."""
    if interaction.response.is_done():
        return False
    try:
        await interaction.response.send_message(
            text, embeds=embeds, view=view or discord.utils.MISSING, ephemeral=True
        )
    except discord.InteractionResponded:
        return False
    except discord.HTTPException as error:
        # The library sends an answer again after a 5xx, though the first one may have arrived.
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
        return False
    return True


async def _defer_late(interaction: discord.Interaction) -> None:
    await asyncio.sleep(DEFER_AFTER_S)
    try:
        await acknowledge(interaction)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.info("a late acknowledgement was not needed or not taken: %s", type(error).__name__)
