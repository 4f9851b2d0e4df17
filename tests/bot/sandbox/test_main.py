import asyncio
import signal
import sys

import pytest

from bot.sandbox.__main__ import arguments
from fakes import WAIT_S


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_process_says_its_url_and_stops_cleanly(number):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    async with asyncio.timeout(WAIT_S):
        line = await process.stdout.readline()
        process.send_signal(number)
        rest, _ = await process.communicate()

    assert b"http://127.0.0.1:" in line
    assert (process.returncode, rest) == (0, b"")


def test_times_may_be_fractions():
    options = arguments(["--queue-s", "0.05", "--run-s", "0.1", "--height", "144"])

    assert (options.queue_s, options.run_s, options.height) == (0.05, 0.1, 144)
