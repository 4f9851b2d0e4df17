"""PostgreSQL: plain psycopg connections on a few threads, so that the same stores and use cases run there.

Each process has its own shard, as long as the connection lives that holds its locks; processes of different shards
run side by side. Should that connection break, the engine notices within ``WATCH_S`` and takes the locks again, or says
that another process was faster. In between both are harmless, because every write names the version it was decided on.

It must never show a URL, which holds a password, nor PostgreSQL's details, which hold rows.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any, Self, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from bot.clock import Clock, SystemClock
from bot.errors import Refusal
from storage.database import Dialect, Execute
from storage.errors import CommitUnclear, Conflict, StorageUnavailable, UnusableDatabase
from storage.postgresql_lock import ShardLock
from storage.shards import Shard

T = TypeVar("T")
Pool = ConnectionPool[psycopg.Connection[DictRow]]

logger = logging.getLogger(__name__)

CONNECTIONS_MAX_COUNT = 8  # our transactions are short; PostgreSQL allows 100 to everybody together
CONNECT_TIMEOUT_S = 10
# There are as many connections as threads: who waits at all waits for PostgreSQL to come back.
CONNECTION_WAIT_S = 4.0
# Shorter than that wait, so that the next who asks makes a new attempt instead of awaiting a late one.
RECONNECT_S = 3.0
# Everybody behind who waited in vain hears no at once, and soon after somebody waits again.
REFUSING_S = 2.0
STATEMENT_TIMEOUT_MS = 30_000  # ours take milliseconds; a lock held elsewhere must not hold us for ever
# A machine that lost its power says nothing, and what it had locked everybody else waits for.
IDLE_TIMEOUT_MS = 10_000
CHECK_TIMEOUT_MS = 300_000  # a question of `check` may go through every entry there ever was
WATCH_S = 2.0  # two processes may have one shard for that long; the smallest of questions to PostgreSQL
STATEMENTS_MAX_COUNT = 500  # many times the statements we have: they are constants

# A server that only reads for now; one that waited too long for us, because we were stopped for a while.
_UNUSUAL = psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.IdleInTransactionSessionTimeout

_QUOTED_OR_NAME = re.compile(r"""('(?:[^']|'')*'|"[^"]*"|--[^\n]*|::)|:([A-Za-z_]\w*)""")


@lru_cache(maxsize=STATEMENTS_MAX_COUNT)
def translated(sql: str) -> bytes:
    """Write ``:name`` the way psycopg reads it; quoted text, comments and casts stay as they are."""
    return _QUOTED_OR_NAME.sub(lambda found: found[1] or f"%({found[2]})s", sql.replace("%", "%%")).encode()


