"""When to ask about a picture under review, as data. All durations are seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """The whole plan for one picture.

    Attributes:
        interval_s: From one look to the next while it is young; also how often anything is looked at at all.
        young_s: How long it is young.
        later_interval_s: From one look to the next after that.
        deadline_s: From being added until we stop and call it refused.
    """

    interval_s: float = 10.0
    young_s: float = 60.0
    later_interval_s: float = 30.0
    deadline_s: float = 1800.0


def review_plan(*, interval_s: float = 10.0) -> ReviewPlan:
    """Return the plan for an interval.

    Source: video API notes, section 8 ("Flow"): every 10 s for the first minute, then every 30 s, up to 30 min.
    """
    return ReviewPlan(interval_s=interval_s, later_interval_s=3 * interval_s)


def is_look_due(plan: ReviewPlan, *, age_s: float, since_try_s: float | None) -> bool:
    """Whether to ask about a picture in this round.

    Args:
        plan: The plan.
        age_s: How long ago the picture was added.
        since_try_s: How long ago this process last asked about it or handed it in; None when it did not, as after a
            restart.
    """
    if since_try_s is None:
        return True
    every_s = plan.interval_s if age_s - since_try_s < plan.young_s else plan.later_interval_s
    # Rounds drift a little; half an interval too soon is better than a whole one too late.
    return since_try_s >= every_s - plan.interval_s / 2


def is_past_deadline(plan: ReviewPlan, *, age_s: float) -> bool:
    """Whether a review has taken long enough."""
    return age_s >= plan.deadline_s
