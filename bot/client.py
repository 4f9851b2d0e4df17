"""The Discord client: connects, keeps connected, and registers commands only when they changed.

It needs no privileged intent and keeps no members or messages in memory.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.backoff import backoff_s
from bot.clock import Clock
from bot.errors import Refusal
from bot.services import Services
from storage import registered_commands
from storage.database import Database

logger = logging.getLogger(__name__)

# What the bot does in a channel; the invite link asks for exactly this.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    create_public_threads=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)
RETRY_FIRST_S = 1.0
RETRY_MAX_S = 60.0


class CannotConnect(Refusal):
    """Discord does not let this bot in, and trying again would not help."""


class Client(commands.Bot):
    """The shard of the database, slash commands only.

    Attributes:
        services: What cogs may use; set by the composition root.
        on_login: Called once Discord has accepted the token; set by the composition root.
        on_access: Called with a server's id when what the bot may do there may have changed; must return at once; set
            by the composition root.

    Args:
        tree: The class of the command tree, which answers errors.
        setup: Adds the cogs, once.
        database: Remembers which commands Discord was given; its shard is the one to connect as.
        clock: The source of time.
    """

    services: Services
    on_login: Callable[[], None]
    on_access: Callable[[int], None]

    def __init__(
        self,
        *,
        tree: type[app_commands.CommandTree[commands.Bot]],
        setup: Callable[[commands.Bot], Awaitable[None]],
        database: Database,
        clock: Clock,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=tree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_id=database.shard.id,
            shard_count=database.shard.count,
        )
        self._setup = setup
        self._database = database
        self._clock = clock

    async def setup_hook(self) -> None:
        """Add the cogs, let messages through, bring the commands up to date."""
        if not self.cogs:
            await self._setup(self)
        self.on_login()
        await self._register_commands()

    async def on_guild_channel_update(self, _before: object, after: discord.abc.GuildChannel) -> None:
        """Pass it on: somebody may have opened a channel to the bot."""
        self.on_access(after.guild.id)

    async def on_raw_thread_update(self, changed: discord.RawThreadUpdateEvent) -> None:
        """Pass it on: somebody may have opened a thread again."""
        self.on_access(changed.guild_id)

    async def on_guild_role_update(self, _before: object, after: discord.Role) -> None:
        """Pass it on: somebody may have given a role of the bot's more permissions."""
        self.on_access(after.guild.id)

    async def run_until_closed(self, token: str, *, greet: Callable[[int], None]) -> None:
        """Log in and stay connected until :meth:`close`; failures that may pass are tried again.

        Args:
            token: The bot's token.
            greet: Called with the application's id once Discord has accepted the token.

        Raises:
            CannotConnect: Discord refuses the token.
        """
        await self._log_in(token)
        greet(self.application_id or 0)
        tries = 0
        while not self.is_closed():
            try:
                await self.connect(reconnect=True)
            except AttributeError:
                # discord.py 2.7.1 trips over its missing socket when the very first handshake fails.
                if self.ws is not None:
                    raise
            except discord.ConnectionClosed as error:
                raise CannotConnect(f"Discord's gateway refuses this bot (code {error.code}).") from error
            if self.is_closed():
                return
            tries += 1
            logger.warning("Discord's gateway cannot be reached; trying again.")
            await self._clock.sleep(backoff_s(tries, first_s=RETRY_FIRST_S, max_s=RETRY_MAX_S))

    async def _log_in(self, token: str) -> None:
        tries = 0
        while True:
            try:
                return await self.login(token)
            except discord.LoginFailure as error:
                raise CannotConnect(
                    "DISCORD_TOKEN is not accepted by Discord.",
                    hint="Copy the token again from the developer portal, page Bot.",
                ) from error
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                logger.warning("Discord cannot be reached (%s); trying again.", type(error).__name__)
            await self.http.close()
            self.http.connector = discord.utils.MISSING
            tries += 1
            await self._clock.sleep(backoff_s(tries, first_s=RETRY_FIRST_S, max_s=RETRY_MAX_S))

    async def _register_commands(self) -> None:
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        application_id = self.application_id or 0
        known = await self._database.transaction(
            registered_commands.find_digest, application_id=application_id
        )
        if known == digest:
            return
        try:
            await self.tree.sync()
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            logger.error("the commands could not be registered, the next start will try: %s", error)
            return
        await self._database.transaction(
            registered_commands.remember_digest, application_id=application_id, digest=digest
        )


def owner_ids_of(application: discord.AppInfo) -> frozenset[int]:
    """Return whom an application belongs to, by user id: its owner, or whoever has joined its team."""
    if application.team is None:
        return frozenset({application.owner.id})
    joined = discord.TeamMembershipState.accepted
    return frozenset(member.id for member in application.team.members if member.membership_state is joined)


class OneLineReconnects(logging.Filter):
    """Keeps the tracebacks of passing connection troubles out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten discord.py's word that it reconnects; let everything pass."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OSError | aiohttp.ClientError | asyncio.TimeoutError | discord.DiscordException):
            record.msg = f"{record.msg} after {type(error).__name__}"
            record.exc_info = None
        return True
