"""Hands out what people attach in the simulated Discord, as Discord's file host does: over HTTP.

The product and the sandbox fetch attachments by their links, and simcord's own links lead nowhere. It listens on
loopback only and gives a file to whoever knows its link.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

HOST = "127.0.0.1"
SHUTDOWN_S = 1.0  # for answers under way when the simulation ends


@asynccontextmanager
async def attachment_host(find: Callable[[str], bytes | None]) -> AsyncIterator[str]:
    """Serve files for as long as the body runs.

    Args:
        find: Returns the bytes behind a path such as ``/attachments/1/2/boat.png``; None where there is nothing.

    Returns:
        Where links begin: ``http://`` with a host and a port.
    """

    async def hand_out(request: web.Request) -> web.Response:
        data = find(request.path)
        return web.Response(status=404) if data is None else web.Response(body=data)

    app = web.Application()
    app.router.add_get("/{path:.*}", hand_out)
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
