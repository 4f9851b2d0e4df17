"""Who pays, and what else there is to press, as the person who looks at it is shown it."""

from typing import Any

import pytest

from bot import texts
from bot.drafts.people import Person
from builders import make_draft, make_participant, make_person
from cogs.draft_panels import Panel, more_panel, pay_panel, suggestions_panel
from storage.draft_records import Draft, Payment, Slot, Suggestion, Variant


def shared_draft(*agreed: int | None) -> Draft:
    """A draft whose members from 30 on agreed to so many credits."""
    participants = tuple(
        make_participant(30 + place, share_max_credits=most) for place, most in enumerate(agreed)
    )
    return make_draft(payment=Payment.SHARES, participants=participants)


def lines_of(panel: Panel) -> list[str]:
    return (panel.embed.description or "").splitlines()[3:]


def labels_of(panel: Panel) -> list[str]:
    return [getattr(item, "label", "") for item in panel.items]


def test_everybody_who_agreed_sees_the_split_as_it_would_be_now() -> None:
    panel = pay_panel(shared_draft(2, 3), make_person(id=32), price_credits=3)

    assert lines_of(panel) == [
        "<@30>, up to 2 credits: **2 credits** as it is now",
        "<@31>, up to 3 credits: **1 credit** as it is now",
    ]


def test_too_few_credits_for_everybody_are_said() -> None:
    panel = pay_panel(shared_draft(1, 1), make_person(), price_credits=1)

    assert lines_of(panel) == [
        "<@30>, up to 1 credit: **1 credit** as it is now",
        "<@31>, up to 1 credit: **0 credits** as it is now",
        texts.DRAFT_PAY_TOO_FEW,
    ]


def test_a_price_beyond_what_somebody_agreed_to_is_said() -> None:
    panel = pay_panel(shared_draft(1, 3), make_person(), price_credits=4)

    assert lines_of(panel) == [
        "<@30>, up to 1 credit",
        "<@31>, up to 3 credits",
        texts.DRAFT_SHARE_TOO_LARGE.format(credits=2, member_id=30, max_credits=1),
    ]


def test_whoever_agreed_can_only_take_it_back() -> None:
    draft = shared_draft(None, 2)

    assert labels_of(pay_panel(draft, make_person(id=31), price_credits=2)) == [texts.BUTTON_DRAFT_UNSHARE]
    assert labels_of(pay_panel(draft, make_person(id=32), price_credits=2)) == [
        texts.BUTTON_DRAFT_SHARE.format(credits="1 credit")
    ]


def test_whoever_agreed_to_less_can_agree_to_what_it_is_now() -> None:
    panel = pay_panel(shared_draft(None, 2), make_person(id=31), price_credits=3)

    assert labels_of(panel) == [
        texts.BUTTON_DRAFT_SHARE.format(credits="3 credits"),
        texts.BUTTON_DRAFT_UNSHARE,
    ]


def test_others_offer_to_pay_in_the_owners_place() -> None:
    draft = make_draft()

    assert labels_of(pay_panel(draft, make_person(id=31), price_credits=3)) == [texts.BUTTON_DRAFT_SPONSOR]
    assert labels_of(pay_panel(draft, make_person(id=30), price_credits=3)) == [texts.BUTTON_DRAFT_SHARED]


def test_a_sponsor_takes_an_offer_back() -> None:
    draft = make_draft(payment=Payment.SPONSOR, sponsor_id=31, sponsor_max_credits=3)

    assert labels_of(pay_panel(draft, make_person(id=31), price_credits=3)) == [texts.BUTTON_DRAFT_UNSPONSOR]


OWNER, MODERATOR = make_person(id=30), make_person(id=33, is_moderator=True)
LOCK, UNLOCK = texts.BUTTON_DRAFT_LOCK, texts.BUTTON_DRAFT_UNLOCK


@pytest.mark.parametrize(
    ("locked", "person", "offered"),
    [
        ({}, OWNER, [LOCK]),
        ({}, MODERATOR, [LOCK]),
        ({"is_locked": True}, OWNER, [UNLOCK]),
        ({"is_locked": True}, MODERATOR, [LOCK, UNLOCK]),
        ({"is_locked": True, "locking_moderator_id": 34}, OWNER, []),
        ({"is_locked": True, "locking_moderator_id": 34}, MODERATOR, [UNLOCK]),
    ],
)
def test_whoever_can_lock_or_unlock_a_draft_is_offered_it(
    locked: dict[str, Any], person: Person, offered: list[str]
) -> None:
    labels = labels_of(more_panel(make_draft(**locked), person))

    assert [it for it in labels if it in (LOCK, UNLOCK)] == offered
    assert (texts.BUTTON_DRAFT_END in labels) == bool(offered)


def test_under_a_moderators_lock_nothing_that_it_refuses_is_offered() -> None:
    draft = make_draft(
        is_locked=True,
        locking_moderator_id=34,
        participants=(make_participant(31, approved=1),),
        revision=1,
        suggestions=(Suggestion(number=1, slot=Slot.SUBJECT, text="A cat", author_id=31),),
        variants=(Variant(number=1, prompt="A cat.", author_id=31, authors={}),),
    )

    offered = [labels_of(more_panel(draft, person)) for person in (OWNER, make_person(id=31))]

    history = texts.BUTTON_DRAFT_HISTORY
    assert offered == [[history], [history, texts.BUTTON_DRAFT_LEAVE]]
    assert suggestions_panel(draft, OWNER).items == []


def test_only_who_takes_part_is_offered_to_leave() -> None:
    draft = make_draft(participants=(make_participant(31), make_participant(32, has_left=True)))

    offered = [
        texts.BUTTON_DRAFT_LEAVE in labels_of(more_panel(draft, make_person(id=id))) for id in (31, 32, 33)
    ]

    assert offered == [True, False, False]
