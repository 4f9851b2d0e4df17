import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

START_S = 60.0  # a busy machine is slow; nothing here waits for a time to pass


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_the_demo_stops_cleanly_and_leaves_nothing_behind(stop: signal.Signals, tmp_path: Path) -> None:
    async with demo_process(tmp_path) as process:
        await page_url(process)

        process.send_signal(stop)
        _, errors = await process.communicate()

    assert process.returncode == 0
    assert errors == b""
    assert list(tmp_path.iterdir()) == []


async def test_a_taken_port_is_one_plain_sentence(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]

    async with taken, demo_process(tmp_path, "--port", str(port)) as process:
        _, errors = await process.communicate()

    assert process.returncode == 1
    assert errors.startswith(b"The demo cannot start: ")
    assert errors.count(b"\n") == 1


async def test_without_simcord_it_says_what_to_run(tmp_path: Path) -> None:
    words = (
        "import runpy, sys; sys.modules['simcord'] = None; runpy.run_module('bot.demo', run_name='__main__')"
    )

    async with python_process(tmp_path, "-c", words) as process:
        _, errors = await process.communicate()

    assert process.returncode == 1
    assert errors == b"The demo needs simcord, which is not installed here. Please run: make demo\n"


async def test_the_address_it_prints_is_a_page(tmp_path: Path) -> None:
    async with demo_process(tmp_path) as process:
        url = await page_url(process)

        async with aiohttp.ClientSession() as session, session.get(url) as response:
            assert response.status == 200


@asynccontextmanager
async def python_process(tmp_path: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(START_S):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def demo_process(tmp_path: Path, *words: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    return python_process(tmp_path, "-m", "bot.demo", "--no-browser", *words)


async def page_url(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async for line in process.stdout:
        if b"http://127.0.0.1:" in line:
            return line.split()[-1].decode()
    raise AssertionError("the demo ended before it named its page")
