"""Transactions, on both databases where the promise is the same."""

import asyncio
import sqlite3
import subprocess
import sys
import threading

import psycopg
import pytest

from databases import remember, remembered
from fakes import WAIT_S
from storage.database import Database, Transaction, open_database
from storage.errors import AlreadyRunning, Conflict, StorageUnavailable, UnusableDatabase

_OPEN_AND_HOLD = """
import asyncio, sys
from storage.database import open_database

async def hold(url):
    async with await open_database(url):
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold(sys.argv[1]))
"""


async def test_a_transaction_returns_what_its_function_returns(database: Database) -> None:
    changed_count = await database.transaction(remember, 1, digest="percent % and :colon")
    row = await database.transaction(
        lambda transaction: transaction.one_or_none(
            "SELECT digest FROM registered_commands WHERE application_id = :it", it=1
        )
    )

    assert changed_count == 1
    assert row == {"digest": "percent % and :colon"}


async def test_quoted_text_is_not_a_parameter(database: Database) -> None:
    row = await database.transaction(
        lambda transaction: transaction.one_or_none(
            """
            -- it's a comment :with a name
            SELECT ':name it''s 5%' AS "a:b", CAST(:name AS TEXT) AS name
            """,
            name="x",
        )
    )

    assert row == {"a:b": ":name it's 5%", "name": "x"}


async def test_no_row_is_none(database: Database) -> None:
    row = await database.transaction(
        lambda transaction: transaction.one_or_none("SELECT digest FROM registered_commands")
    )

    assert row is None


async def test_an_error_undoes_everything(database: Database) -> None:
    def fail(transaction: Transaction) -> None:
        remember(transaction, 1)
        raise LookupError("ours")

    with pytest.raises(LookupError, match="ours"):
        await database.transaction(fail)

    assert await database.transaction(remembered) == []


async def test_a_broken_constraint_is_a_conflict_that_shows_no_row(database: Database) -> None:
    await database.transaction(remember, 4711)

    with pytest.raises(Conflict) as caught:
        await database.transaction(remember, 4711, digest="private")

    assert "registered_commands" in str(caught.value)
    assert "4711" not in str(caught.value)
    assert "private" not in str(caught.value)


async def test_a_wrong_statement_is_not_called_unavailable(database: Database) -> None:
    with pytest.raises((sqlite3.OperationalError, psycopg.ProgrammingError)):
        await database.transaction(lambda transaction: transaction.run("UPDATE nowhere SET a = 1"))


async def test_a_cancelled_caller_does_not_interrupt_its_transaction(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> None:
        remember(transaction, 1)
        begun.set()
        go_on.wait(timeout=WAIT_S)
        remember(transaction, 2)

    caller = asyncio.create_task(database.transaction(slow))
    await asyncio.to_thread(begun.wait, timeout=WAIT_S)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    go_on.set()

    assert caller.cancelled()
    await until(database, [1, 2])


async def test_a_transaction_whose_caller_left_before_it_began_still_runs(database: Database) -> None:
    callers = [asyncio.create_task(database.transaction(remember, number)) for number in range(50)]
    await asyncio.sleep(0)

    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)

    await until(database, list(range(50)))


async def until(database: Database, numbers: list[int]) -> None:
    """Look until these are there: PostgreSQL runs several transactions at once."""
    async with asyncio.timeout(WAIT_S):
        while await database.transaction(remembered) != numbers:
            await asyncio.sleep(0)


async def test_transactions_at_once_all_count(database: Database) -> None:
    await asyncio.gather(*(database.transaction(remember, number) for number in range(100)))

    assert await database.transaction(remembered) == list(range(100))


async def test_closing_finishes_what_was_begun(database_url: str) -> None:
    database = await open_database(database_url)
    callers = [asyncio.create_task(database.transaction(remember, number)) for number in range(20)]
    await asyncio.sleep(0)

    await database.close()

    assert await asyncio.gather(*callers) == [1] * 20


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.close()
    await database.close()

    with pytest.raises(StorageUnavailable, match="closed"):
        await database.transaction(remembered)


async def test_what_was_committed_is_there_after_opening_again(database_url: str) -> None:
    async with await open_database(database_url) as database:
        await database.transaction(remember, 7)

    async with await open_database(database_url) as database:
        assert await database.transaction(remembered) == [7]


async def test_a_second_start_is_refused(database: Database, database_url: str) -> None:
    with pytest.raises(AlreadyRunning, match="Another Showrunner is already using") as caught:
        await open_database(database_url)

    assert "\n" not in caught.value.message
    assert "DATABASE_URL" in caught.value.hint


async def test_a_killed_process_leaves_the_database_free(database_url: str) -> None:
    command = [sys.executable, "-c", _OPEN_AND_HOLD, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"open\n"
            with pytest.raises(AlreadyRunning):
                await open_database(database_url)
        finally:
            process.kill()

    async with await open_patiently(database_url) as database:
        assert await database.transaction(remembered) == []


async def open_patiently(url: str) -> Database:
    """PostgreSQL notices a moment later than the operating system that its client is dead."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                return await open_database(url)
            except AlreadyRunning:
                await asyncio.sleep(0)


@pytest.mark.parametrize("url", ["", "mysql://me:secret@host/x", "sqlite://", "sqlite:///", "showrunner.db"])
async def test_an_unknown_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UnusableDatabase, match=r"^DATABASE_URL must begin with") as caught:
        await open_database(url)

    assert "secret" not in str(caught.value)


async def test_more_waiting_than_the_bound_is_refused(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.WAITING_MAX_COUNT", 2)

    answers = await asyncio.gather(
        *(sqlite_database.transaction(remember, number) for number in range(3)), return_exceptions=True
    )

    assert answers[:2] == [1, 1]
    assert isinstance(answers[2], StorageUnavailable)
