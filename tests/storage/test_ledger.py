"""Each verb counts once, and what it moves is always the sum of what was written."""

from datetime import timedelta

import pytest

from builders import NOON
from storage import charges, ledger
from storage.ledger import INSTANCE, Account, Entry, Verb
from storage.records import GenerationId

ALICE, BOB, SERVER = 30, 31, 10
FOX = GenerationId("fox")
LATER = NOON + timedelta(hours=1)


def make_entry(**changes):
    values = {
        "at": NOON,
        "verb": Verb.RESERVE,
        "guild_id": SERVER,
        "member_id": ALICE,
        "generation_id": FOX,
        "allowance_credits": 2,
        "balance_credits": 1,
        "counted_at": NOON,
    }
    return Entry(**(values | changes))


def make_grant(credits, **changes):
    grant = {"verb": Verb.GRANT, "generation_id": None, "allowance_credits": 0, "balance_credits": credits}
    return make_entry(**grant | changes)


def write(transaction, *entries):
    ledger.lock(transaction, guild_id=SERVER, member_ids=[entry.member_id for entry in entries])
    return [ledger.add(transaction, entry) for entry in entries]


def accounts(transaction, *member_ids):
    holders = [ledger.member_holder(SERVER, member_id) for member_id in member_ids or (ALICE,)]
    return [ledger.account(transaction, holder) for holder in holders]


def used(transaction, member_id=ALICE):
    of_member = charges.of_member(transaction, guild_id=SERVER, member_id=member_id, since=NOON)
    return [(charge.allowance_credits, charge.credits, charge.videos) for charge in of_member]


async def test_an_account_that_was_never_used_is_empty(database):
    assert await database.transaction(accounts) == [Account()]


async def test_a_reservation_holds_credits_of_the_member_the_server_and_everybody(database):
    await database.transaction(write, make_entry())

    holders = [ledger.member_holder(SERVER, ALICE), ledger.server_holder(SERVER), INSTANCE]
    found = [await database.transaction(ledger.account, holder) for holder in holders]
    assert found == [Account(balance_credits=-1, held_credits=3)] * 3


# What follows a reservation of 3 credits, one of them from a balance of 5: what is left, and what limits count.
COURSES = [
    ([], Account(balance_credits=4, held_credits=3), [(2, 3, 1)]),
    ([ledger.settle], Account(balance_credits=4, spent_credits=3), [(2, 3, 1)]),
    ([ledger.release], Account(balance_credits=5), []),
    ([ledger.settle, ledger.refund], Account(balance_credits=5), []),
]


@pytest.mark.parametrize(("verbs", "account", "counted"), COURSES)
async def test_each_verb_moves_the_credits_of_a_reservation(verbs, account, counted, database):
    await database.transaction(write, make_grant(5), make_entry())

    for verb in verbs:
        assert await database.transaction(verb, FOX, at=LATER)

    assert await database.transaction(accounts) == [account]
    assert await database.transaction(used) == counted


# What was done before, and what then changes nothing.
REFUSED = [
    ([], ledger.settle),
    ([], ledger.release),
    ([], ledger.refund),
    (["reserve"], ledger.refund),
    (["reserve", ledger.settle], ledger.settle),
    (["reserve", ledger.settle], ledger.release),
    (["reserve", ledger.release], ledger.release),
    (["reserve", ledger.release], ledger.settle),
    (["reserve", ledger.release], ledger.refund),
    (["reserve", ledger.settle, ledger.refund], ledger.settle),
    (["reserve", ledger.settle, ledger.refund], ledger.release),
    (["reserve", ledger.settle, ledger.refund], ledger.refund),
]


@pytest.mark.parametrize(("before", "verb"), REFUSED)
async def test_what_cannot_follow_changes_nothing(before, verb, database):
    for step in before:
        if step == "reserve":
            await database.transaction(write, make_entry())
        else:
            await database.transaction(step, FOX, at=NOON)
    entries = await database.transaction(ledger.of_generation, FOX)
    found = await database.transaction(accounts)

    assert not await database.transaction(verb, FOX, at=LATER)

    assert await database.transaction(ledger.of_generation, FOX) == entries
    assert await database.transaction(accounts) == found


async def test_a_second_reservation_of_a_payer_changes_nothing(database):
    assert await database.transaction(write, make_entry(), make_entry(allowance_credits=9)) == [True, False]

    assert await database.transaction(accounts) == [Account(balance_credits=-1, held_credits=3)]


async def test_an_interaction_counts_once_for_each_verb(database):
    grant, again = make_grant(5, interaction_id=7), make_grant(5, interaction_id=7, at=LATER)
    other_side = make_grant(-5, interaction_id=7, verb=Verb.GIVE, member_id=BOB)

    assert await database.transaction(write, grant, again, other_side) == [True, False, True]
    assert await database.transaction(ledger.find_by_interaction, 7) == grant


