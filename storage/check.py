"""Finds rows of a database that contradict each other, for an operator who restored a backup or has a doubt.

It only reads and takes no lock, so it may run beside the bot. What it knows of a generation's life are its
words; the legal moves are in ``bot.generation.states``, what they do with credits in ``bot.generation.money``, and
tests compare them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from storage import migrations
from storage.backup import file_of, opened_for_reading
from storage.database import Dialect, Execute
from storage.errors import UnusableDatabase
from storage.ledger import BALANCE_SQL, BOTH_PARTS, HELD_SQL, INSTANCE, SPENT_SQL, Verb
from storage.records import AssetState, GenerationId, Notice, State
from storage.shards import IN_SHARD, WHOLE, Shard

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
        f"state NOT IN {_in(ENDS)} AND notice IN ('shown', 'changed', 'told')"
    ),
    "it has a card before one was posted": "state = 'admitted' AND card_id IS NOT NULL",
    "it went on without a card": "state IN ('waiting', 'preparing') AND card_id IS NULL",
    "there is no link to download it from": "state = 'downloading' AND video_url IS NULL",
    "nobody knows how it ended, nor why": "state = 'uncertain' AND reason IS NULL",
}
# The same for what stands in them as JSON, which each database reads in its own way.
JSON: Mapping[Dialect, Mapping[str, str]] = {
    "sqlite": {
        "its request cannot be read": "NOT json_valid(request)",
        "its files cannot be read": "NOT json_valid(media)",
        "it needs a picture that does not exist": (
            "json_valid(media) AND EXISTS (SELECT 1 FROM json_each(media) AS medium"
            " WHERE json_extract(medium.value, '$.asset_id') IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM assets WHERE assets.id = json_extract(medium.value, '$.asset_id')))"
        ),
    },
    "postgresql": {
        "its request cannot be read": "request IS NOT JSON",
        "its files cannot be read": "media IS NOT JSON",
        # Only CASE keeps PostgreSQL from reading what is no JSON.
        "it needs a picture that does not exist": (
            "CASE WHEN media IS JSON ARRAY THEN EXISTS"
            " (SELECT 1 FROM json_array_elements(media::json) AS medium WHERE medium ->> 'asset_id' IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.id = medium ->> 'asset_id')) END"
        ),
    },
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
# Which ends are paid for, and which are not. What came before the ledger has no entries, and contradicts nothing.
PAID = "(state = 'delivered' OR (state = 'undeliverable' AND file_bytes IS NOT NULL))"
UNPAID = "(state IN ('cancelled', 'failed', 'refused') OR (state = 'undeliverable' AND file_bytes IS NULL))"
_OVER = f"({PAID} OR {UNPAID})"


def _has(*verbs: Verb) -> str:
    return (
        "EXISTS (SELECT 1 FROM entries"  # noqa: S608  # our own words
        f" WHERE entries.generation_id = generations.id AND verb IN {_in(verbs)})"
    )


CREDITS: Mapping[str, str] = {
    "it is over, but its credits are still held": (
        f"{_OVER} AND EXISTS (SELECT 1 FROM entries AS reserved"  # noqa: S608  # our own words
        " WHERE reserved.generation_id = generations.id AND reserved.verb = 'reserve'"
        " AND NOT EXISTS (SELECT 1 FROM entries AS later WHERE later.generation_id = generations.id"
        f" AND later.member_id = reserved.member_id AND later.verb IN {_in([Verb.SETTLE, Verb.RELEASE])}))"
    ),
    "it was made, but its credits were given back": f"{PAID} AND {_has(Verb.RELEASE)}",
    "it is not charged, but its credits were taken": f"{UNPAID} AND {_has(Verb.SETTLE)}",
    "it is not over, but its credits are no longer held": (
        f"NOT {_OVER} AND {_has(Verb.SETTLE, Verb.RELEASE)}"
    ),
    "its credits were given back, but its card does not say so": (
        f"refunded_at IS NULL AND {_has(Verb.REFUND)}"
    ),
    "its card says that its credits were given back, but they were not": (
        f"refunded_at IS NOT NULL AND {_has(Verb.RESERVE)} AND NOT {_has(Verb.REFUND, Verb.RELEASE)}"
    ),
    "its price is not what was reserved": (
        f"price_credits <> (SELECT SUM({BOTH_PARTS}) FROM entries"  # noqa: S608  # our own words
        " WHERE entries.generation_id = generations.id AND verb = 'reserve')"
    ),
}
ENTRIES: Mapping[str, str] = {
    "what it does is unknown": f"verb NOT IN {_in(Verb)}",
    "its generation does not exist": (
        "generation_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM generations WHERE generations.id = entries.generation_id)"
    ),
    "what it follows is missing, or is about other credits": (
        f"verb IN {_in([Verb.SETTLE, Verb.RELEASE, Verb.REFUND])} AND NOT EXISTS ("  # noqa: S608  # our own words
        "SELECT 1 FROM entries AS earlier WHERE earlier.generation_id = entries.generation_id"
        " AND earlier.guild_id = entries.guild_id AND earlier.member_id = entries.member_id"
        " AND earlier.verb = CASE entries.verb WHEN 'refund' THEN 'settle' ELSE 'reserve' END"
        " AND earlier.allowance_credits = entries.allowance_credits"
        " AND earlier.balance_credits = entries.balance_credits AND earlier.counted_at = entries.counted_at)"
    ),
    "the other side of the gift is missing": (
        f"verb IN {_in([Verb.GIVE, Verb.RECEIVE])} AND NOT EXISTS ("  # noqa: S608  # our own words
        "SELECT 1 FROM entries AS other WHERE other.interaction_id = entries.interaction_id"
        f" AND other.verb IN {_in([Verb.GIVE, Verb.RECEIVE])} AND other.verb <> entries.verb"
        " AND other.member_id = entries.partner_id AND other.partner_id = entries.member_id"
        " AND other.allowance_credits + other.balance_credits"
        " = entries.allowance_credits + entries.balance_credits)"
    ),
}
_HOLDERS = (f"'{INSTANCE}'", "'server:' || guild_id", "'member:' || guild_id || ':' || member_id")
_SUMS = " UNION ALL ".join(
    f"SELECT {holder}, -({BALANCE_SQL}), -({HELD_SQL}), -({SPENT_SQL}) FROM entries"  # noqa: S608  # our own words
    for holder in _HOLDERS
)
# What must not be, and the holders of the accounts that it is true of.
ACCOUNTS: Mapping[str, str] = {
    "it is not the sum of its entries": (
        "SELECT holder FROM (SELECT holder, balance_credits, held_credits, spent_credits FROM accounts"  # noqa: S608  # our own words
        f" UNION ALL {_SUMS}) AS sums GROUP BY holder"
        " HAVING SUM(balance_credits) <> 0 OR SUM(held_credits) <> 0 OR SUM(spent_credits) <> 0"
    ),
    "it has less than nothing": (
        "SELECT holder FROM accounts WHERE balance_credits < 0 OR held_credits < 0 OR spent_credits < 0"
    ),
}
_DELIVERING = (
    "SELECT id FROM generations WHERE state = 'delivering' AND file_bytes IS NOT NULL"  # noqa: S608  # our own words
    f" AND {IN_SHARD}"
)


def contradictions(
    database: Path | str,
    *,
    video_of: Callable[[GenerationId], Path] | None = None,
    shard: Shard = WHOLE,
) -> list[str]:
    """Return a sentence for each thing that cannot be; none when all is well.

    Args:
        database: A SQLite file, or the URL of a database, which is never shown.
        video_of: Where the video of a generation on its way to Discord should be; None for a copy, which has none.
        shard: Whose videos these are; other processes have theirs elsewhere.

    Raises:
        UnusableDatabase: It cannot be read, or is of another version.
    """
    with _opened(database) as (dialect, execute):
        _require_version(execute)
        # One instant for all questions, though the bot goes on.
        execute("BEGIN", {})
        found = [*_damage(execute)] if dialect == "sqlite" else []
        found += _broken(execute, "generation", "generations", {**GENERATIONS, **JSON[dialect], **CREDITS})
        found += _broken(execute, "asset", "assets", ASSETS)
        found += _broken(execute, "ledger entry", "entries", ENTRIES)
        found += _broken_accounts(execute)
        execute("COMMIT", {})
        if video_of is not None:
            found += _without_video(execute, video_of, shard=shard)
    return found


@contextmanager
def _opened(database: Path | str) -> Iterator[tuple[Dialect, Execute]]:
    if isinstance(database, str) and not database.startswith("sqlite:"):
        from storage import postgresql  # noqa: PLC0415  # only the driver that is needed, as in storage.database

        with postgresql.opened_for_reading(database) as execute:
            yield "postgresql", execute
    else:
        with opened_for_reading(file_of(database) if isinstance(database, str) else database) as connection:
            yield "sqlite", connection.execute


def _require_version(execute: Execute) -> None:
    rows = execute("SELECT version_num FROM alembic_version", {}).fetchall()
    if rows != [(migrations.known_versions()[-1],)]:
        raise UnusableDatabase(
            "The database was written by another version of Showrunner.", hint="Check it with that version."
        )


def _damage(execute: Execute) -> Iterator[str]:
    for (sentence,) in execute("PRAGMA integrity_check", {}).fetchall():
        if sentence != "ok":
            yield f"SQLite: {sentence}."


def _broken(execute: Execute, one: str, table: str, rules: Mapping[str, str]) -> Iterator[str]:
    for words, condition in rules.items():
        # Our own words, from the tables above.
        for (row_id,) in execute(f"SELECT id FROM {table} WHERE {condition} ORDER BY id", {}).fetchall():  # noqa: S608  # our own
            yield f"{one} {row_id}: {words}."


def _broken_accounts(execute: Execute) -> Iterator[str]:
    for words, query in ACCOUNTS.items():
        for (holder,) in execute(f"{query} ORDER BY holder", {}).fetchall():
            yield f"account {holder}: {words}."


def _without_video(
    execute: Execute, video_of: Callable[[GenerationId], Path], *, shard: Shard
) -> Iterator[str]:
    for (row_id,) in execute(_DELIVERING, shard.parameters).fetchall():
        if video_of(GenerationId(row_id)).exists():
            continue
        # It may have been delivered since we asked.
        if execute(f"{_DELIVERING} AND id = :id", {**shard.parameters, "id": row_id}).fetchall():
            yield f"generation {row_id}: its video is not on the disk."
