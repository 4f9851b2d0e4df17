"""Who may do what with a draft, at which time."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot import texts
from bot.drafts.people import (
    PARTICIPANTS_MAX_COUNT,
    DraftFull,
    NotAllowed,
    approvals,
    find,
    is_decided,
    joined,
    member_of,
    require_approver,
    require_editor,
    require_in_charge,
    require_owner,
    role_of,
    votes_for,
)
from builders import make_draft, make_participant, make_person
from storage.draft_records import DraftState, Role, Rule

OWNER, ALICE, MODERATOR = make_person(id=30), make_person(id=31), make_person(id=32, is_moderator=True)
EDITOR, APPROVER, WATCHER = Role.EDITOR, Role.APPROVER, Role.WATCHER


def is_allowed(require, *of, **options):
    try:
        require(*of, **options)
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize(
    ("role", "may_edit", "may_approve"),
    [(EDITOR, True, True), (APPROVER, False, True), (WATCHER, False, False)],
)
def test_a_role_says_what_newcomers_and_participants_may_do(role, may_edit, may_approve):
    with_role = make_draft(participants=(make_participant(31, role=role),), newcomer_role=WATCHER)

    for draft in (with_role, make_draft(newcomer_role=role)):
        assert role_of(draft, ALICE.id) is role
        assert is_allowed(require_editor, draft, ALICE) == may_edit
        assert is_allowed(require_approver, draft, ALICE) == may_approve


@pytest.mark.parametrize("role", Role)
def test_an_owner_may_do_everything_whatever_their_role(role):
    draft = make_draft(participants=(make_participant(30, role=role),), newcomer_role=WATCHER)

    assert is_allowed(require_editor, draft, OWNER)
    assert is_allowed(require_approver, draft, OWNER)
    assert is_allowed(require_owner, draft, OWNER)


@pytest.mark.parametrize(("person", "may_edit"), [(OWNER, True), (MODERATOR, True), (ALICE, False)])
def test_a_locked_draft_is_edited_by_its_owner_and_moderators(person, may_edit):
    assert is_allowed(require_editor, make_draft(is_locked=True), person) == may_edit


@pytest.mark.parametrize("person", [OWNER, MODERATOR, ALICE])
@pytest.mark.parametrize("state", sorted(set(DraftState) - {DraftState.OPEN}))
def test_nobody_edits_or_approves_what_is_not_open(state, person):
    draft = make_draft(state=state)

    assert not is_allowed(require_editor, draft, person)
    assert not is_allowed(require_approver, draft, person)


@pytest.mark.parametrize(
    ("require", "person", "may"),
    [
        (require_owner, ALICE, False),
        (require_owner, MODERATOR, False),
        (require_owner, OWNER, True),
        (require_in_charge, ALICE, False),
        (require_in_charge, MODERATOR, True),
        (require_in_charge, OWNER, True),
    ],
)
def test_a_moderator_counts_as_owner_only_where_it_is_said(require, person, may):
    assert is_allowed(require, make_draft(), person) == may


@pytest.mark.parametrize(
    ("require", "words"),
    [(require_owner, texts.DRAFT_ONLY_OWNER), (require_in_charge, texts.DRAFT_ONLY_IN_CHARGE)],
)
def test_who_is_refused_learns_who_may(require, words):
    with pytest.raises(NotAllowed) as refusal:
        require(make_draft(), ALICE)

    assert refusal.value.message == words.format(owner_id=30)


@pytest.mark.parametrize(
    ("require", "person", "may"),
    [
        (require_editor, OWNER, False),
        (require_editor, MODERATOR, False),
        (require_approver, OWNER, False),
        (require_approver, MODERATOR, False),
        (require_in_charge, OWNER, False),
        (require_in_charge, MODERATOR, True),
    ],
)
def test_a_moderators_lock_binds_everybody_until_a_moderator_unlocks(require, person, may):
    assert is_allowed(require, make_draft(is_locked=True, locking_moderator_id=32), person) == may


def test_who_joins_is_known_as_limits_see_them_now():
    alice = make_person(id=31, role_ids=frozenset({7}), joined_at=datetime(2026, 1, 1, tzinfo=UTC))

    draft = joined(joined(make_draft(), ALICE), alice)

    assert [it.member_id for it in draft.participants] == [30, 31]
    assert member_of(draft, find(draft, 31)) == alice.member


def test_who_comes_back_keeps_their_role_and_their_place():
    left = make_participant(31, role=APPROVER, has_left=True)

    draft = joined(make_draft(participants=(left, make_participant(30))), ALICE)

    assert draft.participants == (replace(left, has_left=False), make_participant(30))


def test_a_full_draft_takes_nobody_new_and_keeps_everybody():
    people = tuple(make_participant(number) for number in range(1000, 1000 + PARTICIPANTS_MAX_COUNT))
    full = make_draft(participants=people)

    assert joined(full, make_person(id=1000)) == full
    with pytest.raises(DraftFull):
        joined(full, ALICE)


def test_only_approvals_of_what_is_said_now_by_who_is_still_here_count():
    participants = (
        make_participant(1, approved=2),
        make_participant(2, approved=1),
        make_participant(3, approved=2, has_left=True),
        make_participant(4),
        make_participant(5, approved=2),
    )
    draft = make_draft(revision=2, participants=participants, rule=Rule.APPROVALS, needed=2)

    assert approvals(draft) == (1, 5)
    assert is_decided(draft)
    assert not is_decided(replace(draft, needed=3))
    assert not is_decided(replace(draft, rule=Rule.VOTE))


def test_votes_of_who_left_do_not_count():
    votes = [(1, 1, False), (2, 1, True), (3, 2, False), (4, None, False)]
    people = tuple(make_participant(who, vote=vote, has_left=left) for who, vote, left in votes)

    draft = make_draft(participants=people)

    assert [votes_for(draft, number) for number in (1, 2, 3)] == [1, 1, 0]
