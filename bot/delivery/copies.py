"""Posts files again as the bot's own messages, so that their links can be made fresh for as long as they stand.

Discord's links die after a day. Files of a command belong to no message, and those of other people's messages are not
shown to a bot that reads no message content (its docs, "Message Object", on ``attachments``). What cannot be copied
keeps the link it has; nothing here raises because Discord is in trouble.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import aiohttp
import discord

from bot.delivery.sender import UPLOAD_MAX_BYTES

logger = logging.getLogger(__name__)

# For fetching and posting one message's files.
COPY_TIMEOUT_S = 120.0
# Messages whose files are in memory at once: 75 MiB at most.
COPIES_MAX = 3


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a file stands now."""

    channel_id: int
    message_id: int
    url: str


class Copies:
    """Copies files.

    Args:
        client: The Discord client.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._turns = asyncio.Semaphore(COPIES_MAX)

    async def of(
        self, attachments: Sequence[discord.Attachment], *, channel_id: int, text: str, max_bytes: int
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

    async def _post(
        self, batch: Sequence[discord.Attachment], *, channel_id: int, text: str
    ) -> discord.Message:
        files = [await attachment.to_file() for attachment in batch]
        channel = self._client.get_partial_messageable(channel_id)
        return await channel.send(text, files=files, allowed_mentions=discord.AllowedMentions.none())


def _batches(attachments: Sequence[discord.Attachment]) -> Iterator[Sequence[discord.Attachment]]:
    """Return the files in as few messages as Discord's bound on a request allows."""
    batch: list[discord.Attachment] = []
    for attachment in attachments:
        if batch and sum(it.size for it in (*batch, attachment)) > UPLOAD_MAX_BYTES:
            yield batch
            batch = []
        batch.append(attachment)
    if batch:
        yield batch
