"""SQLite: one file, one process, one connection on one thread.

It must never leave a transaction half done: each is one function on a thread that nothing interrupts.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
from filelock import FileLock, Timeout

from storage import migrations
from storage.database import Dialect, Execute
from storage.errors import AlreadyRunning, Conflict, StorageUnavailable, UnusableDatabase

T = TypeVar("T")

# Our lock keeps other bots away; only a backup or an operator's shell can still hold the database.
BUSY_TIMEOUT_MS = 5_000


def connect(path: Path) -> sqlite3.Connection:
    """Open the file the way we write it; transactions begin and end only where we say so."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = _row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS:d}")
    connection.execute("PRAGMA journal_mode = WAL")
    # A power cut must not forget that `submitting` was written before the request left: it would go twice.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class SqliteEngine:
    """Runs transactions on a SQLite file. Made by :meth:`open`."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: aiosqlite.Connection, *, lock: FileLock) -> None:
        self._connection = connection
        self._lock = lock

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Lock the file (made with its folder if missing), bring its tables up to date and open it."""
        lock = await asyncio.to_thread(_prepare, path)
        try:
            with _plain_words(path):
                # The chunk size is for cursors read bit by bit, which we never have.
                connection = await aiosqlite.Connection(lambda: connect(path), iter_chunk_size=1)
        except BaseException:
            lock.release()
            raise
        return cls(connection, lock=lock)

    async def hop(self, function: Callable[[Execute], T]) -> T:
        """Run ``function`` in one transaction, to its end even when the caller is cancelled."""
        # The only use of aiosqlite's private names: its public calls are one hop for each statement.
        execute: Callable[..., Awaitable[T]] = self._connection._execute
        return await execute(_whole, self._connection._conn, function)

    async def close(self) -> None:
        """Finish what was begun, then let go of the file."""
        try:
            await self._connection.close()
        finally:
            self._lock.release()


def _whole(connection: sqlite3.Connection, function: Callable[[Execute], T]) -> T:
    try:
        with connection:
            # We write from the start, so that nothing read before the first change can be stale.
            connection.execute("BEGIN IMMEDIATE")
            return function(connection.execute)
    except sqlite3.Error as error:
        raise _told(error) from None


def _prepare(path: Path) -> FileLock:
    with _plain_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{path.resolve()}.lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
            migrations.bring_up_to_date(lambda: sqlite3.connect(path, isolation_level=None), dialect="sqlite")
        except Timeout:
            raise AlreadyRunning(f"the file {path}") from None
        except BaseException:
            lock.release()
            raise
    return lock


@contextmanager
def _plain_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise UnusableDatabase(
            f"The database file {path} cannot be used: {error}.",
            hint="Check DATA_DIR, DATABASE_URL and the rights on the file, or restore a backup.",
        ) from error


def _told(error: sqlite3.Error) -> Exception:
    """Say what a driver's error means. SQLite's messages name tables and columns, never values."""
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(str(error))
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code == sqlite3.SQLITE_ERROR:  # a wrong statement: a fault of ours, not of the database
        return error
    return StorageUnavailable(f"SQLite: {error}.")


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
