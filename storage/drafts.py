"""The rows of shared drafts. Each function runs inside somebody's transaction and decides nothing.

A draft is one row: what changes together is written together, and names the version it was decided on. What people
contributed is also kept in ``draft_changes``, which only grows.
"""

from dataclasses import fields, replace
from typing import Any

from pydantic import TypeAdapter

from storage.columns import instant_of, stored
from storage.database import Row, Transaction
from storage.draft_records import ChangeKind, Draft, DraftChange, DraftId, Slot
from storage.errors import NotFound
from storage.records import GenerationId
from storage.shards import IN_SHARD, WHOLE, Shard

_CONTENT = TypeAdapter(Draft)
_SELECT = "SELECT content, card_id, shown_version FROM drafts"
_CHANGE_COLUMNS = tuple(field.name for field in fields(DraftChange))


def add(transaction: Transaction, draft: Draft) -> bool:
    """Write a new draft; False if its interaction opened one before, which changes nothing."""
    added = transaction.run(
        "INSERT INTO drafts (id, version, interaction_id, guild_id, channel_id, owner_id, state, card_id,"
        " shown_version, edited_at, generation_id, content)"
        " VALUES (:id, :version, :interaction_id, :guild_id, :channel_id, :owner_id, :state, :card_id,"
        " :shown_version, :edited_at, :generation_id, :content) ON CONFLICT (interaction_id) DO NOTHING",
        interaction_id=draft.interaction_id,
        guild_id=draft.guild_id,
        **_columns_of(draft),
    )
    return added == 1


def lock(transaction: Transaction, draft_id: DraftId) -> Draft:
    """Read a draft and keep everybody else from changing it until the transaction ends.

    Raises:
        NotFound: There is none with this id.
    """
    transaction.run("UPDATE drafts SET version = version WHERE id = :id", id=draft_id)
    return get(transaction, draft_id)


def get(transaction: Transaction, draft_id: DraftId) -> Draft:
    """Read a draft.

    Raises:
        NotFound: There is none with this id.
    """
    row = transaction.one_or_none(f"{_SELECT} WHERE id = :id", id=draft_id)
    if row is None:
        raise NotFound("draft")
    return _draft_of(row)


def put(transaction: Transaction, draft: Draft) -> None:
    """Write a draft that this transaction has locked, in place of what was."""
    transaction.run(
        "UPDATE drafts SET version = :version, channel_id = :channel_id, owner_id = :owner_id, state = :state,"
        " card_id = :card_id, shown_version = :shown_version, edited_at = :edited_at,"
        " generation_id = :generation_id, content = :content WHERE id = :id",
        **_columns_of(draft),
    )


def note_shown(transaction: Transaction, draft_id: DraftId, *, card_id: int | None, version: int) -> None:
    """Write down which version a draft's card shows; None if the card is gone."""
    transaction.run(
        "UPDATE drafts SET card_id = :card_id, shown_version = :version WHERE id = :id",
        id=draft_id,
        card_id=card_id,
        version=version,
    )


def find_by_interaction(transaction: Transaction, interaction_id: int) -> Draft | None:
    """Read the draft that an interaction opened, if it did."""
    row = transaction.one_or_none(f"{_SELECT} WHERE interaction_id = :it", it=interaction_id)
    return None if row is None else _draft_of(row)


def find_by_generation(transaction: Transaction, generation_id: GenerationId) -> Draft | None:
    """Read the draft that became a video, if one did."""
    row = transaction.one_or_none(f"{_SELECT} WHERE generation_id = :it", it=generation_id)
    return None if row is None else _draft_of(row)


def open_in(transaction: Transaction, channel_id: int, *, limit: int) -> list[Draft]:
    """Read the open drafts of a channel, the one edited last first."""
    rows = transaction.all(
        f"{_SELECT} WHERE channel_id = :channel_id AND state = 'open' ORDER BY edited_at DESC, id LIMIT :limit",
        channel_id=channel_id,
        limit=limit,
    )
    return [_draft_of(row) for row in rows]


def count_open(transaction: Transaction, guild_id: int) -> int:
    """Return how many open drafts a server has."""
    row = transaction.one_or_none(
        "SELECT COUNT(*) AS count FROM drafts WHERE guild_id = :guild_id AND state IN ('open', 'decided')",
        guild_id=guild_id,
    )
    return int(row["count"]) if row else 0


def of_server(transaction: Transaction, guild_id: int, *, limit: int) -> list[Draft]:
    """Read a server's drafts, open ones first, then the one edited last."""
    rows = transaction.all(
        f"{_SELECT} WHERE guild_id = :guild_id"
        " ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, edited_at DESC, id LIMIT :limit",
        guild_id=guild_id,
        limit=limit,
    )
    return [_draft_of(row) for row in rows]


def unfinished(transaction: Transaction, *, shard: Shard = WHOLE) -> list[Draft]:
    """Read every draft of a shard that is not over, or whose card does not show its end yet."""
    rows = transaction.all(
        f"{_SELECT} WHERE (state IN ('open', 'decided') OR shown_version < version) AND {IN_SHARD}"
        " ORDER BY edited_at, id",
        **shard.parameters,
    )
    return [_draft_of(row) for row in rows]


def add_change(transaction: Transaction, change: DraftChange) -> None:
    """Write down a contribution or a decision."""
    transaction.run(
        f"INSERT INTO draft_changes ({', '.join(_CHANGE_COLUMNS)})"  # noqa: S608  # our own column names
        f" VALUES ({', '.join(':' + name for name in _CHANGE_COLUMNS)})",
        **{name: stored(getattr(change, name)) for name in _CHANGE_COLUMNS},
    )


def changes_of(transaction: Transaction, draft_id: DraftId) -> list[DraftChange]:
    """Read every contribution and decision of a draft, the oldest first."""
    rows = transaction.all(
        f"SELECT {', '.join(_CHANGE_COLUMNS)} FROM draft_changes"  # noqa: S608  # our own column names
        " WHERE draft_id = :draft_id ORDER BY number",
        draft_id=draft_id,
    )
    return [_change_of(row) for row in rows]


def _columns_of(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "version": draft.version,
        "channel_id": draft.channel_id,
        "owner_id": draft.owner_id,
        "state": draft.state.value,
        "card_id": draft.card_id,
        "shown_version": draft.shown_version,
        "edited_at": stored(draft.edited_at),
        "generation_id": draft.generation_id,
        "content": _CONTENT.dump_json(draft).decode(),
    }


def _draft_of(row: Row) -> Draft:
    draft = _CONTENT.validate_json(row["content"])
    return replace(draft, card_id=row["card_id"], shown_version=row["shown_version"])


def _change_of(row: Row) -> DraftChange:
    values = dict(row)
    values["at"] = instant_of(values["at"])
    values["kind"] = ChangeKind(values["kind"])
    values["slot"] = None if values["slot"] is None else Slot(values["slot"])
    return DraftChange(**values)
