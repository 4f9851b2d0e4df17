"""Whatever people do to a draft: what was written before is kept, or what is written now is; nothing is lost."""

from dataclasses import replace

import pytest

from bot.drafts.editing import (
    SUGGESTIONS_MAX_COUNT,
    TooLong,
    accept,
    append,
    decline,
    lock_slot,
    may_write,
    set_options,
    write,
)
from bot.drafts.edits import NoSuchPart, text_in
from bot.drafts.people import DraftFull, NotAllowed, find
from bot.drafts.prompts import SLOT_MAX_CHARS
from builders import make_draft, make_person
from playing import options_of
from storage.draft_records import ChangeKind, Slot, Suggestion

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))
MODERATOR = make_person(id=33, is_moderator=True)
SUBJECT, CAMERA = Slot.SUBJECT, Slot.CAMERA


# --- Writing


def test_an_empty_slot_is_filled_and_held_by_whoever_writes_first(play):
    edit = play.writes(ALICE, "  A boat\n")

    assert play.holds() == (31, "A boat")
    assert (edit.kind, edit.author_id, edit.slot, edit.text, edit.text_before) == (
        ChangeKind.WRITE,
        31,
        SUBJECT,
        "A boat",
        "",
    )
    assert find(play.draft, 31) is not None


def test_who_holds_a_slot_writes_it_anew(play):
    play.writes(ALICE, "A boat")

    edit = play.writes(ALICE, "A ship")

    assert play.holds() == (31, "A ship")
    assert edit.text_before == "A boat"


def test_the_owner_writes_every_slot(play):
    play.writes(ALICE, "A boat")

    play.writes(OWNER, "A ship")

    assert play.holds() == (30, "A ship")


@pytest.mark.parametrize("person", [BOB, MODERATOR])
def test_who_does_not_hold_a_slot_leaves_a_suggestion(person, play):
    play.writes(ALICE, "A boat")

    edit = play.writes(person, "A ship")

    assert play.holds() == (31, "A boat")
    assert play.suggestions() == [(person.id, "A ship")]
    assert (edit.kind, edit.text, edit.text_before) == (ChangeKind.SUGGEST, "A ship", "A boat")


@pytest.mark.parametrize("late", [BOB, OWNER])
def test_who_was_second_leaves_a_suggestion_and_both_texts_stay(late, play):
    play.writes(ALICE, "A boat", seen=0)

    edit = play.writes(late, "A ship", seen=0)

    assert edit.kind is ChangeKind.SUGGEST
    assert play.holds() == (31, "A boat")
    assert play.suggestions() == [(late.id, "A ship")]


def test_an_owner_who_saw_an_earlier_text_overwrites_nothing(play):
    play.writes(ALICE, "A boat")
    seen = play.draft.slots[SUBJECT].change
    play.writes(ALICE, "A ship")

    assert play.writes(OWNER, "A train", seen=seen).kind is ChangeKind.SUGGEST


def test_who_wrote_meanwhile_themselves_goes_on_writing(play):
    play.writes(ALICE, "A boat", seen=0)

    play.writes(ALICE, "A ship", seen=0)

    assert play.holds() == (31, "A ship")


def test_a_slot_that_was_emptied_meanwhile_is_free(play):
    play.writes(ALICE, "A boat")
    seen = play.draft.slots[SUBJECT].change
    play.writes(ALICE, "")

    play.writes(BOB, "A ship", seen=seen)

    assert play.holds() == (32, "A ship")


def test_a_text_that_nobody_sees_is_no_text(play):
    assert write(make_draft(), ALICE, Slot.SOUND, "\u200b \u200d", seen_change=0) is None


def test_what_stands_there_already_changes_nothing(play):
    play.writes(ALICE, "A boat")

    assert write(play.draft, BOB, SUBJECT, " A boat ", seen_change=0) is None
    assert write(play.draft, BOB, CAMERA, "  ", seen_change=0) is None


def test_nobody_empties_what_somebody_else_holds(play):
    play.writes(ALICE, "A boat")

    with pytest.raises(NotAllowed):
        play.writes(BOB, "")


def test_a_slot_takes_so_many_characters_and_no_more(play):
    play.writes(ALICE, "x" * SLOT_MAX_CHARS)

    with pytest.raises(TooLong):
        play.writes(ALICE, "x" * (SLOT_MAX_CHARS + 1))


def test_a_full_list_of_suggestions_refuses_the_next_and_keeps_all(play):
    play.writes(ALICE, "A boat")
    for number in range(SUGGESTIONS_MAX_COUNT):
        play.draft = replace(
            play.draft,
            suggestions=(
                *play.draft.suggestions,
                Suggestion(number=number, slot=Slot.SUBJECT, text="A ship", author_id=1000 + number),
            ),
        )

    with pytest.raises(DraftFull):
        play.writes(BOB, "One more")

    assert len({it.number for it in play.draft.suggestions}) == SUGGESTIONS_MAX_COUNT


def test_an_empty_slot_says_nothing():
    assert text_in(make_draft(), SUBJECT) == ""


def test_a_newer_suggestion_replaces_ones_own_older_one_alone(play):
    play.writes(ALICE, "A boat")
    play.writes(BOB, "A ship")

    play.writes(BOB, "A canoe")

    assert [it.text for it in play.draft.suggestions] == ["A canoe"]
    assert [it.text for it in play.changes if it.kind is ChangeKind.SUGGEST] == ["A ship", "A canoe"]


