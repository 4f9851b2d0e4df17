"""What only the file promises."""

import sqlite3
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from databases import remember, remembered
from storage.database import Database, Transaction, open_database
from storage.errors import AlreadyRunning, StorageUnavailable, UnusableDatabase


def test_the_private_names_of_aiosqlite_are_still_there() -> None:
    assert callable(aiosqlite.Connection._execute)
    assert isinstance(aiosqlite.Connection._conn, property)


async def test_sqlite_survives_a_power_cut_and_keeps_references(sqlite_database: Database) -> None:
    def pragmas(transaction: Transaction) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [transaction.all(f"PRAGMA {name}")[0][name] for name in names]

    full = 2

    assert await sqlite_database.transaction(pragmas) == ["wal", full, 1]


async def test_a_full_disk_is_unavailable_and_undone(sqlite_database: Database) -> None:
    def fill(transaction: Transaction) -> None:
        pages = transaction.all("PRAGMA page_count")[0]["page_count"]
        transaction.all(f"PRAGMA max_page_count = {pages}")
        remember(transaction, 1, digest="x" * 1_000_000)

    with pytest.raises(StorageUnavailable, match="full"):
        await sqlite_database.transaction(fill)

    assert await sqlite_database.transaction(remembered) == []


async def test_the_folder_of_a_new_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "not" / "yet" / "a 100% new.db"

    async with await open_database(f"sqlite:///{path}") as database:
        assert await database.transaction(remembered) == []


async def test_a_relative_path_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async with await open_database("sqlite:///here.db"):
        assert (tmp_path / "here.db").exists()


@pytest.mark.parametrize(
    "content", [b"this is not a database at all" * 100, b"SQLite format 3\0" + b"?" * 5000]
)
async def test_a_file_that_is_no_database_is_one_plain_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(content)

    with pytest.raises(UnusableDatabase, match=r"letter\.db cannot be used: file is not a database\.$"):
        await open_database(f"sqlite:///{path}")


async def test_a_path_that_cannot_be_is_one_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UnusableDatabase, match=r"cannot be used: .*File exists: '.*/file'\.$"):
        await open_database(f"sqlite:///{tmp_path}/file/showrunner.db")


async def test_a_failed_start_gives_the_lock_back(tmp_path: Path) -> None:
    path = tmp_path / "showrunner.db"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(UnusableDatabase):
        await open_database(f"sqlite:///{path}")

    path.unlink()

    async with await open_database(f"sqlite:///{path}") as database:
        assert await database.transaction(remembered) == []


async def test_a_link_to_the_file_is_the_same_database(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "showrunner.db")

    with pytest.raises(AlreadyRunning):
        await open_database(f"sqlite:///{tmp_path}/link.db")


async def test_a_backup_may_read_while_we_write(sqlite_database: Database, tmp_path: Path) -> None:
    def write_while_read(transaction: Transaction) -> list[tuple[int]]:
        remember(transaction, 1)
        with closing(sqlite3.connect(tmp_path / "showrunner.db")) as reader:
            return reader.execute("SELECT application_id FROM registered_commands").fetchall()

    seen = await sqlite_database.transaction(write_while_read)

    assert seen == []
