"""Posts each message exactly once, though the process may die between a post and its answer.

A post carries a nonce, by which Discord recognises a repetition for a few minutes. Later than that we look for our own
message before we send it again: a card is known by its footer, a reply by its words and the card they are about. Where
to look is told by Discord's ids alone, for its clock may be another than ours.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import discord

from bot.clock import Clock
from bot.delivery.calls import CALL_TIMEOUT_S, UPLOAD_TIMEOUT_S, Calls
from bot.delivery.cards import Card

# Discord compares nonces "in the past few minutes" (its docs, "Create Message"); after this we look before we repeat.
NONCE_TRUSTED_S = 60.0
# How many messages we look through for our own: ten calls.
LOOK_BACK_MESSAGES = 1000


class Posts:
    """Posts cards, and replies to them.

    Args:
        client: Whose messages they are.
        calls: What every call has in common.
        clock: The source of time.
    """

    def __init__(self, client: discord.Client, *, calls: Calls, clock: Clock) -> None:
        self._client = client
        self._calls = calls
        self._clock = clock

    async def post(
        self,
        channel: discord.abc.Messageable,
        card: Card,
        *,
        nonce: str,
        tried_at: datetime,
        since_id: int,
        may_stand: bool,
        file: Path | None = None,
        with_title: bool = False,
    ) -> discord.Message:
        """Post a card, unless it stands there already.

        Args:
            channel: Where.
            card: What it shows.
            nonce: By which Discord recognises a repetition for some minutes, at most 25 characters.
            tried_at: When it was first tried, at the earliest.
            since_id: An id of Discord's that is older than the card.
            may_stand: Whether it was tried before, perhaps by a process that died.
            file: The video to attach.
            with_title: Whether one with another title is another card, and not an earlier state of this one.

        Returns:
            The message; one that stood there may show an earlier state.

        Raises:
            SendFailed: One of its kinds.
        """
        async with self._calls.call(UPLOAD_TIMEOUT_S if file else CALL_TIMEOUT_S):
            if may_stand and self._is_late(tried_at):
                async for message in self._own_messages(channel, since_id=since_id, oldest_first=True):
                    if any(_is_same(embed, card.embed, with_title=with_title) for embed in message.embeds):
                        return message
            return await channel.send(
                embed=card.embed,
                view=card.view(),
                nonce=nonce,
                files=[discord.File(file)] if file else [],
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def reply(
        self,
        card: discord.PartialMessage,
        text: str,
        *,
        pings: int,
        nonce: str,
        tried_at: datetime,
        may_stand: bool,
    ) -> None:
        """Reply to a card, though it may be gone, unless the same words stand there.

        Args:
            card: The message of the card.
            text: The words.
            pings: Who is pinged by them, and nobody else.
            nonce: By which Discord recognises a repetition for some minutes, at most 25 characters.
            tried_at: When it was first tried, at the earliest.
            may_stand: Whether it was tried before, perhaps by a process that died.

        Raises:
            SendFailed: One of its kinds.
        """
        async with self._calls.call():
            if may_stand and self._is_late(tried_at):
                # Much may have been said since the card was posted, and little since the reply.
                async for message in self._own_messages(card.channel, since_id=card.id, oldest_first=False):
                    if message.content == text and _is_about(message, card):
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

    def _is_late(self, tried_at: datetime) -> bool:
        # Tried in the future: the clock was set back, and nobody knows how long ago that was.
        return not timedelta(0) <= self._clock.now() - tried_at <= timedelta(seconds=NONCE_TRUSTED_S)

    async def _own_messages(
        self, channel: discord.abc.Messageable, *, since_id: int, oldest_first: bool
    ) -> AsyncIterator[discord.Message]:
        own_id = self._client.user.id if self._client.user else 0
        since = discord.Object(since_id)
        async for message in channel.history(
            limit=LOOK_BACK_MESSAGES, after=since, oldest_first=oldest_first
        ):
            if message.author.id == own_id:
                yield message


def _is_same(embed: discord.Embed, wanted: discord.Embed, *, with_title: bool) -> bool:
    return embed.footer.text == wanted.footer.text and (embed.title == wanted.title or not with_title)


def _is_about(message: discord.Message, card: discord.PartialMessage) -> bool:
    return message.reference is not None and message.reference.message_id == card.id
