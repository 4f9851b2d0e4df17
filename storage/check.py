"""Finds rows of a SQLite database that contradict each other, for an operator who restored a backup or has a doubt.

It only reads, so it may run beside the bot. What it knows of a generation's life are its words; the legal moves are
in ``bot.generation.states``, and a test compares the two.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from storage import migrations
from storage.backup import opened_for_reading
from storage.errors import UnusableDatabase
from storage.records import AssetState, GenerationId, Notice, State

UNSENT = frozenset({State.ADMITTED, State.WAITING, State.PREPARING, State.SUBMITTING})
UNSENT_ENDS = frozenset({State.CANCELLED, State.REFUSED, State.UNCERTAIN})
ENDS = UNSENT_ENDS | {
    State.DELIVERED,
    State.FAILED,
    State.STALLED,
    State.LOST,
    State.UNDELIVERABLE,
}


def _in(words: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in sorted(words)) + ")"


# What must not be: the words for it, and the rows that it is true of.
GENERATIONS: Mapping[str, str] = {
    "its state is unknown": f"state NOT IN {_in(State)}",
    "its notice is unknown": f"notice NOT IN {_in(Notice)}",
    "the API has it, but its id is missing": (
        f"state IN {_in(frozenset(State) - UNSENT - UNSENT_ENDS)} AND task_id IS NULL"
    ),
    "it has an id of the API without having been accepted": (
        f"state IN {_in(UNSENT | UNSENT_ENDS)} AND task_id IS NOT NULL"
    ),
    "its id of the API and the instant of acceptance do not go together": (
        "(task_id IS NULL) <> (submitted_at IS NULL)"
    ),
    "another one has the same id of the API": (
        "task_id IN (SELECT task_id FROM generations GROUP BY task_id HAVING COUNT(*) > 1)"
    ),
    "it is over, but not since when": f"state IN {_in(ENDS)} AND ended_at IS NULL",
    "it ended before it was accepted": f"state IN {_in(UNSENT)} AND ended_at IS NOT NULL",
    "its asker was told an end that it has not reached": (
        f"state NOT IN {_in(ENDS)} AND notice IN ('shown', 'told')"
    ),
    "it has a card before one was posted": "state = 'admitted' AND card_id IS NOT NULL",
    "it went on without a card": "state IN ('waiting', 'preparing') AND card_id IS NULL",
    "there is no link to download it from": "state = 'downloading' AND video_url IS NULL",
    "nobody knows how it ended, nor why": "state = 'uncertain' AND reason IS NULL",
    "its request cannot be read": "NOT json_valid(request)",
    "its files cannot be read": "NOT json_valid(media)",
    "it needs a picture that does not exist": (
        "json_valid(media) AND EXISTS (SELECT 1 FROM json_each(media) AS medium"
        " WHERE json_extract(medium.value, '$.asset_id') NOT IN (SELECT id FROM assets))"
    ),
}
ASSETS: Mapping[str, str] = {
    "its state is unknown": f"state NOT IN {_in(AssetState)}",
    "the API has it, but its id is missing": "state IN ('reviewing', 'active') AND upstream_id IS NULL",
    "it has an id of the API without having been taken": (
        "state IN ('new', 'submitting') AND upstream_id IS NOT NULL"
    ),
    "it was handed in, but not for which account": "upstream_id IS NOT NULL AND key_digest IS NULL",
    "it cannot be used, and nobody knows why": "state IN ('refused', 'uncertain') AND reason IS NULL",
    "its name cannot be compared": "(name IS NULL) <> (name_key IS NULL)",
}
_DELIVERING = "SELECT id FROM generations WHERE state = 'delivering' AND file_bytes IS NOT NULL"


def contradictions(path: Path, *, video_of: Callable[[GenerationId], Path] | None = None) -> list[str]:
    """Return a sentence for each thing that cannot be; none when all is well.

    Args:
        path: The database.
        video_of: Where the video of a generation on its way to Discord should be; None for a copy, which has none.

    Raises:
        UnusableDatabase: It cannot be read, or is of another version.
    """
    with opened_for_reading(path) as connection:
        _require_version(connection)
        # One instant for all questions, though the bot goes on.
        connection.execute("BEGIN")
        found = [
            f"SQLite: {row[0]}." for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"
        ]
        found += _broken(connection, "generations", GENERATIONS)
        found += _broken(connection, "assets", ASSETS)
        connection.execute("COMMIT")
        if video_of is not None:
            found += _without_video(connection, video_of)
    return found


def _require_version(connection: sqlite3.Connection) -> None:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None or row[0] != migrations.known_versions()[-1]:
        raise UnusableDatabase(
            "The database was written by another version of Showrunner.", hint="Check it with that version."
        )


def _broken(connection: sqlite3.Connection, table: str, rules: Mapping[str, str]) -> Iterator[str]:
    for words, condition in rules.items():
        # Our own words, from the tables above.
        for (row_id,) in connection.execute(f"SELECT id FROM {table} WHERE {condition}"):  # noqa: S608
            yield f"{table.removesuffix('s')} {row_id}: {words}."


def _without_video(connection: sqlite3.Connection, video_of: Callable[[GenerationId], Path]) -> Iterator[str]:
    for (row_id,) in connection.execute(_DELIVERING).fetchall():
        if video_of(GenerationId(row_id)).exists():
            continue
        # It may have been delivered since we asked.
        if connection.execute(f"{_DELIVERING} AND id = ?", [row_id]).fetchone():
            yield f"generation {row_id}: its video is not on the disk."
