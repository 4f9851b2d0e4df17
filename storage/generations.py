"""The rows of generations. Each function runs inside somebody's transaction and decides nothing."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime

from storage.columns import instant_of, stored
from storage.database import Row, Transaction
from storage.errors import NotFound
from storage.records import Contributor, Generation, GenerationId, Medium, Notice, Payer, State
from storage.shards import IN_SHARD, WHOLE, Shard

_COLUMNS = tuple(field.name for field in fields(Generation))
_NEVER_CHANGES = frozenset(
    {
        "id",
        "interaction_id",
        "guild_id",
        "channel_id",
        "asker_id",
        "family",
        "model",
        "media",
        "parent_id",
        "parent_card_id",
        "asked_at",
        "price_credits",
        "running_max",
        "draft_id",
        "draft_title",
        "draft_card_id",
        "contributors",
        "payers",
    }
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM generations"  # noqa: S608  # our own column names
_INSERT = (
    f"INSERT INTO generations ({', '.join(_COLUMNS)}) "  # noqa: S608  # our own column names
    f"VALUES ({', '.join(':' + name for name in _COLUMNS)}) ON CONFLICT (interaction_id) DO NOTHING"
)
_MOVE = (
    "UPDATE generations SET "  # noqa: S608  # our own column names
    + ", ".join(f"{name} = :{name}" for name in _COLUMNS if name not in _NEVER_CHANGES)
    + " WHERE id = :id AND version = :old_version AND state = :old_state"
)


def add(transaction: Transaction, generation: Generation) -> bool:
    """Write a new generation; False if its interaction was admitted before, which changes nothing."""
    return transaction.run(_INSERT, **_row_of(generation)) == 1


def move(transaction: Transaction, before: Generation, after: Generation) -> bool:
    """Replace ``before`` by ``after``; False if somebody else moved it first, which changes nothing."""
    named = {name: value for name, value in _row_of(after).items() if name not in _NEVER_CHANGES}
    changed = transaction.run(
        _MOVE, **named, id=before.id, old_version=before.version, old_state=before.state.value
    )
    return changed == 1


def mark_refunded(transaction: Transaction, generation_id: GenerationId, *, at: datetime) -> None:
    """Write down that its credits were given back, and that its card is to say so."""
    transaction.run(
        "UPDATE generations SET refunded_at = :at, version = version + 1,"
        " notice = CASE notice WHEN 'told' THEN 'changed' ELSE notice END WHERE id = :id",
        id=generation_id,
        at=stored(at),
    )


def get(transaction: Transaction, generation_id: GenerationId) -> Generation:
    """Read one generation.

    Raises:
        NotFound: There is none with this id.
    """
    row = transaction.one_or_none(f"{_SELECT} WHERE id = :id", id=generation_id)
    if row is None:
        raise NotFound("generation")
    return _generation_of(row)


def find_by_interaction(transaction: Transaction, interaction_id: int) -> Generation | None:
    """Read the generation that an interaction brought about, if it did."""
    row = transaction.one_or_none(f"{_SELECT} WHERE interaction_id = :it", it=interaction_id)
    return None if row is None else _generation_of(row)


def unfinished(transaction: Transaction, *, shard: Shard = WHOLE) -> list[Generation]:
    """Read every generation of a shard with something left to do, the oldest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE notice <> 'told' AND {IN_SHARD} ORDER BY asked_at, id", **shard.parameters
    )
    return [_generation_of(row) for row in rows]


def unfinished_versions(transaction: Transaction, *, shard: Shard) -> dict[GenerationId, int]:
    """Read only the versions of what :func:`unfinished` reads, by id."""
    rows = transaction.all(
        "SELECT id, version FROM generations"  # noqa: S608  # our own condition
        f" WHERE notice <> 'told' AND {IN_SHARD} ORDER BY asked_at, id",
        **shard.parameters,
    )
    return {row["id"]: row["version"] for row in rows}


def unresolved(transaction: Transaction, *, limit: int, shard: Shard = WHOLE) -> list[Generation]:
    """Read what ended in a shard without anybody knowing how, the oldest end first."""
    rows = transaction.all(
        f"{_SELECT} WHERE state IN ('uncertain', 'stalled', 'lost') AND {IN_SHARD}"
        " ORDER BY ended_at, id LIMIT :limit",
        limit=limit,
        **shard.parameters,
    )
    return [_generation_of(row) for row in rows]


def find_by_task(transaction: Transaction, task_id: str) -> Generation | None:
    """Read the generation that has an id of the API, if there is one. Looks through all of them."""
    row = transaction.one_or_none(f"{_SELECT} WHERE task_id = :task_id", task_id=task_id)
    return None if row is None else _generation_of(row)


