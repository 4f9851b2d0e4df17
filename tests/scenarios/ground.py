"""What every crash test stands on: the bot, forked again and again, between a pretend Discord and the sandbox.

Time at the API passes with the calls, so that each run has the same looks.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.sandbox.api import Sandbox
from scenarios.boundaries import Boundaries
from scenarios.forked import ForkedBot
from scenarios.wire import Wire
from standin import Discord
from standin.world import FILE_LIMIT_BYTES


class QuickWire(Wire):
    """Serves the first film to everybody, for drawing one takes longer than anything else here; asks for no waits."""

    film: web.Response | None = None

    async def _answer_to(self, request: web.Request) -> web.Response:
        if not request.path.startswith("/files/"):
            answer = await super()._answer_to(request)
            answer.headers.pop("Retry-After", None)
            return answer
        self.film = self.film or await super()._answer_to(request)
        return web.Response(body=self.film.body, headers={"Content-Type": self.film.content_type})


@dataclass(frozen=True)
class Ground:
    """Whenever the process died and is :meth:`buried`, :meth:`revive` lets a new one take over."""

    discord: Discord
    wire: Wire
    boundaries: Boundaries
    bot: ForkedBot

    async def connected(self) -> None:
        await self.discord.until(lambda: self.discord.gateway.is_connected)

    async def buried(self) -> None:
        """Wait until the killed process is gone; what it was about to write and to call may still arrive until then."""
        await self.bot.ended()
        await self.discord.until(lambda: not self.discord.gateway.is_connected)

    def revive(self) -> None:
        """Start the successor of a process that is buried."""
        self.boundaries.listen_to(self.bot.start())


@asynccontextmanager
async def open_ground(
    working: Path,
    *,
    variables: Mapping[str, str],
    waits_for_looks: int = 2,
    file_limit_bytes: int = FILE_LIMIT_BYTES,
) -> AsyncIterator[Ground]:
    """Start everything. After ``waits_for_looks`` looks the API begins with a task."""
    async with AsyncExitStack() as stack:
        calls: Counter[str] = Counter()
        discord = await stack.enter_async_context(Discord())
        discord.guild.file_limit_bytes = file_limit_bytes
        sandbox = await stack.enter_async_context(
            Sandbox(
                queue_s=waits_for_looks,
                run_s=1,
                review_s=2,
                height=96,
                now=lambda: float(calls.total()),
            )
        )
        wire = await stack.enter_async_context(QuickWire(sandbox.url))
        boundaries = await stack.enter_async_context(Boundaries(discord.changed))
        wire.passed, wire.faults, discord.faults = calls, boundaries, boundaries
        environment = {
            "DISCORD_TOKEN": discord.world.token,
            "VIDEO_API_KEY": "sandbox-key-0123456789",
            "VIDEO_API_URL": wire.url,
            "DATA_DIR": str(working / "data"),
            "POLL_FIRST_S": "0.01",
            "POLL_INTERVAL_S": "0.02",
            "ASSET_INTERVAL_S": "0.02",
            "CANCEL_WINDOW_S": "0",
            "API_CALLS_PER_S": "500",
            "MEDIA_HOSTS": "127.0.0.1",
        }
        bot = ForkedBot(discord.url, environment | dict(variables), working=working, port=boundaries.port)
        boundaries.listen_to(bot.start())
        stack.push_async_callback(bot.ended)
        stack.callback(bot.kill)
        yield Ground(discord, wire, boundaries, bot)
