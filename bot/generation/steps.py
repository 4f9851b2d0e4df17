"""One function for each state: at most one outside effect, then what to write. Nothing here writes.

A step returns :class:`Moved` (write this row) or :class:`Again` (nothing to write, come back after a while). Whatever
it raises instead is a fault of ours. Time bounds live here, in one place, as named constants.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from bot import texts
from bot.clock import Clock
from bot.delivery.alarm import Trouble
from bot.delivery.sender import (
    ChannelClosed,
    DiscordUnavailable,
    FileTooLarge,
    MessageGone,
    MessageRejected,
    Sender,
    SendFailed,
)
from bot.errors import Refusal
from bot.generation.file_links import FileLinks, ReviewPending
from bot.generation.intake import links_by_field
from bot.generation.ladder import SizeLadder
from bot.generation.line import Line
from bot.generation.retention import copy_file, video_file
from bot.generation.schedule import PollPlan, backoff_s, is_past_deadline, next_look
from bot.generation.states import ENDS, ended, moved, noted
from bot.media.shrinker import CannotShrink
from bot.upstream.answers import TaskResult, TaskStatus
from bot.upstream.client import VideoApi
from bot.upstream.download import DownloadFailed, TooLarge
from bot.upstream.errors import (
    AccountProblem,
    NotSent,
    Refused,
    Unavailable,
    Unclear,
    Vanished,
)
from bot.upstream.poller import Poller
from bot.upstream.requests import VideoRequest
from storage.records import Generation, GenerationId, Notice, State

logger = logging.getLogger(__name__)

# A question nobody could be shown within this time is refused: its asker has gone on.
CARD_PATIENCE: Final = timedelta(minutes=15)
# How often a generation sees whether the reviews of its pictures are over: a read of our own database.
REVIEW_LOOK_S: Final = 2.0
# Nothing was made, so it may be sent again this often (video API notes, section 9).
NOT_SENT_TRIES: Final = 3
BUSY_TRIES: Final = 5
BUSY_FIRST_S: Final = 10.0
BUSY_MOST_S: Final = 300.0
# A finished video whose link does not answer is tried for this long; links live about a day.
DOWNLOAD_PATIENCE: Final = timedelta(minutes=30)
# Discord may be away for long; the video waits for it on our disk.
DELIVERY_PATIENCE: Final = timedelta(hours=24)
# An id that the API knew once must be unknown this often in a row before we believe it.
VANISHED_TRIES: Final = 3
# Patience may have run out while we were away: whatever the time, this many tries in a row must fail first.
TRIES_AFTER_PATIENCE: Final = 3


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
        last_look_at: When the API was last asked about it by this process.
        is_resumed: Whether the present step may have been tried by a process that died.
    """

    generation: Generation
    failures: int = 0
    vanished_count: int = 0
    last_look_at: datetime | None = None
    is_resumed: bool = False

    @property
    def was_tried(self) -> bool:
        """Whether the outside effect of the present step may have happened already."""
        return self.is_resumed or self.failures > 0

    def go_on(self, generation: Generation) -> None:
        """Go on from a row as it is now written: a step nobody has tried yet."""
        self.generation, self.failures, self.is_resumed = generation, 0, False


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


async def post_card(run: Run, tools: Tools) -> Moved | Again:
    """Admitted: put the card into the channel."""
    generation = run.generation
    waiting = moved(generation, State.WAITING)
    try:
        card_id = await tools.sender.post_card(waiting, may_stand=run.was_tried)
    except (ChannelClosed, MessageRejected) as error:
        logger.warning("the card was not taken: %s", error)
        return Moved(_refused(generation, tools, texts.REASON_CHANNEL_CLOSED))
    except SendFailed as error:
        if tools.clock.now() - generation.asked_at > CARD_PATIENCE:
            return Moved(_refused(generation, tools, texts.REASON_NO_PLACE))
        return _after_failure(run, error)
    return Moved(replace(waiting, card_id=card_id))


async def wait_for_turn(run: Run, tools: Tools) -> Moved | Again:
    """Waiting: let the asker cancel until it is due."""
    wait_s = (run.generation.due_at - tools.clock.now()).total_seconds()
    if wait_s > 0:
        return Again(after_s=wait_s)
    return Moved(moved(run.generation, State.PREPARING if run.generation.media else State.SUBMITTING))


async def prepare(run: Run, tools: Tools) -> Moved | Again:
    """Preparing: wait for reviews, make links fresh. Links die, so this comes right before the POST."""
    generation = run.generation
    try:
        links = await tools.files.of(generation.media)
    except ReviewPending:
        return Again(after_s=REVIEW_LOOK_S)
    except DiscordUnavailable as error:
        return _after_failure(run, error)
    except Refusal as refusal:
        return Moved(_refused(generation, tools, refusal.message))
    request = VideoRequest.from_stored(generation.request).with_links(links_by_field(generation.media, links))
    return Moved(moved(generation, State.SUBMITTING, request=request.to_stored()))


