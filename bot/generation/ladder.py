"""How large a video a server takes: learned from what Discord refuses, forgotten after a while.

What Discord says about a server is only where to begin: boosts come and go, and defaults have changed. So a video is
tried as it is unless its size was refused there lately.
"""

from collections.abc import Callable
from datetime import timedelta

from bot.clock import Clock
from bot.delivery.sender import UPLOAD_MAX_BYTES
from storage import upload_ceilings
from storage.database import Database

# A server that was boosted meanwhile takes more; one that was not costs one needless try.
REMEMBERED = timedelta(weeks=3)
# Smaller than this no film is worth watching: the link is the better answer.
COPY_LEAST_BYTES = 16 * 2**10


class SizeLadder:
    """Knows what fits, server by server.

    Args:
        database: Where refusals are remembered.
        clock: The source of time.
        stated_max_bytes: What Discord says a server takes, in bytes, by the server's id.
    """

    def __init__(
        self, database: Database, *, clock: Clock, stated_max_bytes: Callable[[int | None], int]
    ) -> None:
        self._database = database
        self._clock = clock
        self._stated_max_bytes = stated_max_bytes

    async def takes(self, guild_id: int | None, *, file_bytes: int) -> bool:
        """Whether a file of this size is worth a try."""
        refused_bytes = await self._refused_bytes(guild_id)
        return file_bytes <= UPLOAD_MAX_BYTES and (refused_bytes is None or file_bytes < refused_bytes)

    async def learn(self, guild_id: int | None, *, refused_bytes: int) -> None:
        """Remember that a server took no file of this size. Safe to repeat."""
        if guild_id is not None:
            await self._database.transaction(
                upload_ceilings.remember,
                guild_id=guild_id,
                refused_bytes=refused_bytes,
                at=self._clock.now(),
            )

    async def copy_max_bytes(self, guild_id: int | None, *, refused_bytes: int | None = None) -> int | None:
        """Return how large a smaller copy may be, in bytes; None if it would be too small to be worth it.

        Args:
            guild_id: The server.
            refused_bytes: What was refused just now, perhaps somewhere else than in the server.
        """
        refused_bytes = refused_bytes or await self._refused_bytes(guild_id)
        max_bytes = _below(self._stated_max_bytes(guild_id), refused_bytes)
        return max_bytes if max_bytes >= COPY_LEAST_BYTES else None

    async def _refused_bytes(self, guild_id: int | None) -> int | None:
        if guild_id is None:
            return None
        return await self._database.transaction(
            upload_ceilings.find_refused_bytes, guild_id=guild_id, since=self._clock.now() - REMEMBERED
        )


def _below(stated_bytes: int, refused_bytes: int | None) -> int:
    stated_bytes = min(stated_bytes, UPLOAD_MAX_BYTES)
    if refused_bytes is None or stated_bytes < refused_bytes:
        return stated_bytes
    return refused_bytes // 2
