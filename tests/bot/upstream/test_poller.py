"""Looks wait their turn: by time, by number in flight, and by what upstream bears."""

import asyncio
from datetime import timedelta

import pytest

from bot.upstream.answers import TaskResult, TaskStatus
from bot.upstream.errors import AccountProblem, AccountTrouble, Unavailable, Vanished
from bot.upstream.poller import ACCOUNT_PAUSE_S, BREAKER_AFTER, BREAKER_MAX_S, WORKERS, Poller
from builders import NOON
from fakes import HandClock, settle

QUEUED = TaskResult(status=TaskStatus.QUEUED, raw_status="queued")


class FakeApi:
    """Answers with what it is told, or holds every answer back while ``gate`` is closed."""

    def __init__(self):
        self.asked = []
        self.answers = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def result(self, task_id):
        self.asked.append(task_id)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.gate.wait()
        finally:
            self.in_flight -= 1
        answer = self.answers.pop(0) if self.answers else QUEUED
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def api():
    return FakeApi()


@pytest.fixture
async def poller(api, clock):
    async with Poller(api, clock=clock) as poller:
        yield poller


def after(seconds):
    return NOON + timedelta(seconds=seconds)


async def fail(poller, error, *, clock):
    with pytest.raises(type(error)):
        await poller.look("broken", clock.now())


async def test_a_look_happens_when_it_is_due_and_not_before(poller, api, clock):
    look = asyncio.create_task(poller.look("a", after(30)))

    await clock.turn(29)
    assert api.asked == []

    await clock.turn(1)
    assert await look is QUEUED


async def test_a_look_that_is_due_sooner_comes_first(poller, api, clock):
    looks = [asyncio.create_task(poller.look(str(at), after(at))) for at in (3000, 5, 60)]

    await clock.turn(5)
    assert api.asked == ["5"]

    await clock.turn(3000)
    await asyncio.gather(*looks)
    assert api.asked == ["5", "60", "3000"]


async def test_a_look_that_is_overdue_happens_at_once(poller):
    assert await poller.look("a", after(-9999)) is QUEUED


async def test_only_a_few_looks_are_in_flight_and_the_loop_stays_free(poller, api):
    api.gate.clear()
    looks = [asyncio.create_task(poller.look("a", NOON)) for _ in range(10_000)]

    await settle()
    assert api.in_flight == WORKERS

    api.gate.set()
    await asyncio.gather(*looks)
    assert (len(api.asked), api.most_in_flight) == (10_000, WORKERS)


async def test_cancelled_looks_are_not_made_and_cost_no_turn(poller, api, clock):
    api.gate.clear()
    under_way = [asyncio.create_task(poller.look("under way", NOON)) for _ in range(WORKERS)]
    waiting = [asyncio.create_task(poller.look("waiting", NOON)) for _ in range(50)]
    await settle()

    for look in under_way + waiting:
        look.cancel()
    await settle()
    api.gate.set()

    assert await poller.look("last", NOON) is QUEUED
    assert api.asked == ["under way"] * WORKERS + ["last"]


async def test_a_look_cancelled_in_the_moment_of_its_turn_gives_the_turn_back(api, clock):
    async with Poller(api, clock=clock, workers=1) as poller:
        look = asyncio.create_task(poller.look("a", NOON))
        while not poller._free.locked() or poller._waiting:
            await asyncio.sleep(0)
        look.cancel()

        assert await asyncio.create_task(poller.look("b", NOON)) is QUEUED


async def test_retry_after_pauses_all_looks(poller, api, clock):
    api.answers = [Unavailable("slow down", retry_after_s=40, is_throttled=True)]
    await fail(poller, api.answers[0], clock=clock)
    look = asyncio.create_task(poller.look("other", NOON))

    await clock.turn(39)
    assert api.asked == ["broken"]

    await clock.turn(1)
    assert await look is QUEUED


async def test_throttling_without_a_time_pauses_twice_as_long_each_time(poller, api, clock):
    throttled = Unavailable("slow down", is_throttled=True)
    api.answers = [throttled, throttled]
    await fail(poller, throttled, clock=clock)
    second = asyncio.create_task(fail(poller, throttled, clock=clock))
    await clock.turn(10)
    await second
    third = asyncio.create_task(poller.look("other", NOON))

    await clock.turn(19.9)
    assert api.asked == ["broken", "broken"]

    await clock.turn(0.1)
    assert await third is QUEUED


async def test_an_account_problem_pauses_all_looks(poller, api, clock):
    api.answers = [AccountProblem("no key", kind=AccountTrouble.KEY)]
    await fail(poller, api.answers[0], clock=clock)
    look = asyncio.create_task(poller.look("other", NOON))

    await clock.turn(ACCOUNT_PAUSE_S - 0.1)
    assert api.asked == ["broken"]

    await clock.turn(0.1)
    assert await look is QUEUED


async def test_the_breaker_opens_after_failures_in_a_row_and_closes_again(poller, api, clock):
    api.answers = [Unavailable("no answer") for _ in range(BREAKER_AFTER)]
    for error in list(api.answers):
        await fail(poller, error, clock=clock)
    look = asyncio.create_task(poller.look("other", NOON))

    await clock.turn(0.4)
    assert "other" not in api.asked

    await clock.turn(BREAKER_MAX_S)
    assert await look is QUEUED
    assert await poller.look("another", NOON) is QUEUED


async def test_one_tasks_own_trouble_pauses_nothing(poller, api, clock):
    api.answers = [error for _ in range(9) for error in (Unavailable("odd answer"), QUEUED, Vanished("404"))]
    for answer in list(api.answers):
        if isinstance(answer, Exception):
            await fail(poller, answer, clock=clock)
        else:
            await poller.look("other", NOON)

    assert await poller.look("last", NOON) is QUEUED


async def test_closing_ends_looks_that_wait(api, clock):
    async with Poller(api, clock=clock) as poller:
        look = asyncio.create_task(poller.look("a", after(60)))
        await settle()

    with pytest.raises(Unavailable, match="stopping"):
        await look


async def test_a_clock_that_is_set_back_keeps_nobody_waiting(poller, api, clock):
    look = asyncio.create_task(poller.look("a", clock.now() + timedelta(seconds=30)))
    await settle()

    clock.set_back(hours=5)
    await clock.turn(30)

    assert await look == QUEUED


async def test_an_outage_is_one_line_in_the_log_and_its_end_another(poller, api, clock, caplog):
    caplog.set_level("INFO")
    api.answers = [Unavailable("down", retry_after_s=1.0) for _ in range(5)]
    for _ in range(5):
        with pytest.raises(Unavailable):
            await asyncio.gather(poller.look("a", clock.now()), clock.turn(1))
    await asyncio.gather(poller.look("a", clock.now()), clock.turn(1))

    assert [record.message for record in caplog.records] == [
        "1 looks at the video API failed, lately: down",
        "looks at the video API work again",
    ]
