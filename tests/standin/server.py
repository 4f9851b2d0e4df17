"""The HTTP server: every request is recorded, spoilt on order, authorised, and only then served."""

import asyncio
import json
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import ClientError, web
from aiohttp.typedefs import Handler

from standin.channels import BotRoutes
from standin.errors import ApiError, ConnectionDroppedError
from standin.faults import Faults
from standin.gateway import Gateway
from standin.messages import Messages
from standin.model import Message
from standin.rates import RateLimits
from standin.responses import ResponseRoutes
from standin.wire import RECORD, RecordedRequest, read_into
from standin.world import World

API = "/api/v10"
JSON = "application/json"
REQUEST_LIMIT_BYTES = 25 * 1024 * 1024  # Discord's limit for a whole request.
READ_LIMIT_BYTES = 64 * 1024 * 1024  # Read further, so that the sender hears the 413.
SHUTDOWN_S = 1.0
VIOLATIONS = {50035, 50109}  # A form Discord refuses, and no JSON at all.
OPEN_PREFIXES = (f"{API}/interactions/", f"{API}/webhooks/")


class Server:
    """A pretend Discord on a port of its own: ``async with Server() as discord``."""

    def __init__(self) -> None:
        self.world = World()
        self.changed = asyncio.Condition()
        self.faults = Faults()
        self.rate_limits = RateLimits()
        self.gateway = Gateway(self.world, self.faults, self.changed)
        self.messages_store = Messages(self.world, self.gateway)
        self.requests: list[RecordedRequest] = []
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return self.world.url

    @property
    def violations(self) -> list[str]:
        """What the bot did that Discord does not know or forbids; empty when all is well."""
        return self.world.violations

    def messages(self, channel_id: int) -> list[Message]:
        """What everybody in the channel sees, oldest first."""
        messages = self.world.channels[channel_id].messages.values()
        return [one for one in messages if not (one.deleted_at or one.is_ephemeral)]

    def requests_to(self, method: str, path_part: str) -> list[RecordedRequest]:
        return [one for one in self.requests if one.method == method and path_part in one.path]

    async def until(self, predicate: Callable[[], object], *, timeout_s: float = 60) -> None:
        """Wait until something is so, looking again at every change."""
        try:
            async with asyncio.timeout(timeout_s), self.changed:
                await self.changed.wait_for(predicate)
        except TimeoutError:
            last = [f"{one.method} {one.path[:80]} -> {one.status} {one.code}" for one in self.requests[-10:]]
            raise AssertionError(f"not so within {timeout_s} s; last requests: {last}") from None

    def dump(self, path: Path) -> None:
        """Write every request with a body as JSON lines, for checking against Discord's own description."""
        lines = [
            {
                "method": one.method,
                "path": one.path,
                "content_type": one.content_type,
                "body": one.body,
                "files": [f"files[{file.index}]" for file in one.files],
                "status": one.status,
            }
            for one in self.requests
            if one.body is not None
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._serve], client_max_size=READ_LIMIT_BYTES)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{channel_id}/{attachment_id:\\d+}/{filename}", self._download)
        for routes in (
            BotRoutes(self.world, self.messages_store),
            ResponseRoutes(self.world, self.messages_store),
        ):
            for route in routes.table():
                app.router.add_route(route.method, API + route.path, route.handler)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.world.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        self.faults.release_all()
        await self.gateway.close()
        await self._runner.cleanup()

    async def _download(self, request: web.Request) -> web.Response:
        attachment = self.world.attachments.get(int(request.match_info["attachment_id"]))
        if attachment is None or int(request.query.get("ex", "0"), 16) < self.world.now().timestamp():
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=attachment.data, headers={"Content-Type": attachment.content_type})

    @web.middleware
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        path = request.path.removeprefix(API)
        query, now = dict(request.query), self.world.now()
        record = RecordedRequest(request.method, path, query, request.content_type, now)
        request[RECORD] = record
        try:
            response = await self._answer(request, handler, record)
            record.status = response.status
            if response.content_type == JSON:
                response.headers["Content-Type"] = (
                    JSON  # Without a charset, as Discord; clients compare it whole.
                )
        except (ConnectionDroppedError, ConnectionError, ClientError):
            response = _cut(request)
        except Exception:  # the top of a request: a mistake of the stand-in fails the test that looks
            self.violations.append(traceback.format_exc())
            raise
        finally:
            await self._notify()
        return response

    async def _answer(
        self, request: web.Request, handler: Handler, record: RecordedRequest
    ) -> web.StreamResponse:
        self.requests.append(record)
        try:
            await read_into(record, request)
        except ApiError as error:
            return self._refused(record, error)
        spoilt = await self.faults.apply(record.method, record.path, "before")
        if spoilt is not None:
            return spoilt
        response = await self._effect(request, handler, record)
        await self._notify()
        return await self.faults.apply(record.method, record.path, "after") or response

    async def _effect(
        self, request: web.Request, handler: Handler, record: RecordedRequest
    ) -> web.StreamResponse:
        try:
            self._authorise(request)
            return await self._limited(request, handler, record)
        except ApiError as error:
            return self._refused(record, error)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            self.violations.append(f"unknown route {record.method} {record.path}")
            return web.json_response({"message": "404: Not Found", "code": 0}, status=404)

    async def _limited(
        self, request: web.Request, handler: Handler, record: RecordedRequest
    ) -> web.StreamResponse:
        if record.body_bytes > REQUEST_LIMIT_BYTES:
            raise ApiError(413, 40005, "Request entity too large")
        resource = request.match_info.route.resource
        record.route = resource.canonical.removeprefix(API) if resource else ""
        names = ("channel_id", "guild_id", "webhook_token", "interaction_id")
        major = next((request.match_info[name] for name in names if name in request.match_info), "")
        ticket = self.rate_limits.take(record.method, record.path, template=record.route, major=major)
        if ticket.is_refused:
            return ticket.refusal().response()
        response = await handler(request)
        response.headers.update(ticket.headers())
        return response

    def _refused(self, record: RecordedRequest, error: ApiError) -> web.Response:
        record.code = error.code
        if error.code in VIOLATIONS:
            self.violations.append(f"{record.method} {record.path}: {error}")
        return web.json_response(error.body, status=error.status)

    def _authorise(self, request: web.Request) -> None:
        if request.path.startswith(OPEN_PREFIXES):
            return
        if request.headers.get("Authorization") != f"Bot {self.world.token}":
            raise ApiError(401, 0, "401: Unauthorized")

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
