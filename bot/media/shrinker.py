"""Has smaller copies of videos made in a child process, one at a time, and never waits for one that hangs.

A copy stands under its name only when it is whole; a repetition after a crash writes it anew.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

CHILDREN_MAX = 1  # each takes a whole processor for some seconds, and commands come first
SHRINK_S = 600.0  # twice the processor time a child may use, for it is the last to get any

# Nothing of our environment, which holds secrets, but where our code lies; -P keeps other folders out.
_COMMAND = (sys.executable, "-P", "-m", "bot.media.shrink")
_ENVIRONMENT: Mapping[str, str] = {"PYTHONPATH": str(Path(__file__).parents[2])}


class CannotShrink(Exception):
    """There is no smaller copy of this video."""


class Shrinker:
    """Makes smaller copies, at most ``CHILDREN_MAX`` at once; others wait their turn.

    Args:
        shrink_s: Seconds until a child that is not done is killed.
    """

    def __init__(self, *, shrink_s: float = SHRINK_S) -> None:
        self._shrink_s = shrink_s
        self._turns = asyncio.Semaphore(CHILDREN_MAX)

    async def shrink(self, file: Path, to: Path, *, max_bytes: int) -> None:
        """Write a copy of a video that plays in Discord and has at most ``max_bytes``. Safe to repeat.

        Raises:
            CannotShrink: It is broken, takes too long, cannot be made that small or cannot be written.
        """
        part = to.with_name(f"{to.name}.part")
        try:
            async with self._turns:
                # A child of a process that died may still write the old one.
                await asyncio.to_thread(part.unlink, missing_ok=True)
                with await asyncio.to_thread(file.open, "rb") as source:
                    status = await self._run(source, part, max_bytes=max_bytes)
            if status != 0:
                raise CannotShrink(f"the child ended with status {status}")
            await asyncio.to_thread(part.replace, to)
        except TimeoutError:
            raise CannotShrink("it took too long") from None
        except OSError as error:
            raise CannotShrink(f"files cannot be used ({type(error).__name__})") from error
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    async def _run(self, source: BinaryIO, part: Path, *, max_bytes: int) -> int:
        child = await asyncio.create_subprocess_exec(
            *_COMMAND,
            str(part),
            str(max_bytes),
            stdin=source,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=_ENVIRONMENT,
        )
        try:
            async with asyncio.timeout(self._shrink_s):
                return await child.wait()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
