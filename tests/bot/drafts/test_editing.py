"""Whatever people do to a draft: what was written before is kept, or what is written now is; nothing is lost."""

from dataclasses import replace

import pytest

from bot.drafts.editing import (
    MEDIA_MAX_COUNT,
    SUGGESTIONS_MAX_COUNT,
    NoSuchPart,
    TooLong,
    accept,
    add_media,
    append,
    decline,
    lock_slot,
    may_write,
    remove_medium,
    set_options,
    text_in,
    undo,
    undone_by,
    write,
)
from bot.drafts.people import DraftFull, NotAllowed, find
from bot.drafts.prompts import SLOT_MAX_CHARS
from builders import NOON, make_draft, make_participant, make_person
from storage.draft_records import ChangeKind, Draft, DraftChange, DraftState, Role, Slot, Suggestion
from storage.records import Medium

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))
MODERATOR = make_person(id=33, is_moderator=True)
SUBJECT, CAMERA = Slot.SUBJECT, Slot.CAMERA

TOLD = ("kind", "author_id", "slot", "text", "text_before", "put_in_by_id")


class Play:
    """Changes a draft step by step, counted as the service counts them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.changes: list[DraftChange] = []

    def does(self, change, person, *args, **kwargs):
        edit = change(self.draft, person, *args, **kwargs)
        self.draft = replace(edit.draft, last_change=self.draft.last_change + 1)
        told = {name: getattr(edit, name) for name in TOLD}
        number = self.draft.last_change
        self.changes.append(DraftChange(draft_id=self.draft.id, number=number, at=NOON, **told))
        return edit

    def writes(self, person, text, *, slot=SUBJECT, seen=None):
        """Write a slot, having seen what stands there now, or an earlier change."""
        there = self.draft.slots.get(slot)
        return self.does(
            write, person, slot, text, seen_change=(there.change if there else 0) if seen is None else seen
        )

    def undoes(self, person):
        return self.does(undo, person, self.changes)

    def holds(self, slot=SUBJECT):
        """Whose text stands in a slot, and which."""
        there = self.draft.slots.get(slot)
        return there and (there.author_id, there.text)

    def suggestions(self):
        return [(it.author_id, it.text) for it in self.draft.suggestions]


@pytest.fixture
def play():
    return Play(make_draft())


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


# --- Suggestions


@pytest.fixture
def suggested(play):
    """Alice holds the subject, and Bob has suggested another."""
    play.writes(ALICE, "A boat")
    play.writes(BOB, "A ship")
    return play


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


# --- Undo


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


# --- Files


def medium(name="fox.png", field="image_references"):
    return Medium(field=field, name=name, url=f"https://example.com/{name}")


def files(play):
    return [(it.number, it.author_id, it.medium.name) for it in play.draft.media]


def test_files_are_named_for_whoever_brought_them(play):
    edit = play.does(add_media, ALICE, [medium("a.png"), medium("b.png")])
    play.does(add_media, BOB, [medium("c.png")])

    assert files(play) == [(1, 31, "a.png"), (2, 31, "b.png"), (3, 32, "c.png")]
    assert (edit.kind, edit.text) == (ChangeKind.ADD_FILE, "a.png, b.png")


@pytest.mark.parametrize("person", [ALICE, OWNER])
def test_a_file_is_taken_away_by_whoever_brought_it_or_the_owner_once(person, play):
    play.does(add_media, ALICE, [medium("a.png"), medium("b.png")])

    edit = play.does(remove_medium, person, 1)

    assert files(play) == [(2, 31, "b.png")]
    assert edit.text == "a.png"
    with pytest.raises(NoSuchPart):
        play.does(remove_medium, person, 1)


def test_a_file_is_safe_from_others(play):
    play.does(add_media, ALICE, [medium()])

    with pytest.raises(NotAllowed):
        play.does(remove_medium, BOB, 1)


def test_files_beyond_the_most_are_refused_together(play):
    play.does(add_media, ALICE, [medium()] * (MEDIA_MAX_COUNT - 1))

    with pytest.raises(DraftFull):
        play.does(add_media, ALICE, [medium()] * 2)


@pytest.mark.parametrize("frame", ["first_image", "last_image"])
def test_there_is_one_frame_of_each_kind(frame, play):
    with pytest.raises(NotAllowed):
        play.does(add_media, BOB, [medium(field=frame)] * 2)
    play.does(add_media, ALICE, [medium(field=frame)])

    with pytest.raises(NotAllowed):
        play.does(add_media, BOB, [medium(field=frame)])


# --- Options


def options(draft, **changes):
    names = ("title", "model", "duration", "ratio")
    return {name: getattr(draft, name) for name in names} | changes


def test_options_that_are_the_same_change_nothing(play):
    assert set_options(play.draft, ALICE, **options(play.draft)) is None


@pytest.mark.parametrize(
    "change", [{"title": "A fox"}, {"model": "videos"}, {"duration": 9}, {"ratio": "1:1"}]
)
def test_each_option_can_be_changed_by_editors(change, play):
    edit = play.does(set_options, ALICE, **options(play.draft, **change))

    assert options(play.draft) == options(make_draft(), **change)
    assert edit.kind is ChangeKind.OPTIONS


def test_the_history_names_options_as_the_card_does(play):
    edit = play.does(set_options, ALICE, **options(play.draft, title="Kite", model="videos", ratio=None))

    assert edit.text == "“Kite”, Videos 720p · standard, 5 s · 16:9"


# --- What all of them have in common

WITH_ALL = Play(make_draft())
WITH_ALL.writes(ALICE, "A boat")
WITH_ALL.writes(BOB, "A ship")
WITH_ALL.does(add_media, ALICE, [medium()])
# Whoever does it, as a function of draft and person alone; Alice holds the slot and brought the file.
EVERYTHING = {
    "write": lambda draft, person: write(draft, person, SUBJECT, "A train", seen_change=1),
    "accept": lambda draft, person: accept(draft, person, 2),
    "decline": lambda draft, person: decline(draft, person, 2),
    "undo": lambda draft, person: undo(draft, person, WITH_ALL.changes),
    "lock": lambda draft, person: lock_slot(draft, person, SUBJECT, locks=True),
    "add": lambda draft, person: add_media(draft, person, [medium()]),
    "remove": lambda draft, person: remove_medium(draft, person, 1),
    "options": lambda draft, person: set_options(draft, person, **options(draft, ratio="1:1")),
}
REVISING = EVERYTHING.keys() - {"decline", "lock"}


@pytest.mark.parametrize("name", EVERYTHING)
def test_only_a_change_of_what_would_be_made_asks_who_approved_again(name):
    edit = EVERYTHING[name](WITH_ALL.draft, ALICE)

    assert edit.draft.revision == WITH_ALL.draft.revision + (name in REVISING)


def test_a_suggestion_asks_nobody_again():
    edit = EVERYTHING["write"](WITH_ALL.draft, BOB)

    assert edit.draft.revision == WITH_ALL.draft.revision


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize(
    "change",
    [
        {"is_locked": True},
        {"participants": (make_participant(30), make_participant(31, role=Role.APPROVER))},
        {"participants": (make_participant(30), make_participant(31, role=Role.WATCHER))},
        {"state": DraftState.DECIDED},
        {"state": DraftState.SUBMITTED},
        {"state": DraftState.ENDED},
    ],
)
def test_nothing_changes_by_who_may_not_edit(name, change):
    with pytest.raises(NotAllowed):
        EVERYTHING[name](replace(WITH_ALL.draft, **change), ALICE)


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_draft_is_never_changed_in_place(name):
    before = replace(WITH_ALL.draft, slots=dict(WITH_ALL.draft.slots))

    EVERYTHING[name](WITH_ALL.draft, OWNER)

    assert WITH_ALL.draft == before


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


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: add_media(draft, OWNER, []),
        lambda draft: remove_medium(draft, OWNER, 1),
        lambda draft: set_options(draft, OWNER, title="t", model=draft.model, duration=15, ratio=None),
    ],
)
def test_files_and_options_stay_while_people_vote(change):
    with pytest.raises(NotAllowed):
        change(make_draft(vote_closes_at=NOON))


def test_what_no_database_takes_is_left_out(play):
    play.writes(ALICE, "A\0 boat")

    assert play.holds() == (ALICE.id, "A boat")
