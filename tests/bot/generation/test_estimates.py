"""How long a model usually takes is learned from what came through lately."""

from datetime import timedelta

import pytest

from bot.generation.estimates import GOOD_FOR, LEARNED_FROM, UNKNOWN_MODEL_S, Estimates
from bot.upstream.families import find_model
from builders import NOON, make_generation, make_request
from fakes import HandClock
from storage import generations
from storage.records import State

MODEL = make_request().model


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def estimates(sqlite_database, clock):
    return Estimates(sqlite_database, clock=clock)


async def took(database, *durations_s, **changes):
    """Videos that took so long, one after another."""
    for number, seconds in enumerate(durations_s):
        ended_at = NOON + timedelta(minutes=number)
        values = {"state": State.DELIVERED, "submitted_at": ended_at - timedelta(seconds=seconds)}
        generation = make_generation(**values | {"ended_at": ended_at} | changes)
        await database.transaction(generations.add, generation)


async def test_without_any_the_models_own_guess_is_taken(estimates):
    assert await estimates.typical_s(MODEL) == find_model(MODEL).typical_s


async def test_a_model_nobody_knows_has_a_guess_too(estimates):
    assert await estimates.typical_s("retired") == UNKNOWN_MODEL_S


async def test_one_slow_video_does_not_spoil_the_estimate(estimates, sqlite_database):
    await took(sqlite_database, 100, 110, 9000)

    assert await estimates.typical_s(MODEL) == 110


async def test_only_the_last_ones_count(estimates, sqlite_database):
    await took(sqlite_database, *[900] * LEARNED_FROM, *[50] * LEARNED_FROM)

    assert await estimates.typical_s(MODEL) == 50


async def test_what_did_not_come_through_teaches_nothing(estimates, sqlite_database):
    await took(sqlite_database, 10, state=State.FAILED)
    await took(sqlite_database, 10, submitted_at=None)

    assert await estimates.typical_s(MODEL) == find_model(MODEL).typical_s


async def test_an_estimate_is_good_for_a_minute(estimates, sqlite_database, clock):
    before = await estimates.typical_s(MODEL)
    await took(sqlite_database, 10)

    clock.jump(seconds=GOOD_FOR.total_seconds())
    kept = await estimates.typical_s(MODEL)
    clock.jump(seconds=1)
    learned = await estimates.typical_s(MODEL)

    assert (kept, learned) == (before, 10)
