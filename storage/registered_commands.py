"""Which commands Discord was last given, so that they are sent again only when they changed."""

from storage.database import Transaction


def find_digest(transaction: Transaction, *, application_id: int) -> str | None:
    """Return the digest of the commands Discord has, if any were ever sent."""
    row = transaction.one_or_none(
        "SELECT digest FROM registered_commands WHERE application_id = :it", it=application_id
    )
    return None if row is None else str(row["digest"])


def remember_digest(transaction: Transaction, *, application_id: int, digest: str) -> None:
    """Write down that Discord now has the commands with this digest."""
    transaction.run(
        "INSERT INTO registered_commands (application_id, digest) VALUES (:application_id, :digest)"
        " ON CONFLICT (application_id) DO UPDATE SET digest = excluded.digest",
        application_id=application_id,
        digest=digest,
    )