async def submit(run: Run, tools: Tools) -> Moved:
    """Submitting: the one POST. Only a run that wrote ``submitting`` itself comes here."""
    generation = run.generation
    try:
        task_id = await tools.api.create(VideoRequest.from_stored(generation.request))
    except (NotSent, Unavailable) as error:
        return Moved(_not_taken(generation, tools, error))
    except AccountProblem as error:
        # Nothing was made, and it is nobody's fault here: it keeps its place in line.
        tools.line.pause(error)
        tools.alarm(Trouble.ACCOUNT)
        return Moved(moved(generation, State.WAITING, due_at=tools.clock.now()))
    except Refused as error:
        logger.warning("refused by the video API: %s", error)
        return Moved(_refused(generation, tools, _reason_of(error)))
    except Unclear as error:
        logger.error("submission is uncertain: %s", error)
        return Moved(ended(generation, State.UNCERTAIN, at=tools.clock.now(), reason=str(error)))
    tools.line.all_clear()
    logger.info("accepted by the video API as %s", task_id)
    return Moved(moved(generation, State.QUEUED, task_id=task_id, submitted_at=tools.clock.now()))


async def look(run: Run, tools: Tools) -> Moved | Again:
    """Queued or processing: ask the API when the plan says so."""
    generation, plan = run.generation, tools.plan
    task_id, submitted_at = generation.task_id, generation.submitted_at
    if task_id is None or submitted_at is None:
        raise AssertionError("accepted without an id")
    at = next_look(plan, submitted_at=submitted_at, now=tools.clock.now(), last_look_at=run.last_look_at)
    try:
        seen = await tools.poller.look(task_id, at)
    except (Unavailable, AccountProblem, Refused) as error:
        run.last_look_at = tools.clock.now()
        if isinstance(error, AccountProblem):
            tools.alarm(Trouble.ACCOUNT)
        return _after_failed_look(run, tools, error, submitted_at)
    run.last_look_at, run.vanished_count = tools.clock.now(), 0
    return _after_look(generation, tools, seen, submitted_at)


async def download(run: Run, tools: Tools) -> Moved | Again:
    """Downloading: fetch the video at once, for its link is short-lived."""
    generation = run.generation
    if generation.video_url is None:
        raise AssertionError("finished without a link")
    try:
        file_bytes = await tools.fetch(generation.video_url, tools.file_of(generation.id))
    except TooLarge as error:
        logger.warning("the video stays at its link: %s", error)
        return Moved(moved(generation, State.DELIVERING, file_bytes=None))
    except DownloadFailed as error:
        return _after_failed_download(run, tools, error)
    except OSError as error:
        if _is_patient(run, tools, DOWNLOAD_PATIENCE):
            return _after_failure(run, error)
        logger.error("no room for the video, it stays at its link: %s", error)
        return Moved(moved(generation, State.DELIVERING, file_bytes=None))
    return Moved(moved(generation, State.DELIVERING, file_bytes=file_bytes))


async def deliver(run: Run, tools: Tools) -> Moved | Again:
    """Delivering: show the finished card, with the video on it where Discord takes it."""
    generation = run.generation
    if generation.file_bytes is None and generation.video_url is None:
        return Moved(_undeliverable(generation, tools, texts.REASON_NO_PLACE))
    file, file_bytes = _file_to_show(generation, tools)
    if not await tools.ladder.takes(generation.guild_id, file_bytes=file_bytes):
        return Moved(await _a_step_down(generation, tools))
    if file is not None and not file.exists():
        return Moved(_without_file(generation))
    now = tools.clock.now()
    delivered = moved(generation, State.DELIVERED, notice=Notice.SHOWN, delivered_at=now)
    try:
        card_id = await _show(delivered, run, tools, file=file, file_bytes=file_bytes)
    except FileTooLarge:
        return Moved(await _a_step_down(generation, tools, refused_bytes=file_bytes))
    except MessageRejected as error:
        if generation.video_url is None:
            return _after_failed_delivery(run, tools, error)
        # Discord refuses some addresses in buttons, such as a sandbox's own host: the file alone will do.
        logger.warning("the card is shown without its link: %s", error)
        return Moved(noted(generation, video_url=None))
    except SendFailed as error:
        return _after_failed_delivery(run, tools, error)
    return Moved(replace(delivered, card_id=card_id))


