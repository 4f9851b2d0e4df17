"""Every boundary that the bot's process passes, in order, and the one at which it is killed.

A boundary is before or after a call to Discord or the video API, or before or after a write to the database.
"""

import asyncio
import re
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from standin.errors import ConnectionDroppedError
from standin.faults import Faults, When

# Ids, tokens and file names: whatever is longer than a word of a path.
NAMES = re.compile(r"/[^/]{15,}")


class Boundaries(Faults):
    """Takes the place of the faults on both wires; writes come in at ``port``, from the process ``teller`` alone."""

    def __init__(self, changed: asyncio.Condition) -> None:
        super().__init__()
        self.passed: list[str] = []
        self.is_struck = False
        self.open_writes = 0
        self.teller = 0
        self._changed = changed
        self._deadly: str | int | None = None
        self._strike: Callable[[], None] = lambda: None

    def begin(self, *, deadly: str | int | None = None, strike: Callable[[], None] = lambda: None) -> None:
        """Count anew; strike at the boundary of that name, or at the one that comes as the so manieth."""
        self.passed, self.is_struck = [], False
        self._deadly, self._strike = deadly, strike

    def listen_to(self, teller: int) -> None:
        """Take notes from this process: what a killed one still said comes late."""
        self.is_struck, self.open_writes, self.teller = False, 0, teller

    async def apply(self, method: str, path: str, when: When) -> web.Response | None:
        await self._reach(f"{when} {method} {NAMES.sub('/*', path)}")
        return await super().apply(method, path, when)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take_note, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _take_note(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        teller, _, boundary = (await reader.readline()).decode().strip().partition(" ")
        try:
            if teller != str(self.teller):
                return
            self.open_writes += 1 if boundary.startswith("before") else -1
            if not boundary.startswith("undone"):
                await self._reach(boundary)
            writer.write(b".")
        except ConnectionDroppedError:
            pass
        finally:
            writer.close()

    async def _reach(self, boundary: str) -> None:
        number = 1 + sum(name.startswith(f"{boundary} #") for name in self.passed)
        self.passed.append(f"{boundary} #{number}")
        is_deadly = self._deadly in (self.passed[-1], len(self.passed))
        if is_deadly:
            self.is_struck, self._deadly = True, None
            self._strike()
        async with self._changed:
            self._changed.notify_all()
        if is_deadly:
            raise ConnectionDroppedError
