"""Has files looked at in child processes, a few at a time, and never waits for one that hangs.

What a child says is checked like any stranger's words: a crafted file may have taken it over.
"""

import asyncio
import signal
from collections.abc import Mapping
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.children import child_process, python
from bot.media.facts import MediaFacts, Reason, UnreadableMedia

CHILDREN_MAX = 2  # each may take a whole processor, and as much memory as its limits let it
LOOK_S = 15.0  # a little more than the processor time a child may use
ANSWER_BYTES_MAX = 4096  # facts take some 200

_READABLE = "PNG, JPEG, WebP, GIF, BMP or TIFF pictures, MP4 or MOV clips, and MP3 or WAV sounds"
_SENTENCES: Mapping[Reason, str] = {
    Reason.EMPTY: "is empty. Look at it on your device, and attach it again.",
    Reason.NOT_MEDIA: f"is not a picture, clip or sound I can read. I take {_READABLE}.",
    Reason.BROKEN: "is broken or cut short.",
    Reason.TOO_MANY_PIXELS: "has more pixels than I can look at: 64 million, and 8,192 on a side of a clip.",
    Reason.TOO_LARGE: "needs more memory to look at than one file may have.",
    Reason.TOOK_TOO_LONG: "took too long to look at; it is probably far too long, or broken.",
}
_COMMAND = python("bot.media.probe")


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    facts: MediaFacts | None = None
    reason: Reason = Reason.BROKEN


class Examiner:
    """Looks at files, at most ``CHILDREN_MAX`` at once; others wait their turn.

    Args:
        look_s: Seconds until a child that says nothing is killed.
    """

    def __init__(self, *, look_s: float = LOOK_S) -> None:
        self._look_s = look_s
        self._turns = asyncio.Semaphore(CHILDREN_MAX)

    async def facts_of(self, file: BinaryIO, *, name: str) -> MediaFacts:
        """Return what a file's bytes say.

        Args:
            file: A real file, which the child reads from its start.
            name: How people know it.

        Raises:
            UnreadableMedia: There is nothing to say, in words for a person.
        """
        async with self._turns:
            found = await self._look(file)
        if isinstance(found, Reason):
            raise UnreadableMedia(f"“{name}” {_SENTENCES[found]}")
        return found

    async def _look(self, file: BinaryIO) -> MediaFacts | Reason:
        async with child_process(*_COMMAND, stdin=file, stdout=asyncio.subprocess.PIPE) as child:
            assert child.stdout is not None  # noqa: S101  # for the type checker: it is a pipe, see above
            try:
                async with asyncio.timeout(self._look_s):
                    answer = await child.stdout.read(ANSWER_BYTES_MAX)
                    return _facts_in(answer, status=await child.wait())
            except TimeoutError:
                return Reason.TOOK_TOO_LONG


def _facts_in(answer: bytes, *, status: int) -> MediaFacts | Reason:
    if status == -signal.SIGKILL:  # how the system ends a process that used up its processor time
        return Reason.TOOK_TOO_LONG
    if status > 0:
        raise RuntimeError(f"the child that looks at files cannot run (exit status {status})")
    try:
        found = _Answer.model_validate_json(answer)
    except ValidationError:  # it crashed
        return Reason.BROKEN
    return found.facts or found.reason
