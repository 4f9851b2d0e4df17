"""Has smaller copies of videos made in a child process, one at a time, and never waits for one that hangs.

A copy stands under its name only when it is whole; a repetition after a crash writes it anew.
"""

import asyncio
from pathlib import Path
from typing import BinaryIO

from bot.children import child_process, python

CHILDREN_MAX = 1  # each takes a whole processor for some seconds, and commands come first
SHRINK_S = 600.0  # twice the processor time a child may use, for it is the last to get any
_COMMAND = python("bot.media.shrink")


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
        async with (
            child_process(*_COMMAND, str(part), str(max_bytes), stdin=source) as child,
            asyncio.timeout(self._shrink_s),
        ):
            return await child.wait()
