"""Misfortunes a test orders: an error, a lost answer, a cut line, a pause, a kill at an exact moment.

Gateway events take part under the method ``GATEWAY`` with the event's name as the path.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from aiohttp import web

from standin.errors import ConnectionDroppedError

When = Literal["before", "after"]
HANG_LIMIT_S = 180  # A test that forgets to release a hanging answer still ends.


class Outcome(Enum):
    """``DROP`` cuts the connection, ``HANG`` waits to be released, ``PROCEED`` goes on as if nothing were."""

    DROP = "drop"
    HANG = "hang"
    PROCEED = "proceed"


DROP, HANG, PROCEED = Outcome.DROP, Outcome.HANG, Outcome.PROCEED


@dataclass(frozen=True)
class Answer:
    """An answer sent in place of the real one."""

    status: int
    body: Any = field(default_factory=lambda: {"message": "ordered by the test", "code": 0})
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def rate_limited(cls, retry_after_s: float, *, everywhere: bool = False, via: bool = True) -> "Answer":
        """A 429; without ``via`` it looks like Cloudflare's, which libraries do not wait for."""
        body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": everywhere}
        scope = "global" if everywhere else "user"
        headers = {"Retry-After": str(max(1, round(retry_after_s))), "X-RateLimit-Scope": scope}
        return cls(429, body, headers | ({"Via": "1.1 google"} if via else {}))

    def response(self) -> web.Response:
        if isinstance(self.body, str):
            return web.Response(status=self.status, text=self.body, headers=self.headers)
        return web.json_response(self.body, status=self.status, headers=self.headers)


Action = Answer | Outcome | Callable[[], Awaitable[Answer | Outcome | None]]


@dataclass(eq=False)
class Fault:
    """One ordered misfortune; ``hits`` counts how often it struck."""

    method: str
    path: re.Pattern[str]
    when: When
    action: Action
    count: int
    hits: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let everything that hangs on this fault go on."""
        self.released.set()

    def strikes(self, method: str, path: str, when: When) -> bool:
        return (
            self.hits < self.count
            and (self.method, self.when) == (method, when)
            and self.path.search(path) is not None
        )


class Faults:
    """The ordered misfortunes, in the order in which they were added."""

    def __init__(self) -> None:
        self._all: list[Fault] = []

    def add(
        self, method: str, path_regex: str, *, when: When = "before", action: Action, count: int = 1
    ) -> Fault:
        """Order a misfortune for the next ``count`` matching requests.

        ``before``: nothing happened on Discord. ``after``: it did, and only the answer suffers.
        A callback returns what to do next; None means :data:`DROP`, so ``action=bot.kill`` reads as it acts.
        """
        if method == "GATEWAY" and isinstance(action, Answer):
            raise ValueError("a gateway event has no answer")
        fault = Fault(method, re.compile(path_regex), when, action, count)
        self._all.append(fault)
        return fault

    async def apply(self, method: str, path: str, when: When) -> web.Response | None:
        """Suffer the first fault that matches; None means go on."""
        for fault in self._all:
            if fault.strikes(method, path, when):
                fault.hits += 1
                return await _suffer(fault)
        return None

    def release_all(self) -> None:
        for fault in self._all:
            fault.release()


async def _suffer(fault: Fault) -> web.Response | None:
    action = fault.action
    if callable(action):
        action = await action() or DROP
    if isinstance(action, Answer):
        return action.response()
    if action is HANG:
        async with asyncio.timeout(HANG_LIMIT_S):
            await fault.released.wait()
    if action is DROP:
        raise ConnectionDroppedError
    return None
