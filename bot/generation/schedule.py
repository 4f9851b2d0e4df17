"""When to look at a generation again: the poll plan, as data.

Defaults follow the video API's advice of a look every 30 to 60 seconds. All durations are seconds.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Phase:
    """Until ``until_s`` after submission, look every ``every_s``."""

    until_s: float
    every_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPlan:
    """The whole plan for one generation.

    Attributes:
        first_s: From submission to the first look.
        phases: Ever rarer looks; the last one holds until the deadline.
        jitter: Share by which a wait may be longer, so that generations of one burst drift apart.
        deadline_s: From submission until we stop and call it stalled.
        linkless_s: How long a task may be completed without a link before we stop.
        unknown_id_s: How long after submission the API may not know the id yet.
    """

    first_s: float
    phases: tuple[Phase, ...]
    deadline_s: float
    jitter: float = 0.1
    linkless_s: float = 300.0
    unknown_id_s: float = 120.0


def poll_plan(*, first_s: float = 30.0, interval_s: float = 30.0, deadline_s: float = 10_800.0) -> PollPlan:
    """Return the plan for a first look, an interval and a deadline.

    Source: video API notes, section 7 ("Polling"): every 30 s for 10 min, 60 s up to 1 h, then 5 min, 3 h at most.
    """
    return PollPlan(
        first_s=first_s,
        phases=(
            Phase(until_s=600.0, every_s=interval_s),
            Phase(until_s=3600.0, every_s=2 * interval_s),
            Phase(until_s=deadline_s, every_s=10 * interval_s),
        ),
        deadline_s=deadline_s,
    )


def next_look(
    plan: PollPlan, *, submitted_at: datetime, now: datetime, last_look_at: datetime | None
) -> datetime:
    """Return the instant of the next look.

    Args:
        plan: The poll plan.
        submitted_at: When the API accepted the generation.
        now: This instant; the answer is never before it.
        last_look_at: The last look of this process; None when there was none, as after a restart.
    """
    if last_look_at is None:
        return max(now, submitted_at + timedelta(seconds=plan.first_s))
    age_s = (last_look_at - submitted_at).total_seconds()
    every_s = next((phase.every_s for phase in plan.phases if age_s < phase.until_s), plan.phases[-1].every_s)
    wait_s = every_s * (1 + plan.jitter * random.random())  # noqa: S311  # spreads load, guards nothing
    return max(now, last_look_at + timedelta(seconds=wait_s))


def is_past_deadline(plan: PollPlan, *, submitted_at: datetime, now: datetime) -> bool:
    """Whether we have followed a generation for long enough."""
    return now >= submitted_at + timedelta(seconds=plan.deadline_s)
