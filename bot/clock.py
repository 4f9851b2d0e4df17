"""The only source of time, so that tests can own it.

Nothing else in the product calls ``datetime.now`` or ``asyncio.sleep``.
"""

import asyncio
from datetime import UTC, datetime

# By name: the demo replaces what the module holds, for commands alone.
from time import monotonic
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits. Two implementations: the system's, and the one tests turn by hand."""

    def now(self) -> datetime:
        """Return this instant, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that only ever grow, whatever happens to the clock on the wall; for waits."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``; at once if that is zero or less."""
        ...


class SystemClock:
    """The clock of the machine. It may jump; waits do not."""

    def now(self) -> datetime:
        """Return this instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return seconds that only ever grow, whatever happens to the clock on the wall; for waits."""
        return monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``; at once if that is zero or less."""
        await asyncio.sleep(max(0.0, seconds))


async def rest(clock: Clock, seconds: float, *, unless: asyncio.Event) -> None:
    """Return after ``seconds``, or as soon as the event is set."""
    woken = asyncio.ensure_future(unless.wait())
    slept = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({woken, slept}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        woken.cancel()
        slept.cancel()
