"""A draft is decided by those who may, once, for what it says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.drafts.deciding import (
    NEEDED_MAX_COUNT,
    VARIANTS_MAX_COUNT,
    VOTE_MAX,
    VOTE_MIN,
    add_variant,
    approve,
    begin_vote,
    close_vote,
    remove_variant,
    reopened,
    set_rule,
    vote,
    withdraw,
)
from bot.drafts.editing import write
from bot.drafts.edits import NoSuchPart
from bot.drafts.paying import agree_to_share, set_payment, sponsor
from bot.drafts.people import DraftFull, NotAllowed, approvals, find
from builders import NOON, make_draft, make_participant, make_person
from storage.draft_records import DraftState, Payment, Role, Rule, Slot, SlotText, Variant

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))
MODERATOR = make_person(id=33, is_moderator=True)
VARIANTS = tuple(
    Variant(number=number, prompt=f"Boat {number}.", author_id=31, authors={}) for number in (1, 2, 3)
)


def make_written(**changes):
    text = SlotText(text="A boat", author_id=30, change=1)
    return make_draft(**{"slots": {Slot.SUBJECT: text}} | changes)


def make_vote(*votes, **changes):
    """A draft in the middle of a vote; each number is one participant's."""
    people = [make_participant(30), *(make_participant(31 + n, vote=it) for n, it in enumerate(votes))]
    values = {
        "rule": Rule.VOTE,
        "variants": VARIANTS,
        "vote_closes_at": NOON,
        "participants": tuple(people),
    }
    return make_written(**values | changes)


# --- Approving


def test_where_the_owner_decides_their_yes_is_the_decision():
    edit = approve(make_written(reason="It was not paid."), OWNER)

    assert (edit.kind, edit.draft.state, edit.draft.reason) == ("decide", DraftState.DECIDED, None)


@pytest.mark.parametrize("person", [ALICE, MODERATOR])
def test_where_the_owner_decides_nobody_else_does(person):
    with pytest.raises(NotAllowed):
        approve(make_written(), person)


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_a_draft_is_decided_when_enough_have_approved(needed):
    draft = make_written(rule=Rule.APPROVALS, needed=needed)

    states = []
    for person in (OWNER, ALICE, BOB)[:needed]:
        draft = approve(draft, person).draft
        states.append(draft.state)

    assert states == [DraftState.OPEN] * (needed - 1) + [DraftState.DECIDED]


def test_nobody_approves_twice():
    draft = make_written(rule=Rule.APPROVALS, needed=2)

    once = approve(draft, ALICE).draft

    assert approve(once, ALICE) is None
    assert (approvals(once), once.state) == ((31,), DraftState.OPEN)


def test_an_edit_after_an_approval_asks_again():
    approved = approve(make_written(rule=Rule.APPROVALS, needed=2), ALICE).draft

    edited = write(approved, OWNER, Slot.SUBJECT, "A ship", seen_change=1).draft

    assert approvals(edited) == ()
    assert approve(edited, BOB).draft.state is DraftState.OPEN


def test_an_approval_can_be_taken_back():
    approved = approve(make_written(rule=Rule.APPROVALS, needed=2), ALICE).draft

    assert approvals(withdraw(approved, ALICE).draft) == ()


def test_a_draft_by_vote_is_not_approved():
    with pytest.raises(NotAllowed):
        approve(make_written(rule=Rule.VOTE), OWNER)


@pytest.mark.parametrize("change", [approve, add_variant])
def test_a_draft_that_says_nothing_is_not_decided(change):
    with pytest.raises(NotAllowed) as refusal:
        change(make_draft(rule=Rule.APPROVALS), OWNER)

    assert refusal.value.message == texts.DRAFT_EMPTY


# --- Who decides


@pytest.mark.parametrize(("asked", "needed"), [(-1, 1), (0, 1), (3, 3), (999, NEEDED_MAX_COUNT)])
def test_the_number_of_approvals_stays_within_its_bounds(asked, needed):
    after = set_rule(make_draft(), OWNER, Rule.APPROVALS, needed=asked).draft

    assert (after.rule, after.needed) == (Rule.APPROVALS, needed)


