"""The child cannot take more than it was given."""

import subprocess
import sys

import pytest

from bot.media import probe

LIMITED = "from bot.media.probe import limit_this_process as limit; limit(); "


def run(code):
    command = [sys.executable, "-c", LIMITED + code]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (f"bytearray({probe.MEMORY_BYTES})", "MemoryError"),
        ("import tempfile; tempfile.TemporaryFile(buffering=0).write(b'x')", "No usable temporary directory"),
        ("files = [open('/dev/null') for _ in range(100)]", "Too many open files"),
        ("import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))", "not allowed to raise"),
    ],
)
def test_a_child_that_takes_too_much_fails(code, error):
    child = run(code)

    assert child.returncode != 0
    assert error in child.stderr


def test_a_child_that_computes_for_ever_is_ended_by_the_system():
    child = run(
        "resource = __import__('resource'); resource.setrlimit(resource.RLIMIT_CPU, (0, 1))\nwhile 1: 0"
    )

    assert child.returncode < 0


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b"\0\0\0\x14ftypqt  ", "mov"),
        (b"\0\0\0\x08wide\0\0\0\0", "mov"),
        (b"\0\0\0\x18ftypisom", "mp4"),
        (b"\0\0\0\x18ftypheic", None),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"\xff\xfb\x90\0", "mp3"),
        (b"\xff\xf1\x50\x80", None),
        (b"\xff", None),
    ],
)
def test_a_format_is_told_by_the_first_bytes(head, format):
    assert probe.format_of(head) == format
