"""While the API works: one look, and what it means."""

from datetime import datetime, timedelta

from bot import texts
from bot.delivery.alarm import Trouble
from bot.generation.schedule import is_past_deadline, next_look
from bot.generation.states import ended, moved, noted
from bot.generation.steps.tools import TRIES_AFTER_PATIENCE, Again, Moved, Run, Tools, since_end
from bot.upstream.answers import TaskResult, TaskStatus
from bot.upstream.errors import (
    AccountProblem,
    Refused,
    Unavailable,
    Vanished,
)
from storage.records import State

# An id that the API knew once must be unknown this often in a row before we believe it.
VANISHED_TRIES = 3


async def look(run: Run, tools: Tools) -> Moved | Again:
    """Queued or processing: ask the API when the plan says so."""
    task_id, clock = run.generation.task_id, tools.clock
    if task_id is None:
        raise AssertionError("accepted without an id")
    now, last_look_at = clock.now(), None
    if run.last_look_s is not None:
        last_look_at = now - timedelta(seconds=clock.monotonic_s() - run.last_look_s)
    at = next_look(tools.plan, submitted_at=_submitted_at(run, tools), now=now, last_look_at=last_look_at)
    try:
        seen = await tools.poller.look(task_id, at)
    except (Unavailable, AccountProblem, Refused) as error:
        run.last_look_s = clock.monotonic_s()
        if isinstance(error, AccountProblem):
            tools.alarm(Trouble.ACCOUNT)
        return _after_failed_look(run, tools, error)
    run.last_look_s, run.vanished_count = clock.monotonic_s(), 0
    return _after_look(run, tools, seen)


def _submitted_at(run: Run, tools: Tools) -> datetime:
    if run.generation.submitted_at is None:
        raise AssertionError("accepted at no time")
    return run.instant(run.generation.submitted_at, tools.clock)


def _after_look(run: Run, tools: Tools, seen: TaskResult) -> Moved | Again:
    generation, now = run.generation, tools.clock.now()
    match seen.status:
        case TaskStatus.COMPLETED if seen.video_url is not None:
            ended_at = generation.ended_at or now
            return Moved(moved(generation, State.DOWNLOADING, video_url=seen.video_url, ended_at=ended_at))
        case TaskStatus.COMPLETED if generation.ended_at is None:
            return Moved(noted(generation, ended_at=now))
        case TaskStatus.COMPLETED if since_end(run, tools) >= timedelta(seconds=tools.plan.linkless_s):
            return Moved(ended(generation, State.STALLED, at=now, reason=texts.REASON_LINKLESS))
        case TaskStatus.FAILED:
            return Moved(ended(generation, State.FAILED, at=now, reason=seen.error or texts.REASON_NO_REASON))
        case TaskStatus.CANCELLED:
            return Moved(ended(generation, State.FAILED, at=now, reason=texts.REASON_CANCELLED_UPSTREAM))
        case TaskStatus.PROCESSING if generation.state is State.QUEUED:
            return Moved(moved(generation, State.PROCESSING))
        case _:
            if is_past_deadline(tools.plan, submitted_at=_submitted_at(run, tools), now=now):
                return Moved(ended(generation, State.STALLED, at=now))
            return Again(looked=seen)


def _after_failed_look(run: Run, tools: Tools, error: Exception) -> Moved | Again:
    generation, submitted_at, now = run.generation, _submitted_at(run, tools), tools.clock.now()
    may_be_unknown = now - submitted_at < timedelta(seconds=tools.plan.unknown_id_s)
    run.vanished_count = run.vanished_count + 1 if isinstance(error, Vanished) else 0
    if not may_be_unknown and run.vanished_count >= VANISHED_TRIES:
        return Moved(ended(generation, State.LOST, at=now))
    is_late = is_past_deadline(tools.plan, submitted_at=submitted_at, now=now)
    if is_late and run.failures + 1 >= TRIES_AFTER_PATIENCE:
        return Moved(ended(generation, State.STALLED, at=now))
    retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else None
    return Again(after_s=retry_after_s or 0.0, failed=True)
