"""Credits change hands once, with a trail, and none come from nothing."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.limits.grants import GrantService, NoGift, NothingGranted, NotRefundable, Received
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.limits.trail import Action, Actor
from bot.limits.wording import LimitsReached
from builders import NOON, make_generation, make_member
from fakes import HandClock
from storage import audit, charges, generations, ledger, settings
from storage.ledger import Entry, Verb
from storage.settings import Scope, Subject

GUILD, ALICE, BOB, CAROL = 10, 30, 31, 40
GIVER = make_member(id=ALICE)


def actor(interaction_id=1, *, guild_id=GUILD):
    return Actor(member_id=CAROL, guild_id=guild_id, interaction_id=interaction_id)


@pytest.fixture
def changed():
    return []


@pytest.fixture
def grants(database, changed):
    return GrantService(
        database, clock=HandClock(), rulebook=Rulebook(OperatorRules()), on_change=changed.append
    )


@pytest.fixture
def balance(grants):
    async def balance(member_id=ALICE, *, guild_id=GUILD):
        return await grants.balance_of(guild_id=guild_id, member_id=member_id)

    return balance


@pytest.fixture
def allow(database):
    """Lets members give each other credits."""

    async def allow(**limits):
        subject = Subject(guild_id=GUILD, scope=Scope.SERVER)
        await database.transaction(settings.put, subject, {"gifts": True, **limits})

    return allow


@pytest.fixture
def paid(database):
    """Makes a video of alice's that was reserved, and what followed."""

    async def paid(*verbs, credits=3, guild_id=GUILD):
        generation = make_generation(asker_id=ALICE, guild_id=guild_id, price_credits=credits)
        await database.transaction(generations.add, generation)
        await database.transaction(_reserve, generation, ALICE, credits)
        for verb in verbs:
            await database.transaction(verb, generation.id, at=NOON)
        return generation

    return paid


def _reserve(transaction, generation, member_id, credits):
    ledger.lock(transaction, guild_id=generation.guild_id, member_ids=[member_id])
    entry = Entry(
        at=NOON,
        verb=Verb.RESERVE,
        guild_id=generation.guild_id,
        member_id=member_id,
        generation_id=generation.id,
        allowance_credits=credits,
        counted_at=NOON,
    )
    ledger.add(transaction, entry)


def used(transaction, member_id=ALICE):
    return charges.of_member(transaction, guild_id=GUILD, member_id=member_id, since=NOON)


async def test_a_grant_is_a_members_own_in_this_server_alone(grants, balance):
    granted = await grants.grant(ALICE, 5, actor=actor())

    assert granted == Received(member_id=ALICE, credits=5, balance_credits=5)
    assert (await balance(), await balance(BOB), await balance(guild_id=11)) == (5, 0, 0)


async def test_the_same_grant_counts_once(grants, balance):
    answers = await asyncio.gather(*(grants.grant(ALICE, 5, actor=actor()) for _ in range(5)))

    assert [answer.balance_credits for answer in answers] == [5] * 5
    assert sorted(answer.is_new for answer in answers) == [False] * 4 + [True]
    assert await balance() == 5


async def test_a_grant_can_be_taken_back(grants, balance):
    await grants.grant(ALICE, 5, actor=actor(1))
    await grants.grant(ALICE, -5, actor=actor(2))

    assert await balance() == 0


@pytest.mark.parametrize("credits", [0, -6])
async def test_nothing_and_more_than_there_is_are_refused(grants, balance, credits):
    await grants.grant(ALICE, 5, actor=actor(1))

    with pytest.raises(NothingGranted):
        await grants.grant(ALICE, credits, actor=actor(2))

    assert await balance() == 5


async def test_a_grant_leaves_a_trail(grants, database):
    await grants.grant(ALICE, 5, actor=actor())

    [entry] = await database.transaction(audit.about, f"member:{ALICE}")
    assert (entry.actor_id, entry.guild_id, entry.action) == (CAROL, GUILD, Action.GRANT)
    assert entry.details == {"credits": "5"}


