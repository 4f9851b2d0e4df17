"""Says what people are sent through Discord: the cards and what becomes of them, and what askers and owners are told.

How a message is posted exactly once is told in :mod:`bot.delivery.posts`. Everything after the first post is an edit of
the same message with the bot's own right, which may be repeated. Nothing here ever uses an interaction's token.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import discord

from bot import texts
from bot.clock import Clock
from bot.delivery.calls import CALL_TIMEOUT_S, UPLOAD_TIMEOUT_S, Calls
from bot.delivery.cards import Card, card_for
from bot.delivery.failures import (
    ChannelClosed,
    DiscordUnavailable,
    FileTooLarge,
    MessageGone,
    MessageRejected,
    SendFailed,
    ThreadArchived,
)
from bot.delivery.nonces import nonce_of_card, nonce_of_draft, nonce_of_end, nonce_of_warning
from bot.delivery.posts import Posts
from bot.delivery.progress import Progress
from storage.draft_records import Draft
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
        self._calls = Calls()
        self._posts = Posts(client, calls=self._calls, clock=clock)

    def open(self) -> None:
        """Let calls through, once the client is logged in; before that they wait."""
        self._calls.open()

    async def wait_until_open(self) -> None:
        """Wait for the login, before which nobody knows who owns the bot."""
        await self._calls.wait_until_open()

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
        message = await self._posts.post(
            self._channel_of(generation),
            card,
            nonce=nonce_of_card(generation),
            tried_at=generation.asked_at,
            since_id=generation.interaction_id,
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
        async with self._calls.call():
            asker = await self._client.create_dm(discord.Object(generation.asker_id))
        await self._posts.post(
            asker,
            card_for(generation).without_actions(),  # what they ask for obeys the limits of a server
            nonce=nonce_of_end(generation, "d"),
            tried_at=generation.ended_at or generation.asked_at,
            since_id=generation.interaction_id,
            may_stand=may_stand,
            file=file,
            with_title=True,  # one may stand there about an earlier end of the same generation
        )

    async def write_to(self, user_id: int, text: str, *, nonce: str) -> None:
        """Send plain words to somebody as a direct message.

        Args:
            user_id: To whom.
            text: At most 2,000 characters; mentions in it ping nobody.
            nonce: By which Discord recognises a repetition for some minutes, at most 25 characters.

        Raises:
            SendFailed: One of its kinds; it may have arrived all the same.
        """
        async with self._calls.call():
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
        async with self._calls.call():
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
        async with self._calls.call(UPLOAD_TIMEOUT_S if file else CALL_TIMEOUT_S):
            await message.edit(
                embed=card.embed,
                view=card.view(),
                attachments=[discord.File(file)] if file else discord.utils.MISSING,
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def amend_card(self, generation: Generation) -> None:
        """Show on its card what came later, opening its thread again where that is archived. May be repeated.

        Raises:
            SendFailed: One of its kinds.
        """
        try:
            await self.edit_card(generation)
        except ThreadArchived:
            await self._unarchive(generation.channel_id)
            await self.edit_card(generation)

    async def tell_asker(self, generation: Generation, *, may_stand: bool) -> None:
        """Reply to the card with a short word that pings the asker and nobody else.

        Args:
            generation: One that has come to its end.
            may_stand: Whether it was tried before, perhaps by a process that died.

        Raises:
            SendFailed: One of its kinds.
        """
        await self._posts.reply(
            self._channel_of(generation).get_partial_message(_card_id(generation)),
            texts.REPLIES[generation.state].format(asker_id=generation.asker_id),
            pings=generation.asker_id,
            nonce=nonce_of_end(generation, "r"),
            tried_at=generation.ended_at or generation.asked_at,
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
        message = await self._posts.post(
            self._channel_of(draft),
            card,
            nonce=nonce_of_draft(draft),
            tried_at=draft.opened_at,
            since_id=draft.interaction_id,
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
        await self._posts.reply(
            self._channel_of(draft).get_partial_message(_card_id(draft)),
            text,
            pings=draft.owner_id,
            nonce=nonce_of_warning(draft),
            tried_at=draft.warned_at or draft.edited_at,
            may_stand=may_stand,
        )

    async def attachment_links(self, channel_id: int, message_id: int) -> Mapping[int, str]:
        """Return fresh links to the files of a message, by attachment id.

        Raises:
            SendFailed: One of its kinds.
        """
        async with self._calls.call():
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
        async with self._calls.call():
            await message.edit(
                embed=card.embed, view=card.view(), allowed_mentions=discord.AllowedMentions.none()
            )

    async def _unarchive(self, thread_id: int) -> None:
        async with self._calls.call():
            thread = await self._client.fetch_channel(thread_id)
            if isinstance(thread, discord.Thread):
                await thread.edit(archived=False)

    def _channel_of(self, shown: Generation | Draft) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(shown.channel_id, guild_id=shown.guild_id)


def _card_id(shown: Generation | Draft) -> int:
    if shown.card_id is None:
        raise MessageGone("there never was a card")
    return shown.card_id
