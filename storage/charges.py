"""What members, servers and everybody together used lately, summed up from the ledger. Only reads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.columns import instant_of, stored
from storage.database import Row, Transaction
from storage.ledger import BOTH_PARTS, HELD_SQL, effect_sql

# A server's last day is summed up in steps, so that a busy one stays quick to read.
STEP = timedelta(minutes=10)

_VIDEOS = effect_sql("videos", of="videos")
_ALLOWANCE = effect_sql("allowance", of="allowance_credits")
# Credits count for budgets as long as videos do: gifts only change whose they are.
_CREDITS = effect_sql("videos", of=BOTH_PARTS)
_SUMS = (
    f"SUM({_ALLOWANCE}) AS allowance_credits, SUM({_CREDITS}) AS credits, SUM({HELD_SQL}) AS held_credits,"
    f" SUM({_VIDEOS}) AS videos"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What was used at one instant and not given back.

    Attributes:
        allowance_credits: The part that limits per member count.
        credits: All of what was used for videos, which budgets count.
        held_credits: The part of these that is only reserved so far.
    """

    counted_at: datetime
    allowance_credits: int
    credits: int
    videos: int
    held_credits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUse:
    """What one member of a server used."""

    member_id: int
    credits: int
    videos: int


def of_member(transaction: Transaction, *, guild_id: int, member_id: int, since: datetime) -> list[Charge]:
    """Read what a member used since an instant and was not given back, the oldest first."""
    # What is given back carries the instant of its reservation, so both meet in one group.
    rows = transaction.all(
        f"SELECT counted_at, {_SUMS} FROM entries"  # noqa: S608  # our own words
        " WHERE guild_id = :guild_id AND member_id = :member_id AND counted_at >= :since"
        " GROUP BY counted_at ORDER BY counted_at",
        guild_id=guild_id,
        member_id=member_id,
        since=stored(since),
    )
    charges = [_charge_of(row) for row in rows]
    return [charge for charge in charges if charge.allowance_credits or charge.credits or charge.videos]


def of_all(transaction: Transaction, *, guild_id: int | None, since: datetime) -> list[Charge]:
    """Read what a server (None: everybody) used after an instant, in steps of ``STEP``, the oldest first.

    Each step stands at its latest instant.
    """
    step = STEP // timedelta(microseconds=1)
    rows = transaction.all(
        f"SELECT MAX(counted_at) AS counted_at, {_SUMS} FROM entries"  # noqa: S608  # our own words
        f" WHERE {_whose(guild_id)} AND counted_at > :since"
        f" GROUP BY counted_at / {step:d} ORDER BY 1",
        guild_id=guild_id,
        since=stored(since),
    )
    return [_charge_of(row) for row in rows]


def credits_of_all(transaction: Transaction, *, guild_id: int | None, since: datetime) -> int:
    """Return the credits that a server (None: everybody) used since an instant."""
    row = transaction.one_or_none(
        f"SELECT SUM({_CREDITS}) AS credits FROM entries"  # noqa: S608  # our own words
        f" WHERE {_whose(guild_id)} AND counted_at >= :since",
        guild_id=guild_id,
        since=stored(since),
    )
    return int(row["credits"] or 0) if row else 0


def top_members(transaction: Transaction, *, guild_id: int, since: datetime, limit: int) -> list[MemberUse]:
    """Read who used most in a server since an instant, the most first."""
    rows = transaction.all(
        f"SELECT member_id, SUM({_CREDITS}) AS credits, SUM({_VIDEOS}) AS videos FROM entries"  # noqa: S608  # our own words
        " WHERE guild_id = :guild_id AND counted_at >= :since GROUP BY member_id"
        f" HAVING SUM({_VIDEOS}) > 0 OR SUM({_CREDITS}) > 0 ORDER BY credits DESC, videos DESC, member_id LIMIT :limit",
        guild_id=guild_id,
        since=stored(since),
        limit=limit,
    )
    return [MemberUse(**{name: int(value) for name, value in row.items()}) for row in rows]


def _whose(guild_id: int | None) -> str:
    return "1 = 1" if guild_id is None else "guild_id = :guild_id"


def _charge_of(row: Row) -> Charge:
    return Charge(
        counted_at=instant_of(row["counted_at"]),
        allowance_credits=int(row["allowance_credits"]),
        credits=int(row["credits"]),
        videos=int(row["videos"]),
        held_credits=int(row["held_credits"]),
    )
