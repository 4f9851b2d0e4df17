"""Calls to the video API: one method, one call, never a second try.

Whether a call may be repeated is for the caller to decide, from the class of the error. The key travels in
one header of these calls and must appear nowhere else: redirects are not followed, and errors from below,
which may carry headers, are not chained to ours.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote

import aiohttp
from aiolimiter import AsyncLimiter
from pydantic import SecretStr
from yarl import URL

from bot.upstream.answers import (
    AssetStatus,
    AssetSubmission,
    TaskResult,
    accepted_id,
    asset_statuses,
    asset_submission,
    task_result,
)
from bot.upstream.envelopes import Answer
from bot.upstream.errors import NotSent, Unavailable, Unclear, UpstreamError
from bot.upstream.families import FAMILIES, model_named
from bot.upstream.requests import VideoRequest

ANSWER_MAX_BYTES = 1_048_576  # real answers are below 10 kB
ASSETS_PER_CALL = 20  # section 8; more is not documented
SECRET_MIN_CHARS = 8  # a shorter key, as the sandbox takes, may be part of any word

_NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_BROKEN_OFF = (aiohttp.ClientError, OSError)  # OSError includes TimeoutError


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long calls may take, in seconds (section 9). ``turn_s`` bounds the wait for our own limits."""

    connect_s: float = 10.0
    create_s: float = 100.0
    query_s: float = 45.0
    turn_s: float = 300.0


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class AssetLinks:
    """Public links to hand in for review, by kind."""

    images: Sequence[str] = ()
    videos: Sequence[str] = ()
    audios: Sequence[str] = ()

    def body(self) -> dict[str, list[str]]:
        """Return the JSON body: no empty lists, no link twice, because answers are matched by link."""
        kinds = {"imageUrls": self.images, "videoUrls": self.videos, "audioUrls": self.audios}
        return {name: list(dict.fromkeys(links)) for name, links in kinds.items() if links}


@dataclass(frozen=True, slots=True)
class _NoAnswer:
    reason: str
    is_unsent: bool


