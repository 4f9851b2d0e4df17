import pytest

from bot.generation.states import CANCELLABLE, ENDS, MOVES, RESOLUTIONS, IllegalMove, ended, moved, resolved
from bot.generation.steps import STEPS
from builders import NOON, make_generation
from storage.records import Notice, State


def test_every_state_has_its_moves_and_its_step():
    assert set(MOVES) == set(State)
    assert set(STEPS) == set(State)


def test_every_state_can_be_reached_and_every_way_ends():
    reached, ahead = {State.ADMITTED}, [State.ADMITTED]
    while ahead:
        for state in MOVES[ahead.pop()] - reached:
            reached.add(state)
            ahead.append(state)

    assert reached == set(State)
    assert reached >= ENDS


def test_nothing_follows_submitting_that_would_send_it_again_but_the_certainty_that_nothing_was_made():
    again = {state for state, following in MOVES.items() if State.SUBMITTING in following}

    assert again == {State.WAITING, State.PREPARING}
    assert State.WAITING not in MOVES[State.UNCERTAIN]


def test_only_what_was_not_sent_can_be_cancelled():
    assert {State.ADMITTED, State.WAITING, State.PREPARING} == CANCELLABLE


def test_an_illegal_move_is_a_fault_of_ours():
    with pytest.raises(IllegalMove, match="admitted to delivered"):
        moved(make_generation(), State.DELIVERED)


def test_a_move_is_one_version_on():
    assert moved(make_generation(version=4), State.WAITING).version == 5


def test_an_end_keeps_the_instant_at_which_the_api_was_done_and_is_still_to_be_told():
    generation = make_generation(state=State.DELIVERING, ended_at=NOON, notice=Notice.SHOWN)

    undeliverable = ended(generation, State.UNDELIVERABLE, at=NOON.replace(hour=13))

    assert (undeliverable.ended_at, undeliverable.notice) == (NOON, Notice.DUE)


def test_only_an_end_that_nobody_knows_the_truth_of_can_be_resolved_and_never_to_be_sent_again():
    assert {State.UNCERTAIN, State.STALLED, State.LOST} == RESOLUTIONS.keys() <= ENDS
    assert {state for following in RESOLUTIONS.values() for state in following} == {
        State.QUEUED,
        State.REFUSED,
        State.FAILED,
    }
    with pytest.raises(IllegalMove, match="delivered to queued"):
        resolved(make_generation(state=State.DELIVERED), State.QUEUED)
