"""Somebody sets the clock of the machine while the bot runs; each video is still paid once, shown and told once."""

import os
from datetime import timedelta
from itertools import cycle

import pytest

import files
from bot import texts
from scenarios.channel import cards_of, replies_of, title_of, until_connected, until_told
from standin import PROCEED, Upload
from standin.process import REPOSITORY
from storage.check import contradictions
from storage.records import State

# When the clock is set: with whom the bot speaks, and what it says there.
MOMENTS = [
    ("discord", "POST", "/callback$", "before"),
    ("discord", "POST", r"/channels/\d+/messages$", "after"),
    ("api", "POST", "^/v1/", "before"),
    ("api", "POST", "^/v1/", "after"),
    ("discord", "PATCH", r"/channels/\d+/messages/", "after"),
    ("api", "GET", "^/v1/result/", "before"),
    ("api", "GET", "^/v1/result/", "after"),
    ("api", "GET", "^/files/", "before"),
]
WRONG_BY_HOURS = [48, -2, 2, -48]
LOOKS_MAX_COUNT = 15  # of one generation, at ten a second
LINES_MAX_COUNT = 15


class Wall:
    """The clock on the wall of the bot's machine."""

    def __init__(self, file):
        self.file = file
        self.set(hours=0)

    def set(self, *, hours):
        new = self.file.with_suffix(".new")
        new.write_text(str(timedelta(hours=hours).total_seconds()))
        new.replace(self.file)


@pytest.fixture
def wall(tmp_path):
    return Wall(tmp_path / "wrong by")


@pytest.fixture
def wrong(wall):
    """What puts the bot on that machine."""
    return {
        "STANDIN_MODULE": "scenarios.wrong_clock",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests")]),
        "WRONG_BY_FILE": str(wall.file),
    }


@pytest.fixture
def process(bot, wrong):
    """The bot on that machine."""
    return bot(CANCEL_WINDOW_S="0.2", **wrong)


async def ask(discord, name):
    member = discord.add_member(name)
    return await discord.slash(member, discord.channel, "video text", options={"prompt": f"Fox of {name}"})


@pytest.mark.parametrize("sign", [1, -1], ids=["first on", "first back"])
async def test_a_clock_set_at_any_moment_changes_nothing(sign, process, wall, discord, wire, tmp_path):
    faults = {"discord": discord.faults, "api": wire.faults}
    hours = cycle(WRONG_BY_HOURS)

    async def set_clock():
        wall.set(hours=sign * next(hours))
        return PROCEED

    async with process:
        await until_connected(discord)
        for number, (whom, method, path, when) in enumerate(MOMENTS):
            faults[whom].add(method, path, when=when, action=set_clock)
            interaction = await ask(discord, f"member {number}")
            await until_told(discord, count=number + 1)
            assert interaction.callback
        await process.terminate()

    count = len(MOMENTS)
    assert [title_of(card) for card in cards_of(discord)] == [texts.HEADLINES[State.DELIVERED]] * count
    assert len(replies_of(discord)) == wire.create_count == count
    assert contradictions(f"sqlite:///{tmp_path}/data/showrunner.db") == []
    looks = sum(times for call, times in wire.passed.items() if "/v1/result/" in call)
    assert looks <= LOOKS_MAX_COUNT * count
    assert len(process.output().splitlines()) <= LINES_MAX_COUNT * count


@pytest.mark.parametrize("hours", [2, -2])
async def test_a_card_posted_before_a_crash_is_found_though_our_clock_is_wrong(hours, process, wall, discord):
    async def kill():
        await process.kill()
        return PROCEED

    wall.set(hours=hours)
    discord.faults.add("POST", r"/channels/\d+/messages$", when="after", action=kill)
    async with process:
        await until_connected(discord)
        await ask(discord, "alice")
        await process.ended()
        discord.world.advance(900)  # Discord forgot the nonce
        wall.set(hours=hours + 0.25)
        await process.start()
        await until_told(discord)

    assert [title_of(card) for card in cards_of(discord)] == [texts.HEADLINES[State.DELIVERED]]


@pytest.mark.parametrize("hours", [2, -2])
async def test_a_review_goes_on_when_the_clock_is_set(hours, bot, wall, wrong, discord, wire):
    async def set_clock():
        wall.set(hours=hours)
        return PROCEED

    wire.faults.add("POST", "assetUpload", action=set_clock)
    picture = Upload("fox.png", files.picture(), "image/png")
    async with bot(MEDIA_HOSTS="127.0.0.1", ASSET_INTERVAL_S="0.1", **wrong):
        await until_connected(discord)
        member = discord.add_member("alice")
        options = {"prompt": "A fox", "first": picture, "review": True}
        await discord.slash(member, discord.channel, "video frames", options=options)
        await until_told(discord)

    assert [title_of(card) for card in cards_of(discord)] == [texts.HEADLINES[State.DELIVERED]]
