"""Operators are told when they are needed, all at once, and not too often."""

import asyncio

import pytest

from bot import texts
from bot.delivery.alarm import QUIET_S, TOLD_MAX_COUNT, Alarm, Trouble
from bot.delivery.sender import ChannelClosed
from bot.operators import Operators
from fakes import HandClock, Script, settle


class FakePost(Script):
    """Takes every direct message, unless the script says otherwise."""

    async def wait_until_open(self):
        pass

    async def write_to(self, user_id, text, *, nonce):
        self.play("write", user_id, text)


@pytest.fixture
def post():
    return FakePost()


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def alarm(post, clock):
    alarm = Alarm(post, operators=Operators([1, 2]), clock=clock)
    telling = asyncio.create_task(alarm.keep_telling())
    yield alarm
    telling.cancel()
    await asyncio.wait({telling})


def told(post):
    return [(user_id, text) for _, user_id, text in post.calls]


async def test_every_operator_is_told(alarm, post):
    alarm.report(Trouble.UNCERTAIN)
    await settle()

    text = texts.ALARM.format(lines=texts.ALARM_UNCERTAIN.format(count=1))
    assert told(post) == [(1, text), (2, text)]


async def test_what_happens_in_the_quiet_is_summed_up_after_it(alarm, post, clock):
    alarm.report(Trouble.UNCERTAIN)
    await settle()
    for _ in range(1000):
        alarm.report(Trouble.ACCOUNT)
    await clock.turn(QUIET_S - 1)
    assert len(post.calls) == 2

    await clock.turn(1)

    assert len(post.calls) == 4
    assert texts.ALARM_ACCOUNT.format(count=1000) in told(post)[-1][1]


async def test_an_operator_who_takes_no_messages_keeps_nobody_else_from_being_told(alarm, post):
    post.coming["write"] = [ChannelClosed("closed")]

    alarm.report(Trouble.ACCOUNT)
    await settle()

    assert [user_id for user_id, _ in told(post)] == [1, 2]


async def test_a_large_team_is_told_in_part(post, clock):
    alarm = Alarm(post, operators=Operators(range(100)), clock=clock)
    telling = asyncio.create_task(alarm.keep_telling())

    alarm.report(Trouble.ACCOUNT)
    await settle()
    telling.cancel()

    assert len(post.calls) == TOLD_MAX_COUNT
