"""What was written can be taken back by whoever may, and what others wrote since stays."""

import pytest

from bot.drafts.editing import accept, lock_slot
from bot.drafts.edits import NoSuchPart
from bot.drafts.undoing import undone_by
from builders import make_person
from storage.draft_records import ChangeKind, Slot

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))
SUBJECT, CAMERA = Slot.SUBJECT, Slot.CAMERA


def test_undo_puts_back_what_stood_before_and_whose_it_was(play):
    play.writes(ALICE, "A boat")
    play.writes(OWNER, "A ship")

    edit = play.undoes(OWNER)

    assert play.holds() == (31, "A boat")
    assert (edit.kind, edit.author_id, edit.text, edit.text_before) == (
        ChangeKind.UNDO,
        30,
        "A boat",
        "A ship",
    )


def test_undo_goes_back_change_by_change_until_nothing_is_left(play):
    for text in ("A boat", "A ship", "", "A train"):
        play.writes(ALICE, text)

    held = []
    for _ in range(4):
        play.undoes(ALICE)
        held.append(play.holds())

    assert held == [None, (31, "A ship"), (31, "A boat"), None]
    with pytest.raises(NoSuchPart):
        play.undoes(ALICE)


def test_what_was_written_after_an_undo_is_undone_first(play):
    play.writes(ALICE, "A boat")
    play.writes(ALICE, "A ship")
    play.undoes(ALICE)
    play.writes(ALICE, "A train")

    play.undoes(ALICE)

    assert play.holds() == (31, "A boat")


def test_each_undo_names_what_it_took_back(play):
    play.writes(ALICE, "A boat")  # 1
    play.writes(ALICE, "Low angle", slot=CAMERA)  # 2
    play.writes(ALICE, "A ship")  # 3
    play.undoes(ALICE)  # 4
    play.undoes(ALICE)  # 5
    play.undoes(ALICE)  # 6

    assert undone_by(play.changes) == {4: 3, 5: 2, 6: 1}


def test_undo_takes_the_latest_of_all_slots(play):
    play.writes(ALICE, "A boat")
    play.writes(ALICE, "Low angle", slot=CAMERA)

    play.undoes(ALICE)

    assert (play.holds(), play.holds(CAMERA)) == ((31, "A boat"), None)


def test_nobody_but_the_owner_undoes_what_others_wrote(play):
    play.writes(ALICE, "A boat")

    with pytest.raises(NoSuchPart):
        play.undoes(BOB)
    play.undoes(OWNER)

    assert play.holds() is None


def test_an_author_reaches_back_only_to_what_others_wrote_over(play):
    play.writes(ALICE, "A boat")
    play.writes(OWNER, "A ship")

    with pytest.raises(NoSuchPart):
        play.undoes(ALICE)


@pytest.mark.parametrize("person", [ALICE, BOB, OWNER])
def test_an_accepted_suggestion_is_undone_by_whoever_put_it_in_or_wrote_it_or_owns_the_draft(
    person, suggested
):
    suggested.does(accept, ALICE, 2)

    edit = suggested.undoes(person)

    assert suggested.holds() == (31, "A boat")
    assert (edit.author_id, edit.put_in_by_id) == (person.id, None)


def test_a_suggestion_that_was_put_in_is_one_again_after_an_undo(suggested):
    before = suggested.draft.suggestions
    suggested.does(accept, ALICE, 2)
    suggested.undoes(ALICE)

    assert suggested.draft.suggestions == before


def test_a_newer_suggestion_of_its_author_stays_in_its_place(suggested):
    suggested.does(accept, ALICE, 2)
    suggested.does(lock_slot, OWNER, SUBJECT, locks=True)
    suggested.writes(BOB, "A canoe")

    suggested.undoes(OWNER)

    assert suggested.suggestions() == [(32, "A canoe")]


def test_who_put_it_in_undoes_nothing_that_was_written_since(suggested):
    suggested.does(accept, ALICE, 2)
    suggested.writes(BOB, "A tall ship")

    with pytest.raises(NoSuchPart):
        suggested.undoes(ALICE)


def test_suggestions_are_no_change_of_a_slot_and_not_undone(suggested):
    with pytest.raises(NoSuchPart):
        suggested.undoes(BOB)


def test_a_locked_slot_is_undone_by_the_owner_only(play):
    play.writes(ALICE, "A boat")
    play.does(lock_slot, OWNER, SUBJECT, locks=True)

    with pytest.raises(NoSuchPart):
        play.undoes(ALICE)
    play.undoes(OWNER)

    assert play.holds() is None


def test_who_saw_the_text_before_an_undo_overwrites_nothing(play):
    play.writes(ALICE, "A boat")
    play.writes(ALICE, "A ship")
    seen = play.draft.slots[SUBJECT].change
    play.undoes(ALICE)

    assert play.writes(OWNER, "A train", seen=seen).kind is ChangeKind.SUGGEST
