"""What only the server promises."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from databases import UrlOf, administer, remember, remembered
from fakes import WAIT_S, HandClock
from storage.database import Database, Transaction, once, open_database
from storage.errors import (
    AlreadyRunning,
    CommitUnclear,
    RunningOtherwise,
    StorageUnavailable,
    UnusableDatabase,
)
from storage.postgresql import (
    CONNECTIONS_MAX_COUNT,
    REFUSING_S,
    PostgresqlEngine,
    opened_for_reading,
    translated,
)
from storage.postgresql_lock import STARTING_LOCK
from storage.shards import WHOLE, Shard

FIRST, SECOND = Shard(id=0, count=2), Shard(id=1, count=2)


@pytest.mark.parametrize("url", ["postgresql://me:secret@127.0.0.1:1/x", "postgresql://me:secret@[::1/x"])
async def test_an_unreachable_postgresql_is_one_sentence_without_its_password(url: str) -> None:
    with pytest.raises(UnusableDatabase) as caught:
        await open_database(url)

    assert "secret" not in repr(caught.value)
    assert caught.value.__suppress_context__
    assert "\n" not in caught.value.message


@pytest.fixture
def patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for what always comes as long as it takes on a loaded machine."""
    monkeypatch.setattr("storage.postgresql.CONNECTION_WAIT_S", 60.0)
    monkeypatch.setattr("storage.postgresql_lock.LOCK_WAIT_MS", 60_000)


async def test_a_lost_connection_is_unavailable_and_then_replaced(
    patiently: None, postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="psycopg.pool")
    async with await open_database(postgresql_url) as database:
        with pytest.raises(StorageUnavailable):
            await database.transaction(
                lambda transaction: transaction.all("SELECT pg_terminate_backend(pg_backend_pid())")
            )

        assert await database.transaction(remember, 1) == 1


async def test_a_server_that_only_reads_for_now_is_unavailable(postgresql_url: str) -> None:
    def write(transaction: Transaction) -> None:
        transaction.run("SET TRANSACTION READ ONLY")
        remember(transaction, 1)

    async with await open_database(postgresql_url) as database:
        with pytest.raises(StorageUnavailable):
            await database.transaction(write)


async def test_what_a_silent_machine_had_locked_is_free_before_others_give_up(postgresql_url: str) -> None:
    asked = "SELECT current_setting(:name)::interval AS span"
    names = ("idle_in_transaction_session_timeout", "statement_timeout")

    async with await open_database(postgresql_url) as database:
        idle, statement = [
            await database.transaction(lambda it, name: it.all(asked, name=name)[0]["span"], name)
            for name in names
        ]

    assert timedelta(0) < idle < statement


async def test_a_connection_that_breaks_before_a_commit_is_answered_leaves_it_unclear(
    postgresql_url: str, break_off: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="psycopg.pool")

    async with await open_database(postgresql_url) as database:
        with pytest.raises(CommitUnclear):
            await database.transaction(in_trouble, iter([lambda: break_off(comes_back=True)]))


async def test_what_counts_once_is_run_again_when_its_commit_is_unclear(
    patiently: None, postgresql_url: str, break_off: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="psycopg.pool")

    async with await open_database(postgresql_url) as database:
        await once(database, in_trouble, iter([lambda: break_off(comes_back=True)]))

        assert await database.transaction(remembered) == [1]


async def test_a_commit_stays_unclear_while_postgresql_is_away(
    postgresql_url: str,
    break_off: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, logger="psycopg.pool")
    monkeypatch.setattr("storage.postgresql.CONNECTION_WAIT_S", 0.5)

    async with await open_database(postgresql_url) as database:
        with pytest.raises(CommitUnclear):
            await once(database, in_trouble, iter([lambda: break_off(comes_back=False)]))


def in_trouble(transaction: Transaction, troubles: Iterator[Callable[[], None]]) -> None:
    """Write something, and then have the next trouble, if there is one left."""
    remember(transaction, 1)
    next(troubles, lambda: None)()


async def test_after_a_restart_no_transaction_meets_an_old_connection(
    patiently: None,
    postgresql_url: str,
    break_off: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, logger="psycopg.pool")
    barrier = threading.Barrier(CONNECTIONS_MAX_COUNT, timeout=60)
    async with await open_database(postgresql_url) as database:
        await asyncio.gather(
            *(database.transaction(lambda _: barrier.wait()) for _ in range(CONNECTIONS_MAX_COUNT))
        )

        break_off(comes_back=True)

        assert await database.transaction(remember, 1) == 1


async def test_while_postgresql_is_away_a_hundred_hear_no_at_once_and_then_it_recovers(
    postgresql_url: str,
    break_off: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, logger="psycopg.pool")
    monkeypatch.setattr("storage.postgresql.CONNECTION_WAIT_S", 0.5)
    monkeypatch.setattr("storage.postgresql.RECONNECT_S", 0.2)
    clock = HandClock()
    async with Database(await PostgresqlEngine.open(postgresql_url, shard=WHOLE, clock=clock)) as database:
        break_off(comes_back=False)

        async with asyncio.timeout(WAIT_S):
            answers = await asyncio.gather(
                *(database.transaction(remembered) for _ in range(100)), return_exceptions=True
            )
        break_off(comes_back=True)
        with pytest.raises(StorageUnavailable, match="a moment ago"):
            await database.transaction(remembered)

        assert {type(answer) for answer in answers} == {StorageUnavailable}
        assert sum("a moment ago" not in str(answer) for answer in answers) <= CONNECTIONS_MAX_COUNT
        assert await answered(database, clock) == []


