"""The life of a picture in the asset library on one screen: every state, and which may follow which.

``submitting`` is written before the API is called. Whoever finds it while no call is under way knows that its outcome
is unclear. Unlike a video, a picture is then handed in once more: a second copy costs nobody anything.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import texts
from storage.records import Asset, AssetState

SUBMISSIONS_MAX = 2  # unclear ones

MOVES: Mapping[AssetState, frozenset[AssetState]] = {
    # Not handed in.
    AssetState.NEW: frozenset({AssetState.SUBMITTING, AssetState.REFUSED, AssetState.REMOVED}),
    # The API may or may not have it.
    AssetState.SUBMITTING: frozenset(
        {
            AssetState.NEW,
            AssetState.REVIEWING,
            AssetState.REFUSED,
            AssetState.UNCERTAIN,
            AssetState.REMOVED,
        }
    ),
    # The API has it; we ask now and then.
    AssetState.REVIEWING: frozenset({AssetState.ACTIVE, AssetState.REFUSED, AssetState.REMOVED}),
    # Usable, until the API changes its mind.
    AssetState.ACTIVE: frozenset({AssetState.REFUSED, AssetState.REMOVED}),
    # Unusable; its name may be given to another picture.
    AssetState.REFUSED: frozenset({AssetState.REMOVED}),
    AssetState.UNCERTAIN: frozenset({AssetState.REMOVED}),
    AssetState.REMOVED: frozenset(),
}


class IllegalMove(AssertionError):
    """Somebody wanted a move that the table does not have: a fault of ours, never of a person."""


def moved(asset: Asset, to: AssetState, *, at: datetime, **changes: Any) -> Asset:
    """Return the asset as it is after a move, one version on.

    Args:
        asset: As it is written now.
        to: The state it moves to.
        at: This instant.
        changes: Other fields of the row that change with it.

    Raises:
        IllegalMove: ``to`` cannot follow the present state.
    """
    if to not in MOVES[asset.state]:
        raise IllegalMove(f"{asset.state} to {to}")
    return replace(asset, state=to, version=asset.version + 1, changed_at=at, **changes)


def after_unclear(asset: Asset, *, at: datetime) -> Asset:
    """Return a submitting asset as it is once its outcome is unclear: handed in again, but not for ever."""
    count = asset.unclear_count + 1
    if count < SUBMISSIONS_MAX:
        return moved(asset, AssetState.NEW, at=at, unclear_count=count)
    return moved(asset, AssetState.UNCERTAIN, at=at, unclear_count=count, reason=texts.ASSET_REASON_UNCERTAIN)
