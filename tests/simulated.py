"""The whole product for a test: the real application and the real sandbox, inside a simulated Discord."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import discord
import pytest
from pydantic import SecretStr
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor

from bot import texts
from bot.app import Application, open_application
from bot.charts.facts import Chart
from bot.charts.painter import ChartFailed, Painter
from bot.config import Configuration
from bot.demo.simulated_discord import Changes, simulated_discord
from bot.errors import Refusal
from bot.sandbox.api import Sandbox
from storage import settings
from storage.records import State
from storage.settings import Scope, Subject

WAIT_S = 60.0  # far more than any wait takes, so that only a wait for nothing ends this way
PNG = b"\x89PNG\r\n\x1a\n"
Found = TypeVar("Found")


class FakePainter:
    """Keeps the charts that it was to draw; drawing them is tested with the real one."""

    def __init__(self) -> None:
        self.charts: list[Chart] = []
        self.fails = False

    async def paint(self, chart: Chart) -> bytes:
        self.charts.append(chart)
        if self.fails:
            raise ChartFailed("too many")
        return PNG


@dataclass
class FilmClock:
    """The sandbox's clock: no task moves on before a test says so."""

    at: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass(kw_only=True)
class Simulated:
    """A server with a channel and members, the bot in it, and ways to wait for what it does."""

    env: Env
    sandbox: Sandbox
    application: Application
    guild: GuildHandle
    channel: ChannelHandle
    alice: MemberActor
    bob: MemberActor
    changes: Changes
    film_clock: FilmClock
    configuration: Configuration
    opened: AsyncExitStack

    async def ask(
        self, member: MemberActor, prompt: str = "A paper boat", **options: Any
    ) -> InteractionResult:
        return await member.slash(self.channel, "video text", prompt=prompt, **options)

    async def rule(self, **values: Any) -> None:
        """Set limits, settings and prices of the server as if by a moderator."""
        subject = Subject(guild_id=self.guild.id, scope=Scope.SERVER)
        await self.application.database.transaction(settings.put, subject, values)

    async def card(self, state: State) -> discord.Message:
        """Wait for the newest card that shows a state."""
        return await self.until(lambda: self._newest(lambda it: _headline(it) == texts.HEADLINES[state]))

    async def finished_card(self) -> discord.Message:
        """Let the sandbox finish what it was asked for, and wait for the video on the card."""
        await self.card(State.QUEUED)
        self.film_clock.at += 3600.0
        return await self.card(State.DELIVERED)

    async def reply_to(self, card: discord.Message) -> discord.Message:
        """Wait for the word to the asker below a card."""
        return await self.until(
            lambda: self._newest(lambda it: it.reference is not None and it.reference.message_id == card.id)
        )

    async def until(self, look: Callable[[], Found | None]) -> Found:
        """Wait until something that happens in Discord makes ``look`` find something."""
        async with asyncio.timeout(WAIT_S):
            return await self.changes.until(look)

    async def until_status(self, member: MemberActor, state: State) -> None:
        """Ask for one's status until it names a state; for states that no card shows."""
        async with asyncio.timeout(WAIT_S):
            while texts.LISTED_HEADLINES[state] not in embed_text(
                await member.slash(self.channel, "video status")
            ):
                await asyncio.sleep(0)

    async def restart(self) -> None:
        """Stop the bot and start it as a new process would: on the same database, with nothing in memory."""
        await self.opened.aclose()
        self.application = await self.opened.enter_async_context(open_application(self.configuration))
        await self.env.restart_bot(self.application.client)

    def newest_with(self, value: str) -> discord.Message | None:
        """Find the newest message that has a field of this value."""
        return self._newest(lambda it: any(field.value == value for e in it.embeds for field in e.fields))

    def _newest(self, matches: Callable[[discord.Message], bool]) -> discord.Message | None:
        return next((message for message in reversed(self.channel.history()) if matches(message)), None)


@pytest.fixture
def cancel_window_s() -> float:
    """How long a new generation can be cancelled; a test that cancels asks for more."""
    return 0.0


@pytest.fixture
async def simulated(sqlite_url: str, tmp_path: Path, cancel_window_s: float) -> AsyncIterator[Simulated]:
    """The bot in a server with two members. Any error of its own, other than a Refusal, fails the test."""
    film_clock = FilmClock()
    async with Sandbox(height=64, now=film_clock) as sandbox, AsyncExitStack() as opened:
        configuration = Configuration(
            _env_file=None,
            discord_token=SecretStr("simulated"),
            video_api_key=SecretStr("sandbox"),
            video_api_url=sandbox.url,
            data_dir=tmp_path,
            database_url=sqlite_url,
            poll_first_s=0.01,
            poll_interval_s=0.02,
            cancel_window_s=cancel_window_s,
            api_calls_per_s=1000.0,
            media_hosts="127.0.0.1",
            asset_interval_s=0.02,
        )
        application = await opened.enter_async_context(open_application(configuration))
        async with simulated_discord(application.client) as env:
            guild = env.create_guild("Studio")
            yield Simulated(
                env=env,
                sandbox=sandbox,
                application=application,
                guild=guild,
                channel=guild.create_text_channel("videos"),
                alice=guild.add_member(env.create_user("alice")),
                bob=guild.add_member(env.create_user("bob")),
                changes=Changes(env),
                film_clock=film_clock,
                configuration=configuration,
                opened=opened,
            )
            assert [error for error in env.errors if not _is_refusal(error)] == []


def reply_text(result: InteractionResult) -> str:
    """The words of an answer that only its person sees."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.content


def embed_text(result: InteractionResult) -> str:
    """The description of an answer's embed."""
    assert result.response is not None
    return result.response.embeds[0].description or ""


def letters_to(member: MemberActor) -> list[str]:
    """What the bot wrote to somebody directly, the oldest first."""
    return [message.content for message in member.user.dm_channel.history()]


def _headline(message: discord.Message) -> str | None:
    return message.embeds[0].title if message.embeds else None


def _is_refusal(error: BaseException) -> bool:
    return isinstance(getattr(error, "original", error), Refusal)


@pytest.fixture
def painter(simulated: Simulated) -> FakePainter:
    fake = FakePainter()
    client = simulated.application.client
    client.services = replace(client.services, charts=cast(Painter, fake))
    return fake
