"""The whole product as its own process, between a pretend Discord and the sandbox, all over real connections."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.api import Sandbox
from scenarios.wire import Wire
from standin import BotProcess, Discord


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    # On a loaded machine, anything may take longer than Discord would wait.
    monkeypatch.setattr("standin.responses.ANSWER_WITHIN", timedelta(minutes=1))


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    async with Discord() as standin:
        yield standin
        assert standin.violations == []


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(queue_s=0.1, run_s=0.2, height=96) as running:
        yield running


@pytest.fixture
async def wire(sandbox: Sandbox) -> AsyncIterator[Wire]:
    async with Wire(sandbox.url) as connected:
        yield connected


@pytest.fixture
def bot(discord: Discord, wire: Wire, tmp_path: Path) -> Callable[..., BotProcess]:
    """Make the bot's process; words are its command line, a keyword is an environment variable.

    Start it with ``async with``. One of several needs a folder of its own to work in.
    """

    def make(*arguments: str, working: Path = tmp_path, **variables: str) -> BotProcess:
        environment = {
            "DISCORD_TOKEN": discord.world.token,
            "VIDEO_API_KEY": "sandbox-key-0123456789",
            "VIDEO_API_URL": wire.url,
            "DATA_DIR": str(working / "data"),
            "POLL_FIRST_S": "0.1",
            "POLL_INTERVAL_S": "0.1",
            "CANCEL_WINDOW_S": "0",
            "API_CALLS_PER_S": "500",
        }
        return BotProcess(discord.url, environment | variables, working=working, arguments=arguments)

    return make
