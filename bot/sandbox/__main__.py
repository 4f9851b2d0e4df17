"""``python -m bot.sandbox``: the pretend API as a process of its own, until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bot.sandbox.api import Sandbox
from bot.sandbox.films import FORMATS


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; the defaults feel like a real but impatient API."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A pretend video API.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8090, help="port to listen on; 0 takes a free one")
    parser.add_argument("--queue-s", type=float, default=3.0, help="how long a task is queued")
    parser.add_argument("--run-s", type=float, default=12.0, help="how long it is processed after that")
    parser.add_argument("--review-s", type=float, default=3.0, help="how long an asset is under review")
    parser.add_argument("--height", type=int, help="shorter side of every video in pixels; default: as asked")
    parser.add_argument("--codec", choices=sorted(FORMATS), default="h264", help="vp9 gives WebM files")
    parser.add_argument("--data-dir", type=Path, help="keep the videos here; default: a temporary directory")
    return parser.parse_args(words)


async def serve(options: argparse.Namespace) -> None:
    """Run the sandbox until the process is told to stop."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Sandbox(**vars(options)) as sandbox:
        sys.stdout.write(f"sandbox video API at {sandbox.url} - any key will do\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
