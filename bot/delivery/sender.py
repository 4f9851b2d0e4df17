"""Sends what people see to Discord, each message exactly once, and says what is certain when that fails.

Everything after the first post is an edit of the same message with the bot's own right, which may be repeated. A post
carries a nonce, by which Discord recognises a repetition for a few minutes; later than that we look for our own
message before we send it again. Nothing here ever uses an interaction's token.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import discord

from bot import texts
from bot.clock import Clock
from bot.delivery.cards import Card, card_for
from bot.delivery.failures import (
    ChannelClosed,
    DiscordUnavailable,
    FileTooLarge,
    MessageGone,
    MessageRejected,
    SendFailed,
    ThreadArchived,
    failure_of,
)
from bot.delivery.nonces import nonce_of_card, nonce_of_draft, nonce_of_end, nonce_of_warning
from bot.delivery.progress import Progress
from storage.drafts import Draft
from storage.records import Generation

# What the sender raises is found beside it.
__all__ = [
    "UPLOAD_MAX_BYTES",
    "ChannelClosed",
    "DiscordUnavailable",
    "FileTooLarge",
    "MessageGone",
    "MessageRejected",
    "SendFailed",
    "Sender",
]

# Time-outs of one call to Discord, waits for its rate limits included.
CALL_TIMEOUT_S = 120.0
UPLOAD_TIMEOUT_S = 300.0
# Discord compares nonces "in the past few minutes" (its docs, "Create Message"); after this we look before we repeat.
NONCE_TRUSTED_S = 60.0
# How many messages after the question we look through for our own: ten calls.
LOOK_BACK_MESSAGES = 1000
# Discord's bound on a whole request (docs, "Message", 25 MiB), less room for the form around the file.
UPLOAD_MAX_BYTES = 25 * 2**20 - 64 * 2**10


class Sender:
    """Posts and edits cards, and tells askers and owners.

    Args:
        client: The logged-in (or soon to be) Discord client.
        clock: The source of time.
    """

    def __init__(self, client: discord.Client, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._logged_in = asyncio.Event()

    def open(self) -> None:
        """Let calls through, once the client is logged in; before that they wait."""
        self._logged_in.set()

    async def wait_until_open(self) -> None:
        """Wait for the login, before which nobody knows who owns the bot."""
        await self._logged_in.wait()

    async def post_card(self, generation: Generation, *, may_stand: bool, file: Path | None = None) -> int:
        """Post the card of a generation in its channel, unless it stands there already.

        Args:
            generation: What to show. One with a ``card_id`` had a card that was deleted: it gets a new one.
            may_stand: Whether it was tried before, perhaps by a process that died.
            file: The video to attach.

        Returns:
            The id of the message.

        Raises:
            SendFailed: One of its kinds.
        """
        card = card_for(generation)
        message = await self._post_once(
            self._channel_of(generation),
            card,
            nonce=nonce_of_card(generation),
            after=generation.asked_at,
            may_stand=may_stand,
            file=file,
        )
        if [embed.title for embed in message.embeds] != [card.embed.title]:
            # It was there already, by search or by nonce, and shows an earlier state.
            await self.edit_card(replace(generation, card_id=message.id), file=file)
        return message.id

    async def post_to_asker(self, generation: Generation, *, may_stand: bool, file: Path | None) -> None:
        """Send the card as a direct message, where the channel does not take it, unless it was sent already.

        Args:
            generation: What to show.
            may_stand: Whether it was tried before, perhaps by a process that died.
            file: The video to attach.

        Raises:
            SendFailed: One of its kinds.
        """
        async with self._call(UPLOAD_TIMEOUT_S):
            asker = await self._client.create_dm(discord.Object(generation.asker_id))
            card, ended_at = card_for(generation), generation.ended_at or generation.asked_at
            is_late = may_stand and self._is_late(ended_at)
            stands = await self._find_card(asker, card, after=generation.asked_at) if is_late else None
            # It may be about an earlier end of the same generation.
            if stands is None or [embed.title for embed in stands.embeds] != [card.embed.title]:
                await self._send(asker, card, nonce=nonce_of_end(generation, "d"), file=file)

    async def write_to(self, user_id: int, text: str, *, nonce: str) -> None:
        """Send plain words to somebody as a direct message.

        Args:
            user_id: To whom.
            text: At most 2,000 characters; mentions in it ping nobody.
            nonce: By which Discord recognises a repetition for some minutes, at most 25 characters.

        Raises:
            SendFailed: One of its kinds; it may have arrived all the same.
        """
        async with self._call(CALL_TIMEOUT_S):
            direct = await self._client.create_dm(discord.Object(user_id))
            await direct.send(text, nonce=nonce, allowed_mentions=discord.AllowedMentions.none())

    async def write_in(self, channel_id: int, text: str, *, nonce: str) -> None:
        """Send plain words to a channel.

        Args:
            channel_id: Where.
            text: At most 2,000 characters; mentions in it ping nobody.
            nonce: By which Discord recognises a repetition for some minutes, at most 25 characters.

        Raises:
            SendFailed: One of its kinds; it may have arrived all the same.
        """
        channel = self._client.get_partial_messageable(channel_id)
        async with self._call(CALL_TIMEOUT_S):
            await channel.send(text, nonce=nonce, allowed_mentions=discord.AllowedMentions.none())

    async def edit_card(
        self,
        generation: Generation,
        *,
        file: Path | None = None,
        progress: Progress | None = None,
        note: str | None = None,
    ) -> None:
        """Show the generation on its card as it is now. May be repeated.

        Args:
            generation: What to show; it has a ``card_id``.
            file: The video to attach; without one the card keeps what it has.
            progress: How far it is.
            note: Said instead of the usual explanation.

        Raises:
            SendFailed: One of its kinds.
        """
        card = card_for(generation, progress=progress, note=note)
        message = self._channel_of(generation).get_partial_message(_card_id(generation))
        async with self._call(UPLOAD_TIMEOUT_S if file else CALL_TIMEOUT_S):
            await message.edit(
                embed=card.embed,
                view=card.view(),
                attachments=[discord.File(file)] if file else discord.utils.MISSING,
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def tell_asker(self, generation: Generation, *, may_stand: bool) -> None:
        """Reply to the card with a short word that pings the asker and nobody else.

        Args:
            generation: One that has come to its end.
            may_stand: Whether it was tried before, perhaps by a process that died.

        Raises:
            SendFailed: One of its kinds.
        """
        await self._reply_once(
            self._channel_of(generation).get_partial_message(_card_id(generation)),
            texts.REPLIES[generation.state].format(asker_id=generation.asker_id),
            pings=generation.asker_id,
            nonce=nonce_of_end(generation, "r"),
            after=generation.ended_at or generation.asked_at,
            may_stand=may_stand,
        )

    async def post_draft(self, draft: Draft, card: Card, *, may_stand: bool) -> int:
        """Post the card of a draft in its channel, unless it stands there already.

        Args:
            draft: One whose card was not posted yet, or is gone.
            card: What it shows.
            may_stand: Whether it was tried before, perhaps by a process that died.

        Returns:
            The id of the message.

        Raises:
            SendFailed: One of its kinds.
        """
        message = await self._post_once(
            self._channel_of(draft),
            card,
            nonce=nonce_of_draft(draft),
            after=draft.opened_at,
            may_stand=may_stand,
        )
        if may_stand:
            # Found by search or by nonce, it shows an earlier state.
            await self.edit_draft(replace(draft, card_id=message.id), card)
        return message.id

    async def edit_draft(self, draft: Draft, card: Card) -> None:
        """Show a draft on its card, opening its thread again where that is archived. May be repeated.

        Raises:
            SendFailed: One of its kinds.
        """
        try:
            await self._edit_draft(draft, card)
        except ThreadArchived:
            # A second card would leave the buttons of the first one alive.
            await self._unarchive(draft.channel_id)
            await self._edit_draft(draft, card)

    async def warn_owner(self, draft: Draft, text: str, *, may_stand: bool) -> None:
        """Reply to a draft's card with words that ping its owner and nobody else.

        Args:
            draft: One whose owner is to be warned.
            text: The words.
            may_stand: Whether it was tried before, perhaps by a process that died.

        Raises:
            SendFailed: One of its kinds.
        """
        await self._reply_once(
            self._channel_of(draft).get_partial_message(_card_id(draft)),
            text,
            pings=draft.owner_id,
            nonce=nonce_of_warning(draft),
            after=draft.warned_at or draft.edited_at,
            may_stand=may_stand,
        )

    async def attachment_links(self, channel_id: int, message_id: int) -> Mapping[int, str]:
        """Return fresh links to the files of a message, by attachment id.

        Raises:
            SendFailed: One of its kinds.
        """
        async with self._call(CALL_TIMEOUT_S):
            message = await self._client.get_partial_messageable(channel_id).fetch_message(message_id)
        return {attachment.id: attachment.url for attachment in message.attachments}

    def meeting_places_of(self, guild_id: int) -> tuple[int | None, int | None] | None:
        """Return a server's channel for moderators, if it has one, and its owner, by id; None for an unknown server."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return None
        updates = guild.public_updates_channel
        return (updates.id if updates else None), guild.owner_id

    def stated_max_bytes(self, guild_id: int | None) -> int:
        """Return the size of file that Discord says a server takes, in bytes."""
        guild = self._client.get_guild(guild_id) if guild_id is not None else None
        return guild.filesize_limit if guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES

    async def _edit_draft(self, draft: Draft, card: Card) -> None:
        message = self._channel_of(draft).get_partial_message(_card_id(draft))
        async with self._call(CALL_TIMEOUT_S):
            await message.edit(
                embed=card.embed, view=card.view(), allowed_mentions=discord.AllowedMentions.none()
            )

    async def _unarchive(self, thread_id: int) -> None:
        async with self._call(CALL_TIMEOUT_S):
            thread = await self._client.fetch_channel(thread_id)
            if isinstance(thread, discord.Thread):
                await thread.edit(archived=False)

    def _channel_of(self, shown: Generation | Draft) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(shown.channel_id, guild_id=shown.guild_id)

    def _is_late(self, first_try_at: datetime) -> bool:
        return self._clock.now() - first_try_at > timedelta(seconds=NONCE_TRUSTED_S)

    async def _post_once(
        self,
        channel: discord.PartialMessageable,
        card: Card,
        *,
        nonce: str,
        after: datetime,
        may_stand: bool,
        file: Path | None = None,
    ) -> discord.Message:
        """Post a card, or return the message that shows it already."""
        async with self._call(UPLOAD_TIMEOUT_S if file else CALL_TIMEOUT_S):
            is_late = may_stand and self._is_late(after)
            stands = await self._find_card(channel, card, after=after) if is_late else None
            return stands or await self._send(channel, card, nonce=nonce, file=file)

    async def _reply_once(
        self,
        card: discord.PartialMessage,
        text: str,
        *,
        pings: int,
        nonce: str,
        after: datetime,
        may_stand: bool,
    ) -> None:
        """Reply to a card, though it may be gone, unless the same words stand there; one person is pinged."""
        async with self._call(CALL_TIMEOUT_S):
            if may_stand and self._is_late(after) and await self._find_reply(card, text, after=after):
                return
            await card.channel.send(
                text,
                nonce=nonce,
                reference=discord.MessageReference(
                    message_id=card.id, channel_id=card.channel.id, fail_if_not_exists=False
                ),
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[discord.Object(pings)], replied_user=False
                ),
            )

    async def _send(
        self,
        channel: discord.abc.Messageable,
        card: Card,
        *,
        nonce: str,
        file: Path | None,
    ) -> discord.Message:
        return await channel.send(
            embed=card.embed,
            view=card.view(),
            nonce=nonce,
            files=[discord.File(file)] if file else [],
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _find_card(
        self, channel: discord.abc.Messageable, card: Card, *, after: datetime
    ) -> discord.Message | None:
        async for message in self._own_messages(channel, after=after):
            if any(embed.footer.text == card.embed.footer.text for embed in message.embeds):
                return message
        return None

    async def _find_reply(self, card: discord.PartialMessage, text: str, *, after: datetime) -> bool:
        async for message in self._own_messages(card.channel, after=after):
            is_about_card = message.reference is not None and message.reference.message_id == card.id
            if is_about_card and message.content == text:
                return True
        return False

    async def _own_messages(
        self, channel: discord.abc.Messageable, *, after: datetime
    ) -> AsyncIterator[discord.Message]:
        own_id = self._client.user.id if self._client.user else 0
        # Clocks differ: begin a little earlier than the question.
        since = after - timedelta(seconds=30)
        async for message in channel.history(limit=LOOK_BACK_MESSAGES, after=since, oldest_first=True):
            if message.author.id == own_id:
                yield message

    @asynccontextmanager
    async def _call(self, timeout_s: float) -> AsyncIterator[None]:
        """Bound a call in time and turn every failure into a :class:`SendFailed`."""
        await self._logged_in.wait()
        try:
            async with asyncio.timeout(timeout_s):
                yield
        except discord.HTTPException as error:
            raise failure_of(error) from error
        except (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordException) as error:
            raise DiscordUnavailable(type(error).__name__) from error


def _card_id(shown: Generation | Draft) -> int:
    if shown.card_id is None:
        raise MessageGone("there never was a card")
    return shown.card_id
