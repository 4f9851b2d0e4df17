"""Takes up what other processes wrote about the generations of our shard, such as what an operator decided elsewhere.

Only on PostgreSQL, where there are other processes: of other shards, or one that had ours and has not noticed yet that
its lock is lost. On SQLite a process is alone and hears of every change directly. This reads and never writes.
"""

import logging

from bot.clock import Clock
from bot.generation.runner import Runner
from storage import generations
from storage.database import Database
from storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)

# Operators decide after minutes or days; reading the versions of ten thousand rows takes some milliseconds.
BETWEEN_LOOKS_S = 5.0
# The rest waits for the next look, because commands wait for the database meanwhile.
ROWS_AT_ONCE = 100


class Pickup:
    """Compares the rows of our shard with what the runner carries out.

    Args:
        runner: Carries out what is found.
        database: Where the rows are.
        clock: The source of time.
    """

    def __init__(self, runner: Runner, *, database: Database, clock: Clock) -> None:
        self._runner = runner
        self._database = database
        self._clock = clock

    async def keep_looking(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            await self._clock.sleep(BETWEEN_LOOKS_S)
            try:
                await self.look()
            except StorageUnavailable as error:
                logger.warning("what others wrote has to wait: %s", error)

    async def look(self) -> None:
        """Take up what others wrote, some at a time."""
        versions = await self._database.transaction(
            generations.unfinished_versions, shard=self._database.shard
        )
        behind = [id for id, version in versions.items() if self._runner.is_behind(id, version=version)]
        if behind:
            rows = await self._database.transaction(generations.found, behind[:ROWS_AT_ONCE])
            for generation in rows.values():
                self._runner.take_up(generation)
