import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generation.line import PAUSE_FIRST_S, REMEMBERED, Line, Paused
from bot.upstream.errors import AccountProblem, AccountTrouble
from builders import NOON, make_generation
from fakes import HandClock, settle

ALICE, BOB, CARA = 1, 2, 3
ANOTHER = make_generation(asker_id=9)
NO_BALANCE = AccountProblem("no balance", kind=AccountTrouble.BALANCE)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def line(clock):
    return Line(place_count=1, clock=clock)


@pytest.fixture
async def queue(line):
    """Put generations in line, one after the other."""
    tasks = []

    async def queue(*generations):
        for generation in generations:
            tasks.append(asyncio.create_task(line.turn(generation, max_s=10_000)))
            await settle()

    yield queue
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def asked(by, *, minutes=0):
    return make_generation(asker_id=by, asked_at=NOON + timedelta(minutes=minutes))


async def order_of(line, generations):
    """Let everybody through, one at a time, and return the askers in the order they went."""
    went = []
    left = {generation.id: generation for generation in generations}
    while left:
        (here,) = [it for it in left.values() if line.has_place(it.id)]
        went.append(here.asker_id)
        del left[here.id]
        line.leave(here.id)
        await settle()
    return went


async def test_only_so_many_have_a_place(line, queue):
    first, second = asked(ALICE), asked(BOB)

    await queue(first, second)

    assert (line.has_place(first.id), line.has_place(second.id)) == (True, False)
    assert line.position(second.id) == 1


async def test_a_place_given_back_goes_to_the_next(line, queue):
    first, second = asked(ALICE), asked(BOB)
    await queue(first, second)

    line.leave(first.id)

    assert line.has_place(second.id)
    assert line.position(second.id) is None


async def test_members_take_turns_however_many_wishes_one_has(line, queue, clock):
    wishes = [asked(ALICE) for _ in range(4)] + [asked(BOB, minutes=1), asked(CARA, minutes=1)]
    await queue(*wishes)
    await clock.turn(60)

    assert await order_of(line, wishes) == [ALICE, BOB, CARA, ALICE, ALICE, ALICE]


async def test_who_has_used_it_least_recently_goes_first(line, queue):
    line.resume({ALICE: NOON - timedelta(minutes=1), BOB: NOON - timedelta(minutes=30)})
    line.occupy(ANOTHER)
    wishes = [asked(ALICE), asked(BOB), asked(CARA)]
    await queue(*wishes)

    line.leave(ANOTHER.id)

    assert await order_of(line, wishes) == [CARA, BOB, ALICE]


async def test_nobody_starves_behind_newcomers(line, queue, clock):
    line.occupy(ANOTHER)
    line.resume({ALICE: NOON})
    patient = asked(ALICE)
    newcomers = [asked(100 + number, minutes=61 + number) for number in range(5)]
    await queue(patient)
    await clock.turn(REMEMBERED.total_seconds() + 60)
    await queue(*newcomers)

    line.leave(ANOTHER.id)

    assert line.has_place(patient.id)


async def test_what_was_in_flight_before_a_restart_has_its_place(line, queue):
    line.occupy(ANOTHER)
    await queue(asked(ALICE))

    assert line.has_place(ANOTHER.id)


async def test_who_steps_out_of_line_is_not_served(line, queue):
    first, second, third = asked(ALICE), asked(BOB), asked(CARA)
    await queue(first, second, third)

    line.leave(second.id)
    line.leave(first.id)

    assert line.has_place(third.id)


async def test_a_closed_line_gives_out_no_more_places(line, queue):
    first, second = asked(ALICE), asked(BOB)
    await queue(first, second)

    line.close()
    line.leave(first.id)

    assert not line.has_place(second.id)


async def test_waiting_ends_after_a_while_without_losing_the_place_in_line(line, queue, clock):
    await queue(asked(ALICE))
    waiting = asked(BOB)
    turn = asyncio.create_task(line.turn(waiting, max_s=5))

    await clock.turn(5)
    await turn

    assert line.position(waiting.id) == 1


async def test_a_refused_account_stops_the_line_and_new_wishes(line, queue):
    line.pause(NO_BALANCE)
    wish = asked(ALICE)
    await queue(wish)

    assert not line.has_place(wish.id)
    with pytest.raises(Paused):
        line.require_open()


async def test_after_a_pause_one_tries_and_the_others_wait_for_what_comes_of_it(clock, queue):
    line = Line(place_count=10, clock=clock)
    line.pause(NO_BALANCE)
    wishes = [asked(ALICE), asked(BOB)]
    turns = [asyncio.create_task(line.turn(wish, max_s=10_000)) for wish in wishes]
    await clock.turn(PAUSE_FIRST_S)
    turns += [asyncio.create_task(line.turn(wish, max_s=1)) for wish in wishes]
    await settle()

    assert [line.has_place(wish.id) for wish in wishes] == [True, False]
    line.all_clear()
    assert line.has_place(wishes[1].id)
    line.require_open()
    for turn in turns:
        turn.cancel()


async def test_pauses_grow_longer_while_the_account_stays_refused(line, clock):
    line.pause(NO_BALANCE)
    await clock.turn(PAUSE_FIRST_S)
    line.pause(NO_BALANCE)

    await clock.turn(PAUSE_FIRST_S)

    assert line.is_paused


async def test_many_refusals_at_once_are_one(line, clock):
    for _ in range(20):
        line.pause(NO_BALANCE)
    await clock.turn(PAUSE_FIRST_S)

    assert not line.is_paused


async def test_whoever_tries_again_in_vain_makes_the_pause_longer(line, clock, queue):
    line.pause(NO_BALANCE)
    await clock.turn(PAUSE_FIRST_S)
    await queue(asked(ALICE))
    line.pause(NO_BALANCE)
    await clock.turn(PAUSE_FIRST_S)

    assert line.is_paused


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=30), st.integers(1, 3))
def test_there_are_never_more_in_flight_than_places_and_everybody_comes_through(events, place_count):
    async def story():
        line = Line(place_count=place_count, clock=HandClock())
        waiting, in_flight, tasks = [], [], []
        for member, leaves in events:
            wish = asked(member)
            waiting.append(wish)
            tasks.append(asyncio.create_task(line.turn(wish, max_s=10_000)))
            await asyncio.sleep(0)
            in_flight = [it for it in waiting if line.has_place(it.id)]
            assert len(in_flight) <= place_count
            if leaves and in_flight:
                line.leave(in_flight[0].id)
                waiting.remove(in_flight[0])
        while waiting:
            here = next(it for it in waiting if line.has_place(it.id))
            line.leave(here.id)
            waiting.remove(here)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(story())


async def test_who_was_sent_back_unheard_keeps_the_turn(line, queue):
    first, second = asked(ALICE), asked(BOB, minutes=1)
    await queue(first, second)
    line.occupy(ANOTHER)

    line.step_back(first)
    line.leave(first.id)
    await queue(first)
    line.leave(ANOTHER.id)

    assert line.has_place(first.id)


async def test_a_clock_set_back_does_not_lengthen_a_pause(line, clock):
    line.pause(NO_BALANCE)

    clock.set_back(days=2)
    clock.jump(seconds=PAUSE_FIRST_S)

    assert not line.is_paused


@pytest.mark.parametrize("days", [2, -2])
async def test_who_came_first_stays_first_when_the_clock_is_set(days, line, clock, queue):
    await queue(ANOTHER, asked(ALICE))

    clock.set_back(days=days)
    clock.jump(minutes=1)
    late = make_generation(asker_id=BOB, asked_at=clock.now())
    await queue(late)

    assert line.position(late.id) == 2
