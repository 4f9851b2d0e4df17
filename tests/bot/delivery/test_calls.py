"""Every failure of a call to Discord has its right name, over real HTTP."""

import asyncio

import pytest

from bot.delivery.calls import Calls
from bot.delivery.failures import (
    ChannelClosed,
    DiscordUnavailable,
    FileTooLarge,
    MessageGone,
    MessageRejected,
)
from fakes import settle
from standin import DROP, Answer


@pytest.fixture
def calls():
    calls = Calls()
    calls.open()
    return calls


@pytest.fixture
def say(client, world):
    """Send a message, as the example of a call."""
    return client.get_partial_messageable(world.channel.id).send


def shown(world):
    return [message.content for message in world.messages(world.channel.id)]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (DROP, DiscordUnavailable),
        (Answer(503), DiscordUnavailable),
        (Answer(401), DiscordUnavailable),
        (Answer.rate_limited(1, via=False), DiscordUnavailable),
        (Answer(404, {"code": 10008, "message": "Unknown Message"}), MessageGone),
        (Answer(400, {"code": 50083, "message": "Thread is archived"}), MessageGone),
        (Answer(404, {"code": 10003, "message": "Unknown Channel"}), ChannelClosed),
        (Answer(403, {"code": 50001, "message": "Missing Access"}), ChannelClosed),
        (Answer(403, "<html>forbidden</html>"), DiscordUnavailable),
        (Answer(413, {"code": 40005, "message": "Request entity too large"}), FileTooLarge),
        (Answer(413, "<html>too large</html>"), FileTooLarge),
        (Answer(400, {"code": 50035, "message": "Invalid Form Body"}), MessageRejected),
    ],
)
async def test_a_failure_is_called_by_its_name(fault, failure, calls, say, world):
    world.faults.add("POST", "/messages$", action=fault)

    with pytest.raises(failure):
        async with calls.call():
            await say("Look")

    assert shown(world) == []


async def test_discords_wish_to_wait_is_followed(calls, say, world):
    world.faults.add("POST", "/messages$", action=Answer.rate_limited(0.01))

    async with calls.call():
        await say("Look")

    assert shown(world) == ["Look"]


async def test_a_call_that_takes_too_long_fails_as_if_discord_were_away(calls):
    with pytest.raises(DiscordUnavailable):
        async with calls.call(0):
            await asyncio.get_running_loop().create_future()


async def test_calls_wait_for_the_login(say, world):
    calls = Calls()

    async def look():
        async with calls.call():
            await say("Look")

    looking = asyncio.create_task(look())
    await settle()
    assert shown(world) == []

    calls.open()

    await looking
    assert shown(world) == ["Look"]