def latest_of_asker(
    transaction: Transaction, *, asker_id: int, guild_id: int | None, limit: int
) -> list[Generation]:
    """Read a member's newest generations in one server (None: in direct messages), the newest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE asker_id = :asker_id AND COALESCE(guild_id, 0) = :guild_id"
        " ORDER BY asked_at DESC, id LIMIT :limit",
        asker_id=asker_id,
        guild_id=guild_id or 0,
        limit=limit,
    )
    return [_generation_of(row) for row in rows]


def unfinished_of_asker(
    transaction: Transaction, *, asker_id: int, guild_id: int | None, limit: int
) -> list[Generation]:
    """Read a member's generations in one server with something left to do, the newest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE asker_id = :asker_id AND notice <> 'told' AND COALESCE(guild_id, 0) = :guild_id"
        " ORDER BY asked_at DESC, id LIMIT :limit",
        asker_id=asker_id,
        guild_id=guild_id or 0,
        limit=limit,
    )
    return [_generation_of(row) for row in rows]


def count_unfinished(transaction: Transaction, *, asker_id: int, guild_id: int | None) -> tuple[int, int]:
    """Return how many of a member's generations in a server wait to be sent, and how many are in the making."""
    row = transaction.one_or_none(
        "SELECT COALESCE(SUM(CASE WHEN state IN ('admitted', 'waiting', 'preparing') THEN 1 ELSE 0 END), 0)"
        " AS unsent,"
        " COALESCE(SUM(CASE WHEN state IN ('submitting', 'queued', 'processing') THEN 1 ELSE 0 END), 0)"
        " AS running"
        " FROM generations WHERE asker_id = :asker_id AND notice <> 'told' AND COALESCE(guild_id, 0) = :guild_id",
        asker_id=asker_id,
        guild_id=guild_id or 0,
    )
    return (int(row["unsent"]), int(row["running"])) if row else (0, 0)


def children_of(transaction: Transaction, parent_id: GenerationId, *, limit: int) -> list[Generation]:
    """Read the generations that were made from one, the oldest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE parent_id = :parent_id ORDER BY asked_at, id LIMIT :limit",
        parent_id=parent_id,
        limit=limit,
    )
    return [_generation_of(row) for row in rows]


def finished_of_asker(transaction: Transaction, *, asker_id: int, limit: int) -> list[Generation]:
    """Read a member's newest videos in all servers, delivered or not, the newest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE asker_id = :asker_id AND state IN ('delivered', 'undeliverable')"
        " ORDER BY asked_at DESC, id LIMIT :limit",
        asker_id=asker_id,
        limit=limit,
    )
    return [_generation_of(row) for row in rows]


def delivered_in(transaction: Transaction, guild_id: int, *, limit: int) -> list[Generation]:
    """Read a server's newest delivered videos, the newest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE guild_id = :guild_id AND state = 'delivered' ORDER BY asked_at DESC, id LIMIT :limit",
        guild_id=guild_id,
        limit=limit,
    )
    return [_generation_of(row) for row in rows]


def found(transaction: Transaction, ids: Iterable[GenerationId]) -> dict[GenerationId, Generation]:
    """Read those of some generations that there are, by id."""
    rows = (transaction.one_or_none(f"{_SELECT} WHERE id = :id", id=generation_id) for generation_id in ids)
    return {row["id"]: _generation_of(row) for row in rows if row is not None}


def last_submissions(
    transaction: Transaction, *, since: datetime, shard: Shard = WHOLE
) -> dict[int, datetime]:
    """Return when each member's newest generation of a shard was accepted by the API, for those since an instant."""
    rows = transaction.all(
        "SELECT asker_id, MAX(submitted_at) AS submitted_at FROM generations"  # noqa: S608  # our own condition
        f" WHERE submitted_at >= :since AND {IN_SHARD} GROUP BY asker_id",
        since=stored(since),
        **shard.parameters,
    )
    return {row["asker_id"]: instant_of(row["submitted_at"]) for row in rows}


def recent_seconds(transaction: Transaction, *, model: str, limit: int) -> list[float]:
    """Return how long the API took for the last generations of a model that came through, in seconds."""
    rows = transaction.all(
        "SELECT ended_at - submitted_at AS took FROM generations"
        " WHERE model = :model AND state = 'delivered' AND ended_at IS NOT NULL AND submitted_at IS NOT NULL"
        " ORDER BY ended_at DESC LIMIT :limit",
        model=model,
        limit=limit,
    )
    return [row["took"] / 1_000_000 for row in rows]


def _row_of(generation: Generation) -> dict[str, object]:
    values = {name: stored(getattr(generation, name)) for name in _COLUMNS}
    values["media"] = json.dumps([asdict(medium) for medium in generation.media])
    values["contributors"] = json.dumps([asdict(one) for one in generation.contributors])
    values["payers"] = json.dumps([asdict(payer) for payer in generation.payers])
    return values


def _generation_of(row: Row) -> Generation:
    values = dict(row)
    for name in ("asked_at", "due_at", "submitted_at", "ended_at", "delivered_at", "refunded_at"):
        if values[name] is not None:
            values[name] = instant_of(values[name])
    values["media"] = tuple(Medium(**medium) for medium in json.loads(values["media"]))
    values["contributors"] = tuple(
        Contributor(
            member_id=one["member_id"], slots=tuple(one["slots"]), fields=tuple(one.get("fields", ()))
        )
        for one in json.loads(values["contributors"])
    )
    values["payers"] = tuple(Payer(**payer) for payer in json.loads(values["payers"]))
    values["state"] = State(values["state"])
    values["notice"] = Notice(values["notice"])
    return Generation(**values)
