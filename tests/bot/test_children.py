"""A child is gone when nobody needs it any more, whatever it does, and knows nothing that it need not know."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE

import pytest

from bot.children import child_process
from fakes import WAIT_S, until

FLOOD = "import os, itertools; any(os.write(1, bytes(60_000)) < 0 for _ in itertools.count())"
HANG = "import time; time.sleep(600)"
FORK = "import os, time; print(os.fork() > 0, flush=True); time.sleep(600)"


@pytest.mark.parametrize("program", [FLOOD, HANG])
async def test_a_child_that_goes_on_is_ended(program):
    async with asyncio.timeout(WAIT_S), child_process(sys.executable, "-c", program) as child:
        assert child.returncode is None

    assert child.returncode == -9


async def test_a_child_is_ended_though_much_that_it_said_is_unread():
    async with asyncio.timeout(WAIT_S), child_process(sys.executable, "-c", FLOOD, stdout=PIPE) as child:
        await until(lambda: not child._transport.get_pipe_transport(1).is_reading())

    assert (child.returncode, child.stdout.at_eof()) == (-9, True)


async def test_a_child_that_ended_by_itself_keeps_its_status():
    async with child_process(sys.executable, "-c", "raise SystemExit(3)") as child:
        await child.wait()

    assert child.returncode == 3


async def test_a_child_knows_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")

    async with child_process(sys.executable, "-c", "import os; print(*os.environ)", stdout=PIPE) as child:
        names = (await child.stdout.read()).decode().split()

    assert "PYTHONPATH" in names
    assert not {"DISCORD_TOKEN", "HOME", "PATH"} & set(names)
    assert "DISCORD_TOKEN" in os.environ


async def test_what_a_child_started_ends_with_it():
    async with asyncio.timeout(WAIT_S), child_process(sys.executable, "-c", FORK, stdout=PIPE) as child:
        lines = {await child.stdout.readline() for _ in range(2)}

    assert lines == {b"True\n", b"False\n"}
    assert child.stdout.at_eof()  # so nobody is left to hold the pipe
