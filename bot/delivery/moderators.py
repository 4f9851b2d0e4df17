"""Writes to the people who moderate a server, wherever they can be reached. It pings nobody."""

import functools
import logging
from collections.abc import Awaitable, Callable, Iterator

from bot.delivery.sender import ChannelClosed, MessageGone, MessageRejected, Sender, SendFailed

logger = logging.getLogger(__name__)


class Moderators:
    """Reaches the moderators of servers.

    Args:
        sender: Writes the messages.
        meeting_places_of: Returns the channel for moderators that Discord knows of a server, and its owner, by id;
            None where there is none, and instead of both while the server itself is not known.
    """

    def __init__(
        self, sender: Sender, *, meeting_places_of: Callable[[int], tuple[int | None, int | None] | None]
    ) -> None:
        self._sender = sender
        self._meeting_places_of = meeting_places_of

    async def tell(self, guild_id: int, text: str, *, channel_id: int | None, nonce: str) -> bool:
        """Write to the moderators of a server: in their channel, else the community's updates, else to the owner.

        Args:
            guild_id: The server.
            text: Plain words.
            channel_id: The channel they chose, if they did.
            nonce: By which Discord recognises a repetition for some minutes.

        Returns:
            Whether there is nothing more to do: it was written, or nobody can be reached. False asks to try later.
        """
        await self._sender.wait_until_open()
        try:
            for write in self._ways(guild_id, text, channel_id=channel_id, nonce=nonce):
                try:
                    await write()
                except (ChannelClosed, MessageRejected, MessageGone) as error:
                    logger.warning("one way to the moderators of %d is closed: %s", guild_id, error)
                else:
                    return True
        except SendFailed as error:
            logger.warning("the moderators of %d cannot be told now: %s", guild_id, error)
            return False
        # While Discord has not told us of the server, as after a start, there may still be a way.
        return self._meeting_places_of(guild_id) is not None

    def _ways(
        self, guild_id: int, text: str, *, channel_id: int | None, nonce: str
    ) -> Iterator[Callable[[], Awaitable[None]]]:
        updates_id, owner_id = self._meeting_places_of(guild_id) or (None, None)
        for place in dict.fromkeys((channel_id, updates_id)):
            if place is not None:
                yield functools.partial(self._sender.write_in, place, text, nonce=nonce)
        if owner_id is not None:
            yield functools.partial(self._sender.write_to, owner_id, text, nonce=nonce)
