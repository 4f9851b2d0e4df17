"""A real server that hands out files, in a stand-in's place for Discord's own hosts."""

import asyncio

import pytest
from aiohttp import web

from bot.media.facts import AttachedFile


class FileServer:
    """Answers every path with the bytes put there, or with what a handler put there does."""

    def __init__(self):
        self.answers = {}
        self.seen = []
        self.port = 0

    async def __call__(self, request):
        self.seen.append(request)
        answer = self.answers.get(request.path, lambda request: web.Response(status=404))
        if isinstance(answer, bytes):
            return web.Response(body=answer)
        reply = answer(request)
        return await reply if asyncio.iscoroutine(reply) else reply

    def url(self, name):
        return f"http://127.0.0.1:{self.port}/{name}"

    def attached(self, name, answer, *, field="first_image", declared_bytes=None):
        self.answers[f"/{name}"] = answer
        return AttachedFile(field, name, self.url(name), declared_bytes)


@pytest.fixture
async def server():
    files = FileServer()
    runner = web.ServerRunner(web.Server(files, handler_cancellation=True), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    files.port = runner.addresses[0][1]
    yield files
    await runner.cleanup()
