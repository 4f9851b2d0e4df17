"""Posts files again as the bot's own messages, so that their links can be made fresh for as long as they stand.

Discord's links die after a day. Files of a command belong to no message, and those of other people's messages are not
shown to a bot that reads no message content (its docs, "Message Object", on ``attachments``). What cannot be copied
keeps the link it has; nothing here raises because Discord is in trouble.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Protocol

import aiohttp
import discord

from bot.delivery.sender import UPLOAD_MAX_BYTES
from storage.records import Medium

logger = logging.getLogger(__name__)

# For fetching and posting one message's files.
COPY_TIMEOUT_S = 120.0
# Messages whose files are in memory at once: 75 MiB at most.
COPIES_MAX = 3
# Bytes are taken as they come: a compressed answer could unpack to any size.
_AS_THEY_ARE = {"Accept-Encoding": "identity"}


class File(Protocol):
    """A file to post again: an attachment as Discord hands it to us, or a :class:`LinkedFile`."""

    @property
    def id(self) -> int:
        """What tells it from others."""
        ...

    @property
    def size(self) -> int:
        """Its size in bytes."""
        ...

    async def to_file(self) -> discord.File:
        """Fetch it."""
        ...


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file of which only a link is left. Nothing of it is in memory before it is posted."""

    id: int
    size: int
    medium: Medium
    session: aiohttp.ClientSession

    async def to_file(self) -> discord.File:
        """Fetch it.

        Raises:
            ClientError: It is not there any more, or another one.
        """
        async with self.session.get(self.medium.url, allow_redirects=False) as answer:
            if answer.status != 200 or answer.content_length != self.size:
                raise aiohttp.ClientPayloadError("no longer the same file")
            return discord.File(BytesIO(await answer.read()), filename=self.medium.name)


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a file stands now."""

    channel_id: int
    message_id: int
    url: str

    def of(self, medium: Medium) -> Medium:
        """Return a file as it stands now."""
        return replace(medium, url=self.url, channel_id=self.channel_id, message_id=self.message_id)


class Copies:
    """Copies files.

    Args:
        client: The Discord client.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._turns = asyncio.Semaphore(COPIES_MAX)

    async def of(
        self, attachments: Sequence[File], *, channel_id: int, text: str, max_bytes: int
    ) -> Mapping[int, Copy]:
        """Post files again.

        Args:
            attachments: The files.
            channel_id: Where to.
            text: Said above them; mentions in it ping nobody.
            max_bytes: The largest file that Discord takes there.

        Returns:
            By the attachment's id where its copy is; those that could not be copied are missing.
        """
        copied: dict[int, Copy] = {}
        for batch in _batches([it for it in attachments if it.size <= min(max_bytes, UPLOAD_MAX_BYTES)]):
            try:
                async with self._turns, asyncio.timeout(COPY_TIMEOUT_S):
                    message = await self._post(batch, channel_id=channel_id, text=text)
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                logger.warning("%d files could not be copied: %s", len(batch), type(error).__name__)
                continue
            for attachment, posted in zip(batch, message.attachments, strict=False):
                copied[attachment.id] = Copy(message.channel.id, message.id, posted.url)
        return copied

    async def of_links(
        self, media: Sequence[Medium], *, channel_id: int, text: str, max_bytes: int
    ) -> Sequence[Medium]:
        """Post files again that belong to no message of the bot's own, by the links that are left of them.

        Args:
            media: Files on Discord, with links that are alive.
            channel_id: Where to.
            text: Said above them; mentions in it ping nobody.
            max_bytes: The largest file that Discord takes there.

        Returns:
            All of them in the same order; those that could not be copied as they were.
        """
        timeout = aiohttp.ClientTimeout(total=COPY_TIMEOUT_S)
        async with aiohttp.ClientSession(
            headers=_AS_THEY_ARE, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout
        ) as session:
            found = [await _linked(medium, place, session) for place, medium in enumerate(media)]
            files = [file for file in found if file is not None]
            copied = await self.of(files, channel_id=channel_id, text=text, max_bytes=max_bytes)
        return [copied[place].of(medium) if place in copied else medium for place, medium in enumerate(media)]

    async def take_back(self, channel_id: int, message_ids: Iterable[int]) -> None:
        """Delete copies that nobody has a use for, as far as Discord does it now.

        Args:
            channel_id: Where they were posted.
            message_ids: Their messages.
        """
        channel = self._client.get_partial_messageable(channel_id)
        try:
            async with asyncio.timeout(COPY_TIMEOUT_S):
                for message_id in message_ids:
                    await channel.get_partial_message(message_id).delete()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            logger.warning("a copy could not be deleted: %s", type(error).__name__)

    async def _post(self, batch: Sequence[File], *, channel_id: int, text: str) -> discord.Message:
        files = [await attachment.to_file() for attachment in batch]
        channel = self._client.get_partial_messageable(channel_id)
        return await channel.send(text, files=files, allowed_mentions=discord.AllowedMentions.none())


async def _linked(medium: Medium, id: int, session: aiohttp.ClientSession) -> LinkedFile | None:
    """Return a file as large as Discord says it is; None if it does not, or there is none any more."""
    try:
        async with session.get(medium.url, allow_redirects=False) as answer:
            is_there = answer.status == 200 and answer.content_length is not None
            return LinkedFile(id, answer.content_length or 0, medium, session) if is_there else None
    except (aiohttp.ClientError, OSError) as error:
        logger.warning("a file could not be looked at: %s", type(error).__name__)
        return None


def _batches(attachments: Sequence[File]) -> Iterator[Sequence[File]]:
    """Return the files in as few messages as Discord's bound on a request allows."""
    batch: list[File] = []
    for attachment in attachments:
        if batch and sum(it.size for it in (*batch, attachment)) > UPLOAD_MAX_BYTES:
            yield batch
            batch = []
        batch.append(attachment)
    if batch:
        yield batch
