"""A shard whose lock was lost: taken again, or somebody else's now."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from bot.errors import Refusal
from databases import administer
from fakes import HandClock, until
from storage.database import Database, open_database
from storage.errors import AlreadyRunning, RunningOtherwise
from storage.postgresql import WATCH_S, PostgresqlEngine
from storage.postgresql_lock import ShardLock
from storage.shards import WHOLE, Shard

FIRST, SECOND = Shard(id=0, count=2), Shard(id=1, count=2)
HOLDERS = (
    "pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE locktype = 'advisory' AND datname = current_database()"
)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for locks no longer than it takes to see that somebody has them."""
    monkeypatch.setattr("storage.postgresql_lock.LOCK_WAIT_MS", 50)


@pytest.fixture
def lose_locks(postgresql_url: str) -> Callable[[], None]:
    """Break every connection that holds a lock."""
    return lambda: administer(postgresql_url, f"SELECT pg_terminate_backend(pid, 10000) FROM {HOLDERS}")


@contextmanager
def taken(url: str, shard: Shard) -> Iterator[ShardLock]:
    with closing(ShardLock(url, shard)) as lock:
        lock.take()
        yield lock


def test_a_lock_that_broke_is_taken_again(postgresql_url: str, lose_locks: Callable[[], None]) -> None:
    with taken(postgresql_url, FIRST) as lock:
        lose_locks()

        lock.hold()

        with pytest.raises(AlreadyRunning):
            ShardLock(postgresql_url, FIRST).take()


def test_a_lock_that_holds_is_left_alone(postgresql_url: str) -> None:
    with taken(postgresql_url, FIRST) as lock:
        before = lock._connection

        lock.hold()

        assert lock._connection is before


def test_a_lock_that_somebody_has_taken_meanwhile_is_lost(
    postgresql_url: str, lose_locks: Callable[[], None]
) -> None:
    with taken(postgresql_url, FIRST) as lock:
        lose_locks()

        with taken(postgresql_url, FIRST), pytest.raises(AlreadyRunning, match="shard 0"):
            lock.hold()


def test_a_database_that_others_split_otherwise_meanwhile_is_lost(
    postgresql_url: str, lose_locks: Callable[[], None]
) -> None:
    with taken(postgresql_url, FIRST) as lock:
        lose_locks()

        with taken(postgresql_url, WHOLE), pytest.raises(RunningOtherwise):
            lock.hold()


def test_a_connection_that_only_we_lost_does_not_stand_in_our_own_way(postgresql_url: str) -> None:
    with taken(postgresql_url, FIRST) as lock, taken(postgresql_url, SECOND) as neighbour:
        forgotten = lock._connection
        assert forgotten is not None

        lock.take()
        forgotten.close()

        lock.hold()
        neighbour.hold()


async def opened(url: str, clock: HandClock, *, on_lost: Callable[[Refusal], None]) -> Database:
    return Database(await PostgresqlEngine.open(url, shard=WHOLE, on_lost=on_lost, clock=clock))


async def test_an_open_database_takes_its_lock_again(
    postgresql_url: str, lose_locks: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="storage.postgresql_lock")
    clock, lost = HandClock(), list[Refusal]()
    async with await opened(postgresql_url, clock, on_lost=lost.append):
        lose_locks()

        await clock.turn(WATCH_S)
        await until(lambda: "ours again" in caplog.text)

        with pytest.raises(AlreadyRunning):
            await open_database(postgresql_url)
    assert lost == []


async def test_an_open_database_says_once_that_another_process_took_it(
    postgresql_url: str, lose_locks: Callable[[], None]
) -> None:
    clock, lost = HandClock(), list[Refusal]()
    async with await opened(postgresql_url, clock, on_lost=lost.append):
        lose_locks()
        async with await open_database(postgresql_url):
            await clock.turn(WATCH_S)
            await until(lambda: lost)

            await clock.turn(10 * WATCH_S)

    assert [type(refusal) for refusal in lost] == [AlreadyRunning]


async def test_while_postgresql_is_away_the_lock_is_tried_again_and_logged_once(
    postgresql_url: str,
    break_off: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("CRITICAL", logger="psycopg.pool")
    caplog.set_level("INFO", logger="storage.postgresql_lock")
    clock, lost = HandClock(), list[Refusal]()
    async with await opened(postgresql_url, clock, on_lost=lost.append):
        break_off(comes_back=False)
        for _ in range(3):
            await until(lambda: clock.waits_s)
            await clock.turn(WATCH_S)
        await until(lambda: clock.waits_s)
        break_off(comes_back=True)

        await clock.turn(WATCH_S)
        await until(lambda: "ours again" in caplog.text)

    assert (lost, caplog.text.count("are lost")) == ([], 1)