class VideoApi:
    """The video API under one key.

    Args:
        session: Pools the connections; the caller closes it.
        base_url: Where the API is, its path prefix included, with or without a slash at the end.
        calls_per_s: Cap on calls of all kinds together, with bursts of at most one second's worth.
        max_calls_in_flight: Cap on open calls; creates and queries have one such cap each, so that slow
            queries never keep a create waiting.
        uses_video_sisters: Whether a model is swapped for its sister when there are reference videos (section 12).
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        key: SecretStr,
        calls_per_s: float,
        max_calls_in_flight: int,
        uses_video_sisters: bool = False,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._uses_video_sisters = uses_video_sisters
        self._timeouts = timeouts
        burst = max(1.0, calls_per_s)
        self._rate = AsyncLimiter(burst, burst / calls_per_s)
        self._creates = asyncio.Semaphore(max_calls_in_flight)
        self._queries = asyncio.Semaphore(max_calls_in_flight)

    async def turn_to_create(self) -> None:
        """Wait until one order may go out at the shared rate. Each :meth:`create` needs a turn of its own.

        It is apart from the call so that what is written before the call is written only when it really goes out.
        """
        await self._rate.acquire()

    async def create(self, request: VideoRequest) -> str:
        """Order a video, after :meth:`turn_to_create`. Not idempotent: each call that is taken may cost money.

        Returns:
            Upstream's id of the task, opaque text.

        Raises:
            NotSent: Nothing was sent.
            Refused: Upstream said no; nothing was made.
            AccountProblem: Key or balance were refused; nothing was made.
            Unavailable: Too many calls (429); nothing was made.
            Unclear: A task may exist. Never call again for the same order.

        Source: video API notes, sections 6 and 9.
        """
        body = request.body()
        sister = model_named(request.model).video_sister
        if self._uses_video_sisters and request.reference_videos and sister is not None:
            body["model"] = sister
        return accepted_id(await self._make(FAMILIES[request.family].create_path, body, has_turn=True))

    async def result(self, task_id: str) -> TaskResult:
        """Ask upstream how a task is doing. Safe to repeat.

        Args:
            task_id: Upstream's id, opaque text, as returned by :meth:`create`.

        Raises:
            Vanished: Upstream does not know the task.
            AccountProblem: Key or balance were refused.
            Unavailable: No usable answer; ``retry_after_s`` may say when to look again.

        Source: video API notes, section 7.
        """
        # Dots alone would be taken for a directory on the way.
        segment = quote(task_id, safe="") if task_id.strip(".") else task_id.replace(".", "%2E")
        return task_result(await self._ask("GET", f"/v1/result/{segment}"), asked_id=task_id)

    async def submit_assets(self, links: AssetLinks) -> AssetSubmission:
        """Hand in public links for review, at most ASSETS_PER_CALL at once. A second call makes them anew.

        Raises:
            NotSent: Nothing was sent.
            Refused: Upstream took none of them.
            AccountProblem: Key or balance were refused; nothing was made.
            Unavailable: Too many calls (429); nothing was made.
            Unclear: Some may have been taken.

        Source: video API notes, section 8.
        """
        return asset_submission(await self._make("/asset/sd2Manxue/assetUpload", links.body()))

    async def asset_status(self, asset_ids: Sequence[str]) -> Mapping[str, AssetStatus]:
        """Ask how reviews are going, by asset id. Safe to repeat; ids that are missing: ask again.

        Raises:
            AccountProblem: Key or balance were refused.
            Unavailable: No usable answer.

        Source: video API notes, section 8.
        """
        body = {"assetIds": list(asset_ids)}
        return asset_statuses(await self._ask("POST", "/asset/sd2Manxue/assetStatus", body))

    async def _make(self, path: str, body: Mapping[str, object], *, has_turn: bool = False) -> Answer:
        async with self._turn(self._creates, busy=NotSent("too many calls are waiting"), has_turn=has_turn):
            outcome = await self._exchange("POST", path, body, total_s=self._timeouts.create_s)
        if isinstance(outcome, Answer):
            return outcome
        raise NotSent(outcome.reason) if outcome.is_unsent else Unclear(outcome.reason)

    async def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer:
        async with self._turn(self._queries, busy=Unavailable("too many calls are waiting")):
            outcome = await self._exchange(method, path, body, total_s=self._timeouts.query_s)
        if isinstance(outcome, Answer):
            return outcome
        raise Unavailable(outcome.reason)

    @asynccontextmanager
    async def _turn(
        self, places: asyncio.Semaphore, *, busy: UpstreamError, has_turn: bool = False
    ) -> AsyncIterator[None]:
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._timeouts.turn_s):
                    await held.enter_async_context(places)
                    if not has_turn:
                        await self._rate.acquire()
            except TimeoutError:
                raise busy from None
            yield

    async def _exchange(
        self, method: str, path: str, body: Mapping[str, object] | None, *, total_s: float
    ) -> Answer | _NoAnswer:
        timeout = aiohttp.ClientTimeout(total=total_s, connect=self._timeouts.connect_s)
        headers = {"Authorization": f"Bearer {self._key.get_secret_value()}"}
        url = URL(self._base_url + path, encoded=True)
        try:
            async with self._session.request(
                method, url, json=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                data = await _read(response)
                if data is None:
                    return _NoAnswer("the answer is too large", is_unsent=False)
                return Answer(response.status, response.headers, self._scrubbed(data))
        except _NOTHING_SENT as error:
            return _NoAnswer(f"no connection to the video API ({type(error).__name__})", is_unsent=True)
        except _BROKEN_OFF as error:
            return _NoAnswer(f"no answer from the video API ({type(error).__name__})", is_unsent=False)

    def _scrubbed(self, data: bytes) -> bytes:
        # An error page may repeat the request's headers.
        key = self._key.get_secret_value()
        return data.replace(key.encode(), b"***") if len(key) >= SECRET_MIN_CHARS else data


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    data = bytearray()
    async for chunk in response.content.iter_any():
        data += chunk
        if len(data) > ANSWER_MAX_BYTES:
            return None
    return bytes(data)
