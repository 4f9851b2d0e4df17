"""A generation and its credits move together or not at all."""

import asyncio
from dataclasses import replace
from threading import Barrier

import pytest

from bot.generation import money
from bot.generation.states import ENDS, MOVES, RESOLUTIONS
from builders import NOON, make_generation
from storage import generations, ledger
from storage.database import open_database
from storage.ledger import Account, Entry, Verb
from storage.records import Notice, State

FAITH_S = 60  # far more than two transactions take that do not wait for each other
PAID = {State.DELIVERED: Verb.SETTLE, State.UNDELIVERABLE: Verb.RELEASE}
UNPAID = dict.fromkeys([State.CANCELLED, State.REFUSED, State.FAILED], Verb.RELEASE)


def make_moved(before, to, **changes):
    return replace(before, version=before.version + 1, state=to, **changes)


def admit(transaction, generation):
    ledger.lock(transaction, guild_id=generation.guild_id or 0, member_ids=[generation.asker_id])
    entry = Entry(
        at=NOON,
        verb=Verb.RESERVE,
        guild_id=generation.guild_id or 0,
        member_id=generation.asker_id,
        generation_id=generation.id,
        allowance_credits=3,
        counted_at=NOON,
    )
    ledger.add(transaction, entry)
    generations.add(transaction, generation)


async def admitted(database, **changes):
    generation = make_generation(**changes)
    await database.transaction(admit, generation)
    return generation


async def account(database):
    return await database.transaction(ledger.account, ledger.member_holder(10, 30))


@pytest.mark.parametrize("state", State)
def test_every_state_says_what_becomes_of_the_credits(state):
    assert money.verb_for(make_generation(state=state)) == (PAID | UNPAID).get(state)


def test_a_video_that_can_be_had_is_paid_though_nobody_can_see_it_in_the_channel():
    kept = make_generation(state=State.UNDELIVERABLE, file_bytes=5)

    assert money.verb_for(kept) is Verb.SETTLE


def test_credits_move_only_where_nothing_can_follow():
    moving = {state for state in State if money.verb_for(make_generation(state=state))}

    assert moving == ENDS - RESOLUTIONS.keys()
    assert all(not MOVES[state] for state in moving)


# The state before, the end, and what the member's account says then.
ENDINGS = [
    (State.DELIVERING, State.DELIVERED, Account(spent_credits=3)),
    (State.DELIVERING, State.UNDELIVERABLE, Account()),
    (State.WAITING, State.CANCELLED, Account()),
    (State.SUBMITTING, State.REFUSED, Account()),
    (State.PROCESSING, State.FAILED, Account()),
    (State.SUBMITTING, State.UNCERTAIN, Account(held_credits=3)),
    (State.PROCESSING, State.STALLED, Account(held_credits=3)),
    (State.PROCESSING, State.LOST, Account(held_credits=3)),
    (State.SUBMITTING, State.WAITING, Account(held_credits=3)),
]


@pytest.mark.parametrize(("before", "after", "expected"), ENDINGS)
async def test_a_move_takes_its_credits_along(before, after, expected, database):
    generation = await admitted(database, state=before)

    assert await database.transaction(money.move, generation, make_moved(generation, after), at=NOON)

    assert await account(database) == expected


async def test_a_move_that_came_too_late_moves_no_credits(database):
    generation = await admitted(database, state=State.WAITING)
    await database.transaction(money.move, generation, make_moved(generation, State.SUBMITTING), at=NOON)

    cancelled = make_moved(generation, State.CANCELLED)

    assert not await database.transaction(money.move, generation, cancelled, at=NOON)
    assert await account(database) == Account(held_credits=3)


async def test_news_for_the_asker_move_no_credits(database):
    generation = await admitted(database, state=State.DELIVERED)
    told = make_moved(generation, State.DELIVERED, notice=Notice.TOLD)

    assert await database.transaction(money.move, generation, told, at=NOON)

    assert await account(database) == Account(held_credits=3)


async def test_a_generation_from_before_the_ledger_costs_nothing(database):
    generation = make_generation(state=State.DELIVERING)
    await database.transaction(generations.add, generation)

    assert await database.transaction(
        money.move, generation, make_moved(generation, State.DELIVERED), at=NOON
    )
    assert await account(database) == Account()


async def test_what_fails_after_the_move_takes_row_and_credits_back(database):
    generation = await admitted(database, state=State.DELIVERING)

    def move_and_fail(transaction):
        money.move(transaction, generation, make_moved(generation, State.DELIVERED), at=NOON)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.transaction(move_and_fail)

    assert await database.transaction(generations.get, generation.id) == generation
    assert await account(database) == Account(held_credits=3)


async def test_two_that_move_the_same_rows_in_another_order_do_not_wait_for_ever(postgresql_url):
    both = Barrier(2)

    def end(transaction, order):
        both.wait(FAITH_S)
        for row in order:
            money.move(transaction, row, make_moved(row, State.FAILED), at=NOON)

    async with await open_database(postgresql_url) as database, asyncio.timeout(FAITH_S):
        rows = [await admitted(database, state=State.STALLED) for _ in range(2)]
        await asyncio.gather(*(database.transaction(end, order) for order in (rows, rows[::-1])))

        assert await account(database) == Account()