async def shrink(run: Run, tools: Tools) -> Moved:
    """Shrinking: make a copy that fits; if there is none, the link will have to do."""
    generation = run.generation
    file, max_bytes = tools.file_of(generation.id), generation.copy_max_bytes
    if max_bytes is None:
        raise AssertionError("a smaller copy of unknown size")
    if not file.exists():
        return Moved(_without_file(generation))
    try:
        await tools.shrink(file, tools.copy_of(generation.id), max_bytes=max_bytes)
    except CannotShrink as error:
        logger.warning("there is no smaller copy, the link is shown: %s", error)
        return Moved(moved(generation, State.DELIVERING, file_bytes=None, copy_max_bytes=None))
    return Moved(moved(generation, State.DELIVERING))


async def tell_outcome(run: Run, tools: Tools) -> Moved | Again:
    """Over: first the card shows it, then a short reply pings the asker."""
    generation = run.generation
    try:
        if generation.notice is Notice.DUE:
            card_id = await _show(generation, run, tools)
            return Moved(noted(generation, notice=Notice.SHOWN, card_id=card_id))
        if generation.state in texts.REPLIES:
            await tools.sender.tell_asker(generation, may_stand=run.was_tried)
    except SendFailed as error:
        if isinstance(error, DiscordUnavailable) and _is_patient(run, tools, DELIVERY_PATIENCE):
            return _after_failure(run, error)
        if isinstance(error, MessageRejected) and generation.video_url is not None:
            return Moved(noted(generation, video_url=None))
        logger.warning("the asker could not be told (%s): %s", generation.notice, error)
    # Whoever cannot be shown a card may still be reached by a reply.
    next_notice = Notice.SHOWN if generation.notice is Notice.DUE else Notice.TOLD
    return Moved(noted(generation, notice=next_notice))


STEPS: Final[Mapping[State, Step]] = {
    State.ADMITTED: post_card,
    State.WAITING: wait_for_turn,
    State.PREPARING: prepare,
    State.SUBMITTING: submit,
    State.QUEUED: look,
    State.PROCESSING: look,
    State.DOWNLOADING: download,
    State.DELIVERING: deliver,
    State.SHRINKING: shrink,
    **dict.fromkeys(ENDS, tell_outcome),
}


def _refused(generation: Generation, tools: Tools, reason: str) -> Generation:
    return ended(generation, State.REFUSED, at=tools.clock.now(), reason=reason)


def _undeliverable(generation: Generation, tools: Tools, reason: str) -> Generation:
    return ended(generation, State.UNDELIVERABLE, at=tools.clock.now(), reason=reason)


def _reason_of(error: Refused) -> str:
    if error.is_policy:
        return texts.REASON_POLICY.format(reason=error)
    return str(error) or texts.REASON_NO_REASON


def _not_taken(generation: Generation, tools: Tools, error: NotSent | Unavailable) -> Generation:
    """Back in line, or refused when that happened too often. Certain: nothing was made."""
    tries = generation.tries + 1
    busy = isinstance(error, Unavailable)
    logger.warning("not taken by the video API (try %d): %s", tries, error)
    if tries >= (BUSY_TRIES if busy else NOT_SENT_TRIES):
        return _refused(generation, tools, texts.REASON_BUSY if busy else texts.REASON_NOT_REACHED)
    if isinstance(error, Unavailable):
        wait_s = error.retry_after_s or backoff_s(tries - 1, first_s=BUSY_FIRST_S, most_s=BUSY_MOST_S)
    else:
        wait_s = backoff_s(tries)
    return moved(generation, State.WAITING, tries=tries, due_at=tools.clock.now() + timedelta(seconds=wait_s))


def _after_look(
    generation: Generation, tools: Tools, seen: TaskResult, submitted_at: datetime
) -> Moved | Again:
    now = tools.clock.now()
    match seen.status:
        case TaskStatus.COMPLETED if seen.video_url is not None:
            ended_at = generation.ended_at or now
            return Moved(moved(generation, State.DOWNLOADING, video_url=seen.video_url, ended_at=ended_at))
        case TaskStatus.COMPLETED if generation.ended_at is None:
            return Moved(noted(generation, ended_at=now))
        case TaskStatus.COMPLETED if now - _end_of(generation) >= timedelta(seconds=tools.plan.linkless_s):
            return Moved(ended(generation, State.STALLED, at=now, reason=texts.REASON_LINKLESS))
        case TaskStatus.FAILED:
            return Moved(ended(generation, State.FAILED, at=now, reason=seen.error or texts.REASON_NO_REASON))
        case TaskStatus.CANCELLED:
            return Moved(ended(generation, State.FAILED, at=now, reason=texts.REASON_CANCELLED_UPSTREAM))
        case TaskStatus.PROCESSING if generation.state is State.QUEUED:
            return Moved(moved(generation, State.PROCESSING))
        case _:
            if is_past_deadline(tools.plan, submitted_at=submitted_at, now=now):
                return Moved(ended(generation, State.STALLED, at=now))
            return Again(looked=seen)


