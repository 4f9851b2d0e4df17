"""What makes a shard of a PostgreSQL database belong to one process: advisory locks on a connection of their own.

The locks live as long as the connection, and are taken again where it broke. Nothing else may use this connection.
"""

import logging
import secrets

import psycopg
from psycopg.conninfo import make_conninfo

from storage import migrations
from storage.errors import AlreadyRunning, RunningOtherwise, UnusableDatabase
from storage.shards import Shard

logger = logging.getLogger(__name__)

# Advisory locks are pairs of numbers: one of these, and for STARTING zero, for ALIKE what all processes must have in
# common, for SHARD whose it is.
STARTING_LOCK, ALIKE_LOCK, SHARD_LOCK = 0x73686F77, 0x73686F78, 0x73686F79  # "show" and the two after it
START_WAIT_MS = 60_000  # others start one after the other, the first one with migrations
LOCK_WAIT_MS = 2_000  # a process that has just ended, or was killed, still holds its locks for a moment
END_WAIT_MS = 5_000  # a connection that PostgreSQL is told to end is gone at once
VERSIONS_MAX_COUNT = 10_000  # migrations have four digits
# A machine that lost its power says nothing; after a minute of silence its locks are free, and it knows that too.
KEEPALIVE = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
OUR_KEEPALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


class ShardLock:
    """The locks of one process. Every method waits, for a bounded time, so it belongs on a thread.

    Args:
        conninfo: Where PostgreSQL is, with a time-out for connecting; never shown.
        shard: What is to belong to this process.
    """

    def __init__(self, conninfo: str, shard: Shard) -> None:
        # The name is how PostgreSQL knows an earlier connection of this process from any other.
        name = f"showrunner {secrets.token_hex(8)}"
        self._conninfo = make_conninfo(conninfo, application_name=name, **OUR_KEEPALIVE)
        self._shard = shard
        self._connection: psycopg.Connection | None = None

    def take(self) -> None:
        """Take the locks, and bring the tables up to date.

        Raises:
            AlreadyRunning: Another process has the shard.
            RunningOtherwise: Other processes split the database differently, or expect other tables.
            UnusableDatabase: A newer Showrunner wrote it, or somebody has been starting for too long.
            psycopg.OperationalError: It cannot be reached.
        """
        connection = psycopg.connect(self._conninfo, autocommit=True)
        try:
            connection.execute(KEEPALIVE)
            _end_earlier(connection)
            with connection.transaction():  # at its end, the next process may start
                _wait_until_nobody_starts(connection)
                _require_all_alike(connection, self._shard)
                _take_shard(connection, self._shard)
                migrations.bring_up_to_date(lambda: psycopg.connect(self._conninfo), dialect="postgresql")
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def hold(self) -> None:
        """See that the locks are still ours; if their connection broke, take them again.

        Raises:
            Refusal: They cannot be had again; see :meth:`take`.
            psycopg.Error: PostgreSQL is away; try again later.
        """
        if self._connection is not None:
            try:
                self._connection.execute("SELECT 1")
            except psycopg.Error as error:
                logger.warning("the locks in PostgreSQL are lost: %s", type(error).__name__)
                self.close()
            else:
                return
        self.take()
        logger.info("the locks in PostgreSQL are ours again")

    def close(self) -> None:
        """Let go of the locks. Safe to repeat."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _end_earlier(connection: psycopg.Connection) -> None:
    """End our earlier connection: where only the way to it broke, it still holds our locks."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
        " WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()",
        [END_WAIT_MS],
    )


def _wait_until_nobody_starts(connection: psycopg.Connection) -> None:
    connection.execute(f"SET LOCAL lock_timeout = {START_WAIT_MS:d}".encode())
    try:
        connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", [STARTING_LOCK])
    except psycopg.errors.LockNotAvailable:
        raise UnusableDatabase("Another Showrunner has been starting for a minute.") from None
    connection.execute(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS:d}".encode())


def _require_all_alike(connection: psycopg.Connection, shard: Shard) -> None:
    alike = shard.count * VERSIONS_MAX_COUNT + int(migrations.known_versions()[-1])
    try:
        # To get the lock of those who are unlike us is to know that none of them is left.
        connection.execute(
            "SELECT pg_advisory_xact_lock(%(kind)s, unlike) FROM (SELECT DISTINCT objid::int AS unlike"
            " FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE locktype = 'advisory'"
            " AND datname = current_database() AND classid = %(kind)s::oid AND objid::int <> %(alike)s) AS others",
            {"kind": ALIKE_LOCK, "alike": alike},
        )
    except psycopg.errors.LockNotAvailable:
        raise RunningOtherwise(f"the PostgreSQL database {connection.info.dbname}") from None
    connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", [ALIKE_LOCK, alike])


def _take_shard(connection: psycopg.Connection, shard: Shard) -> None:
    try:
        connection.execute("SELECT pg_advisory_lock(%s, %s)", [SHARD_LOCK, shard.id])
    except psycopg.errors.LockNotAvailable:
        part = f"shard {shard.id} of " if shard.count > 1 else ""
        raise AlreadyRunning(f"{part}the PostgreSQL database {connection.info.dbname}") from None
