"""What every call to Discord has in common: it waits for the login, is bounded in time, and fails by a name of ours.

Nothing here repeats a call; whether one may be repeated only its caller knows.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.delivery.failures import DiscordUnavailable, failure_of

# Time-outs of one call to Discord, waits for its rate limits included.
CALL_TIMEOUT_S = 120.0
UPLOAD_TIMEOUT_S = 300.0


class Calls:
    """Lets calls through, once the client is logged in."""

    def __init__(self) -> None:
        self._logged_in = asyncio.Event()

    def open(self) -> None:
        """Let calls through from now on."""
        self._logged_in.set()

    async def wait_until_open(self) -> None:
        """Wait for the login."""
        await self._logged_in.wait()

    @asynccontextmanager
    async def call(self, timeout_s: float = CALL_TIMEOUT_S) -> AsyncIterator[None]:
        """Bound a call in time, and turn every failure into a :class:`SendFailed`.

        Args:
            timeout_s: How long it may take after the login, in seconds.

        Raises:
            SendFailed: One of its kinds.
        """
        await self._logged_in.wait()
        try:
            async with asyncio.timeout(timeout_s):
                yield
        except discord.HTTPException as error:
            raise failure_of(error) from error
        except (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordException) as error:
            raise DiscordUnavailable(type(error).__name__) from error
