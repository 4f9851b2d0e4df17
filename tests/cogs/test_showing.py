"""``/video show``: a finished video again, for its asker alone, as long as there is something to show."""

from dataclasses import replace
from pathlib import Path

import pytest
from simcord import MemberActor

from bot import texts
from bot.delivery.sender import UPLOAD_MAX_BYTES
from bot.generation.retention import copy_file, video_file
from builders import make_generation
from simulated import Simulated, reply_text
from storage import generations
from storage.records import Generation, State

VIDEO = b"\0\0\0\x18ftypmp42 a video"


@pytest.fixture
def folder(simulated: Simulated) -> Path:
    return simulated.configuration.results_dir


async def has(simulated: Simulated, asker: MemberActor, state: State = State.UNDELIVERABLE) -> Generation:
    generation = replace(make_generation(), asker_id=asker.id, state=state)
    await simulated.application.database.transaction(generations.add, generation)
    return generation


async def test_an_undeliverable_video_is_fetched(simulated: Simulated, folder: Path) -> None:
    generation = await has(simulated, simulated.alice)
    video_file(folder, generation.id).write_bytes(VIDEO)

    shown = await simulated.alice.slash(simulated.channel, "video show", generation=generation.id)

    assert shown.response is not None
    assert shown.response.ephemeral
    assert shown.response.embeds[0].title == texts.HEADLINES[State.UNDELIVERABLE]
    assert [attachment.size for attachment in shown.response.attachments] == [len(VIDEO)]


async def test_a_video_too_large_for_discord_is_shown_as_its_smaller_copy(
    simulated: Simulated, folder: Path
) -> None:
    generation = await has(simulated, simulated.alice)
    video_file(folder, generation.id).write_bytes(bytes(UPLOAD_MAX_BYTES + 1))
    copy_file(folder, generation.id).write_bytes(VIDEO)

    shown = await simulated.alice.slash(simulated.channel, "video show", generation=generation.id)

    assert shown.response is not None
    assert [attachment.size for attachment in shown.response.attachments] == [len(VIDEO)]


async def test_a_video_of_which_nothing_is_left_is_said_to_be_gone(simulated: Simulated) -> None:
    generation = await has(simulated, simulated.alice, State.DELIVERED)

    answer = await simulated.alice.slash(simulated.channel, "video show", generation=generation.id)

    assert texts.VIDEO_GONE in reply_text(answer)


async def test_nobody_elses_video_is_shown(simulated: Simulated, folder: Path) -> None:
    generation = await has(simulated, simulated.alice)
    video_file(folder, generation.id).write_bytes(VIDEO)

    answer = await simulated.bob.slash(simulated.channel, "video show", generation=generation.id)

    assert reply_text(answer) == texts.ONLY_THE_ASKER


async def test_ones_own_finished_videos_are_offered(simulated: Simulated) -> None:
    generation = await has(simulated, simulated.alice)
    await has(simulated, simulated.bob)

    offered = await simulated.alice.autocomplete(simulated.channel, "video show", "generation", "PAPER")

    assert [choice["value"] for choice in offered] == [generation.id]
