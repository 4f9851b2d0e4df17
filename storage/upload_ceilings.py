"""The size of file each server last refused, so that the next one is made to fit at once."""

from datetime import datetime

from storage.columns import stored
from storage.database import Transaction


def find_refused_bytes(transaction: Transaction, *, guild_id: int, since: datetime) -> int | None:
    """Return the smallest size that a server is known to refuse, if that was learned since an instant."""
    row = transaction.one_or_none(
        "SELECT refused_bytes FROM upload_ceilings WHERE guild_id = :guild_id AND learned_at >= :since",
        guild_id=guild_id,
        since=stored(since),
    )
    return None if row is None else int(row["refused_bytes"])


def remember(transaction: Transaction, *, guild_id: int, refused_bytes: int, at: datetime) -> None:
    """Write down that a server refused a file of this size, in place of what was known."""
    transaction.run(
        "INSERT INTO upload_ceilings (guild_id, refused_bytes, learned_at)"
        " VALUES (:guild_id, :refused_bytes, :learned_at) ON CONFLICT (guild_id) DO UPDATE"
        " SET refused_bytes = excluded.refused_bytes, learned_at = excluded.learned_at",
        guild_id=guild_id,
        refused_bytes=refused_bytes,
        learned_at=stored(at),
    )
