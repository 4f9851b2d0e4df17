"""A finished video is shown again to its asker, for as long as anything of it is left."""

import pytest

from bot.generation.finished import LINK_LIVES, FinishedVideos, VideoGone
from bot.generation.service import NotYours, UnknownGeneration
from builders import NOON, make_generation
from fakes import LINK, HandClock
from storage import generations
from storage.records import GenerationId, State

ALICE, BOB = 30, 31


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def files():
    """What is on the disk, by generation."""
    return {}


@pytest.fixture
def finished(sqlite_database, clock, files):
    return FinishedVideos(sqlite_database, clock=clock, files_of=lambda id: files.get(id, []))


@pytest.fixture
def has(sqlite_database):
    async def has(**changes):
        generation = make_generation(asker_id=ALICE, ended_at=NOON, **changes)
        await sqlite_database.transaction(generations.add, generation)
        return generation

    return has


async def test_an_undeliverable_video_is_shown_while_there_is_a_copy(finished, has, files, clock, tmp_path):
    generation = await has(state=State.UNDELIVERABLE, video_url=LINK)
    files[generation.id] = [tmp_path]
    clock.jump(days=3)

    shown = await finished.get(generation.id, member_id=ALICE)

    assert (shown.generation, shown.files) == (generation, [tmp_path])


async def test_a_video_without_a_copy_is_shown_while_its_link_lives(finished, has, clock):
    generation = await has(state=State.DELIVERED, video_url=LINK)
    assert (await finished.get(generation.id, member_id=ALICE)).files == []

    clock.jump(seconds=LINK_LIVES.total_seconds())

    with pytest.raises(VideoGone):
        await finished.get(generation.id, member_id=ALICE)


async def test_what_is_not_finished_has_no_files(finished, has, files, tmp_path):
    generation = await has(state=State.DELIVERING)
    files[generation.id] = [tmp_path]

    assert not (await finished.get(generation.id, member_id=ALICE)).files


async def test_somebody_elses_video_is_not_shown(finished, has):
    generation = await has(state=State.DELIVERED, video_url=LINK)

    with pytest.raises(NotYours):
        await finished.get(generation.id, member_id=BOB)


async def test_an_unknown_number_is_said_to_be_unknown(finished):
    with pytest.raises(UnknownGeneration):
        await finished.get(GenerationId("nonsense"), member_id=ALICE)


async def test_ones_own_finished_videos_are_offered(finished, has):
    generation = await has(state=State.UNDELIVERABLE)
    await has(state=State.FAILED)

    assert await finished.of(ALICE) == [generation]
    assert await finished.of(BOB) == []
