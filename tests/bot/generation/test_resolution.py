"""What operators decide is written once, with its trail; what nobody decides ends by itself."""

import asyncio
from datetime import timedelta

import pytest

from bot import texts
from bot.generation.resolution import (
    NOBODY_DECIDED,
    SWEPT_AT_ONCE,
    AlreadyResolved,
    NothingToLookFor,
    Outcome,
    Resolution,
    ResolutionService,
    WrongTaskId,
)
from bot.generation.states import RESOLUTIONS
from builders import NOON, make_generation
from fakes import HandClock, until
from storage import audit, generations
from storage.records import GenerationId, Notice, State
from storage.shards import Shard

WEEK = timedelta(days=7)
OPERATOR = 99
ENDED = {"ended_at": NOON, "notice": Notice.TOLD, "reason": "no answer"}
ACCEPTED = {"task_id": "task-1", "submitted_at": NOON}
# An end nobody knows the truth of, as it stands in the database.
OPEN = {
    State.UNCERTAIN: ENDED,
    State.STALLED: ENDED | ACCEPTED,
    State.LOST: ENDED | ACCEPTED,
}


@pytest.fixture
def changed():
    return []


@pytest.fixture
def clock():
    clock = HandClock()
    clock.jump(days=1)
    return clock


@pytest.fixture
def service(database, clock, changed):
    return ResolutionService(database, clock=clock, on_change=changed.append, patience=WEEK)


@pytest.fixture
def has(database):
    async def has(state, **changes):
        generation = make_generation(state=state, **OPEN.get(state, {}) | changes)
        await database.transaction(generations.add, generation)
        return generation

    return has


def resolution(outcome, task_id=None):
    return Resolution(outcome=outcome, operator_id=OPERATOR, guild_id=10, task_id=task_id)


def test_every_open_end_is_tested():
    assert OPEN.keys() == RESOLUTIONS.keys()


@pytest.mark.parametrize("state", OPEN)
async def test_one_that_came_through_is_followed_by_its_id(state, service, has, changed, clock):
    generation = await has(state)

    settled = await service.resolve(generation.id, resolution(Outcome.CAME_THROUGH, " task-7 "))

    assert (settled.state, settled.task_id, settled.notice) == (State.QUEUED, "task-7", Notice.DUE)
    assert (settled.submitted_at, settled.ended_at, settled.reason) == (clock.now(), None, None)
    assert changed == [settled]


@pytest.mark.parametrize("state", [State.STALLED, State.LOST])
async def test_one_with_an_id_is_looked_at_again_for_another_deadline(state, service, has, clock):
    generation = await has(state)

    settled = await service.resolve(generation.id, resolution(Outcome.LOOK_AGAIN))

    assert (settled.state, settled.task_id, settled.submitted_at) == (State.QUEUED, "task-1", clock.now())


@pytest.mark.parametrize(
    ("state", "end"),
    [(State.UNCERTAIN, State.REFUSED), (State.STALLED, State.FAILED), (State.LOST, State.FAILED)],
)
async def test_one_that_did_not_come_through_ends_and_its_asker_is_told_anew(state, end, service, has, clock):
    generation = await has(state)

    settled = await service.resolve(generation.id, resolution(Outcome.DID_NOT))

    assert (settled.state, settled.notice, settled.ended_at) == (end, Notice.DUE, clock.now())
    assert settled.reason == texts.REASON_NOT_MADE


async def test_credits_that_an_operator_gives_back_are_named_on_the_card(service, has):
    generation = await has(State.STALLED, price_credits=3)

    settled = await service.resolve(generation.id, resolution(Outcome.REFUND))

    assert (settled.state, settled.reason) == (State.FAILED, texts.REASON_REFUNDED)
    assert settled.refunded_at == settled.ended_at


async def test_a_decision_leaves_a_trail(service, has, database, clock):
    generation = await has(State.UNCERTAIN)

    await service.resolve(generation.id, resolution(Outcome.CAME_THROUGH, "task-7"))

    (entry,) = await database.transaction(audit.about, generation.id)
    assert (entry.actor_id, entry.guild_id, entry.at) == (OPERATOR, 10, clock.now())
    assert entry.details == {
        "from": "uncertain",
        "to": "queued",
        "outcome": "came through",
        "task_id": "task-7",
    }