def test_what_is_added_stands_below_what_was_there_whoever_was_faster(play):
    play.does(append, ALICE, Slot.MORE, "rain")

    play.does(append, ALICE, Slot.MORE, "fog")

    assert text_in(play.draft, Slot.MORE) == "rain\nfog"


def test_what_nobody_sees_is_neither_added_nor_suggested(play):
    play.writes(ALICE, "rain")

    for person in (ALICE, BOB):
        assert append(play.draft, person, SUBJECT, "\u200b\u2063") is None
        assert write(play.draft, person, SUBJECT, "rain\u200b", seen_change=1) is None


def test_what_no_database_takes_is_left_out(play):
    play.writes(ALICE, "A\0 boat")

    assert play.holds() == (ALICE.id, "A boat")


# --- Suggestions


@pytest.mark.parametrize("person", [ALICE, OWNER])
def test_a_holder_or_owner_accepts_and_its_author_holds_the_slot(person, suggested):
    edit = suggested.does(accept, person, 2)

    assert suggested.holds() == (32, "A ship")
    assert suggested.suggestions() == []
    assert (edit.kind, edit.author_id, edit.text_before) == (ChangeKind.ACCEPT, 32, "A boat")
    assert edit.put_in_by_id == person.id


def test_who_suggested_does_not_accept_it_over_somebody_elses_text(suggested):
    with pytest.raises(NotAllowed):
        suggested.does(accept, BOB, 2)


@pytest.mark.parametrize("person", [ALICE, OWNER, BOB])
def test_a_suggestion_is_declined_or_withdrawn_and_its_text_kept_in_the_history(person, suggested):
    edit = suggested.does(decline, person, 2)

    assert suggested.suggestions() == []
    assert suggested.holds() == (31, "A boat")
    assert (edit.kind, edit.slot, edit.text) == (ChangeKind.DECLINE, SUBJECT, "A ship")


def test_others_do_not_decline(suggested):
    with pytest.raises(NotAllowed):
        suggested.does(decline, make_person(id=34), 2)


@pytest.mark.parametrize("change", [accept, decline])
def test_a_suggestion_is_answered_once(change, suggested):
    suggested.does(decline, ALICE, 2)

    with pytest.raises(NoSuchPart):
        suggested.does(change, ALICE, 2)


def test_the_other_suggestions_stay_when_one_is_accepted(suggested):
    suggested.writes(MODERATOR, "A train")

    suggested.does(accept, ALICE, 2)

    assert suggested.suggestions() == [(33, "A train")]


def test_whose_text_was_replaced_stays_named_until_that_is_undone(suggested):
    suggested.does(accept, ALICE, 2)
    replaced = suggested.draft.slots[SUBJECT].earlier_author_ids
    suggested.undoes(OWNER)

    assert replaced == (31,)
    assert suggested.draft.slots[SUBJECT].earlier_author_ids == ()


def test_nobody_is_named_twice_however_often_two_write_over_each_other(play):
    for number in range(3):
        play.writes(OWNER, f"A boat {number}")
        suggestion = play.writes(ALICE, f"A ship {number}").draft.suggestions[0]
        play.does(accept, OWNER, suggestion.number)

    assert sorted(play.draft.slots[SUBJECT].earlier_author_ids) == [30, 31]


# --- Locked slots


@pytest.mark.parametrize(("person", "may"), [(OWNER, True), (ALICE, False), (BOB, False)])
def test_a_locked_slot_is_written_by_the_owner_only(person, may, play):
    play.writes(ALICE, "A boat")

    play.does(lock_slot, ALICE, SUBJECT, locks=True)

    assert may_write(play.draft, person, SUBJECT) == may
    assert may_write(play.draft, person, CAMERA)


def test_a_text_for_a_locked_slot_is_a_suggestion_even_if_it_is_empty(play):
    play.does(lock_slot, OWNER, SUBJECT, locks=True)

    assert play.writes(ALICE, "A boat").kind is ChangeKind.SUGGEST


def test_a_slot_that_was_unlocked_is_as_before(play):
    play.writes(ALICE, "A boat")
    before = play.draft
    play.does(lock_slot, ALICE, SUBJECT, locks=True)

    play.does(lock_slot, ALICE, SUBJECT, locks=False)

    assert replace(play.draft, last_change=before.last_change) == before


def test_who_does_not_hold_a_slot_does_not_lock_it(play):
    play.writes(ALICE, "A boat")

    for person, slot in [(BOB, SUBJECT), (MODERATOR, SUBJECT), (ALICE, CAMERA)]:
        with pytest.raises(NotAllowed):
            play.does(lock_slot, person, slot, locks=True)


# --- Options


def test_options_that_are_the_same_change_nothing(play):
    assert set_options(play.draft, ALICE, **options_of(play.draft)) is None


@pytest.mark.parametrize(
    "change", [{"title": "A fox"}, {"model": "videos"}, {"duration": 9}, {"ratio": "1:1"}]
)
def test_each_option_can_be_changed_by_editors(change, play):
    edit = play.does(set_options, ALICE, **options_of(play.draft, **change))

    assert options_of(play.draft) == options_of(make_draft(), **change)
    assert edit.kind is ChangeKind.OPTIONS


def test_the_history_names_options_as_the_card_does(play):
    edit = play.does(set_options, ALICE, **options_of(play.draft, title="Kite", model="videos", ratio=None))

    assert edit.text == "“Kite”, Videos 720p · standard, 5 s · 16:9"
