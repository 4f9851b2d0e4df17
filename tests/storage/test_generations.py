"""The rows of generations, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.generation.states import moved, noted
from builders import NOON, make_generation
from storage import generations
from storage.errors import NotFound
from storage.records import Contributor, GenerationId, Notice, Payer, State

# The largest ids Discord can give out, and an instant that only whole microseconds keep.
FULL = {
    "interaction_id": 2**63 - 1,
    "guild_id": 2**63 - 2,
    "channel_id": 2**63 - 3,
    "asker_id": 2**63 - 4,
    "card_id": 2**63 - 5,
    "tries": 3,
    "task_id": "video_7b1f/…",
    "video_url": "https://results.example/a.mp4?sign=ü%20",
    "file_bytes": 5 * 2**30,
    "copy_max_bytes": 3 * 2**30,
    "reason": "内容违规 'quoted' :named %s",
    "asked_at": NOON + timedelta(microseconds=1),
    "due_at": NOON + timedelta(microseconds=999_999),
    "submitted_at": NOON + timedelta(days=4000, microseconds=3),
    "ended_at": NOON - timedelta(days=30_000),
    "delivered_at": NOON + timedelta(microseconds=7),
    "refunded_at": NOON + timedelta(microseconds=9),
    "contributors": (Contributor(member_id=2**63 - 6, slots=("subject",), fields=("first_image",)),),
    "payers": (Payer(member_id=2**63 - 7, credits=2**53),),
}


async def add(database, **changes):
    generation = make_generation(**changes)
    assert await database.transaction(generations.add, generation)
    return generation


async def get(database, generation):
    return await database.transaction(generations.get, generation.id)


@pytest.mark.parametrize("fields", [{}, FULL], ids=["empty", "full"])
async def test_a_generation_comes_back_as_it_was_written(fields, database):
    generation = await add(database, **fields)

    assert await get(database, generation) == generation


async def test_an_interaction_is_written_once(database):
    first = await add(database, interaction_id=7)

    is_written = await database.transaction(generations.add, make_generation(interaction_id=7))

    assert not is_written
    assert await database.transaction(generations.find_by_interaction, 7) == first
    assert await database.transaction(generations.find_by_interaction, 8) is None


async def test_what_is_not_there_is_not_found(database):
    with pytest.raises(NotFound):
        await database.transaction(generations.get, GenerationId("0000000000000000"))


async def test_a_move_replaces_the_row(database):
    before = await add(database, state=State.SUBMITTING)
    after = moved(before, State.QUEUED, task_id="t", submitted_at=NOON)

    assert await database.transaction(generations.move, before, after)
    assert await get(database, before) == after


@pytest.mark.parametrize("stale", [{"version": 2}, {"state": State.WAITING}])
async def test_a_move_decided_on_another_row_changes_nothing(stale, database):
    generation = await add(database, state=State.SUBMITTING)
    after = noted(generation, reason="late")

    assert not await database.transaction(generations.move, replace(generation, **stale), after)
    assert await get(database, generation) == generation


async def test_of_two_moves_at_once_one_wins(database):
    before = await add(database, state=State.WAITING)
    wanted = [moved(before, state) for state in (State.SUBMITTING, State.CANCELLED)]

    won = await asyncio.gather(*(database.transaction(generations.move, before, after) for after in wanted))

    assert sorted(won) == [False, True]
    assert await get(database, before) == wanted[won.index(True)]


async def test_a_move_leaves_who_asked_for_what_as_it_was(database):
    before = await add(database)

    await database.transaction(generations.move, before, replace(noted(before), asker_id=99, model="other"))

    assert await get(database, before) == noted(before)


async def test_unfinished_is_whatever_is_not_told_the_oldest_first(database):
    late = await add(database, asked_at=NOON + timedelta(seconds=1))
    early = await add(database, state=State.DELIVERED, notice=Notice.SHOWN)
    await add(database, state=State.DELIVERED, notice=Notice.TOLD)

    assert await database.transaction(generations.unfinished) == [early, late]


async def test_a_member_sees_their_own_in_this_place_the_newest_first(database):
    old, new = [await add(database, asked_at=NOON + timedelta(seconds=at)) for at in (1, 2)]
    await add(database)
    await add(database, asker_id=31)
    direct = await add(database, guild_id=None)

    async def latest(guild_id):
        return await database.transaction(
            generations.latest_of_asker, asker_id=30, guild_id=guild_id, limit=2
        )

    assert await latest(10) == [new, old]
    assert await latest(None) == [direct]


async def test_recent_seconds_are_of_delivered_videos_of_the_model_the_newest_first(database):
    def times(took_s, at_s):
        ended_at = NOON + timedelta(seconds=at_s)
        return {"submitted_at": ended_at - timedelta(seconds=took_s), "ended_at": ended_at}

    for took_s, at_s in ((1.5, 1), (3.25, 3), (2, 2)):
        await add(database, state=State.DELIVERED, **times(took_s, at_s))
    failed = await add(database, state=State.FAILED, **times(9, 9))

    took = await database.transaction(generations.recent_seconds, model=failed.model, limit=2)

    assert took == [3.25, 2.0]


async def test_finished_videos_are_those_of_one_member_in_all_servers_the_newest_first(database):
    old = await add(database, asker_id=7, state=State.DELIVERED, guild_id=1)
    new = await add(database, asker_id=7, state=State.UNDELIVERABLE, guild_id=2, asked_at=NOON + timedelta(1))
    await add(database, asker_id=7, state=State.FAILED)
    await add(database, asker_id=8, state=State.DELIVERED)

    found = await database.transaction(generations.finished_of_asker, asker_id=7, limit=5)

    assert found == [new, old]


async def test_delivered_videos_of_a_server_come_the_newest_first(database):
    old = await add(database, state=State.DELIVERED, guild_id=1)
    new = await add(database, state=State.DELIVERED, guild_id=1, asker_id=8, asked_at=NOON + timedelta(1))
    await add(database, state=State.FAILED, guild_id=1)
    await add(database, state=State.DELIVERED, guild_id=2)

    found = await database.transaction(generations.delivered_in, 1, limit=5)

    assert found == [new, old]


async def test_only_generations_that_exist_are_found(database):
    generation = await add(database)

    found = await database.transaction(generations.found, [generation.id, GenerationId("unknown")])

    assert found == {generation.id: generation}


async def test_what_of_a_member_s_is_unfinished_is_read_the_newest_first(database):
    older = await add(database, asked_at=NOON)
    newer = await add(database, asked_at=NOON + timedelta(seconds=1))
    await add(database, notice=Notice.TOLD)
    await add(database, guild_id=11)
    await add(database, asker_id=31)

    found = await database.transaction(generations.unfinished_of_asker, asker_id=30, guild_id=10, limit=5)

    assert found == [newer, older]


@pytest.mark.parametrize(
    ("notice", "after"),
    [(Notice.DUE, Notice.DUE), (Notice.SHOWN, Notice.SHOWN), (Notice.TOLD, Notice.CHANGED)],
)
async def test_a_refund_leaves_something_to_do_and_overtakes_other_writes(notice, after, database):
    generation = await add(database, state=State.DELIVERED, notice=notice)

    await database.transaction(generations.mark_refunded, generation.id, at=NOON)

    row = await get(database, generation)
    assert (row.notice, row.refunded_at) == (after, NOON)
    assert await database.transaction(generations.unfinished) == [row]
    assert not await database.transaction(generations.move, generation, noted(generation, notice=Notice.TOLD))
