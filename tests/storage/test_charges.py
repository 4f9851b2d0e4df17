"""What was used lately, on both databases: what is given back counts for nothing, in no window."""

from datetime import timedelta

import pytest

from builders import NOON
from storage import charges, ledger
from storage.charges import STEP, Charge, MemberUse
from storage.ledger import Entry, Verb
from storage.records import GenerationId

ALICE, BOB = 30, 31
LATER = NOON + timedelta(hours=1)
WAYS_BACK = [(ledger.release,), (ledger.settle, ledger.refund)]


async def reserve(
    database, *, generation_id="g1", member_id=ALICE, guild_id=10, at=NOON, allowance=3, balance=1
):
    entry = Entry(
        at=at,
        verb=Verb.RESERVE,
        guild_id=guild_id,
        member_id=member_id,
        generation_id=GenerationId(generation_id),
        allowance_credits=allowance,
        balance_credits=balance,
        counted_at=at,
    )
    await database.transaction(_write, entry)


def _write(transaction, entry):
    ledger.lock(transaction, guild_id=entry.guild_id, member_ids=[entry.member_id])
    ledger.add(transaction, entry)


async def used(database, *, since=NOON):
    return await database.transaction(charges.of_member, guild_id=10, member_id=ALICE, since=since)


async def test_what_is_reserved_counts_as_held(database):
    await reserve(database)

    assert await used(database) == [
        Charge(counted_at=NOON, allowance_credits=3, credits=4, videos=1, held_credits=4)
    ]


async def test_what_is_settled_counts_and_is_no_longer_held(database):
    await reserve(database)

    await database.transaction(ledger.settle, GenerationId("g1"), at=LATER)

    assert await used(database) == [Charge(counted_at=NOON, allowance_credits=3, credits=4, videos=1)]


@pytest.mark.parametrize("verbs", WAYS_BACK, ids=["released", "refunded"])
async def test_what_is_given_back_counts_for_nothing(verbs, database):
    await reserve(database)

    for verb in verbs:
        await database.transaction(verb, GenerationId("g1"), at=LATER)

    assert await used(database) == []
    assert await database.transaction(charges.credits_of_all, guild_id=10, since=NOON) == 0
    assert await database.transaction(charges.top_members, guild_id=10, since=NOON, limit=5) == []


async def test_a_gift_uses_up_an_allowance_but_is_no_video(database):
    gift = Entry(
        at=NOON,
        verb=Verb.GIVE,
        guild_id=10,
        member_id=ALICE,
        allowance_credits=2,
        counted_at=NOON,
        partner_id=BOB,
    )

    await database.transaction(_write, gift)

    assert await used(database) == [Charge(counted_at=NOON, allowance_credits=2, credits=0, videos=0)]


async def test_a_video_without_a_price_counts_as_a_video(database):
    await reserve(database, allowance=0, balance=0)

    assert [charge.videos for charge in await used(database)] == [1]


async def test_a_member_s_use_is_theirs_alone_in_one_server_since_an_instant(database):
    await reserve(database, generation_id="earlier", at=NOON - timedelta(microseconds=1))
    await reserve(database, generation_id="other", member_id=BOB)
    await reserve(database, generation_id="elsewhere", guild_id=11)
    await reserve(database, generation_id="second", at=LATER)
    await reserve(database, generation_id="first")

    assert [charge.counted_at for charge in await used(database)] == [NOON, LATER]


async def test_all_use_of_a_server_is_summed_up_in_steps(database):
    step = NOON.replace(minute=20)
    await reserve(database, generation_id="a", at=step)
    await reserve(database, generation_id="b", member_id=BOB, at=step + STEP / 2)
    await reserve(database, generation_id="c", at=step + STEP)
    await reserve(database, generation_id="elsewhere", guild_id=11, at=step)

    here = await database.transaction(charges.of_all, guild_id=10, since=NOON)
    everywhere = await database.transaction(charges.of_all, guild_id=None, since=NOON)

    assert [(one.counted_at, one.credits) for one in here] == [(step + STEP / 2, 8), (step + STEP, 4)]
    assert [one.credits for one in everywhere] == [12, 4]


async def test_the_credits_of_a_server_or_of_all_are_one_sum(database):
    await reserve(database, generation_id="a")
    await reserve(database, generation_id="b", guild_id=11, at=LATER)

    sums = [
        await database.transaction(charges.credits_of_all, guild_id=guild_id, since=since)
        for guild_id, since in [(10, NOON), (None, NOON), (None, LATER), (12, NOON)]
    ]

    assert sums == [4, 8, 4, 0]


async def test_whoever_used_most_comes_first(database):
    await reserve(database, generation_id="a", balance=0)
    await reserve(database, generation_id="b", member_id=BOB, allowance=9)
    await reserve(database, generation_id="c", balance=0)

    top = await database.transaction(charges.top_members, guild_id=10, since=NOON, limit=2)

    assert top == [
        MemberUse(member_id=BOB, credits=10, videos=1),
        MemberUse(member_id=ALICE, credits=6, videos=2),
    ]