def test_a_rule_that_is_met_already_is_the_decision():
    draft = make_written(rule=Rule.APPROVALS, needed=3, participants=(make_participant(30, approved=1),))

    assert set_rule(draft, OWNER, Rule.APPROVALS, needed=2).draft.state is DraftState.OPEN
    assert set_rule(draft, OWNER, Rule.APPROVALS, needed=1).draft.state is DraftState.DECIDED


def test_the_rule_stays_while_a_vote_is_under_way():
    with pytest.raises(NotAllowed):
        set_rule(make_vote(), OWNER, Rule.OWNER, needed=1)


# --- Voting


def test_a_variant_is_kept_as_it_stood():
    draft = add_variant(make_written(), ALICE).draft
    edited = write(draft, OWNER, Slot.SUBJECT, "A ship", seen_change=1).draft

    both = add_variant(edited, BOB).draft

    assert [(it.number, it.prompt, it.author_id) for it in both.variants] == [
        (1, "A boat.", 31),
        (2, "A ship.", 32),
    ]


def test_the_same_prompt_is_not_put_to_the_vote_twice():
    with pytest.raises(NotAllowed):
        add_variant(add_variant(make_written(), ALICE).draft, BOB)


def test_there_are_only_so_many_variants():
    with pytest.raises(DraftFull):
        add_variant(make_written(variants=VARIANTS[:1] * VARIANTS_MAX_COUNT), ALICE)


def test_no_variant_comes_in_once_the_vote_has_begun():
    with pytest.raises(NotAllowed):
        add_variant(make_vote(), ALICE)


@pytest.mark.parametrize(
    ("minutes", "span"), [(0, VOTE_MIN), (5, timedelta(minutes=5)), (10**6, VOTE_MAX), (10**12, VOTE_MAX)]
)
def test_a_vote_closes_within_its_bounds(minutes, span):
    edit = begin_vote(make_vote(vote_closes_at=None), OWNER, minutes=minutes, now=NOON)

    assert edit.draft.vote_closes_at == NOON + span


def test_a_second_round_begins_without_the_votes_of_the_first():
    first = reopened(close_vote(make_vote(1, 1)), "Not paid.")

    second = begin_vote(first, OWNER, minutes=5, now=NOON).draft

    assert [it.vote for it in second.participants] == [None] * 3


@pytest.mark.parametrize(
    "change", [{"rule": Rule.APPROVALS}, {"variants": VARIANTS[:1]}, {"vote_closes_at": NOON}]
)
def test_a_vote_begins_once_by_its_rule_and_with_two_variants(change):
    with pytest.raises(NotAllowed):
        begin_vote(make_vote(**{"vote_closes_at": None} | change), OWNER, minutes=5, now=NOON)


def test_a_later_vote_takes_the_place_of_an_earlier():
    before = NOON - timedelta(microseconds=1)

    draft = vote(vote(make_vote(), ALICE, 1, now=before).draft, ALICE, 2, now=before).draft

    assert find(draft, 31).vote == 2


@pytest.mark.parametrize(("closes_at", "now"), [(None, NOON), (NOON, NOON), (NOON, NOON + timedelta(1))])
def test_nobody_votes_when_there_is_no_vote_or_it_is_over(closes_at, now):
    with pytest.raises(NotAllowed):
        vote(make_vote(vote_closes_at=closes_at), ALICE, 1, now=now)


def test_nobody_votes_for_what_is_not_there():
    with pytest.raises(NoSuchPart):
        vote(make_vote(), ALICE, 4, now=NOON - timedelta(1))


@pytest.mark.parametrize(
    ("votes", "chosen"), [([1], 1), ([2, 2, 1], 2), ([3, 2], 2), ([3, 1, 2], 1), ([None, 3], 3), ([9, 3], 3)]
)
def test_most_votes_win_and_of_two_the_earlier_variant(votes, chosen):
    after = close_vote(make_vote(*votes))

    assert (after.state, after.chosen_variant, after.vote_closes_at) == (DraftState.DECIDED, chosen, None)


