"""What holds for every change of a draft, whatever it is."""

from dataclasses import replace

import pytest

from bot.drafts.editing import accept, decline, lock_slot, set_options, write
from bot.drafts.media import add_media, remove_media
from bot.drafts.people import NotAllowed
from bot.drafts.undoing import undo
from builders import NOON, make_draft, make_medium, make_participant, make_person
from playing import Play, options_of
from storage.draft_records import DraftState, Role, Slot

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))
SUBJECT = Slot.SUBJECT


WITH_ALL = Play(make_draft())
WITH_ALL.writes(ALICE, "A boat")
WITH_ALL.writes(BOB, "A ship")
WITH_ALL.does(add_media, ALICE, [make_medium()])
# Whoever does it, as a function of draft and person alone; Alice holds the slot and brought the file.
EVERYTHING = {
    "write": lambda draft, person: write(draft, person, SUBJECT, "A train", seen_change=1),
    "accept": lambda draft, person: accept(draft, person, 2),
    "decline": lambda draft, person: decline(draft, person, 2),
    "undo": lambda draft, person: undo(draft, person, WITH_ALL.changes),
    "lock": lambda draft, person: lock_slot(draft, person, SUBJECT, locks=True),
    "add": lambda draft, person: add_media(draft, person, [make_medium()]),
    "remove": lambda draft, person: remove_media(draft, person, [1]),
    "options": lambda draft, person: set_options(draft, person, **options_of(draft, ratio="1:1")),
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
        {"owner_id": 31, "is_locked": True, "locking_moderator_id": 33},
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


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: add_media(draft, OWNER, []),
        lambda draft: remove_media(draft, OWNER, [1]),
        lambda draft: set_options(draft, OWNER, title="t", model=draft.model, duration=15, ratio=None),
    ],
)
def test_files_and_options_stay_while_people_vote(change):
    with pytest.raises(NotAllowed):
        change(make_draft(vote_closes_at=NOON))