async def test_a_refund_gives_back_what_was_taken(grants, paid, database):
    fox = await paid(ledger.settle)

    refunded = await grants.refund(fox.id, actor=actor())

    assert refunded.shares == (Received(member_id=ALICE, credits=3, balance_credits=0),)
    assert await database.transaction(used) == []


async def test_a_refund_is_handed_over_to_be_shown_on_the_card(grants, paid, database, changed):
    fox = await paid(ledger.settle)

    refunded = await grants.refund(fox.id, actor=actor())

    assert changed == [refunded.generation] == [await database.transaction(generations.get, fox.id)]
    assert refunded.generation.refunded_at == NOON


async def test_a_refund_of_a_shared_video_says_who_got_what(grants, paid, database):
    fox = await paid()
    await database.transaction(_reserve, fox, BOB, 2)
    await database.transaction(ledger.settle, fox.id, at=NOON)

    refunded = await grants.refund(fox.id, actor=actor())

    assert [(share.member_id, share.credits) for share in refunded.shares] == [(ALICE, 3), (BOB, 2)]


async def test_a_refund_leaves_a_trail(grants, paid, database):
    fox = await paid(ledger.settle)

    await grants.refund(fox.id, actor=actor())

    [entry] = await database.transaction(audit.about, fox.id)
    assert (entry.actor_id, entry.action) == (CAROL, Action.REFUND)
    assert entry.details == {"credits": "3", "member_id": str(ALICE), "interaction_id": "1"}


async def test_a_refund_that_arrives_twice_has_the_same_answer_and_counts_once(grants, paid, database):
    fox = await paid(ledger.settle)

    first, second = [await grants.refund(fox.id, actor=actor()) for _ in range(2)]

    assert [replace(share, is_new=True) for share in second.shares] == list(first.shares)
    assert [share.is_new for share in first.shares + second.shares] == [True, False]
    assert len(await database.transaction(audit.about, fox.id)) == 1


async def test_of_many_refunds_at_once_one_counts(grants, paid, changed):
    fox = await paid(ledger.settle)

    tried = (grants.refund(fox.id, actor=actor(number)) for number in range(5))
    answers = await asyncio.gather(*tried, return_exceptions=True)

    refused = [answer.message for answer in answers if isinstance(answer, NotRefundable)]
    assert refused == [texts.REFUND_ALREADY] * 4
    assert len(changed) == 1


@pytest.mark.parametrize(
    ("verbs", "words"),
    [
        ([], texts.REFUND_UNDER_WAY),
        ([ledger.release], texts.REFUND_RELEASED),
        ([ledger.settle, ledger.refund], texts.REFUND_ALREADY),
    ],
)
async def test_what_took_nothing_or_gave_it_back_is_not_refunded(grants, paid, verbs, words):
    fox = await paid(*verbs)

    with pytest.raises(NotRefundable, match=words):
        await grants.refund(fox.id, actor=actor())


async def test_a_free_video_is_not_refunded(grants, paid):
    fox = await paid(ledger.settle, credits=0)

    with pytest.raises(NotRefundable, match=texts.REFUND_FREE):
        await grants.refund(fox.id, actor=actor())


async def test_a_video_from_before_there_were_credits_is_not_refunded(grants, database):
    fox = make_generation(guild_id=GUILD)
    await database.transaction(generations.add, fox)

    with pytest.raises(NotRefundable, match=texts.REFUND_FREE):
        await grants.refund(fox.id, actor=actor())


async def test_another_servers_video_is_as_unknown_as_none(grants, paid, database):
    fox = await paid(ledger.settle, guild_id=11)

    for generation_id in (fox.id, "none"):
        with pytest.raises(NotRefundable, match=texts.REFUND_UNKNOWN):
            await grants.refund(generation_id, actor=actor())
    assert await database.transaction(audit.about, fox.id) == []


async def test_what_was_taken_and_not_given_back_is_offered(grants, paid):
    fox = await paid(ledger.settle)
    await paid(ledger.settle, ledger.refund)
    await paid(ledger.settle, credits=0)
    await paid()
    await paid(ledger.settle, guild_id=11)

    assert await grants.refundable(GUILD) == [fox]


