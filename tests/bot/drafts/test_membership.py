"""Who belongs to a draft, whose it is, and how it ends."""

from dataclasses import replace

import pytest

from bot import texts
from bot.drafts.membership import end, expired, hand_over, leave, set_lock, set_newcomer_role, set_role
from bot.drafts.paying import shares_of
from bot.drafts.people import NotAllowed, approvals, find, role_of
from builders import NOON, make_draft, make_participant, make_person
from storage.draft_records import ChangeKind, DraftState, Payment, Role, Rule, Slot, SlotText

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))
MODERATOR = make_person(id=33, is_moderator=True)
BUSY = make_participant(31, approved=1, vote=2, share_max_credits=3)


def make_busy(**changes):
    """A draft in which Alice has written, approved, voted and agreed to pay."""
    values = {
        "participants": (make_participant(30), BUSY),
        "slots": {Slot.SUBJECT: SlotText(text="A boat", author_id=31, change=1)},
    }
    return make_draft(**values | changes)


def test_who_leaves_takes_everything_back_but_what_they_wrote():
    before = make_busy()

    after = leave(before, ALICE).draft

    assert find(after, 31) == make_participant(31, has_left=True)
    assert after.slots == before.slots
    assert approvals(after) == ()


def test_a_sponsor_who_leaves_pays_nothing():
    draft = make_busy(payment=Payment.SPONSOR, sponsor_id=31, sponsor_max_credits=9)

    after = leave(draft, ALICE).draft

    assert (after.payment, after.sponsor_id, after.sponsor_max_credits) == (Payment.OWNER, None, 0)


def test_the_sponsor_stays_when_somebody_else_leaves():
    draft = make_busy(payment=Payment.SPONSOR, sponsor_id=30, sponsor_max_credits=9)

    assert leave(draft, ALICE).draft.payment is Payment.SPONSOR


@pytest.mark.parametrize("person", [OWNER, BOB])
def test_neither_the_owner_nor_a_stranger_can_leave(person):
    with pytest.raises(NotAllowed):
        leave(make_busy(), person)


def test_nobody_leaves_twice():
    with pytest.raises(NotAllowed):
        leave(leave(make_busy(), ALICE).draft, ALICE)


@pytest.mark.parametrize("person", [OWNER, MODERATOR])
def test_an_owner_or_moderator_hands_a_draft_over(person):
    after = hand_over(make_busy(newcomer_role=Role.WATCHER), person, BOB).draft

    assert after.owner_id == 32
    assert [role_of(after, member_id) for member_id in (30, 32)] == [Role.EDITOR, Role.EDITOR]


def test_a_new_owner_pays_for_nothing_before_they_decide():
    """Else one could have one's own video approved at the cost of somebody who never asked for it."""
    draft = make_busy(rule=Rule.VOTE, vote_closes_at=NOON)

    after = hand_over(draft, OWNER, BOB).draft

    assert (after.rule, after.vote_closes_at, approvals(after)) == (Rule.OWNER, None, ())


def test_what_an_owner_agreed_to_pay_does_not_bind_the_next_one():
    draft = make_busy(rule=Rule.APPROVALS, owner_max_credits=3)

    after = hand_over(draft, OWNER, BOB).draft

    assert [(it.participant.member_id, it.credits) for it in shares_of(after, 40)] == [(32, 40)]


def test_a_watcher_has_no_say_any_more_but_may_still_pay():
    after = set_role(make_busy(), OWNER, ALICE, Role.WATCHER).draft

    assert find(after, 31) == replace(BUSY, role=Role.WATCHER, approved=None, vote=None)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_who_may_still_approve_keeps_what_they_said(role):
    after = set_role(make_busy(), OWNER, ALICE, role).draft

    assert find(after, 31) == replace(BUSY, role=role)


def test_a_role_can_be_given_before_somebody_was_ever_here():
    assert role_of(set_role(make_draft(), OWNER, BOB, Role.APPROVER).draft, 32) is Role.APPROVER


def test_the_owner_has_no_role_to_change():
    with pytest.raises(NotAllowed):
        set_role(make_draft(), OWNER, OWNER, Role.WATCHER)


def test_a_role_for_newcomers_leaves_those_who_are_here_alone():
    after = set_newcomer_role(make_busy(), OWNER, Role.WATCHER).draft

    assert [role_of(after, member_id) for member_id in (31, 32)] == [Role.EDITOR, Role.WATCHER]


@pytest.mark.parametrize("person", [OWNER, MODERATOR])
def test_an_owner_or_moderator_locks_and_unlocks_a_draft(person):
    locked = set_lock(make_draft(), person, locks=True)
    unlocked = set_lock(locked.draft, person, locks=False)

    assert (locked.draft.is_locked, locked.kind) == (True, ChangeKind.LOCK_DRAFT)
    assert (unlocked.draft.is_locked, unlocked.kind) == (False, ChangeKind.UNLOCK_DRAFT)