async def test_what_no_interaction_brought_about_is_not_found(database):
    await database.transaction(write, make_grant(5))

    assert await database.transaction(ledger.find_by_interaction, 7) is None


async def test_grants_without_an_interaction_all_count(database):
    await database.transaction(write, make_grant(5), make_grant(5), make_grant(-3))

    assert await database.transaction(accounts) == [Account(balance_credits=7)]


async def test_everybody_who_pays_for_a_video_gets_their_own_part_back(database):
    await database.transaction(write, make_grant(5), make_grant(5, member_id=BOB))
    await database.transaction(write, make_entry(), make_entry(member_id=BOB, balance_credits=4))

    assert await database.transaction(ledger.settle, FOX, at=NOON)
    spent = await database.transaction(accounts, ALICE, BOB)
    assert await database.transaction(ledger.refund, FOX, at=LATER)

    assert [account.spent_credits for account in spent] == [3, 6]
    assert await database.transaction(accounts, ALICE, BOB) == [Account(balance_credits=5)] * 2


async def test_whoever_only_helps_to_pay_has_used_credits_but_no_video(database):
    await database.transaction(write, make_entry(), make_entry(member_id=BOB, videos=0))

    assert await database.transaction(used, ALICE) == [(2, 3, 1)]
    assert await database.transaction(used, BOB) == [(2, 3, 0)]


async def test_a_refund_says_who_gave_it_and_counts_where_the_video_did(database):
    await database.transaction(write, make_entry(interaction_id=7))
    await database.transaction(ledger.settle, FOX, at=NOON)

    await database.transaction(ledger.refund, FOX, at=LATER, actor_id=99)

    *_, refund = await database.transaction(ledger.of_generation, FOX)
    expected = make_entry(verb=Verb.REFUND, at=LATER, actor_id=99, interaction_id=None)
    assert refund == expected


async def test_a_gift_uses_up_what_the_limits_of_the_giver_give(database):
    gift = {"generation_id": None, "interaction_id": 7}
    give = make_entry(verb=Verb.GIVE, partner_id=BOB, allowance_credits=3, balance_credits=2, **gift)
    receive = make_entry(
        verb=Verb.RECEIVE, member_id=BOB, partner_id=ALICE, allowance_credits=0, balance_credits=5, **gift
    )
    await database.transaction(write, make_grant(2), give, receive)

    assert await database.transaction(accounts, ALICE, BOB) == [Account(), Account(balance_credits=5)]
    assert await database.transaction(used) == [(3, 0, 0)]
    assert await database.transaction(used, BOB) == []


async def test_what_is_rolled_back_was_never_written(database):
    def reserve_and_fail(transaction):
        write(transaction, make_entry())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.transaction(reserve_and_fail)

    assert await database.transaction(ledger.of_generation, FOX) == []
    assert await database.transaction(accounts) == [Account()]


async def test_what_others_moved_by_hand_is_read_the_newest_first(database):
    gift = {"generation_id": None, "allowance_credits": 0}
    await database.transaction(
        write,
        make_grant(5),
        make_entry(),
        make_grant(5, member_id=BOB),
        make_grant(5, guild_id=11),
        make_entry(verb=Verb.RECEIVE, balance_credits=2, partner_id=BOB, **gift),
        make_grant(-1, at=LATER),
    )
    await database.transaction(ledger.settle, FOX, at=NOON)
    await database.transaction(ledger.refund, FOX, at=LATER, actor_id=99)

    found = await database.transaction(ledger.latest_by_hand, guild_id=SERVER, member_id=ALICE, limit=3)

    assert [(entry.verb, entry.credits) for entry in found] == [
        (Verb.REFUND, 3),
        (Verb.GRANT, -1),
        (Verb.RECEIVE, 2),
    ]


async def test_videos_of_others_that_a_member_helps_to_pay_are_read_the_newest_first(database):
    helped = [
        make_entry(generation_id=GenerationId(name), videos=0, counted_at=NOON + timedelta(hours=hours))
        for name, hours in (("early", 0), ("late", 2), ("between", 1))
    ]
    free = {"allowance_credits": 0, "balance_credits": 0}
    others = [
        make_entry(),
        make_entry(generation_id=GenerationId("free"), videos=0, **free),
        make_entry(generation_id=GenerationId("bob's"), videos=0, member_id=BOB),
        make_entry(generation_id=GenerationId("elsewhere"), videos=0, guild_id=11),
    ]
    await database.transaction(write, *helped, *others)

    found = await database.transaction(ledger.latest_helped, guild_id=SERVER, member_id=ALICE, limit=2)

    assert found == ["late", "between"]


async def test_a_share_of_nothing_that_is_given_back_is_no_news(database):
    await database.transaction(write, make_entry(allowance_credits=0, balance_credits=0))
    await database.transaction(ledger.settle, FOX, at=NOON)
    await database.transaction(ledger.refund, FOX, at=LATER)

    assert not await database.transaction(ledger.latest_by_hand, guild_id=SERVER, member_id=ALICE, limit=3)
