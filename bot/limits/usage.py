"""What a member sees of their limits: what is left of each, what is under way, what the last month took. Only reads.

It goes by the same standing and the same decision as an admission, so that it never promises what that refuses.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.limits.policy import (
    Barrier,
    Member,
    Standing,
    Wanted,
    Window,
    credit_windows,
    decide,
    video_windows,
)
from bot.limits.rulebook import Rulebook
from storage import charges, generations, ledger
from storage.charges import Charge
from storage.database import Database, Transaction
from storage.ledger import Account, Entry, Verb
from storage.records import Generation, GenerationId, Notice

RUNNING_SHOWN = 5
HISTORY_SHOWN = 10
CHANGES_SHOWN = 6
DAYS_SHOWN = 30
_BAR_CELLS = 10
# A free video of no length: whatever stands in its way stands in the way of every video.
_ANYTHING = Wanted(model="", seconds=0, price_credits=0)
_AGES = (Barrier.ACCOUNT_AGE, Barrier.MEMBERSHIP)
_RULES = (Barrier.COOLDOWN, Barrier.LONGEST, Barrier.MODELS, *_AGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How much of one limit is used.

    Attributes:
        name: The limit, a field of :class:`~bot.limits.limits.Limits`.
        more_at: When the next part of it is free again; None if time alone changes nothing.
        full_at: When all of it is.
    """

    name: str
    allowed: int
    used: int
    more_at: datetime | None = None
    full_at: datetime | None = None

    @property
    def left(self) -> int:
        """How much is left; zero if more was used than is allowed now."""
        return max(0, self.allowed - self.used)

    @property
    def bar(self) -> str:
        """What is left, as a bar of fixed width that is empty only when nothing is."""
        full = ceil(_BAR_CELLS * self.left / self.allowed) if self.allowed else 0
        return "▰" * full + "▱" * (_BAR_CELLS - full)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A limit that is not used up: it holds, or stands in the way for a while.

    Attributes:
        name: The limit, a field of :class:`~bot.limits.limits.Limits`.
        value: Its value, as that field has it.
        over_at: Until when it stands in the way of every video; None if it does not.
    """

    name: str
    value: Any
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One of a member's generations, or of another's that they help to pay, and what they pay for it.

    Attributes:
        credits: What was reserved for it.
        verb: What last became of these credits; None for one that is in no ledger.
        is_paid_by_others: Whether others hold or gave credits for it, and the member none.
    """

    generation: Generation
    credits: int = 0
    verb: Verb | None = None
    is_paid_by_others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUse:
    """What was used for videos on one day of the calendar; ``held_credits`` of the credits are only reserved."""

    on: date
    credits: int
    held_credits: int
    videos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How a member stands in one server.

    Attributes:
        is_exempt: Whether the limits for members do not apply to them.
        meters: Each limit that is used up by videos.
        restrictions: Each other limit that concerns them.
        budgets: Budgets of the server and of the bot that are used up.
        account: Their own credits.
        changes: Their credits that others gave, took or gave back, and what they gave, the newest first, at most
            ``CHANGES_SHOWN``.
        refunded: The videos of which ``changes`` name a refund.
        running: What is under way, theirs and what they help to pay, the newest first, at most ``RUNNING_SHOWN``.
        history: The other videos, the newest first, at most ``HISTORY_SHOWN``.
        days: The last ``DAYS_SHOWN`` days in the server's time zone, the oldest first.
    """

    is_exempt: bool
    meters: tuple[Meter, ...]
    restrictions: tuple[Restriction, ...]
    budgets: tuple[Window, ...]
    account: Account
    changes: tuple[Entry, ...]
    refunded: Mapping[GenerationId, Generation]
    running: tuple[Video, ...]
    history: tuple[Video, ...]
    days: tuple[DayUse, ...]


class UsageService:
    """Looks up how members stand.

    Args:
        database: Where it is written.
        clock: The source of time.
        rulebook: What holds.
    """

    def __init__(self, database: Database, *, clock: Clock, rulebook: Rulebook) -> None:
        self._database = database
        self._clock = clock
        self._rulebook = rulebook

    async def of(self, member: Member) -> Usage:
        """Return how a member stands now.

        Raises:
            StorageUnavailable: It cannot be read.
        """
        return await self._database.transaction(self._of, member)

    def _of(self, transaction: Transaction, member: Member) -> Usage:
        now = self._clock.now()
        server = self._rulebook.of_server(transaction, member.guild_id)
        standing = self._rulebook.standing_of(transaction, member, server, now=now)
        lately = charges.of_member(
            transaction,
            guild_id=member.guild_id,
            member_id=member.id,
            # A day longer than is shown, as the first day began up to a day before its part in this span.
            since=now - timedelta(days=DAYS_SHOWN + 1),
        )
        changes = ledger.latest_by_hand(
            transaction, guild_id=member.guild_id, member_id=member.id, limit=CHANGES_SHOWN
        )
        running, history = _videos(transaction, member)
        return Usage(
            is_exempt=self._rulebook.limits_of(transaction, member, server).limits.exempt,
            meters=tuple(meters_of(standing)),
            restrictions=tuple(restrictions_of(member, standing)),
            budgets=tuple(window for window in standing.budgets if not window.left),
            account=ledger.account(transaction, ledger.member_holder(member.guild_id, member.id)),
            changes=tuple(changes),
            refunded=generations.found(
                transaction, [entry.generation_id for entry in changes if entry.generation_id is not None]
            ),
            running=running,
            history=history,
            days=days_of(lately, now=now, zone=standing.zone),
        )


def days_of(used: Iterable[Charge], *, now: datetime, zone: ZoneInfo) -> tuple[DayUse, ...]:
    """Return what was used on each of the last ``DAYS_SHOWN`` days of a calendar, today's included."""
    today = now.astimezone(zone).date()
    by_day: dict[date, list[Charge]] = {
        today - timedelta(days=ago): [] for ago in reversed(range(DAYS_SHOWN))
    }
    for charge in used:
        by_day.get(charge.counted_at.astimezone(zone).date(), []).append(charge)
    return tuple(
        DayUse(
            on=on,
            credits=sum(charge.credits for charge in these),
            held_credits=sum(charge.held_credits for charge in these),
            videos=sum(charge.videos for charge in these),
        )
        for on, these in by_day.items()
    )


