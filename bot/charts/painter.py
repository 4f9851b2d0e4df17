"""Has charts drawn in child processes, a few at a time, so that drawing never costs the bot memory or time.

A picture is a nicety: whatever goes wrong is one :class:`ChartFailed`, and the caller answers without it.
"""

import asyncio
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from bot.charts.facts import Chart
from bot.children import ENVIRONMENT, child_process, python

CHILDREN_MAX = 2  # each takes a whole processor for some 1.4 s, half of which loads matplotlib
WAITING_MAX = 8  # the last of them gets its picture after some seven seconds
WAIT_S = 60.0  # for a turn, on a machine so loaded that each picture takes ten seconds
DRAW_S = 20.0  # the first picture ever also looks through all fonts of the machine
PICTURE_BYTES_MAX = 2_000_000  # a full ranking takes some 150,000

_COMMAND = python("bot.charts")
_PNG_START = b"\x89PNG\r\n\x1a\n"


class ChartFailed(Exception):
    """There is no picture this time."""


class Painter:
    """Draws charts, at most ``CHILDREN_MAX`` at once; ``WAITING_MAX`` others wait their turn.

    Args:
        folder: Where matplotlib keeps its list of fonts between pictures; made when it is missing.
        wait_s: Seconds until a picture whose turn has not come is given up.
        draw_s: Seconds from its turn until a picture that is not done is given up.
        command: What reads a chart as JSON and prints a PNG.
    """

    def __init__(
        self,
        folder: Path,
        *,
        wait_s: float = WAIT_S,
        draw_s: float = DRAW_S,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._environment = {
            **ENVIRONMENT,
            "MPLCONFIGDIR": str(folder.absolute()),
            "OPENBLAS_NUM_THREADS": "1",  # numpy would reserve memory for every processor
        }
        self._wait_s, self._draw_s = wait_s, draw_s
        self._command = command
        self._turns = asyncio.Semaphore(CHILDREN_MAX)
        self._asked_count = 0

    async def paint(self, chart: Chart) -> bytes:
        """Return the picture of a chart, as PNG of at most ``PICTURE_BYTES_MAX``.

        Raises:
            ChartFailed: Too many want one, it took too long, or the child did not draw.
        """
        if self._asked_count >= CHILDREN_MAX + WAITING_MAX:
            raise ChartFailed("too many pictures are being drawn")
        self._asked_count += 1
        try:
            async with asyncio.timeout(self._wait_s) as limit, self._turns:
                limit.reschedule(asyncio.get_running_loop().time() + self._draw_s)
                return await self._draw(json.dumps(dataclasses.asdict(chart), default=str).encode())
        except TimeoutError:
            raise ChartFailed("it took too long") from None
        except OSError as error:
            raise ChartFailed(f"the child cannot be started ({type(error).__name__})") from error
        finally:
            self._asked_count -= 1

    async def _draw(self, chart: bytes) -> bytes:
        pipe = asyncio.subprocess.PIPE
        async with child_process(
            *self._command, stdin=pipe, stdout=pipe, environment=self._environment
        ) as child:
            assert child.stdin is not None and child.stdout is not None  # noqa: S101  # for the type checker
            child.stdin.write(chart)
            child.stdin.close()
            picture = await _read(child.stdout)
            status = await child.wait()
        if status != 0 or not picture.startswith(_PNG_START):
            raise ChartFailed(f"the child ended with status {status} and {len(picture)} bytes")
        return picture


async def _read(pipe: asyncio.StreamReader) -> bytes:
    try:
        await pipe.readexactly(PICTURE_BYTES_MAX + 1)
    except asyncio.IncompleteReadError as ended:
        return ended.partial
    raise ChartFailed("the picture is too large")