def test_a_moderator_may_lock_what_the_owner_has_locked_but_not_the_other_way_round():
    locked = set_lock(set_lock(make_draft(), OWNER, locks=True).draft, MODERATOR, locks=True).draft

    assert locked.locking_moderator_id == MODERATOR.id
    for locks in (True, False):
        with pytest.raises(NotAllowed) as refusal:
            set_lock(locked, OWNER, locks=locks)
        assert f"<@{MODERATOR.id}>" in refusal.value.message


def test_a_moderator_s_unlocking_gives_it_back_to_everybody():
    locked = set_lock(make_draft(), MODERATOR, locks=True).draft

    after = set_lock(locked, make_person(id=34, is_moderator=True), locks=False).draft

    assert (after.is_locked, after.locking_moderator_id) == (False, None)


def test_the_lock_of_a_moderator_on_their_own_draft_is_the_owner_s():
    after = set_lock(make_draft(owner_id=MODERATOR.id), MODERATOR, locks=True).draft

    assert (after.is_locked, after.locking_moderator_id) == (True, None)


@pytest.mark.parametrize(("person", "goes_on"), [(OWNER, True), (MODERATOR, False)])
def test_only_a_moderator_s_lock_ends_a_vote_without_a_result(person, goes_on):
    draft = make_draft(rule=Rule.VOTE, vote_closes_at=NOON)

    after = set_lock(draft, person, locks=True).draft

    assert after.state is DraftState.OPEN
    assert (after.vote_closes_at is not None) == goes_on


def test_what_is_decided_goes_on_and_is_locked_no_more():
    with pytest.raises(NotAllowed):
        set_lock(make_draft(state=DraftState.DECIDED), MODERATOR, locks=True)


HELD = make_busy(is_locked=True, locking_moderator_id=MODERATOR.id)


def test_under_a_moderator_s_lock_members_may_still_leave():
    assert find(leave(HELD, ALICE).draft, 31) == make_participant(31, has_left=True)


def test_under_their_lock_moderators_may_end_it_and_hand_it_over():
    assert end(HELD, MODERATOR, now=NOON).draft.state is DraftState.ENDED
    assert hand_over(HELD, MODERATOR, BOB).draft.locking_moderator_id == MODERATOR.id


@pytest.mark.parametrize("state", [DraftState.OPEN, DraftState.DECIDED])
@pytest.mark.parametrize(
    ("person", "reason"), [(OWNER, texts.DRAFT_ENDED_BY_OWNER), (MODERATOR, texts.DRAFT_ENDED_BY_MODERATOR)]
)
def test_an_owner_or_moderator_ends_what_is_not_a_video_yet(person, reason, state):
    after = end(make_draft(state=state, vote_closes_at=NOON), person, now=NOON).draft

    assert (after.state, after.reason, after.ended_at) == (DraftState.ENDED, reason, NOON)
    assert after.vote_closes_at is None


@pytest.mark.parametrize("state", [DraftState.SUBMITTED, DraftState.ENDED])
def test_what_is_over_is_not_ended_again(state):
    with pytest.raises(NotAllowed):
        end(make_draft(state=state), OWNER, now=NOON)


def test_a_draft_that_nobody_edited_ends_and_says_so():
    after = expired(make_busy(), now=NOON)

    assert (after.state, after.reason, after.ended_at) == (DraftState.ENDED, texts.DRAFT_EXPIRED, NOON)


OWNERS_ONLY = {
    "role": lambda draft, person: set_role(draft, person, BOB, Role.WATCHER),
    "newcomers": lambda draft, person: set_newcomer_role(draft, person, Role.WATCHER),
}
OWNERS = OWNERS_ONLY | {
    "hand over": lambda draft, person: hand_over(draft, person, BOB),
    "lock": lambda draft, person: set_lock(draft, person, locks=True),
    "end": lambda draft, person: end(draft, person, now=NOON),
}


@pytest.mark.parametrize("name", OWNERS)
def test_others_do_nothing_to_somebody_elses_draft(name):
    with pytest.raises(NotAllowed):
        OWNERS[name](make_busy(), ALICE)


@pytest.mark.parametrize("name", OWNERS_ONLY)
def test_roles_are_the_owners_and_no_moderators(name):
    with pytest.raises(NotAllowed):
        OWNERS_ONLY[name](make_busy(), MODERATOR)


@pytest.mark.parametrize("name", OWNERS)
def test_a_moderator_s_lock_binds_the_owner(name):
    with pytest.raises(NotAllowed):
        OWNERS[name](HELD, OWNER)


@pytest.mark.parametrize("name", OWNERS)
def test_nothing_happens_to_what_is_over(name):
    with pytest.raises(NotAllowed):
        OWNERS[name](make_busy(state=DraftState.SUBMITTED), OWNER)
