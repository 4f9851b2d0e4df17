"""Migrations make exactly the tables that the code expects, whole or not at all."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from storage import migrations
from storage.database import open_database
from storage.errors import UnusableDatabase
from storage.tables import metadata


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    yield engine
    engine.dispose()


def indexes(connection: Connection) -> dict[str | None, object]:
    inspector = inspect(connection)
    return {
        index["name"]: (index["column_names"], index["unique"], conditions_of(index))
        for table in metadata.tables
        for index in inspector.get_indexes(table)
    }


def conditions_of(index: ReflectedIndex) -> list[str]:
    return [str(value) for name, value in index.get("dialect_options", {}).items() if name.endswith("_where")]


def test_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_migrations_make_the_same_indexes_as_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        migrated = indexes(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)

        assert migrated == indexes(connection)
        assert "notice" in str(migrated["generations_unfinished"])


def test_migrations_go_down_and_up_again(engine: Engine) -> None:
    with engine.begin() as connection:
        before = indexes(connection)
        command.downgrade(migrations.configuration(connection), "base")
        left = inspect(connection).get_table_names()

        command.upgrade(migrations.configuration(connection), "head")

        assert left == ["alembic_version"]
        assert indexes(connection) == before


def test_the_newest_file_is_the_only_head(engine: Engine) -> None:
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(migrations.configuration(connection))

        assert script.get_heads() == [migrations.known_versions()[-1]]


async def test_a_database_from_the_future_is_refused(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UnusableDatabase, match="written by a newer version of Showrunner"):
        await open_database(database_url)


@pytest.fixture
def connect_to_empty(engine: Engine, database_url: str) -> Callable[[], object]:
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    if engine.dialect.name == "sqlite":
        return lambda: sqlite3.connect(str(engine.url.database), isolation_level=None)
    return lambda: psycopg.connect(database_url)


def test_a_migration_that_fails_leaves_nothing_behind(
    engine: Engine, connect_to_empty: Callable[[], object]
) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE registered_commands (in_the_way INTEGER)"))

    with pytest.raises(UnusableDatabase, match="already exists"):
        migrations.bring_up_to_date(connect_to_empty, dialect=engine.dialect.name)

    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["registered_commands"]


def test_a_start_with_nothing_to_do_does_not_load_alembic(sqlite_url: str) -> None:
    program = (
        "import asyncio, sys; from storage.database import open_database\n"
        "async def start():\n"
        "    async with await open_database(sys.argv[1]): pass\n"
        "asyncio.run(start()); sys.exit('alembic' in sys.modules or 'sqlalchemy' in sys.modules)"
    )

    ended = subprocess.run([sys.executable, "-c", program, sqlite_url], check=False)

    assert ended.returncode == 0
