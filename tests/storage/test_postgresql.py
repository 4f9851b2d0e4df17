"""What only the server promises."""

import logging

import pytest

from databases import administer, remember, remembered
from storage.database import open_database
from storage.errors import StorageUnavailable, UnusableDatabase
from storage.postgresql import translated


@pytest.mark.parametrize("url", ["postgresql://me:secret@127.0.0.1:1/x", "postgresql://me:secret@[::1/x"])
async def test_an_unreachable_postgresql_is_one_sentence_without_its_password(url: str) -> None:
    with pytest.raises(UnusableDatabase) as caught:
        await open_database(url)

    assert "secret" not in repr(caught.value)
    assert caught.value.__suppress_context__
    assert "\n" not in caught.value.message


async def test_a_lost_connection_is_unavailable_and_then_replaced(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="psycopg.pool")
    async with await open_database(postgresql_url) as database:
        with pytest.raises(StorageUnavailable):
            await database.transaction(
                lambda transaction: transaction.all("SELECT pg_terminate_backend(pg_backend_pid())")
            )

        assert await database.transaction(remember, 1) == 1


async def test_a_lock_in_postgresql_dies_with_its_connection(postgresql_url: str) -> None:
    async with await open_database(postgresql_url):
        administer(
            postgresql_url,
            # Other tests hold such locks in databases of their own on the same server.
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()",
        )

        async with await open_database(postgresql_url) as database:
            assert await database.transaction(remembered) == []


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
