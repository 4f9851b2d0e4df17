"""Copies of a SQLite database, made beside a running bot: as it was at one instant, and never half of it.

It opens the database for reading only, so it needs no lock and cannot harm it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.errors import UnusableDatabase
from storage.sqlite import BUSY_TIMEOUT_MS


def file_of(url: str) -> Path:
    """Return the file of a SQLite URL.

    Raises:
        UnusableDatabase: It is no SQLite URL.
    """
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise UnusableDatabase(
            "This works on SQLite files only.",
            hint="For PostgreSQL, pg_dump makes a backup while the bot runs.",
        )
    return Path(path)


@contextmanager
def opened_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that may be in use.

    Raises:
        UnusableDatabase: It is not there, or no database of this version.
    """
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as connection:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS:d}")
            yield connection
    except sqlite3.Error as error:
        raise UnusableDatabase(f"The database file {path} cannot be read or copied: {error}.") from error


def back_up(source: Path, to: Path) -> int:
    """Copy a database as it is now, in one file.

    What was not yet sent stands in the copy as being submitted, so that a bot on the copy never sends it again.

    Args:
        source: The database; a bot may be writing to it.
        to: A new file.

    Returns:
        The size of the copy, in bytes.

    Raises:
        UnusableDatabase: The database cannot be read, or the copy cannot be written; there already is such a file.
    """
    part = to.with_name(f"{to.name}.part")
    try:
        # The name is taken first, and the whole copy put under it last: what has the name is whole, or empty.
        to.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise UnusableDatabase(
            f"{to} cannot be made: {error.strerror}.", hint="Choose another name."
        ) from None
    try:
        _copy(source, part)
        part.replace(to)
    except BaseException:
        to.unlink()
        raise
    finally:
        part.unlink(missing_ok=True)
    return to.stat().st_size


def _copy(source: Path, part: Path) -> None:
    part.touch(mode=0o600)
    with opened_for_reading(source) as connection, closing(sqlite3.connect(part)) as copy:
        # All pages in one step: a reader of the write-ahead log sees one instant and holds nobody up.
        connection.backup(copy)
        # When the copy is put back one day, they may long have been sent; a start takes these for uncertain.
        copy.execute(
            "UPDATE generations SET state = 'submitting', version = version + 1"
            " WHERE state IN ('admitted', 'waiting', 'preparing')"
        )
        copy.commit()
        # Without this mark the copy would want a log beside it, even to be read.
        copy.execute("PRAGMA journal_mode = DELETE")
