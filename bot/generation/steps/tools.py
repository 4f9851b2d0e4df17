"""What steps are made of: what they know, what they act with, what they return, and the ends they share."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.backoff import backoff_s
from bot.clock import Clock
from bot.delivery.alarm import Trouble
from bot.delivery.sender import (
    Sender,
)
from bot.generation.file_links import FileLinks
from bot.generation.ladder import SizeLadder
from bot.generation.line import Line
from bot.generation.retention import copy_file, video_file
from bot.generation.schedule import PollPlan
from bot.generation.states import ended
from bot.upstream.answers import TaskResult
from bot.upstream.client import VideoApi
from bot.upstream.poller import Poller
from storage.records import Generation, GenerationId, State

logger = logging.getLogger(__name__)


# Patience may have run out while we were away: whatever the time, this many tries in a row must fail first.
TRIES_AFTER_PATIENCE = 3
# The longest that anything is put off: cancelling, and what the API may ask for with a 429.
AHEAD_MAX_S = 3600.0


@dataclass(frozen=True, slots=True)
class Moved:
    """Write this row, then take its next step."""

    generation: Generation


@dataclass(frozen=True, slots=True)
class Again:
    """Nothing to write: take the same step again after ``after_s`` seconds."""

    after_s: float = 0.0
    looked: TaskResult | None = None
    failed: bool = False


@dataclass(slots=True)
class Run:
    """What carrying out one generation knows that need not survive a crash.

    Attributes:
        generation: The row as last read or written.
        failures: How many tries of the present step failed in a row.
        vanished_count: How many looks in a row the API did not know the id.
        last_look_s: When the API was last asked about it by this process, on the clock that only ever grows.
        is_resumed: Whether the present step may have been tried by a process that died.
        foreign_since_s: Since when it is seen as being submitted by another process, on that clock.
    """

    generation: Generation
    failures: int = 0
    vanished_count: int = 0
    last_look_s: float | None = None
    is_resumed: bool = False
    foreign_since_s: float | None = None
    _instants_s: dict[datetime, float] = field(default_factory=dict, repr=False)

    @property
    def was_tried(self) -> bool:
        """Whether the outside effect of the present step may have happened already."""
        return self.is_resumed or self.failures > 0

    def go_on(self, generation: Generation, clock: Clock) -> None:
        """Go on from a row as it is now written: a step nobody has tried yet."""
        self.generation, self.failures, self.is_resumed = generation, 0, False
        self.foreign_since_s = None
        self.note_instants(clock)

    def instant(self, at: datetime, clock: Clock) -> datetime:
        """Return an instant of the row as the clock on the wall names it now, whatever it was set to meanwhile.

        The wall is asked once how long ago an instant was; from then on only time that really passes counts.
        """
        now, now_s = clock.now(), clock.monotonic_s()
        ahead_s = min((at - now).total_seconds(), AHEAD_MAX_S)
        return now + timedelta(seconds=self._instants_s.setdefault(at, now_s + ahead_s) - now_s)

    def note_instants(self, clock: Clock) -> None:
        """Take note of when the row's instants were, before anybody sets the clock."""
        row = self.generation
        for at in (row.asked_at, row.due_at, row.submitted_at, end_of(row)):
            if at is not None:
                self.instant(at, clock)


class FetchVideo(Protocol):
    """Downloads a finished video: see :func:`bot.upstream.download.fetch_result`."""

    def __call__(self, url: str, to: Path, /) -> Awaitable[int]:
        """Return the size of the downloaded file in bytes."""
        ...


class ShrinkVideo(Protocol):
    """Makes a smaller copy of a video: see :meth:`bot.media.shrinker.Shrinker.shrink`."""

    def __call__(self, file: Path, to: Path, /, *, max_bytes: int) -> Awaitable[None]:
        """Write a copy of at most ``max_bytes``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Everything that steps act with."""

    api: VideoApi
    poller: Poller
    sender: Sender
    files: FileLinks
    line: Line
    clock: Clock
    plan: PollPlan
    fetch: FetchVideo
    shrink: ShrinkVideo
    ladder: SizeLadder
    results_dir: Path
    alarm: Callable[[Trouble], None] = field(default=lambda trouble: None)

    def file_of(self, generation_id: GenerationId) -> Path:
        """Where the video of a generation is kept as it came."""
        return video_file(self.results_dir, generation_id)

    def copy_of(self, generation_id: GenerationId) -> Path:
        """Where its smaller copy is kept."""
        return copy_file(self.results_dir, generation_id)


Step = Callable[[Run, Tools], Awaitable[Moved | Again]]


def refused(generation: Generation, tools: Tools, reason: str) -> Generation:
    """Return the generation as never accepted, with the reason for its asker."""
    return ended(generation, State.REFUSED, at=tools.clock.now(), reason=reason)


def undeliverable(generation: Generation, tools: Tools, reason: str) -> Generation:
    """Return the generation as finished but not brought to its channel, with the reason for its asker."""
    return ended(generation, State.UNDELIVERABLE, at=tools.clock.now(), reason=reason)


def is_patient(run: Run, tools: Tools, patience: timedelta) -> bool:
    """Whether to go on trying: there is time left since the end, or too few tries have failed in a row."""
    return since_end(run, tools) <= patience or run.failures + 1 < TRIES_AFTER_PATIENCE


def after_failure(run: Run, error: Exception) -> Again:
    """Return the word to try the same step again, after ever longer waits."""
    wait_s = backoff_s(run.failures)
    logger.warning("try %d failed, again in %.0f s: %s", run.failures + 1, wait_s, error)
    return Again(after_s=wait_s, failed=True)


def since_end(run: Run, tools: Tools) -> timedelta:
    """Return how long ago :func:`end_of` was."""
    return tools.clock.now() - run.instant(end_of(run.generation), tools.clock)


def end_of(generation: Generation) -> datetime:
    """Return when the API was done with a generation; when it was asked for, if it never was.

    What is given back later is news, and begins the time for telling it anew.
    """
    return generation.refunded_at or generation.ended_at or generation.asked_at
