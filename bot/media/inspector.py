"""From attachments to facts and faults: everything wrong with every file, found before anything is spent.

Nothing that Discord already calls too large is fetched, and no file outlives its inspection.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bot.errors import Refusal
from bot.media.examiner import Examiner
from bot.media.facts import AttachedFile, NamedMedia
from bot.media.fetch import MediaFetcher
from bot.media.rules import SizedFile, media_faults, media_rules, size_faults
from bot.upstream.families import MB, Family
from bot.upstream.faults import Fault

logger = logging.getLogger(__name__)

# Where a family sets no limit of bytes: as much as any sets, and as Discord lets anybody upload.
FILE_BYTES_MAX = 500 * MB
FILES_MAX = 90  # waiting or being looked at; six requests that are as full as can be
# For one file with its waits for a turn, so that the reply still finds its interaction, which lives 15 minutes.
INSPECTION_S = 600.0


class TooBusy(Refusal):
    """More files are being looked at than one process should."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What came of looking at the files of one request.

    Attributes:
        media: The files that could be read, in their order.
        faults: Everything that is wrong, rules of the family included; empty if all may be sent.
    """

    media: tuple[NamedMedia, ...]
    faults: tuple[Fault, ...]


class MediaInspector:
    """Finds out what attached files are and whether a family takes them."""

    def __init__(self, fetcher: MediaFetcher, *, examiner: Examiner) -> None:
        self._fetcher = fetcher
        self._examiner = examiner
        self._file_count = 0

    async def inspect(self, files: Sequence[AttachedFile], *, family: Family) -> Inspection:
        """Look at all files of a request, side by side.

        Raises:
            TooBusy: Too many files wait already; nothing was fetched.
        """
        with self._counted(len(files)):
            return await self._inspect(files, family)

    async def inspect_each(self, files: Sequence[AttachedFile], *, family: Family) -> Sequence[Inspection]:
        """Look at files side by side, each as if it were the only one of a request.

        Returns:
            What came of each, in their order.

        Raises:
            TooBusy: Too many files wait already; nothing was fetched.
        """
        with self._counted(len(files)):
            async with asyncio.TaskGroup() as group:
                looks = [group.create_task(self._inspect([file], family)) for file in files]
        return [look.result() for look in looks]

    @contextmanager
    def _counted(self, file_count: int) -> Iterator[None]:
        if self._file_count + file_count > FILES_MAX:
            raise TooBusy("Many files are being looked at right now.", hint="Please try again in a minute.")
        self._file_count += file_count
        try:
            yield
        finally:
            self._file_count -= file_count

    async def _inspect(self, files: Sequence[AttachedFile], family: Family) -> Inspection:
        too_large = size_faults(_known_sizes(files), family)
        async with asyncio.TaskGroup() as group:
            looks = [
                group.create_task(self._look(file, family))
                for file in files
                if not _is_refused_already(file, too_large, family)
            ]
        found = [look.result() for look in looks]
        media = tuple(item for item in found if isinstance(item, NamedMedia))
        unreadable = (item for item in found if isinstance(item, Fault))
        return Inspection(media, (*too_large, *unreadable, *media_faults(media, family)))

    async def _look(self, file: AttachedFile, family: Family) -> NamedMedia | Fault:
        rules = media_rules(file.field, family)
        max_bytes = rules.max_file_bytes or rules.max_total_bytes or FILE_BYTES_MAX
        try:
            async with (
                asyncio.timeout(INSPECTION_S),
                self._fetcher.fetched(file, max_bytes=max_bytes) as content,
            ):
                facts = await self._examiner.facts_of(content, name=file.name)
        except Refusal as refusal:
            return Fault(file.field, "value", f"{refusal.message} {refusal.hint}".strip())
        except TimeoutError:
            return Fault(
                file.field, "value", f"“{file.name}” waited too long for its turn. Please try again."
            )
        except OSError as error:
            # A full disk, or no room for another process: ours to mend, not the member's.
            logger.error("a file could not be looked at: %s", type(error).__name__)
            return Fault(
                file.field, "value", f"“{file.name}” could not be looked at. Please try again later."
            )
        return NamedMedia(file.field, file.name, facts)


def _known_sizes(files: Iterable[AttachedFile]) -> list[SizedFile]:
    return [
        SizedFile(file.field, file.name, file.declared_bytes)
        for file in files
        if file.declared_bytes is not None
    ]


def _is_refused_already(file: AttachedFile, too_large: Iterable[Fault], family: Family) -> bool:
    """Whether a file need not be fetched: it is too large, or the files it counts with are together."""
    if media_rules(file.field, family).max_total_bytes is not None:
        return any(fault.field == file.field for fault in too_large)
    return bool(size_faults(_known_sizes([file]), family))
