import pytest

from bot.assets.states import MOVES, SUBMISSIONS_MAX, IllegalMove, after_unclear, moved
from builders import NOON, make_asset
from storage.records import AssetState


def test_every_state_has_its_moves():
    assert MOVES.keys() == set(AssetState)


def test_whatever_is_not_removed_can_be_removed():
    assert all(AssetState.REMOVED in following for state, following in MOVES.items() if following)


def test_a_move_that_is_not_in_the_table_is_refused():
    with pytest.raises(IllegalMove):
        moved(make_asset(state=AssetState.REMOVED), AssetState.ACTIVE, at=NOON)


def test_an_unclear_picture_is_handed_in_once_more_and_then_given_up():
    first = after_unclear(make_asset(state=AssetState.SUBMITTING), at=NOON)
    second = after_unclear(moved(first, AssetState.SUBMITTING, at=NOON), at=NOON)

    assert [first.state, second.state] == [AssetState.NEW, AssetState.UNCERTAIN]
    assert (second.unclear_count, second.version) == (SUBMISSIONS_MAX, 4)
