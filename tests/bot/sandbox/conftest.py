"""A running sandbox whose clock is turned by hand, and a caller with a key."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.sandbox.api import Sandbox

QUEUE_S = 3.0
RUN_S = 12.0
REVIEW_S = 5.0


@dataclass
class HandClock:
    """Unix seconds that pass only when told to."""

    at: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class Web:
    """Pictures by their link, in place of HTTP."""

    pictures: dict[str, bytes] = field(default_factory=dict)

    async def __call__(self, link: str) -> bytes:
        return self.pictures[link]


class Caller:
    """Calls the sandbox as a client with a key does, and reads JSON."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        options.setdefault("headers", {"Authorization": "Bearer k"})
        async with self.session.request(method, self.url + path, **options) as response:
            return response.status, await response.json(content_type=None)

    async def create(self, prompt: str = "a fox", **fields: Any) -> Any:
        body = {"model": "videos", "prompt": prompt, "duration": 4, **fields}
        return (await self.call("POST", "/v1/videos/videos", json=body))[1]

    async def look(self, task_id: str) -> Any:
        return (await self.call("GET", f"/v1/result/{task_id}"))[1]

    async def finished(self, clock: HandClock, prompt: str = "a fox", **fields: Any) -> Any:
        task_id = (await self.create(prompt, **fields))["id"]
        clock.pass_s(QUEUE_S + RUN_S)
        return await self.look(task_id)


@pytest.fixture
def red_picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def pictures() -> dict[str, bytes]:
    return {}


@pytest.fixture
async def sandbox(clock: HandClock, pictures: dict[str, bytes]) -> AsyncIterator[Sandbox]:
    fetch = Web(pictures)
    times = {"queue_s": QUEUE_S, "run_s": RUN_S, "review_s": REVIEW_S}
    async with Sandbox(**times, height=64, fetch=fetch, now=clock) as running:
        yield running


@pytest.fixture
async def caller(sandbox: Sandbox) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(session, sandbox.url)
