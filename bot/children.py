"""Child processes for what could harm the bot: files of strangers, and work that takes a whole processor.

A child knows nothing of our environment, which holds secrets, and is always ended, whatever it does.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# Where our code lies; -P keeps other folders out.
ENVIRONMENT: Mapping[str, str] = {"PYTHONPATH": str(Path(__file__).parents[1])}
# From its end to the end of what it said; longer only if a child of its own left its session and holds the pipe.
END_S = 5.0
READ_BYTES = 65_536  # nobody wants them, so they are not kept


def python(module: str) -> tuple[str, ...]:
    """Return the command that runs one of our modules."""
    return sys.executable, "-P", "-m", module


@asynccontextmanager
async def child_process(
    *command: str,
    stdin: BinaryIO | int = asyncio.subprocess.DEVNULL,
    stdout: int = asyncio.subprocess.DEVNULL,
    environment: Mapping[str, str] = ENVIRONMENT,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a child; it is killed at the end, if it has not ended before.

    Args:
        command: A program and its arguments.
        stdin: A real file that it reads from its start, or as :mod:`asyncio.subprocess` has it.
        stdout: As :mod:`asyncio.subprocess` has it.
        environment: All that it knows.

    Raises:
        OSError: It cannot be started.
    """
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=stdin,
        stdout=stdout,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        # With all that it started: those would hold the pipe, and could fill it for ever.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        with suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await _silent(child)
                await child.wait()


async def _silent(child: asyncio.subprocess.Process) -> None:
    """Read what is left, for wait() hangs as long as something is unread (CPython issue 119710)."""
    while child.stdout is not None and await child.stdout.read(READ_BYTES):
        pass
