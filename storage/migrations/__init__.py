"""Brings a database's tables up to what this version of the code expects, each time it is opened.

A file in ``versions/`` must never change once released: databases out there have been through it. To add one,
run ``alembic revision --rev-id 0002 --message words``.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import UnusableDatabase

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from storage.database import Dialect

_FOLDER = Path(__file__).parent
_FIND_VERSION_TABLE = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
}
_SQLALCHEMY_URL = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}


def bring_up_to_date(connect: Callable[[], Any], *, dialect: "Dialect") -> None:
    """Apply every migration the database has not seen, all or none. Quick when there is none.

    Args:
        connect: Makes a new connection of the driver; the caller must hold the database's lock.
        dialect: Which database the driver is for.

    Raises:
        UnusableDatabase: A newer Showrunner wrote this database, or it does not let us change its tables.
    """
    known = known_versions()
    version = _version(connect, dialect=dialect)
    if version == known[-1]:
        return
    if version is not None and version not in known:
        raise UnusableDatabase(
            "The database was written by a newer version of Showrunner.",
            hint="Start that version again, or restore a backup from before it.",
        )
    _upgrade(connect, dialect=dialect)


def known_versions() -> list[str]:
    """Return the number of every migration, the oldest first."""
    return sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def configuration(connection: "Connection") -> "Config":
    """Return what alembic's commands need to work on ``connection``, from any folder, without a file."""
    from alembic.config import Config  # noqa: PLC0415  # a start with nothing to do must not load alembic

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _version(connect: Callable[[], Any], *, dialect: "Dialect") -> str | None:
    with closing(connect()) as connection:
        if connection.execute(_FIND_VERSION_TABLE[dialect]).fetchone() is None:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def _upgrade(connect: Callable[[], Any], *, dialect: "Dialect") -> None:
    from alembic import command  # noqa: PLC0415  # as above
    from sqlalchemy import NullPool, create_engine  # noqa: PLC0415  # as above
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  # as above

    engine = create_engine(_SQLALCHEMY_URL[dialect], creator=connect, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            if dialect == "sqlite":  # its driver would begin only before the first row, after the tables
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            command.upgrade(configuration(connection), "head")
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        raise UnusableDatabase(f"The database's tables cannot be brought up to date: {reason}.") from error
