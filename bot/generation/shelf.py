"""Our copies of finished videos on disk: one loop throws away what may go, and nothing comes in when there is no room.

Which files go is decided in :mod:`bot.generation.retention`. A file that cannot be removed is tried again the next
time; trouble with the disk is an answer, never a crash.
"""

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.clock import Clock
from bot.generation.retention import KeptFile, RetentionPlan, Why, copy_file, leaving, video_file
from storage import generations
from storage.database import Database
from storage.errors import StorageUnavailable
from storage.records import Generation, GenerationId

logger = logging.getLogger(__name__)

# Nobody minds a minute more; a look takes some milliseconds.
BETWEEN_SWEEPS_S = 60.0
# So few may pass the bound on disk use together, by one video each.
FETCHES_AT_ONCE = 4
# Everybody else's transactions wait for one of ours.
ROWS_AT_ONCE = 100
_SUFFIX = ".mp4"


class Shelf:
    """Keeps our copies of finished videos.

    Args:
        folder: Where they are; made if missing.
        database: Says what each belongs to.
        clock: The source of time.
        plan: How long they are kept.
        fetch: Downloads a video from its link to a file and returns its size in bytes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database: Database,
        clock: Clock,
        plan: RetentionPlan,
        fetch: Callable[[str, Path], Awaitable[int]],
    ) -> None:
        self._folder = folder
        self._database = database
        self._clock = clock
        self._plan = plan
        self._fetch = fetch
        self._fetches = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._used_bytes = 0

    async def open(self) -> None:
        """Throw away what a crash left half written. Call it before anything is fetched."""
        await asyncio.to_thread(_remove_parts, self._folder)

    async def keep_sweeping(self) -> None:
        """Sweep now and every minute, until cancelled."""
        while True:
            try:
                await self.sweep()
            except (OSError, StorageUnavailable) as error:
                logger.warning("finished videos could not be looked through: %s", error)
            await self._clock.sleep(BETWEEN_SWEEPS_S)

    def files_of(self, generation_id: GenerationId) -> list[Path]:
        """Return what there is of a generation's video, the best first: as it came, then the smaller copy."""
        paths = (video_file(self._folder, generation_id), copy_file(self._folder, generation_id))
        return [path for path in paths if path.exists()]

    async def fetch(self, url: str, to: Path, /) -> int:
        """Download a video if there is room for it; a few at a time.

        Returns:
            Its size in bytes.

        Raises:
            OSError: There is no room, or it could not be written.
            DownloadFailed: Nothing usable arrived.
        """
        async with self._fetches:
            if self._used_bytes >= self._plan.max_bytes:
                await self.sweep()
            if self._used_bytes >= self._plan.max_bytes:
                raise OSError(errno.ENOSPC, "there is as much on its way as we may keep")
            file_bytes = await self._fetch(url, to)
        self._used_bytes += file_bytes
        return file_bytes

    async def sweep(self) -> None:
        """Throw away everything that may go."""
        files = await asyncio.to_thread(_files_in, self._folder)
        rows = await self._rows_of(sorted({file.generation_id for file in files}))
        gone = leaving(files, rows, self._plan, now=self._clock.now())
        removed_bytes = await asyncio.to_thread(lambda: sum(_remove(file, why) for file, why in gone))
        self._used_bytes = sum(file.file_bytes for file in files) - removed_bytes

    async def _rows_of(self, ids: Sequence[GenerationId]) -> dict[GenerationId, Generation]:
        rows: dict[GenerationId, Generation] = {}
        for start in range(0, len(ids), ROWS_AT_ONCE):
            batch = ids[start : start + ROWS_AT_ONCE]
            rows |= await self._database.transaction(generations.found, batch)
        return rows


def _files_in(folder: Path) -> list[KeptFile]:
    files = []
    for path in folder.iterdir():
        try:
            is_file, file_bytes = path.is_file(), path.stat().st_size
        except FileNotFoundError:  # a download that just ended
            continue
        if is_file and path.suffix == _SUFFIX:
            generation_id = GenerationId(path.name.partition(".")[0])
            files.append(KeptFile(path=path, generation_id=generation_id, file_bytes=file_bytes))
    return files


def _remove_parts(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part in folder.glob("*.part"):
        part.unlink(missing_ok=True)


def _remove(file: KeptFile, why: Why) -> int:
    """Return how many bytes that frees."""
    try:
        file.path.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s could not be removed: %s", file.path.name, type(error).__name__)
        return 0
    log = logger.warning if why is Why.ROOM_UNDELIVERED else logger.info
    log("removed %s: %s", file.path.name, why)
    return file.file_bytes
