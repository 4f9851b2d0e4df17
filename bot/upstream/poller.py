"""All looks at tasks, through one gate.

Generations wait here for their turn to ask upstream, so that ten thousand looks due at once are a queue and
not a storm, and so that one "too many calls" slows all of them. The poller must never decide what an answer
means for a generation, nor when to look next.
"""

import asyncio
import heapq
import itertools
import logging
import math
import secrets
from datetime import datetime
from typing import Protocol, Self

from bot.clock import Clock
from bot.upstream.answers import TaskResult
from bot.upstream.errors import AccountProblem, Unavailable, UpstreamError, Vanished

logger = logging.getLogger(__name__)

WORKERS = 8  # looks in flight; more gain nothing at the rates upstream bears
TICK_S = 0.1  # looks due within one tick share one wake-up
WAITING_MAX = 100_000  # looks; about 100 MB with their generations, more than one account ever runs
ROUNDING_S = 0.001  # instants as floats are not exact
NAP_MAX_S = 60.0  # a bound for every sleep
SAY_EVERY_S = 60.0  # of an outage, however many looks it spoils
THROTTLE_FIRST_S = 10.0  # section 9: 10 s, doubling to 5 min
THROTTLE_MAX_S = 300.0
ACCOUNT_PAUSE_S = 60.0  # only the operator can help; look again now and then
BREAKER_AFTER = 5  # failures in a row that may be single tasks' own trouble
BREAKER_MAX_S = 60.0


class Upstream(Protocol):
    """What the poller asks: the video API, or a test's fake."""

    async def result(self, task_id: str) -> TaskResult:
        """Ask upstream how a task is doing."""
        ...


class Poller:
    """Gives out turns to look at tasks, in the order they are due, a few at a time."""

    def __init__(
        self, api: Upstream, *, clock: Clock, workers: int = WORKERS, tick_s: float = TICK_S
    ) -> None:
        self._api = api
        self._clock = clock
        self._tick_s = tick_s
        self._free = asyncio.Semaphore(workers)
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._nap: asyncio.Future[None] | None = None
        self._gate: asyncio.Task[None] | None = None
        self._paused_until_s = 0.0
        self._silent_failure_count = 0
        self._said_at_s: float | None = None
        self._failure_count = 0

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        """Begin to give out turns."""
        self._gate = asyncio.create_task(self._give_turns(), name="poller")

    async def close(self) -> None:
        """Stop giving out turns. Looks still waiting end with Unavailable; looks under way finish."""
        if self._gate is not None:
            self._gate.cancel()
            await asyncio.wait({self._gate})
        for _, _, turn in self._waiting:
            if not turn.done():
                turn.set_exception(Unavailable("the bot is stopping"))
        self._waiting.clear()

    async def look(self, task_id: str, at: datetime) -> TaskResult:
        """Ask upstream about a task once ``at`` has come and a turn is free. Safe to repeat and to cancel.

        Args:
            task_id: Upstream's id of the task.
            at: The earliest instant to ask; rounded up to the next tick.

        Raises:
            Unavailable: As :meth:`bot.upstream.client.VideoApi.result` does, or too many looks are waiting.
            AccountProblem: As :meth:`bot.upstream.client.VideoApi.result` does.
        """
        turn = self._line_up(at)
        try:
            await turn
            result = await self._api.result(task_id)
        except UpstreamError as error:
            self._note_failure(error)
            raise
        finally:
            if turn.done() and not turn.cancelled():
                self._free.release()
        self._failure_count = 0
        if self._said_at_s is not None:
            logger.info("looks at the video API work again")
            self._said_at_s = None
        return result

    def _line_up(self, at: datetime) -> asyncio.Future[None]:
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable("too many looks are waiting", retry_after_s=NAP_MAX_S)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # A wait, once begun, must not follow the clock on the wall when that is set.
        wait_s = max(0.0, (at - self._clock.now()).total_seconds())
        due_s = math.ceil((self._clock.monotonic_s() + wait_s) / self._tick_s) * self._tick_s
        is_next = not self._waiting or due_s < self._waiting[0][0]
        heapq.heappush(self._waiting, (due_s, next(self._numbers), turn))
        if is_next and self._nap is not None:
            self._nap.cancel()
        return turn

    async def _give_turns(self) -> None:
        while True:
            await self._free.acquire()
            turn = await self._next_turn()
            turn.set_result(None)

    async def _next_turn(self) -> asyncio.Future[None]:
        while True:
            while self._waiting and self._waiting[0][2].cancelled():
                heapq.heappop(self._waiting)
            if not self._waiting:
                await self._sleep(None)
                continue
            wait_s = max(self._waiting[0][0], self._paused_until_s) - self._clock.monotonic_s()
            if wait_s < ROUNDING_S:
                return heapq.heappop(self._waiting)[2]
            await self._sleep(min(wait_s, NAP_MAX_S))

    async def _sleep(self, seconds: float | None) -> None:
        """Sleep until the time is over or an earlier look arrives; without a time, until one arrives."""
        if seconds is None:
            self._nap = asyncio.get_running_loop().create_future()
        else:
            self._nap = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait({self._nap})
        finally:
            self._nap.cancel()

    def _note_failure(self, error: UpstreamError) -> None:
        now_s = self._clock.monotonic_s()
        if isinstance(error, Vanished):
            return
        self._say(error, now_s)
        retry_after_s = error.retry_after_s if isinstance(error, Unavailable) else None
        if now_s < self._paused_until_s and retry_after_s is None:
            return  # a call that began before the pause says nothing new
        self._failure_count += 1
        self._paused_until_s = max(self._paused_until_s, now_s + self._pause_s(error, retry_after_s))

    def _say(self, error: UpstreamError, now_s: float) -> None:
        """Log one line for all failures of a while, not one for each."""
        self._silent_failure_count += 1
        if self._said_at_s is None or now_s - self._said_at_s >= SAY_EVERY_S:
            logger.warning("%d looks at the video API failed, lately: %s", self._silent_failure_count, error)
            self._silent_failure_count, self._said_at_s = 0, now_s

    def _pause_s(self, error: UpstreamError, retry_after_s: float | None) -> float:
        if isinstance(error, AccountProblem):
            return ACCOUNT_PAUSE_S
        if retry_after_s is not None:
            return min(retry_after_s, THROTTLE_MAX_S)
        count = min(self._failure_count, 20)  # beyond any maximum below
        if isinstance(error, Unavailable) and error.is_throttled:
            return min(THROTTLE_FIRST_S * 2.0 ** (count - 1), THROTTLE_MAX_S)
        if count < BREAKER_AFTER:
            return 0.0
        jitter = secrets.SystemRandom().uniform(0.5, 1.0)
        return jitter * min(2.0 ** (count - BREAKER_AFTER), BREAKER_MAX_S)