async def test_without_limits_in_credits_only_ones_own_can_be_given(grants, balance, allow, database):
    await allow()
    await grants.grant(ALICE, 5, actor=actor())

    await grants.gift(GIVER, BOB, 5, interaction_id=2)

    assert (await balance(ALICE), await balance(BOB)) == (0, 5)
    assert await database.transaction(used) == []


async def test_what_limits_leave_is_given_first_and_used_up(grants, balance, allow, database):
    await allow(credits_per_day=3, credits_per_month=30)
    await grants.grant(ALICE, 5, actor=actor())

    await grants.gift(GIVER, BOB, 4, interaction_id=2)

    assert (await balance(ALICE), await balance(BOB)) == (4, 4)
    [charge] = await database.transaction(used)
    assert (charge.allowance_credits, charge.credits, charge.videos) == (3, 0, 0)


@pytest.mark.parametrize(("limits", "most"), [({}, 5), ({"credits_per_day": 3}, 8), ({"exempt": True}, 5)])
async def test_more_than_one_has_is_refused_with_what_one_has(grants, balance, allow, limits, most):
    await allow(**limits)
    await grants.grant(ALICE, 5, actor=actor())

    with pytest.raises(NoGift, match=f"you have {most} credits"):
        await grants.gift(GIVER, BOB, most + 1, interaction_id=2)

    assert (await balance(ALICE), await balance(BOB)) == (5, 0)


async def test_the_same_gift_counts_once(grants, balance, allow):
    await allow()
    await grants.grant(ALICE, 5, actor=actor())

    answers = await asyncio.gather(*(grants.gift(GIVER, BOB, 2, interaction_id=2) for _ in range(5)))

    assert (await balance(ALICE), await balance(BOB)) == (3, 2)
    assert [(answer.member_id, answer.credits, answer.balance_credits) for answer in answers] == [
        (BOB, 2, 2)
    ] * 5
    assert sorted(answer.is_new for answer in answers) == [False] * 4 + [True]


async def test_of_many_gifts_at_once_no_more_is_given_than_there_is(grants, balance, allow):
    await allow()
    await grants.grant(ALICE, 5, actor=actor())
    await grants.grant(BOB, 5, actor=actor(2))

    there = (grants.gift(GIVER, BOB, 1, interaction_id=100 + number) for number in range(8))
    back = (grants.gift(make_member(id=BOB), CAROL, 1, interaction_id=200 + number) for number in range(4))
    await asyncio.gather(*there, *back, return_exceptions=True)

    assert (await balance(ALICE), await balance(BOB), await balance(CAROL)) == (0, 6, 4)


async def test_a_server_that_does_not_allow_gifts_has_none(grants, balance):
    await grants.grant(ALICE, 5, actor=actor())

    with pytest.raises(NoGift, match=texts.GIFTS_OFF):
        await grants.gift(GIVER, BOB, 1, interaction_id=2)

    assert await balance(BOB) == 0


@pytest.mark.parametrize(("receiver_id", "credits"), [(ALICE, 1), (BOB, 0), (BOB, -5)])
async def test_a_gift_to_oneself_or_of_nothing_is_refused(grants, balance, allow, receiver_id, credits):
    await allow()
    await grants.grant(ALICE, 5, actor=actor(1))
    await grants.grant(BOB, 5, actor=actor(2))

    with pytest.raises(NoGift):
        await grants.gift(GIVER, receiver_id, credits, interaction_id=3)

    assert (await balance(ALICE), await balance(BOB)) == (5, 5)


async def test_who_is_too_new_to_ask_for_videos_gives_nothing_either(grants, balance, allow):
    await allow(account_age_days=30, credits_per_day=10)
    newcomer = make_member(id=ALICE, account_created_at=NOON - timedelta(days=1))

    with pytest.raises(LimitsReached, match=texts.GIFT_BEYOND_LIMIT):
        await grants.gift(newcomer, BOB, 1, interaction_id=2)

    assert await balance(BOB) == 0