class PostgresqlEngine:
    """Runs transactions on PostgreSQL. Made by :meth:`open`."""

    dialect: Dialect = "postgresql"

    def __init__(
        self,
        pool: Pool,
        *,
        lock: ShardLock,
        on_lost: Callable[[Refusal], None],
        clock: Clock,
    ) -> None:
        self._pool = pool
        self._lock = lock
        self._on_lost = on_lost
        self._clock = clock
        self._refusing_until_s = clock.monotonic_s()
        # As many threads as connections: nobody holds a thread while waiting for a connection.
        self._threads = ThreadPoolExecutor(CONNECTIONS_MAX_COUNT, thread_name_prefix="postgresql")
        self._lock_thread = ThreadPoolExecutor(1, thread_name_prefix="postgresql lock")
        self._watch = asyncio.create_task(self._keep_locked(), name="lock of the database")

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        shard: Shard,
        on_lost: Callable[[Refusal], None] = lambda refusal: None,
        clock: Clock | None = None,
    ) -> Self:
        """Take a shard for this process, bring the tables up to date and open the connections.

        Args:
            url: Where PostgreSQL is; never shown.
            shard: The part of this process.
            on_lost: Called once, when the locks were lost and cannot be had again, with what is in the way.
            clock: The source of time; the system's by default.
        """
        pool, lock = await asyncio.to_thread(_prepare, url, shard)
        return cls(pool, lock=lock, on_lost=on_lost, clock=clock or SystemClock())

    async def hop(self, function: Callable[[Execute], T]) -> T:
        """Run ``function`` in one transaction, to its end even when the caller is cancelled."""
        loop = asyncio.get_running_loop()
        # Unshielded, cancelling the caller would take a function out of the queue before it began.
        return await asyncio.shield(loop.run_in_executor(self._threads, self._whole, function))

    async def close(self) -> None:
        """Finish what was begun, then let go of the database."""
        self._watch.cancel()
        await asyncio.wait({self._watch})
        await asyncio.to_thread(self._close)

    async def _keep_locked(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._clock.sleep(WATCH_S)
            try:
                await loop.run_in_executor(self._lock_thread, self._lock.hold)
            except Refusal as refusal:
                self._on_lost(refusal)
                return
            except psycopg.Error:
                continue  # it is away; what it says was logged when that began
            except Exception:
                logger.exception("the locks in PostgreSQL cannot be taken again")

    def _whole(self, function: Callable[[Execute], T]) -> T:
        if self._clock.monotonic_s() < self._refusing_until_s:
            raise StorageUnavailable("PostgreSQL was away a moment ago.")
        try:
            with self._pool.connection() as connection:
                result = function(_executing(connection))
                _commit(connection)
                return result
        except psycopg.Error as error:
            if isinstance(error, PoolTimeout):
                self._refusing_until_s = self._clock.monotonic_s() + REFUSING_S
            raise _told(error) from None  # its text may hold the row

    def _close(self) -> None:
        self._threads.shutdown()
        self._pool.close()
        self._lock_thread.shutdown()
        self._lock.close()


@contextmanager
def opened_for_reading(url: str) -> Iterator[Execute]:
    """Open a database that may be in use, without a lock; from BEGIN to COMMIT, it is seen as at one instant.

    Raises:
        UnusableDatabase: It cannot be reached, or cannot answer.
    """
    try:
        with closing(psycopg.connect(_conninfo(url), autocommit=True)) as connection:
            connection.execute(
                "SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read';"
                f" SET statement_timeout = {CHECK_TIMEOUT_MS:d}".encode()
            )
            yield _executing(connection)
    except psycopg.OperationalError as error:
        raise _unusable(error) from None
    except psycopg.Error as error:
        raise UnusableDatabase(
            f"PostgreSQL cannot answer: {type(error).__name__}.",  # its text may hold a row
            hint="This needs PostgreSQL 16 or later, with the tables of this version of Showrunner.",
        ) from None


def _executing(connection: psycopg.Connection[Any]) -> Execute:
    return lambda sql, parameters: connection.execute(translated(sql), parameters)


def _prepare(url: str, shard: Shard) -> tuple[Pool, ShardLock]:
    conninfo = _conninfo(url)
    lock = ShardLock(conninfo, shard)
    try:
        lock.take()
        return _opened(conninfo), lock
    except psycopg.OperationalError as error:
        lock.close()
        raise _unusable(error) from None
    except BaseException:
        lock.close()
        raise


def _conninfo(url: str) -> str:
    try:
        return make_conninfo(url, connect_timeout=CONNECT_TIMEOUT_S)
    except psycopg.ProgrammingError:
        # The driver's own words repeat the URL.
        raise UnusableDatabase("DATABASE_URL is not a URL that PostgreSQL understands.") from None


def _unusable(error: psycopg.OperationalError) -> UnusableDatabase:
    reason = str(error).partition("\n")[0]
    return UnusableDatabase(f"PostgreSQL cannot be used: {reason}.", hint="Check DATABASE_URL.")


def _opened(conninfo: str) -> Pool:
    def check(connection: psycopg.Connection[DictRow]) -> None:
        try:
            ConnectionPool.check_connection(connection)
        except psycopg.Error:
            pool.drain()  # a restart breaks them all; to find that out one by one takes longer than anybody waits
            raise

    pool: Pool = ConnectionPool(
        conninfo,
        connection_class=psycopg.Connection[DictRow],
        kwargs={"row_factory": dict_row},
        min_size=1,
        max_size=CONNECTIONS_MAX_COUNT,
        timeout=CONNECTION_WAIT_S,
        reconnect_timeout=RECONNECT_S,
        configure=_limit,
        check=check,  # a restarted server costs a new connection, not a failure
        open=False,
    )
    pool.open(wait=True, timeout=CONNECT_TIMEOUT_S)
    return pool


def _limit(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        f"SET statement_timeout = {STATEMENT_TIMEOUT_MS:d};"
        f" SET idle_in_transaction_session_timeout = {IDLE_TIMEOUT_MS:d}".encode()
    )
    connection.commit()


def _commit(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.commit()
    except psycopg.OperationalError as error:
        if connection.broken:
            raise CommitUnclear(f"PostgreSQL: {type(error).__name__} during a commit.") from None
        raise


def _told(error: psycopg.Error) -> Exception:
    name = type(error).__name__
    if isinstance(error, psycopg.IntegrityError):
        return Conflict(f"{name}: {error.diag.constraint_name or error.diag.column_name}")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | _UNUSUAL):
        return StorageUnavailable(f"PostgreSQL: {name}.")
    return error  # a wrong statement: a fault of ours, not of the database
