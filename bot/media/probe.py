"""A child process that looks at one file: ``python -m bot.media.probe < FILE`` prints JSON.

Decoders are written in C and fed by strangers, and a thread that hangs or crashes in one takes the bot with
it. So each file gets a process of its own (about 0.15 s, most of it imports), which first gives up the right
to more memory, more time and any file it would write. It never opens a path or a link that a file names.
"""

import contextlib
import dataclasses
import json
import os
import resource
import sys
from typing import BinaryIO

from bot.media.facts import MediaFacts, NoFacts, Reason

MEMORY_BYTES = 1_200_000_000  # address space; the libraries alone reserve 150 MB
CPU_S = 10
OPEN_FILES_MAX = 64
HEAD_BYTES = 16  # enough to tell the formats apart

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
)
_CLIPS = frozenset({"mp4", "mov", "mp3", "wav"})
# QuickTime files older than "ftyp" begin with one of these boxes.
_OLD_MOV_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"})


def format_of(head: bytes) -> str | None:
    """Return the format that a file's first ``HEAD_BYTES`` bytes announce, or None if it is none of ours."""
    for start, name in _PICTURES:
        if head.startswith(start):
            return name
    if head.startswith(b"RIFF"):
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return None if head[8:12] in _PICTURE_BRANDS else "mov" if head[8:12] == b"qt  " else "mp4"
    if head[4:8] in _OLD_MOV_BOXES:
        return "mov"
    # A bare MP3 frame: eleven set bits, then neither reserved version nor a layer other than III.
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08
    return "mp3" if is_frame or head.startswith(b"ID3") else None


def facts_of(file: BinaryIO) -> MediaFacts | Reason:
    """Look at a file of any content, within whatever limits the process has."""
    file_bytes = file.seek(0, os.SEEK_END)
    if file_bytes == 0:
        return Reason.EMPTY
    file.seek(0)
    name = format_of(file.read(HEAD_BYTES))
    file.seek(0)
    if name is None:
        return Reason.NOT_MEDIA
    try:
        return _read(file, format=name, file_bytes=file_bytes)
    except NoFacts as known:
        return known.reason
    except MemoryError:
        return Reason.TOO_LARGE
    except Exception:  # noqa: BLE001  # the top of the task: decoders raise almost anything
        return Reason.BROKEN


def _read(file: BinaryIO, *, format: str, file_bytes: int) -> MediaFacts:
    # Each library is loaded only for its own files: that is most of what a look costs.
    if format in _CLIPS:
        from bot.media.clips import clip_facts  # noqa: PLC0415  # see above

        return clip_facts(file, format=format, file_bytes=file_bytes)
    from bot.media.pictures import picture_facts  # noqa: PLC0415  # see above

    return picture_facts(file, format=format, file_bytes=file_bytes)


def limit_this_process(*, cpu_s: int = CPU_S, written_bytes: int = 0) -> None:
    """Give up, for good, what one file must never need.

    Args:
        cpu_s: Seconds of processor time that are left.
        written_bytes: Size that no file written may pass.
    """
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_NOFILE: OPEN_FILES_MAX,
        resource.RLIMIT_FSIZE: written_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        with contextlib.suppress(ValueError):  # already lower; or macOS, which bounds no address space
            resource.setrlimit(limit, (value, value))
    os.nice(10)  # commands come first


def main() -> None:
    """Look at the file on standard input and print its facts, or why there are none."""
    limit_this_process()
    found = facts_of(sys.stdin.buffer)
    answer = {"reason": found} if isinstance(found, Reason) else {"facts": dataclasses.asdict(found)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