def _after_failed_look(run: Run, tools: Tools, error: Exception, submitted_at: datetime) -> Moved | Again:
    generation, now = run.generation, tools.clock.now()
    may_be_unknown = now - submitted_at < timedelta(seconds=tools.plan.unknown_id_s)
    run.vanished_count = run.vanished_count + 1 if isinstance(error, Vanished) else 0
    if not may_be_unknown and run.vanished_count >= VANISHED_TRIES:
        return Moved(ended(generation, State.LOST, at=now))
    is_late = is_past_deadline(tools.plan, submitted_at=submitted_at, now=now)
    if is_late and run.failures + 1 >= TRIES_AFTER_PATIENCE:
        return Moved(ended(generation, State.STALLED, at=now))
    retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else None
    return Again(after_s=retry_after_s or 0.0, failed=True)


def _after_failed_download(run: Run, tools: Tools, error: DownloadFailed) -> Moved | Again:
    generation = run.generation
    if error.is_forbidden:
        logger.error("the video is not fetched: %s", error)
        forbidden = _undeliverable(generation, tools, texts.REASON_LINK_FORBIDDEN)
        return Moved(replace(forbidden, video_url=None))
    if error.is_gone and tools.clock.now() - _end_of(generation) <= DOWNLOAD_PATIENCE:
        return Moved(moved(generation, State.PROCESSING))
    if not error.is_gone and _is_patient(run, tools, DOWNLOAD_PATIENCE):
        return _after_failure(run, error)
    logger.error("the video could not be fetched: %s", error)
    return Moved(_undeliverable(generation, tools, texts.REASON_LINK_GONE))


def _after_failed_delivery(run: Run, tools: Tools, error: SendFailed) -> Moved | Again:
    if isinstance(error, DiscordUnavailable) and _is_patient(run, tools, DELIVERY_PATIENCE):
        return _after_failure(run, error)
    logger.error("the video could not be delivered: %s", error)
    return Moved(_undeliverable(run.generation, tools, texts.REASON_NO_PLACE))


def _file_to_show(generation: Generation, tools: Tools) -> tuple[Path | None, int]:
    """The file for the card and its size in bytes; none where the link has to do."""
    if generation.file_bytes is None:
        return None, 0
    copy = tools.copy_of(generation.id)
    if generation.copy_max_bytes is not None and copy.exists():
        return copy, copy.stat().st_size
    return tools.file_of(generation.id), generation.file_bytes


def _without_file(generation: Generation) -> Generation:
    to = State.PROCESSING if generation.video_url is None else State.DOWNLOADING
    return moved(generation, to, file_bytes=None)


async def _a_step_down(
    generation: Generation, tools: Tools, *, refused_bytes: int | None = None
) -> Generation:
    """A smaller copy next; where that would be too small, the link alone."""
    max_bytes = await tools.ladder.copy_max_bytes(generation.guild_id, refused_bytes=refused_bytes)
    if max_bytes is None:
        return noted(generation, file_bytes=None, copy_max_bytes=None)
    return moved(generation, State.SHRINKING, copy_max_bytes=max_bytes)


def _is_patient(run: Run, tools: Tools, patience: timedelta) -> bool:
    is_time_left = tools.clock.now() - _end_of(run.generation) <= patience
    return is_time_left or run.failures + 1 < TRIES_AFTER_PATIENCE


async def _show(
    generation: Generation, run: Run, tools: Tools, *, file: Path | None = None, file_bytes: int = 0
) -> int | None:
    """Edit the card; where it is gone post a new one; where the channel is closed write to the asker."""
    may_stand = run.was_tried or generation.card_id is None
    try:
        try:
            await tools.sender.edit_card(generation, file=file)
        except MessageGone:
            return await tools.sender.post_card(generation, may_stand=may_stand, file=file)
    except FileTooLarge:
        await tools.ladder.learn(generation.guild_id, refused_bytes=file_bytes)
        raise
    except (ChannelClosed, MessageGone):
        await tools.sender.post_to_asker(generation, may_stand=run.was_tried, file=file)
        if file is not None:
            # Perhaps only files are forbidden there: then the card still shows how it ended.
            with suppress(SendFailed):
                await tools.sender.edit_card(generation)
    return generation.card_id


def _after_failure(run: Run, error: Exception) -> Again:
    wait_s = backoff_s(run.failures)
    logger.warning("try %d failed, again in %.0f s: %s", run.failures + 1, wait_s, error)
    return Again(after_s=wait_s, failed=True)


def _end_of(generation: Generation) -> datetime:
    return generation.ended_at or generation.asked_at
