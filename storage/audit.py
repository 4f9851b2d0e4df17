"""Who did what to whom: the trail of what people decided on behalf of others. Rows are added, never changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from storage.columns import instant_of, stored
from storage.database import Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One decision.

    Attributes:
        actor_id: Who decided; None for a rule of the bot's own.
        guild_id: Where they were; None outside a server.
        action: What was done, as a verb and a noun: ``resolve generation``.
        subject: Whom or what it was done to, by id.
        details: More facts; never a secret or a signed link.
    """

    at: datetime
    actor_id: int | None
    guild_id: int | None
    action: str
    subject: str
    details: Mapping[str, str]


_COLUMNS = tuple(field.name for field in fields(AuditEntry))
_INSERT = (
    f"INSERT INTO audit ({', '.join(_COLUMNS)}) "  # noqa: S608  # our own column names
    f"VALUES ({', '.join(':' + name for name in _COLUMNS)})"
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM audit"  # noqa: S608  # our own column names


def add(transaction: Transaction, entry: AuditEntry) -> None:
    """Write down a decision, in the transaction that carries it out."""
    values = {name: stored(getattr(entry, name)) for name in _COLUMNS}
    transaction.run(_INSERT, **(values | {"details": json.dumps(dict(entry.details))}))


def about(transaction: Transaction, subject: str) -> list[AuditEntry]:
    """Read every decision about somebody or something, the oldest first."""
    rows = transaction.all(f"{_SELECT} WHERE subject = :subject ORDER BY id", subject=subject)
    return [_entry_of(row) for row in rows]


def latest(
    transaction: Transaction, *, guild_id: int, actions: Sequence[str], limit: int
) -> list[AuditEntry]:
    """Read what was decided in a server, of some kinds of decisions, the newest first."""
    names = {f"action_{number}": action for number, action in enumerate(actions)}
    rows = transaction.all(
        f"{_SELECT} WHERE guild_id = :guild_id AND action IN ({', '.join(':' + name for name in names)})"
        " ORDER BY id DESC LIMIT :limit",
        guild_id=guild_id,
        limit=limit,
        **names,
    )
    return [_entry_of(row) for row in rows]


def _entry_of(row: Row) -> AuditEntry:
    values = dict(row)
    values["at"] = instant_of(values["at"])
    values["details"] = json.loads(values["details"])
    return AuditEntry(**values)
