"""What people attach is fetched, looked at and judged as a whole."""

import asyncio
import dataclasses

import pytest
from aiohttp import web

import files
from bot.media.examiner import Examiner
from bot.media.fetch import MediaFetcher, media_session
from bot.media.inspector import FILES_MAX, MediaInspector, TooBusy
from bot.upstream.families import FAMILIES, MB

VIDEOS, SD2 = FAMILIES["videos"], FAMILIES["sd2_manxue"]


@pytest.fixture
async def inspector(tmp_path):
    async with media_session() as session:
        fetcher = MediaFetcher(session, hosts=("127.0.0.1",), folder=tmp_path / "incoming")
        yield MediaInspector(fetcher, examiner=Examiner())
    assert not any((tmp_path / "incoming").glob("*"))


async def test_good_files_have_facts_in_their_order_and_no_faults(inspector, server):
    attached = [
        server.attached("a.png", files.picture(), field="referenceImages"),
        server.attached("b.mp4", files.clip(), field="referenceVideos"),
        server.attached("c.wav", files.wav(), field="referenceAudios"),
    ]

    inspection = await inspector.inspect(attached, family=SD2)

    assert inspection.faults == ()
    assert [item.facts.format for item in inspection.media] == ["png", "mp4", "wav"]


async def test_bad_files_are_all_named_beside_the_good_one(inspector, server):
    attached = [
        server.attached("good.png", files.picture(), field="referenceImages"),
        server.attached("text.png", b"hello", field="referenceImages"),
        server.attached("gone.png", lambda request: web.Response(status=404), field="referenceImages"),
        server.attached("flat.png", files.picture(size=(1000, 200)), field="referenceImages"),
        server.attached("clip.png", files.clip(), field="referenceImages"),
    ]

    inspection = await inspector.inspect(attached, family=SD2)

    named = " ".join(fault.message for fault in inspection.faults)
    assert all(name in named for name in ("text.png", "gone.png", "flat.png", "clip.png"))
    assert "good.png" not in named


async def test_what_discord_calls_too_large_is_not_fetched_but_the_rest_is(inspector, server):
    small = server.attached("small.png", files.picture(), declared_bytes=len(files.picture()))
    large = server.attached("large.png", files.picture(), declared_bytes=20 * MB)

    inspection = await inspector.inspect([small, large], family=VIDEOS)

    (fault,) = inspection.faults
    assert fault.message.startswith("“large.png” has 20.00 MB")
    assert [request.path for request in server.seen] == ["/small.png"]


async def test_clips_that_are_too_large_together_are_not_fetched(inspector, server):
    attached = [
        server.attached(name, files.clip(), field="referenceVideos", declared_bytes=101 * MB)
        for name in ("a.mp4", "b.mp4")
    ]

    inspection = await inspector.inspect(attached, family=VIDEOS)

    assert "“a.mp4”, “b.mp4” together have 202.00 MB" in inspection.faults[0].message
    assert server.seen == []


async def test_others_are_answered_while_files_are_looked_at(inspector, server):
    look = asyncio.create_task(inspector.inspect([server.attached("a.png", files.noise())], family=VIDEOS))
    turns = 0

    while not look.done():
        turns += 1
        await asyncio.sleep(0)

    assert look.result().faults == ()
    assert turns > 100


async def test_more_files_than_one_process_should_hold_are_turned_away(inspector, server):
    file = server.attached("a.png", files.picture())
    many = [dataclasses.replace(file) for _ in range(FILES_MAX + 1)]

    with pytest.raises(TooBusy):
        await inspector.inspect(many, family=SD2)
    assert server.seen == []


async def test_each_file_is_judged_as_if_it_were_the_only_one(inspector, server):
    clips = [
        server.attached(name, files.clip(length_s=8.0), field="referenceVideos")
        for name in ("a.mp4", "b.mp4")
    ]
    text = server.attached("text.mp4", b"hello", field="referenceVideos")

    inspections = await inspector.inspect_each([*clips, text], family=SD2)

    assert [len(inspection.faults) for inspection in inspections] == [0, 0, 1]
