"""While the API works: one look, and what it means."""

from datetime import datetime, timedelta

from bot import texts
from bot.delivery.alarm import Trouble
from bot.generation.schedule import is_past_deadline, next_look
from bot.generation.states import ended, moved, noted
from bot.generation.steps.tools import TRIES_AFTER_PATIENCE, Again, Moved, Run, Tools, end_of
from bot.upstream.answers import TaskResult, TaskStatus
from bot.upstream.errors import (
    AccountProblem,
    Refused,
    Unavailable,
    Vanished,
)
from storage.records import Generation, State

# An id that the API knew once must be unknown this often in a row before we believe it.
VANISHED_TRIES = 3


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
        case TaskStatus.COMPLETED if now - end_of(generation) >= timedelta(seconds=tools.plan.linkless_s):
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
