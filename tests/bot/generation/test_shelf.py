"""Real files on a real disk, swept by one loop."""

import asyncio
from datetime import timedelta

import pytest

from bot.generation.retention import RetentionPlan, copy_file, video_file
from bot.generation.shelf import BETWEEN_SWEEPS_S, Shelf
from builders import NOON, make_generation
from fakes import FakeFetch, HandClock, until
from storage import generations
from storage.records import Notice, State

PLAN = RetentionPlan(delivered=timedelta(hours=24), undelivered=timedelta(days=7), max_bytes=10)
DELIVERED = {"state": State.DELIVERED, "notice": Notice.TOLD, "delivered_at": NOON}


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    return folder


@pytest.fixture
def shelf(folder, sqlite_database, clock):
    return Shelf(folder, database=sqlite_database, clock=clock, plan=PLAN, fetch=FakeFetch())


@pytest.fixture
def keep(folder, sqlite_database):
    async def keep(**changes):
        generation = make_generation(**changes)
        await sqlite_database.transaction(generations.add, generation)
        file = video_file(folder, generation.id)
        file.write_bytes(b"video")
        return file

    return keep


async def test_a_file_goes_when_its_time_is_over(shelf, keep, clock):
    file = await keep(**DELIVERED)

    await shelf.sweep()
    assert file.exists()
    clock.jump(hours=24)
    await shelf.sweep()

    assert not file.exists()


async def test_a_smaller_copy_goes_with_its_video(shelf, keep, clock, folder):
    file = await keep(**DELIVERED)
    copy = copy_file(folder, file.stem)
    copy.write_bytes(b"copy")
    assert shelf.files_of(file.stem) == [file, copy]

    clock.jump(hours=24)
    await shelf.sweep()

    assert shelf.files_of(file.stem) == []


async def test_what_a_crash_left_goes_at_the_start(shelf, keep, folder):
    file = await keep(state=State.DELIVERING)
    part, unknown = folder / "1.mp4.part", folder / "unknown.mp4"
    for left in (part, unknown):
        left.write_bytes(b"vid")

    await shelf.open()
    await shelf.sweep()

    assert list(folder.glob("*.mp4*")) == [file]


async def test_a_download_under_way_is_left_alone(shelf, folder):
    part = folder / "1.mp4.part"
    part.write_bytes(b"vid")

    await shelf.sweep()

    assert part.exists()


async def test_the_loop_sweeps_every_minute(shelf, keep, clock):
    almost_a_day_ago = NOON - timedelta(hours=24) + timedelta(seconds=BETWEEN_SWEEPS_S)
    file = await keep(**DELIVERED | {"delivered_at": almost_a_day_ago})
    sweeping = asyncio.create_task(shelf.keep_sweeping())
    await until(lambda: clock.waits_s == [BETWEEN_SWEEPS_S])

    await clock.turn(BETWEEN_SWEEPS_S)
    await until(lambda: not file.exists())

    sweeping.cancel()


async def test_a_new_video_makes_old_ones_go(shelf, keep, folder):
    old = [await keep(**DELIVERED) for _ in range(3)]
    await shelf.sweep()
    assert [file.exists() for file in old].count(True) == 2
    working = await keep(state=State.DELIVERING)

    await shelf.sweep()

    assert working.exists()
    assert [file.exists() for file in old].count(True) == 1


async def test_there_is_no_room_while_everything_is_on_its_way(shelf, keep, folder):
    for _ in range(2):
        await keep(state=State.DELIVERING)
    await shelf.sweep()

    with pytest.raises(OSError, match="as much on its way"):
        await shelf.fetch("https://results.example/a.mp4", folder / "a.mp4")


async def test_a_video_that_finds_room_is_fetched(shelf, keep, folder):
    file_bytes = await shelf.fetch("https://results.example/a.mp4", folder / "a.mp4")

    assert (folder / "a.mp4").stat().st_size == file_bytes


async def test_a_folder_that_cannot_be_read_does_not_end_the_loop(shelf, folder, clock):
    folder.rmdir()

    sweeping = asyncio.create_task(shelf.keep_sweeping())
    await until(lambda: clock.waits_s)

    assert not sweeping.done()
    sweeping.cancel()