def meters_of(standing: Standing) -> Iterator[Meter]:
    """Yield how much is used of each limit that videos use up, for those there are."""
    for window in (*credit_windows(standing), *video_windows(standing)):
        more_at = window.frees_at(window.left + 1) if window.used else None
        full_at = window.frees_at(window.allowed) if more_at else None
        yield Meter(
            name=window.barrier,
            allowed=window.allowed,
            used=window.used,
            more_at=more_at,
            full_at=full_at,
        )
    yield from _places(standing)


def _places(standing: Standing) -> Iterator[Meter]:
    """Count places as the decision does: whatever waits to be sent has a place in the making as long as one is free."""
    at_once, in_line = standing.limits.running_at_once, standing.limits.waiting_in_line
    waiting = standing.unsent_count
    if at_once is not None:
        under_way = standing.unsent_count + standing.running_count
        waiting = max(0, under_way - at_once)
        yield Meter(name="running_at_once", allowed=at_once, used=under_way - waiting)
    elif in_line is not None:
        in_line = max(1, in_line)
    if in_line is not None:
        yield Meter(name="waiting_in_line", allowed=in_line, used=waiting)


def restrictions_of(member: Member, standing: Standing) -> Iterator[Restriction]:
    """Yield each other limit that concerns a member."""
    obstacles = decide(_ANYTHING, member, standing).obstacles
    over_at = {obstacle.barrier: obstacle.frees_at for obstacle in obstacles}
    for barrier in _RULES:
        value = getattr(standing.limits, barrier)
        # Whoever is old enough need not read that there is an age.
        concerns_them = barrier in over_at if barrier in _AGES else value not in (None, 0)
        if concerns_them:
            yield Restriction(name=barrier, value=value, over_at=over_at.get(barrier))


def _videos(transaction: Transaction, member: Member) -> tuple[tuple[Video, ...], tuple[Video, ...]]:
    guild_id = member.guild_id or None
    unfinished = generations.unfinished_of_asker(
        transaction, asker_id=member.id, guild_id=guild_id, limit=RUNNING_SHOWN
    )
    latest = generations.latest_of_asker(
        transaction, asker_id=member.id, guild_id=guild_id, limit=RUNNING_SHOWN + HISTORY_SHOWN
    )
    helped = ledger.latest_helped(
        transaction, guild_id=member.guild_id, member_id=member.id, limit=RUNNING_SHOWN + HISTORY_SHOWN
    )
    known = {it.id: it for it in (*unfinished, *latest)} | generations.found(transaction, helped)
    newest_first = sorted(known.values(), key=lambda it: it.asked_at, reverse=True)
    videos = [_video(transaction, generation, member) for generation in newest_first]
    running = [video for video in videos if _is_running(video)][:RUNNING_SHOWN]
    history = [video for video in videos if video not in running][:HISTORY_SHOWN]
    return tuple(running), tuple(history)


def _is_running(video: Video) -> bool:
    # One that is over, while its asker is not told yet, is history already.
    return video.generation.notice is not Notice.TOLD and video.verb in (Verb.RESERVE, None)


def _video(transaction: Transaction, generation: Generation, member: Member) -> Video:
    entries = ledger.of_generation(transaction, generation.id)
    own = [entry for entry in entries if entry.member_id == member.id]
    credits = own[0].credits if own else 0
    return Video(
        generation=generation,
        credits=credits,
        verb=own[-1].verb if own else None,
        is_paid_by_others=not credits
        and any(entry.credits for entry in entries)
        and entries[-1].verb in (Verb.RESERVE, Verb.SETTLE),
    )
