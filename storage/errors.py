"""What can go wrong with the database, in words that hold no row's content, no statement and no password.

Refusals stop the start and are for the operator; the others reach whoever asked for the transaction.
"""

from bot.errors import Refusal


class AlreadyRunning(Refusal):
    """Another process has this database, or this shard of it; two would both carry out the same generations."""

    def __init__(self, database: str) -> None:
        super().__init__(
            f"Another Showrunner is already using {database}.",
            hint="Stop it first, or give this one another DATABASE_URL.",
        )


class RunningOtherwise(Refusal):
    """Other processes split this database into other shards or expect other tables, so they cannot share it."""

    def __init__(self, database: str) -> None:
        super().__init__(
            f"A Showrunner with another SHARD_COUNT, or of another version, is using {database}.",
            hint="Stop every process, then start all of them alike.",
        )


class UnusableDatabase(Refusal):
    """The database cannot be opened as configured: wrong URL, file, rights or version."""


class StorageUnavailable(Exception):
    """The database could not do its work; trying later may help.

    The transaction changed nothing, unless it is :class:`CommitUnclear`.
    """


class CommitUnclear(StorageUnavailable):
    """The connection to PostgreSQL broke while the transaction was being committed: nobody knows whether it was.

    Read the row again before repeating what must happen only once.
    """


class Conflict(Exception):
    """A constraint of the tables forbids the transaction, which changed nothing."""


class NotFound(Exception):
    """There is no such row."""

    def __init__(self, noun: str) -> None:
        super().__init__(f"There is no such {noun}.")
