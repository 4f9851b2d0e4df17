"""Warnings that a server's budget runs out: written with the use that caused them, told afterwards, once."""

from dataclasses import dataclass
from datetime import datetime

from storage.columns import instant_of, stored
from storage.database import Transaction
from storage.shards import IN_SHARD, WHOLE, Shard

# Stands for all servers together, where a warning is about the operator's own budgets.
INSTANCE_ID = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWarning:
    """One warning about a budget: its name and how many credits it allowed then."""

    id: int
    guild_id: int
    kind: str
    allowed_credits: int
    at: datetime


def add(
    transaction: Transaction, *, guild_id: int, kind: str, allowed_credits: int, at: datetime, since: datetime
) -> bool:
    """Write a warning unless there was one about the same budget, of the same size, since an instant.

    Returns:
        Whether it was written.
    """
    added = transaction.run(
        "INSERT INTO budget_warnings (guild_id, kind, allowed_credits, at)"
        " SELECT :guild_id, :kind, :allowed_credits, :at WHERE NOT EXISTS (SELECT 1 FROM budget_warnings"
        " WHERE guild_id = :guild_id AND kind = :kind AND allowed_credits = :allowed_credits AND at >= :since)",
        guild_id=guild_id,
        kind=kind,
        allowed_credits=allowed_credits,
        at=stored(at),
        since=stored(since),
    )
    return added == 1


def untold(transaction: Transaction, *, limit: int, shard: Shard = WHOLE) -> list[BudgetWarning]:
    """Read warnings of a shard's servers that nobody was told of yet, the oldest first."""
    rows = transaction.all(
        "SELECT id, guild_id, kind, allowed_credits, at FROM budget_warnings"  # noqa: S608  # our own words
        f" WHERE told_at IS NULL AND {IN_SHARD} ORDER BY id LIMIT :limit",
        limit=limit,
        **shard.parameters,
    )
    return [BudgetWarning(**(dict(row) | {"at": instant_of(row["at"])})) for row in rows]


def forget(transaction: Transaction, warning_id: int) -> None:
    """Take back a warning about a budget that is another one by now."""
    transaction.run("DELETE FROM budget_warnings WHERE id = :id", id=warning_id)


def mark_told(transaction: Transaction, warning_id: int, *, at: datetime) -> None:
    """Write down that the moderators were told, or could not be."""
    transaction.run("UPDATE budget_warnings SET told_at = :at WHERE id = :id", id=warning_id, at=stored(at))
