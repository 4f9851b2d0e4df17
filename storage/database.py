"""Transactions: the one way to read or write what we remember.

A use case is a plain function that runs whole, in one hop, on the database's thread: awaiting each statement
costs several times the raw work and makes half-done transactions possible. The function must never wait for
anything but the database, because on SQLite everybody else's transactions wait for it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, Self, TypeAlias, TypeVar

from bot.errors import Refusal
from storage.errors import CommitUnclear, StorageUnavailable, UnusableDatabase
from storage.shards import WHOLE, Shard

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
Row: TypeAlias = Mapping[str, Any]

P = ParamSpec("P")
T = TypeVar("T")

# Ten thousand generations may want to write at once; several times that is a fault, better seen than queued.
WAITING_MAX_COUNT = 50_000


class Cursor(Protocol):
    """What both drivers answer a statement with."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...

    def fetchall(self) -> list[Any]:
        """Return every row, each as a mapping from column to value."""
        ...


Execute: TypeAlias = Callable[[str, Mapping[str, Any]], Cursor]


class Engine(Protocol):
    """A kind of database. Two implementations: :mod:`storage.sqlite` and :mod:`storage.postgresql`."""

    dialect: Dialect

    async def hop(self, function: Callable[[Execute], T]) -> T:
        """Run ``function`` in one transaction, to its end even when the caller is cancelled."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then let go of the database."""
        ...


class Transaction:
    """What a use case works with. Statements are portable SQL with named parameters (``:name``)."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def all(self, sql: str, /, **parameters: object) -> list[Row]:
        """Return every row of a query."""
        return self._execute(sql, parameters).fetchall()

    def one_or_none(self, sql: str, /, **parameters: object) -> Row | None:
        """Return the first row of a query, if there is one."""
        rows = self.all(sql, **parameters)
        return rows[0] if rows else None

    def run(self, sql: str, /, **parameters: object) -> int:
        """Change something; return how many rows that touched."""
        return self._execute(sql, parameters).rowcount


class Database:
    """An open database; close it, or use it in ``async with``.

    Attributes:
        shard: What of it belongs to this process alone.
    """

    def __init__(self, engine: Engine, *, shard: Shard = WHOLE) -> None:
        self.shard = shard
        self._engine = engine
        self._waiting_count = 0
        self._is_open = True

    @property
    def dialect(self) -> Dialect:
        """Which kind of database this is."""
        return self._engine.dialect

    async def transaction(
        self, function: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``function(transaction, …)`` whole: committed when it returns, rolled back when it raises.

        Cancelling the caller does not interrupt the function: it still runs to its end.

        Raises:
            Conflict: A constraint forbids it.
            CommitUnclear: Nobody knows whether it was committed.
            StorageUnavailable: The database could not do it.
        """
        if not self._is_open:
            raise StorageUnavailable("The database is closed.")
        if self._waiting_count >= WAITING_MAX_COUNT:
            raise StorageUnavailable(f"{WAITING_MAX_COUNT} transactions are waiting already.")
        self._waiting_count += 1
        try:
            return await self._engine.hop(lambda execute: function(Transaction(execute), *args, **kwargs))
        finally:
            self._waiting_count -= 1

    async def close(self) -> None:
        """Let what was begun finish, then let go of the database. Safe to repeat."""
        if self._is_open:
            self._is_open = False
            await self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def once(
    database: Database,
    function: Callable[Concatenate[Transaction, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a transaction that counts once however often it runs: again, where nobody knows whether it was committed.

    Raises:
        CommitUnclear: Nobody can know it now.
        StorageUnavailable: The database could not do it.
    """
    try:
        return await database.transaction(function, *args, **kwargs)
    except CommitUnclear as unclear:
        try:
            return await database.transaction(function, *args, **kwargs)
        except StorageUnavailable:
            raise unclear from None


async def open_database(
    url: str, *, shard: Shard = WHOLE, on_lost: Callable[[Refusal], None] = lambda refusal: None
) -> Database:
    """Open a database, of which one shard is for this process alone, and bring its tables up to date.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://…``; never shown.
        shard: The part of this process. SQLite knows only ``WHOLE``.
        on_lost: Called once, if PostgreSQL was away and another process has our shard since; must return at once.

    Raises:
        AlreadyRunning: Another process has this shard.
        RunningOtherwise: Other processes split it differently, or expect other tables.
        UnusableDatabase: It cannot be opened, or a newer Showrunner wrote it.
    """
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite" and path:
        from storage.sqlite import SqliteEngine  # noqa: PLC0415  # a start loads only the driver it needs

        if shard != WHOLE:
            raise UnusableDatabase("Several shards need PostgreSQL; this is a SQLite file.")
        return Database(await SqliteEngine.open(Path(path)))
    if url.startswith(("postgresql://", "postgres://")):
        from storage.postgresql import PostgresqlEngine  # noqa: PLC0415  # as above

        return Database(await PostgresqlEngine.open(url, shard=shard, on_lost=on_lost), shard=shard)
    raise UnusableDatabase("DATABASE_URL must begin with sqlite:/// or postgresql://.")
