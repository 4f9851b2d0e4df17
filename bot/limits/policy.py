"""The one decision: may this member have this video now? Allowed, or every limit that stands in the way. Pure.

Credits come from the allowance that the limits give first, because it is used or lost, then from the member's own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.limits.limits import Limits
from bot.limits.periods import DAY, month_start, next_month
from storage.charges import Charge


class Barrier(StrEnum):
    """What may stand in the way: limits of a member, by their names, and budgets."""

    CREDITS_PER_DAY = "credits_per_day"
    CREDITS_PER_MONTH = "credits_per_month"
    VIDEOS_PER_DAY = "videos_per_day"
    VIDEOS_PER_MONTH = "videos_per_month"
    WAITING_IN_LINE = "waiting_in_line"
    COOLDOWN = "cooldown_s"
    LONGEST = "longest_s"
    MODELS = "models"
    ACCOUNT_AGE = "account_age_days"
    MEMBERSHIP = "membership_days"
    SERVER_BUDGET_PER_DAY = "budget_per_day"
    SERVER_BUDGET_PER_MONTH = "budget_per_month"
    INSTANCE_BUDGET_PER_DAY = "instance_budget_per_day"
    INSTANCE_BUDGET_PER_MONTH = "instance_budget_per_month"


INSTANCE_BUDGETS = frozenset({Barrier.INSTANCE_BUDGET_PER_DAY, Barrier.INSTANCE_BUDGET_PER_MONTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How much of a limit is used in its period.

    Attributes:
        allowed: The limit.
        uses: What was used since the period began, as instant and amount, the oldest first.
        resets_at: When the period ends; None for one that rolls: each use leaves it after a day.
    """

    barrier: Barrier
    allowed: int
    uses: tuple[tuple[datetime, int], ...]
    resets_at: datetime | None = None

    @property
    def used(self) -> int:
        """How much is used."""
        return sum(amount for _, amount in self.uses)

    @property
    def left(self) -> int:
        """How much is left; zero if more was used than is allowed now."""
        return max(0, self.allowed - self.used)

    def frees_at(self, needed: int) -> datetime | None:
        """Return when there will be enough left; None if never, because the limit itself is too small."""
        if needed > self.allowed:
            return None
        if self.resets_at is not None:
            # Uses of the next month stand here already if a clock was set back since.
            ahead = sum(amount for at, amount in self.uses if at >= self.resets_at)
            return self.resets_at if needed <= self.allowed - ahead else None
        used = self.used
        for at, amount in self.uses:
            used -= amount
            if self.allowed - used >= needed:
                return at + DAY
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants, and what it costs.

    Attributes:
        own_credits: How much of the price they pay themselves; None for all of it.
    """

    model: str
    seconds: int
    price_credits: int
    own_credits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who wants it.

    Attributes:
        id: Their Discord id.
        guild_id: The server; 0 outside of one.
        role_ids: Their roles there.
        account_created_at: When they joined Discord.
        joined_at: When they joined the server; None if nobody knows.
    """

    id: int
    guild_id: int
    role_ids: frozenset[int]
    account_created_at: datetime
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a member stands at one instant.

    Attributes:
        zone: The time zone in which months begin.
        limits: What they may do.
        balance_credits: Their own credits.
        charges: What they used since the earliest of a day ago, the month's start and the last pause's, the oldest
            first.
        unsent_count: How many of their videos wait to be sent.
        running_count: How many of them are in the making.
        budgets: Windows of the server and of the instance.
    """

    now: datetime
    zone: ZoneInfo
    limits: Limits
    balance_credits: int = 0
    charges: tuple[Charge, ...] = ()
    unsent_count: int = 0
    running_count: int = 0
    budgets: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One limit that stands in the way.

    Attributes:
        allowed: The limit.
        used: How much of it is used.
        needed: How much this would take.
        balance_credits: How many credits of their own the member has beside the limit; too few, or none.
        frees_at: When it no longer stands in the way; None if time alone does not help.
        models: The models that are allowed, where the model is in the way.
    """

    barrier: Barrier
    allowed: int = 0
    used: int = 0
    needed: int = 1
    balance_credits: int = 0
    frees_at: datetime | None = None
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Allowed if there are no obstacles; then this is what is taken from where.

    Attributes:
        left_credits: What the member can spend before this; None if nothing limits it.
    """

    obstacles: tuple[Obstacle, ...] = ()
    allowance_credits: int = 0
    balance_credits: int = 0
    left_credits: int | None = None


def decide(wanted: Wanted, member: Member, standing: Standing) -> Decision:
    """Return whether a member may have a video now.

    Args:
        wanted: What they want.
        member: Who they are.
        standing: How they stand now.
    """
    own = wanted.price_credits if wanted.own_credits is None else wanted.own_credits
    windows = credit_windows(standing)
    left = min((window.left for window in windows), default=None)
    allowance = own if left is None else min(own, left)
    obstacles = (
        *_about_the_video(wanted, standing.limits),
        *too_new(member, standing),
        *_about_the_pause(standing),
        *_about_the_count(standing),
        *_too_small(windows, needed=own, balance=standing.balance_credits),
        *_too_small(video_windows(standing), needed=1),
        *_too_small(standing.budgets, needed=wanted.price_credits),
    )
    return Decision(
        obstacles=obstacles,
        allowance_credits=allowance,
        balance_credits=own - allowance,
        left_credits=None if left is None else left + standing.balance_credits,
    )


def too_new(member: Member, standing: Standing) -> Iterator[Obstacle]:
    """Return what stands in the way of somebody who has only just come."""
    limits, now = standing.limits, standing.now
    ages = (
        (Barrier.ACCOUNT_AGE, limits.account_age_days, member.account_created_at),
        (Barrier.MEMBERSHIP, limits.membership_days, member.joined_at),
    )
    for barrier, days, since in ages:
        if days is not None and since is not None and now < (old_enough_at := since + timedelta(days=days)):
            yield Obstacle(barrier=barrier, allowed=days, frees_at=old_enough_at)


def earliest_counted(now: datetime, zone: ZoneInfo) -> datetime:
    """Return since when uses count in any window."""
    return min(now - DAY, month_start(now, zone))


def credit_windows(standing: Standing) -> list[Window]:
    """Return how much a member has used of each limit in credits that they have."""
    uses = [(charge.counted_at, charge.allowance_credits) for charge in standing.charges]
    limits = standing.limits
    return [
        *day_window(Barrier.CREDITS_PER_DAY, limits.credits_per_day, uses, now=standing.now),
        *month_window(
            Barrier.CREDITS_PER_MONTH, limits.credits_per_month, uses, at=standing.now, zone=standing.zone
        ),
    ]


def video_windows(standing: Standing) -> list[Window]:
    """Return how much a member has used of each limit in videos that they have."""
    uses = [(charge.counted_at, charge.videos) for charge in standing.charges]
    limits = standing.limits
    return [
        *day_window(Barrier.VIDEOS_PER_DAY, limits.videos_per_day, uses, now=standing.now),
        *month_window(
            Barrier.VIDEOS_PER_MONTH, limits.videos_per_month, uses, at=standing.now, zone=standing.zone
        ),
    ]


def day_window(
    barrier: Barrier, allowed: int | None, uses: Iterable[tuple[datetime, int]], *, now: datetime
) -> list[Window]:
    """Return the window of a limit per day, if there is such a limit."""
    if allowed is None:
        return []
    return [
        Window(barrier=barrier, allowed=allowed, uses=_counted(uses, lambda used_at: used_at > now - DAY))
    ]


def month_window(
    barrier: Barrier,
    allowed: int | None,
    uses: Iterable[tuple[datetime, int]],
    *,
    at: datetime,
    zone: ZoneInfo,
) -> list[Window]:
    """Return the window of a limit per month, if there is such a limit."""
    if allowed is None:
        return []
    start = month_start(at, zone)
    these = _counted(uses, lambda used_at: used_at >= start)
    return [Window(barrier=barrier, allowed=allowed, uses=these, resets_at=next_month(at, zone))]


def _counted(
    uses: Iterable[tuple[datetime, int]], counts: Callable[[datetime], bool]
) -> tuple[tuple[datetime, int], ...]:
    # One that stands in the future was made before a clock was set back; it counts until its time has passed.
    return tuple((at, amount) for at, amount in uses if counts(at))


def _about_the_video(wanted: Wanted, limits: Limits) -> Iterator[Obstacle]:
    if limits.longest_s is not None and wanted.seconds > limits.longest_s:
        yield Obstacle(barrier=Barrier.LONGEST, allowed=limits.longest_s, needed=wanted.seconds)
    if limits.models is not None and wanted.model not in limits.models:
        yield Obstacle(barrier=Barrier.MODELS, models=limits.models)


def _about_the_pause(standing: Standing) -> Iterator[Obstacle]:
    limits, now = standing.limits, standing.now
    if limits.cooldown_s is None:
        return
    pause = timedelta(seconds=limits.cooldown_s)
    # After a clock was set back by more than a pause, nobody is to wait for the hour it had shown.
    used = [it.counted_at for it in standing.charges if it.videos > 0 and it.counted_at <= now + pause]
    if used:
        over_at = max(used) + pause
        if now < over_at:
            yield Obstacle(barrier=Barrier.COOLDOWN, allowed=limits.cooldown_s, frees_at=over_at)


def _about_the_count(standing: Standing) -> Iterator[Obstacle]:
    limits, unsent = standing.limits, standing.unsent_count
    if limits.waiting_in_line is None:
        return
    if limits.running_at_once is not None:
        allowed = limits.running_at_once + limits.waiting_in_line
        used = unsent + standing.running_count
    else:
        # Each one waits for a moment before it is sent, so at least one must be able to.
        allowed, used = max(1, limits.waiting_in_line), unsent
    if used >= allowed:
        yield Obstacle(barrier=Barrier.WAITING_IN_LINE, allowed=allowed, used=used)


def _too_small(windows: Iterable[Window], *, needed: int, balance: int = 0) -> Iterator[Obstacle]:
    for window in windows:
        if needed - balance > window.left:
            yield Obstacle(
                barrier=window.barrier,
                allowed=window.allowed,
                used=window.used,
                needed=needed,
                balance_credits=balance,
                frees_at=window.frees_at(needed - balance),
            )
