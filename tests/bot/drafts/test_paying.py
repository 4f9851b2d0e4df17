"""The parts of a price are the price, and nobody pays more than they agreed to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.drafts.deciding import approve, set_rule
from bot.drafts.paying import (
    CannotShare,
    agree_to_share,
    set_payment,
    share_when_agreeing,
    shares_of,
    sponsor,
)
from bot.drafts.people import NotAllowed, find
from builders import make_draft, make_participant, make_person
from storage.draft_records import Payment, Rule, Slot, SlotText

OWNER, ALICE, BOB = (make_person(id=member_id) for member_id in (30, 31, 32))


def parts(draft, price_credits):
    return {share.participant.member_id: share.credits for share in shares_of(draft, price_credits)}


@pytest.mark.parametrize(
    ("sponsor_id", "most", "paid"),
    [(31, 9, {31: 5}), (31, 5, {31: 5}), (31, 2, {31: 2, 30: 3}), (30, 2, {30: 5}), (None, 0, {30: 5})],
)
def test_a_sponsor_pays_up_to_their_most_and_the_owner_the_rest(sponsor_id, most, paid):
    draft = make_draft(
        payment=Payment.SPONSOR,
        sponsor_id=sponsor_id,
        sponsor_max_credits=most,
        participants=(make_participant(30), make_participant(31)),
    )

    assert len(shares_of(draft, 5)) == len(paid)
    assert parts(draft, 5) == paid


def test_an_owner_pays_alone():
    assert parts(make_draft(), 5) == {30: 5}


CAPS = st.lists(st.none() | st.integers(0, 50), max_size=30)


@given(price=st.integers(0, 300), caps=CAPS)
def test_shares_are_the_price_and_nobody_pays_more_than_they_agreed_to_or_than_others(price, caps):
    people = tuple(make_participant(100 + n, share_max_credits=cap) for n, cap in enumerate(caps))
    agreed = [cap for cap in caps if cap is not None]

    try:
        shares = shares_of(make_draft(payment=Payment.SHARES, participants=people), price)
    except CannotShare:
        assert not agreed or min(agreed) < -(-price // len(agreed))
        return

    credits = [share.credits for share in shares]
    assert sum(credits) == price
    assert all(share.credits <= share.participant.share_max_credits for share in shares)
    assert not credits or max(credits) - min(credits) <= 1


def test_who_cannot_share_is_named_with_the_part_and_what_they_agreed_to():
    people = (make_participant(31, share_max_credits=9), make_participant(32, share_max_credits=1))

    with pytest.raises(CannotShare) as refusal:
        shares_of(make_draft(payment=Payment.SHARES, participants=people), 5)

    expected = texts.DRAFT_SHARE_TOO_LARGE.format(member_id=32, credits=2, max_credits=1)
    assert refusal.value.message == expected


def test_who_left_pays_nothing():
    people = (
        make_participant(31, share_max_credits=9),
        make_participant(32, share_max_credits=9, has_left=True),
    )

    assert parts(make_draft(payment=Payment.SHARES, participants=people), 5) == {31: 5}


def test_an_agreement_to_share_can_be_changed_and_taken_back():
    draft, agreed = make_draft(payment=Payment.SHARES), []
    for max_credits in (3, 5, None):
        draft = agree_to_share(draft, ALICE, max_credits=max_credits).draft
        agreed.append(find(draft, 31).share_max_credits)

    assert agreed == [3, 5, None]


def test_nobody_agrees_to_share_what_is_not_shared():
    with pytest.raises(NotAllowed):
        agree_to_share(make_draft(), ALICE, max_credits=3)


def test_a_sponsor_offers_changes_the_offer_and_takes_it_back():
    draft, offers = make_draft(), []
    for max_credits in (3, 5, 0):
        draft = sponsor(draft, ALICE, max_credits=max_credits).draft
        offers.append((draft.payment, draft.sponsor_id, draft.sponsor_max_credits))

    assert offers == [(Payment.SPONSOR, 31, 3), (Payment.SPONSOR, 31, 5), (Payment.OWNER, None, 0)]


@pytest.mark.parametrize("max_credits", [0, 3])
def test_nobody_takes_a_sponsors_place(max_credits):
    draft = sponsor(make_draft(), ALICE, max_credits=5).draft

    with pytest.raises(NotAllowed):
        sponsor(draft, BOB, max_credits=max_credits)


@pytest.mark.parametrize("max_credits", [0, 3])
def test_nobody_makes_an_owner_pay_alone_who_chose_to_share(max_credits):
    with pytest.raises(NotAllowed):
        sponsor(make_draft(payment=Payment.SHARES), ALICE, max_credits=max_credits)


def test_the_owner_chooses_who_pays_and_a_sponsor_is_free_again():
    draft = sponsor(make_draft(), ALICE, max_credits=5).draft

    after = set_payment(draft, OWNER, Payment.SHARES).draft

    assert (after.payment, after.sponsor_id, after.sponsor_max_credits) == (Payment.SHARES, None, 0)


@pytest.mark.parametrize("payment", [Payment.OWNER, Payment.SPONSOR])
def test_others_cannot_decide_for_more_than_the_owner_agreed_to(payment):
    draft = make_draft(participants=(make_participant(OWNER.id),), payment=payment)

    cheap = set_rule(draft, OWNER, Rule.APPROVALS, needed=2, price_credits=3).draft

    assert [share.credits for share in shares_of(cheap, 3)] == [3]
    with pytest.raises(CannotShare, match="4 credits"):
        shares_of(cheap, 4)


def test_an_owner_who_decides_alone_has_seen_the_price():
    draft = make_draft(participants=(make_participant(OWNER.id),))

    alone = set_rule(draft, OWNER, Rule.OWNER, needed=1, price_credits=3).draft

    assert [share.credits for share in shares_of(alone, 40)] == [40]


def test_an_owner_who_decides_pays_no_more_than_they_were_shown():
    text = SlotText(text="A boat", author_id=30, change=1)
    draft = make_draft(slots={Slot.SUBJECT: text}, participants=(make_participant(OWNER.id),))

    decided = approve(draft, OWNER, seen_revision=draft.revision, seen_price=10).draft

    assert [share.credits for share in shares_of(decided, 10)] == [10]
    with pytest.raises(CannotShare, match="45 credits"):
        shares_of(decided, 45)


@pytest.mark.parametrize(("agreed", "share"), [((), 10), ((31,), 5), ((31, 32), 4), ((31, 33), 5)])
def test_a_share_is_what_it_would_be_with_whoever_agreed_before(agreed, share):
    sharing = tuple(make_participant(one, share_max_credits=10) for one in agreed)
    draft = make_draft(participants=sharing, payment=Payment.SHARES)

    assert share_when_agreeing(draft, make_person(id=33), 10) == share
