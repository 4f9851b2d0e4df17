"""What other processes wrote about our shard is taken up, and nothing else."""

import asyncio

import pytest

from bot.generation.pickup import BETWEEN_LOOKS_S, ROWS_AT_ONCE, Pickup
from bot.generation.states import noted
from builders import make_generation
from fakes import HandClock, until
from storage import generations
from storage.errors import StorageUnavailable
from storage.records import Notice
from storage.shards import Shard

OURS, THEIRS = 2 << 22, 3 << 22


class FakeRunner:
    """Says it carries out what a test gave it, as of some version."""

    def __init__(self):
        self.versions = {}
        self.taken_up = []

    def is_behind(self, generation_id, *, version):
        return self.versions.get(generation_id, 0) < version

    def take_up(self, generation):
        self.versions[generation.id] = generation.version
        self.taken_up.append(generation)


@pytest.fixture
def runner():
    return FakeRunner()


@pytest.fixture
def shared(sqlite_database):
    sqlite_database.shard = Shard(id=0, count=2)
    return sqlite_database


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def pickup(runner, shared, clock):
    return Pickup(runner, database=shared, clock=clock)


@pytest.fixture
def has(shared):
    async def has(**changes):
        generation = make_generation(**{"guild_id": OURS} | changes)
        await shared.transaction(generations.add, generation)
        return generation

    return has


async def test_a_row_that_nobody_carries_out_is_taken_up_once(pickup, runner, has):
    generation = await has()

    await pickup.look()
    await pickup.look()

    assert runner.taken_up == [generation]


async def test_a_row_that_others_changed_is_taken_up_again(pickup, runner, has, shared):
    before = await has()
    await pickup.look()
    after = noted(before, reason="decided elsewhere")
    await shared.transaction(generations.move, before, after)

    await pickup.look()

    assert runner.taken_up == [before, after]


@pytest.mark.parametrize(
    "changes",
    [{"guild_id": THEIRS}, {"notice": Notice.TOLD}],
    ids=["another shard", "finished"],
)
async def test_what_is_not_for_us_is_left_alone(changes, pickup, runner, has):
    await has(**changes)

    await pickup.look()

    assert runner.taken_up == []


async def test_a_version_we_are_past_is_left_alone(pickup, runner, has):
    generation = await has()
    runner.versions[generation.id] = generation.version + 1

    await pickup.look()

    assert runner.taken_up == []


async def test_many_are_taken_up_some_at_a_time(pickup, runner, has):
    for _ in range(ROWS_AT_ONCE + 1):
        await has()

    await pickup.look()
    first_count = len(runner.taken_up)
    await pickup.look()

    assert (first_count, len(runner.taken_up)) == (ROWS_AT_ONCE, ROWS_AT_ONCE + 1)


async def test_a_look_in_vain_is_followed_by_another(pickup, runner, has, shared, clock, caplog):
    generation = await has()
    looking = asyncio.create_task(pickup.keep_looking())
    shared.transaction, away = unavailable, shared.transaction

    await clock.turn(BETWEEN_LOOKS_S)
    shared.transaction = away
    await clock.turn(BETWEEN_LOOKS_S)
    await until(lambda: runner.taken_up == [generation])

    looking.cancel()
    await asyncio.wait({looking})
    assert "has to wait: away" in caplog.text


async def unavailable(*_, **__):
    raise StorageUnavailable("away")
