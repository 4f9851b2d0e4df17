"""The rows of pictures for the asset library. Each function runs inside somebody's transaction and decides nothing."""

from collections.abc import Sequence
from dataclasses import fields

from storage.columns import instant_of, stored
from storage.database import Row, Transaction
from storage.records import Asset, AssetId, AssetState
from storage.shards import IN_SHARD, WHOLE, Shard

_COLUMNS = tuple(field.name for field in fields(Asset))
_CHANGING = ("version", "state", "upstream_id", "key_digest", "unclear_count", "reason", "changed_at")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM assets"  # noqa: S608  # our own column names
_INSERT = (
    f"INSERT INTO assets ({', '.join(_COLUMNS)}) "  # noqa: S608  # our own column names
    f"VALUES ({', '.join(':' + name for name in _COLUMNS)})"
)
_MOVE = (
    "UPDATE assets SET "  # noqa: S608  # our own column names
    + ", ".join(f"{name} = :{name}" for name in _CHANGING)
    + " WHERE id = :id AND version = :old_version AND state = :old_state"
)


def add(transaction: Transaction, asset: Asset) -> None:
    """Write a new asset.

    Raises:
        Conflict: From the transaction: its name stands for another one that was not removed.
    """
    transaction.run(_INSERT, **{name: stored(getattr(asset, name)) for name in _COLUMNS})


def move(transaction: Transaction, before: Asset, after: Asset) -> bool:
    """Replace ``before`` by ``after``; False if somebody else moved it first, which changes nothing."""
    named = {name: stored(getattr(after, name)) for name in _CHANGING}
    changed = transaction.run(
        _MOVE, **named, id=before.id, old_version=before.version, old_state=before.state.value
    )
    return changed == 1


def with_ids(transaction: Transaction, asset_ids: Sequence[AssetId]) -> list[Asset]:
    """Read assets in the order of their ids, without those that do not exist."""
    rows = (transaction.one_or_none(f"{_SELECT} WHERE id = :id", id=asset_id) for asset_id in asset_ids)
    return [_asset_of(row) for row in rows if row is not None]


def pending(transaction: Transaction, *, limit: int, shard: Shard = WHOLE) -> list[Asset]:
    """Read what is still to be handed in or under review in a shard, the oldest first."""
    rows = transaction.all(
        f"{_SELECT} WHERE state IN ('new', 'submitting', 'reviewing') AND {IN_SHARD}"
        " ORDER BY created_at, id LIMIT :limit",
        limit=limit,
        **shard.parameters,
    )
    return [_asset_of(row) for row in rows]


def visible_to(transaction: Transaction, *, member_id: int, guild_id: int) -> list[Asset]:
    """Read what a member may name in a server, by name: their own first, then those shared by anybody."""
    rows = transaction.all(
        f"{_SELECT} WHERE guild_id = :guild_id AND name IS NOT NULL AND state <> 'removed'"
        " AND (is_shared = 1 OR owner_id = :member_id) ORDER BY is_shared, name_key",
        guild_id=guild_id,
        member_id=member_id,
    )
    return [_asset_of(row) for row in rows]


def _asset_of(row: Row) -> Asset:
    values = dict(row)
    values["is_shared"] = bool(values["is_shared"])
    values["state"] = AssetState(values["state"])
    values["created_at"] = instant_of(values["created_at"])
    values["changed_at"] = instant_of(values["changed_at"])
    return Asset(**values)
