"""The bot as a real process that starts in a moment: forked from one that has imported everything already.

Crash tests start it hundreds of times. It stops before each statement that writes and after each commit, until the
test has taken note, so that a test can kill it exactly there. The product knows nothing of this.
"""

import asyncio
import multiprocessing
import os
import re
import socket
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from standin.process import SHIM, STOP_S

PRELOADED = [
    "__main__",
    "bot.app",
    "bot.config",
    "bot.ops.logs",
    "storage.sqlite",
    "storage.postgresql",
    "storage.backup",
    "storage.check",
    "alembic.command",
    "alembic.autogenerate",
]
# Waits of the product for its own database, a busy API or a busy channel, which would only make the tests longer.
QUICKER_S = {
    "bot.generation.steps.submission": {"REVIEW_LOOK_S": 0.05, "BUSY_FIRST_S": 0.05},
    "bot.drafts.board": {"BETWEEN_EDITS_S": 0.05},
}
WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM) (\w+)")


class ForkedBot:
    """``python -m bot``, again and again; what it says is collected in ``bot.log``.

    ``port`` is where it tells of its writes and waits for an answer.
    """

    def __init__(self, discord_url: str, environment: Mapping[str, str], *, working: Path, port: int) -> None:
        self.log = working / "bot.log"
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "STANDIN_URL": discord_url,
            "STANDIN_MODULE": "bot",
            **environment,
        }
        self._port = port
        self._process: ForkServerProcess | None = None

    def start(self) -> int:
        """Start it, again after it ended; return the id of the process."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._process = context.Process(target=live, args=(self._environment, self.log, self._port))
        self._process.start()
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        assert self._process is not None
        self._process.kill()

    def terminate(self) -> None:
        """SIGTERM, as an operator would."""
        assert self._process is not None
        self._process.terminate()

    async def ended(self) -> int:
        """Wait for the end and return the exit code."""
        assert self._process is not None
        await asyncio.to_thread(self._process.join, STOP_S)
        code = self._process.exitcode
        assert code is not None, f"still running after {STOP_S} s:\n{self.log.read_text()}"
        self._process.close()
        return code


def live(environment: Mapping[str, str], log: Path, port: int) -> None:
    """Be the bot: runs in the new process, to its end."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(log.parent)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["bot"]
    _tell_writes(port)
    _hurry()
    exec(SHIM, {})


def _hurry() -> None:
    for module, waits in QUICKER_S.items():
        for name, seconds in waits.items():
            assert hasattr(import_module(module), name)
            setattr(import_module(module), name, seconds)


def _tell_writes(port: int) -> None:
    """Stop before each statement that writes and after each commit, all on the thread that does it.

    A transaction that is rolled back says so without stopping.
    """
    from storage import database, postgresql, sqlite  # noqa: PLC0415  # only the new process runs the product

    run, written = database.Transaction.run, threading.local()

    def told_run(self, sql, /, **parameters):
        if match := WRITE.match(sql):
            written.here.append(" ".join(match.groups()))
            _tell(port, f"before {written.here[-1]}")
        return run(self, sql, **parameters)

    def telling(whole):
        def told_whole(where, function):
            written.here, end = [], "undone"
            try:
                result = whole(where, function)
                end = "after"
            finally:
                for write in written.here:
                    _tell(port, f"{end} {write}")
            return result

        return told_whole

    database.Transaction.run = told_run
    sqlite._whole = telling(sqlite._whole)
    postgresql.PostgresqlEngine._whole = telling(postgresql.PostgresqlEngine._whole)


def _tell(port: int, boundary: str) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"{os.getpid()} {boundary}\n".encode())
        line.recv(1)