async def answered(database: Database, clock: HandClock) -> list[int]:
    """Ask until there is an answer: on a loaded machine, a new connection may come after its time."""
    async with asyncio.timeout(WAIT_S):
        while True:
            clock.jump(seconds=REFUSING_S)
            with suppress(StorageUnavailable):
                return await database.transaction(remembered)


async def test_reading_beside_the_bot_sees_one_instant_and_changes_nothing(postgresql_url: str) -> None:
    count = "SELECT COUNT(*) FROM registered_commands"
    async with await open_database(postgresql_url) as database:
        with (
            pytest.raises(UnusableDatabase, match="ReadOnlySqlTransaction"),
            opened_for_reading(postgresql_url) as execute,
        ):
            execute("BEGIN", {})
            before = execute(count, {}).fetchall()
            await database.transaction(remember, 1)

            assert execute(count, {}).fetchall() == before == [(0,)]
            execute("COMMIT", {})
            assert execute(count, {}).fetchall() == [(1,)]
            execute("DELETE FROM registered_commands", {})


async def test_a_lock_in_postgresql_dies_with_its_connection(postgresql_url: str) -> None:
    # With a clock that stands still, the first never looks after its lock and takes it again.
    async with Database(await PostgresqlEngine.open(postgresql_url, shard=WHOLE, clock=HandClock())):
        administer(
            postgresql_url,
            # Other tests hold such locks in databases of their own on the same server.
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()",
        )

        async with await open_database(postgresql_url) as database:
            assert await database.transaction(remembered) == []


@pytest.fixture
def empty_url(postgresql_url_of: UrlOf) -> Iterator[str]:
    name = f"empty_{uuid4().hex}"
    administer(postgresql_url_of("postgres"), f"CREATE DATABASE {name}")
    yield postgresql_url_of(name)
    administer(postgresql_url_of("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for locks no longer than it takes to see that somebody has them."""
    monkeypatch.setattr("storage.postgresql_lock.LOCK_WAIT_MS", 50)
    monkeypatch.setattr("storage.postgresql_lock.START_WAIT_MS", 50)


async def test_processes_of_different_shards_run_side_by_side(postgresql_url: str) -> None:
    async with (
        await open_database(postgresql_url, shard=FIRST) as first,
        await open_database(postgresql_url, shard=SECOND) as second,
    ):
        await first.transaction(remember, 1)

        assert await second.transaction(remembered) == [1]
        assert (first.shard, second.shard) == (FIRST, SECOND)


async def test_a_shard_belongs_to_one_process(quickly: None, postgresql_url: str) -> None:
    async with await open_database(postgresql_url, shard=SECOND):
        with pytest.raises(AlreadyRunning, match="is already using shard 1 of the PostgreSQL database"):
            await open_database(postgresql_url, shard=SECOND)

        async with await open_database(postgresql_url, shard=FIRST):
            pass


async def test_a_closed_shard_is_free(patiently: None, postgresql_url: str) -> None:
    for shard in (FIRST, FIRST, WHOLE):
        async with await open_database(postgresql_url, shard=shard) as database:
            assert await database.transaction(remembered) == []


@pytest.mark.parametrize("other", [WHOLE, Shard(id=1, count=3)])
async def test_processes_that_split_otherwise_cannot_run_beside_us(
    other: Shard, quickly: None, postgresql_url: str
) -> None:
    async with await open_database(postgresql_url, shard=FIRST):
        with pytest.raises(RunningOtherwise, match="another SHARD_COUNT"):
            await open_database(postgresql_url, shard=other)


async def test_processes_that_expect_other_tables_cannot_run_beside_us(
    quickly: None, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await open_database(postgresql_url, shard=FIRST):
        monkeypatch.setattr("storage.migrations.known_versions", lambda: ["9999"])

        with pytest.raises(RunningOtherwise, match="of another version"):
            await open_database(postgresql_url, shard=SECOND)


async def test_a_neighbour_in_another_database_does_not_matter(
    quickly: None, postgresql_url: str, empty_url: str
) -> None:
    async with (
        await open_database(postgresql_url, shard=FIRST),
        await open_database(empty_url, shard=WHOLE) as neighbour,
    ):
        assert await neighbour.transaction(remembered) == []


async def test_many_starts_at_once_bring_the_tables_up_to_date_one_after_the_other(empty_url: str) -> None:
    shards = [Shard(id=number, count=4) for number in range(4)]

    async with AsyncExitStack() as stack:
        opened = await asyncio.gather(*(open_database(empty_url, shard=shard) for shard in shards))
        databases: list[Database] = [await stack.enter_async_context(database) for database in opened]

        assert [await database.transaction(remembered) for database in databases] == [[]] * 4


async def test_a_start_that_takes_for_ever_does_not_hold_the_others_for_ever(
    quickly: None, postgresql_url: str
) -> None:
    with psycopg.connect(postgresql_url) as stuck:
        stuck.execute("SELECT pg_advisory_xact_lock(%s, 0)", [STARTING_LOCK])

        with pytest.raises(UnusableDatabase, match="has been starting"):
            await open_database(postgresql_url)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT :a, :b_2", "SELECT %(a)s, %(b_2)s"),
        ("SELECT :a::text", "SELECT %(a)s::text"),
        ("a % 2 LIKE 'x%:y'", "a %% 2 LIKE 'x%%:y'"),
        ("'it''s :a' || :a", "'it''s :a' || %(a)s"),
        ('":a" = :a', '":a" = %(a)s'),
        ("-- it's :a\n:a", "-- it's :a\n%(a)s"),
    ],
)
def test_named_parameters_are_translated(sql: str, expected: str) -> None:
    assert translated(sql).decode() == expected