def test_a_vote_without_votes_decides_nothing_and_says_so():
    left = make_participant(31, vote=1, has_left=True)

    after = close_vote(make_vote(participants=(left,)))

    assert (after.state, after.reason) == (DraftState.OPEN, texts.DRAFT_NOBODY_VOTED)
    assert (after.vote_closes_at, after.chosen_variant) == (None, None)


def test_what_could_not_be_made_is_open_again_for_everybody_to_approve_anew():
    people = (make_participant(30, approved=1),)
    decided = make_written(state=DraftState.DECIDED, rule=Rule.APPROVALS, participants=people)

    after = reopened(replace(decided, chosen_variant=1), "Alice cannot pay.")

    assert (after.state, after.reason, after.chosen_variant) == (DraftState.OPEN, "Alice cannot pay.", None)
    assert approvals(after) == ()


@pytest.mark.parametrize(("rule", "most"), [(Rule.OWNER, None), (Rule.APPROVALS, 3), (Rule.VOTE, 3)])
def test_an_owner_who_decides_alone_is_shown_the_price_anew_after_a_try(rule, most):
    decided = make_written(state=DraftState.DECIDED, rule=rule, owner_max_credits=3)

    assert reopened(decided, "It is too long.").owner_max_credits == most


# --- What all of them have in common

OWNERS = {
    "rule": lambda draft, person: set_rule(draft, person, Rule.OWNER, needed=1),
    "begin": lambda draft, person: begin_vote(draft, person, minutes=5, now=NOON),
    "payment": lambda draft, person: set_payment(draft, person, Payment.OWNER),
}
SAYINGS = {
    "approve": approve,
    "withdraw": withdraw,
    "variant": add_variant,
    "vote": lambda draft, person: vote(draft, person, 1, now=NOON - timedelta(1)),
}
PAYING = {
    "sponsor": lambda draft, person: sponsor(draft, person, max_credits=3),
    "share": lambda draft, person: agree_to_share(draft, person, max_credits=3),
}


@pytest.mark.parametrize("person", [ALICE, MODERATOR])
@pytest.mark.parametrize("name", OWNERS)
def test_how_a_draft_is_decided_and_paid_is_the_owners_choice(name, person):
    with pytest.raises(NotAllowed):
        OWNERS[name](make_vote(vote_closes_at=None), person)


@pytest.mark.parametrize("name", SAYINGS)
def test_who_only_watches_has_no_say(name):
    with pytest.raises(NotAllowed) as refusal:
        SAYINGS[name](make_written(newcomer_role=Role.WATCHER), ALICE)

    assert refusal.value.message == texts.DRAFT_ONLY_WATCHES


@pytest.mark.parametrize("state", sorted(set(DraftState) - {DraftState.OPEN}))
@pytest.mark.parametrize("name", [*OWNERS, *SAYINGS, *PAYING])
def test_nothing_is_decided_about_what_is_not_open(name, state):
    change = (OWNERS | SAYINGS | PAYING)[name]

    with pytest.raises(NotAllowed):
        change(make_written(state=state, payment=Payment.SHARES), OWNER)


def test_nobody_approves_what_they_were_not_shown():
    draft = make_written(rule=Rule.APPROVALS, needed=2)

    with pytest.raises(NotAllowed):
        approve(draft, ALICE, seen_revision=draft.revision - 1)


def test_a_variant_is_taken_off_the_list_by_whoever_saved_it_or_the_owner():
    draft = add_variant(make_written(rule=Rule.VOTE), ALICE).draft

    with pytest.raises(NotAllowed):
        remove_variant(draft, BOB, 1)
    for person in (ALICE, OWNER):
        assert remove_variant(draft, person, 1).draft.variants == ()
    with pytest.raises(NoSuchPart):
        remove_variant(draft, OWNER, 7)
