"""The wire between the bot and the video API: passes everything on, counts it, and breaks where a test says so."""

from collections import Counter
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from standin.errors import ConnectionDroppedError
from standin.faults import Faults

_HOP_HEADERS = {"Transfer-Encoding", "Connection", "Content-Length", "Host", "Keep-Alive"}


class Wire:
    """``async with Wire(sandbox.url) as wire``; point the bot at ``wire.url``."""

    def __init__(self, upstream_url: str) -> None:
        self.faults = Faults()
        self.passed: Counter[str] = Counter()
        self._upstream_url = upstream_url

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=2**26)
        application.router.add_route("*", "/{path:.*}", self._pass_on)
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(application, handler_cancellation=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.release_all()
        await self._runner.cleanup()
        await self._session.close()

    @property
    def create_count(self) -> int:
        """How many create calls reached the API."""
        return sum(count for call, count in self.passed.items() if call.startswith("POST /v1/"))

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        try:
            if spoiled := await self.faults.apply(request.method, request.path, "before"):
                return spoiled
            self.passed[f"{request.method} {request.path}"] += 1
            answer = await self._answer_to(request)
            return await self.faults.apply(request.method, request.path, "after") or answer
        except ConnectionDroppedError:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

    async def _answer_to(self, request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_HEADERS}
        # The host is kept, so that the links in answers lead back through this wire.
        headers["Host"] = request.host
        async with self._session.request(
            request.method,
            f"{self._upstream_url}{request.path_qs}",
            data=await request.read(),
            headers=headers,
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name not in _HOP_HEADERS}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)
