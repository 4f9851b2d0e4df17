"""What goes over the wire: bodies read strictly, refusals by name, and answers spoiled as a scenario says."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import NoReturn

from aiohttp import web

from bot.sandbox.contract import Fault
from bot.sandbox.scenarios import Act, Mischief

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BODY_MAX_BYTES = 1_048_576
HANG_S = 600.0  # longer than any client waits
DRIP_S = 4.0  # how long a slow download takes
DRIP_COUNT = 20


class Refused(Exception):
    """The API says no: an HTTP status, a code and what exactly is wrong."""

    def __init__(self, status: int, code: str, message: str, *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "msg": message, "faults": [asdict(fault) for fault in faults]}


def refuse_faults(faults: Sequence[Fault]) -> None:
    """Refuse a body that has any faults, naming all of them."""
    if faults:
        message = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
        raise Refused(400, "invalid_request", message, faults=faults)


@web.middleware
async def named_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal into JSON that names what was refused."""
    route = f"{request.method} {request.path}"
    try:
        return await handler(request)
    except Refused as refused:
        return web.json_response(refused.body, status=refused.status)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        body = {"code": "405", "msg": f"{route}: wrong method, this route takes {allowed}"}
        return web.json_response(body, status=405, headers={"Allow": allowed})
    except web.HTTPNotFound:
        return web.json_response({"code": "404", "msg": f"no handler for {route}"}, status=404)
    except web.HTTPRequestEntityTooLarge:
        body = {"code": "413", "msg": f"the body has more than {BODY_MAX_BYTES} bytes"}
        return web.json_response(body, status=413)


def with_key(handler: Handler) -> Handler:
    """Let a handler run only for calls with a key; any key will do."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not re.fullmatch(r"Bearer\s+\S+", request.headers.get("Authorization", "")):
            raise Refused(401, "401", "a header 'Authorization: Bearer <key>' is required")
        return await handler(request)

    return guarded


async def json_object(request: web.Request) -> Mapping[str, object]:
    """Return the body of a call, which must be one JSON object."""
    if request.content_type != "application/json":
        raise Refused(415, "415", f"the content type must be application/json, not {request.content_type}")
    data = await request.read()
    try:
        body = json.loads(data.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "malformed_json", f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise Refused(400, "not_an_object", f"the body must be a JSON object, not a {type(body).__name__}")
    return body


async def answer(
    request: web.Request, plain: Mapping[str, object], *, mischief: Mischief | None, closing: asyncio.Event
) -> web.StreamResponse:
    """Send the plain answer, or whatever the mischief makes of it.

    Args:
        request: The call to answer.
        plain: The answer when all is well.
        mischief: What befalls this call.
        closing: Set when the sandbox closes; ends an answer that hangs.
    """
    if mischief is None:
        return web.json_response(plain)
    if mischief.act is Act.RESHAPE:
        return web.json_response(mischief.reshape(plain))
    if mischief.act is Act.ANSWER:
        headers = {"Retry-After": str(mischief.retry_after_s)} if mischief.retry_after_s else {}
        return web.Response(
            status=mischief.status, text=mischief.body, content_type=mischief.content_type, headers=headers
        )
    if mischief.act is Act.HANG:
        await _pause(HANG_S, closing=closing)
    return _hang_up(request)


async def spoiled_file(
    request: web.Request, data: bytes, *, mischief: Mischief, content_type: str, closing: asyncio.Event
) -> web.StreamResponse:
    """Send a file half-way or drop by drop."""
    response = web.StreamResponse(headers={"Content-Length": str(len(data)), "Content-Type": content_type})
    await response.prepare(request)
    if mischief.act is Act.TRUNCATE:
        await response.write(data[: len(data) // 2])
        return _hang_up(request)
    drop_bytes = len(data) // DRIP_COUNT + 1
    for start in range(0, len(data), drop_bytes):
        await response.write(data[start : start + drop_bytes])
        await _pause(DRIP_S / DRIP_COUNT, closing=closing)
    return response


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


async def _pause(seconds: float, *, closing: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await closing.wait()
    except TimeoutError:
        return


def _hang_up(request: web.Request) -> web.Response:
    # close() sends what is buffered and then ends the connection; aiohttp's own answer finds it closed.
    if request.transport:
        request.transport.close()
    return web.Response()
