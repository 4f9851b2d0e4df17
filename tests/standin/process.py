"""The bot as its own process, pointed at the stand-in without a setting of its own for that."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

REPOSITORY = Path(__file__).resolve().parents[2]
STOP_S = 60.0  # Much longer than the bot's own bound for stopping, for machines under load.
LINE_LIMIT_BYTES = 1024 * 1024

SHIM = """
import os, runpy, yarl, discord.gateway, discord.http
url = os.environ.pop("STANDIN_URL")
discord.http.Route.BASE = url + "/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1) + "/gateway/")
runpy.run_module(os.environ.pop("STANDIN_MODULE"), run_name="__main__", alter_sys=True)
"""


class BotProcess:
    """``async with BotProcess(...) as bot`` starts ``python -m bot``; leaving kills what is left of it.

    The environment is clean: only what is given, and what Python needs. ``working`` is where it runs,
    and where ``bot.log`` collects all it says.
    """

    def __init__(
        self,
        discord_url: str,
        environment: Mapping[str, str],
        *,
        working: Path,
        module: str = "bot",
        arguments: Sequence[str] = (),
    ) -> None:
        self.log = working / "bot.log"
        self._working = working
        self._arguments = arguments
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
            "STANDIN_URL": discord_url,
            "STANDIN_MODULE": module,
            **environment,
        }
        self._changed = asyncio.Condition()
        self._earlier_bytes = 0
        self._is_silent = True
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def returncode(self) -> int | None:
        return self._process.returncode if self._process else None

    def output(self) -> str:
        """Everything it wrote so far, errors included, of every start."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    async def start(self) -> None:
        """Start it, or start it again after it ended."""
        self._is_silent = False
        self._earlier_bytes = self.log.stat().st_size if self.log.exists() else 0
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SHIM, *self._arguments),
            env=self._environment,
            cwd=self._working,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_LIMIT_BYTES,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    async def wait_for(self, text: str, *, timeout_s: float = 60) -> None:
        """Wait until the output since the last start contains ``text``."""

        def is_over() -> bool:
            return self._has_said(text) or self._is_silent

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(is_over)
        assert self._has_said(text), f"{text!r} did not appear within {timeout_s} s:\n{self.output()}"

    async def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def terminate(self) -> int:
        """SIGTERM, and wait for it to stop by itself."""
        assert self._process is not None
        self._process.terminate()
        return await self.ended()

    async def ended(self, *, timeout_s: float = STOP_S) -> int:
        """Wait for the end and return the exit code."""
        assert self._process is not None and self._reader is not None
        await asyncio.wait({self._reader}, timeout=timeout_s)
        if self._process.returncode is None:
            raise TimeoutError(f"still running after {timeout_s} s:\n{self.output()}")
        return self._process.returncode

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    def _has_said(self, text: str) -> bool:
        return self.log.exists() and text.encode() in self.log.read_bytes()[self._earlier_bytes :]

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with self.log.open("ab", buffering=0) as log:
            while data := await process.stdout.read(65_536):
                log.write(data)
                await self._notify()
        await process.wait()
        self._is_silent = True
        await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
