"""A logged-in client of a pretend Discord, over real HTTP."""

from collections.abc import AsyncIterator

import discord
import pytest
from discord.http import Route

from standin import Discord


@pytest.fixture
async def world() -> AsyncIterator[Discord]:
    async with Discord() as world:
        yield world
        assert world.violations == []


@pytest.fixture
async def client(world: Discord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[discord.Client]:
    monkeypatch.setattr(Route, "BASE", world.url + "/api/v10")
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(world.world.token)
        yield client