async def test_of_two_operators_at_once_one_decides(service, has, database, changed):
    generation = await has(State.UNCERTAIN)

    settled = await asyncio.gather(
        *(service.resolve(generation.id, resolution(Outcome.DID_NOT)) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(isinstance(one, AlreadyResolved) for one in settled) == [False, True]
    assert len(await database.transaction(audit.about, generation.id)) == len(changed) == 1


@pytest.mark.parametrize("state", sorted(set(State) - OPEN.keys()))
async def test_what_has_a_known_end_or_none_yet_is_not_touched(state, service, has, database):
    generation = await has(state)

    with pytest.raises(AlreadyResolved):
        await service.resolve(generation.id, resolution(Outcome.DID_NOT))

    assert await database.transaction(generations.get, generation.id) == generation


async def test_what_does_not_exist_cannot_be_resolved(service):
    with pytest.raises(AlreadyResolved):
        await service.resolve(GenerationId("7b1f"), resolution(Outcome.DID_NOT))


@pytest.mark.parametrize("task_id", [None, "  ", "two words", "line\nbreak", "x" * 201, "task-1"])
async def test_an_id_that_cannot_be_its_own_is_refused(task_id, service, has, database):
    await has(State.QUEUED, **ACCEPTED)
    generation = await has(State.UNCERTAIN)

    with pytest.raises(WrongTaskId):
        await service.resolve(generation.id, resolution(Outcome.CAME_THROUGH, task_id))

    assert await database.transaction(generations.get, generation.id) == generation
    assert await database.transaction(audit.about, generation.id) == []


async def test_without_an_id_there_is_nothing_to_look_for(service, has):
    generation = await has(State.UNCERTAIN)

    with pytest.raises(NothingToLookFor):
        await service.resolve(generation.id, resolution(Outcome.LOOK_AGAIN))


async def test_what_waits_for_a_decision_is_listed_the_oldest_end_first(service, has):
    late = await has(State.LOST, ended_at=NOON + timedelta(seconds=1))
    early = await has(State.UNCERTAIN)
    await has(State.FAILED, ended_at=NOON)

    assert await service.unresolved() == [early, late]


async def test_what_nobody_decides_ends_once_as_not_charged(service, has, database, clock, changed):
    old = await has(State.UNCERTAIN)
    young = await has(State.STALLED, ended_at=NOON + timedelta(days=1))
    clock.jump(days=6)

    counts = [await service.give_up(), await service.give_up()]

    row = await database.transaction(generations.get, old.id)
    assert (row.state, row.notice, row.reason) == (State.REFUSED, Notice.DUE, texts.REASON_NOBODY_KNOWS)
    assert (counts, changed) == ([1, 0], [row])
    assert await service.unresolved() == [young]
    (entry,) = await database.transaction(audit.about, old.id)
    assert (entry.actor_id, entry.details["outcome"]) == (None, NOBODY_DECIDED)


async def test_the_sweep_ends_everything_that_is_too_old(sqlite_database, changed):
    clock = HandClock()
    service = ResolutionService(sqlite_database, clock=clock, on_change=changed.append, patience=WEEK)
    for _ in range(SWEPT_AT_ONCE + 1):
        await sqlite_database.transaction(
            generations.add, make_generation(state=State.UNCERTAIN, **OPEN[State.UNCERTAIN])
        )
    clock.jump(days=7)

    sweeping = asyncio.create_task(service.keep_sweeping())
    await until(lambda: len(changed) > SWEPT_AT_ONCE)
    sweeping.cancel()
    await asyncio.wait({sweeping})

    assert await service.unresolved() == []


async def test_the_sweep_leaves_other_shards_to_their_processes_while_operators_see_all(
    service, has, database, clock
):
    database.shard = Shard(id=0, count=2)
    ours, theirs = [await has(State.LOST, guild_id=number << 22) for number in (2, 3)]
    clock.jump(days=7)

    listed = await service.unresolved()
    await service.give_up()

    assert listed == [ours, theirs]
    assert await service.unresolved() == [theirs]
