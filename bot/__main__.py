"""``python -m bot``: the bot as a process."""

import asyncio
import logging
import signal
import sys

import discord

from bot.app import open_application
from bot.client import PERMISSIONS, CannotConnect, OneLineReconnects
from bot.config import Configuration, read_configuration
from bot.errors import Refusal
from bot.ops.logs import set_up_logs

logger = logging.getLogger(__name__)


def main() -> int:
    """Run until SIGINT or SIGTERM.

    Returns:
        0 after a clean stop; 1 when it cannot run, with one plain sentence on standard error.
    """
    try:
        configuration = read_configuration()
        set_up_logs(
            configuration.log_level,
            secrets=(
                configuration.discord_token.get_secret_value(),
                configuration.video_api_key.get_secret_value(),
            ),
        )
        logging.getLogger("discord.client").addFilter(OneLineReconnects())
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we do not speak
        asyncio.run(_run(configuration))
    except Refusal as refusal:
        print(f"Showrunner cannot start: {refusal.message} {refusal.hint}".rstrip(), file=sys.stderr)
        return 1
    return 0


async def _run(configuration: Configuration) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    async with open_application(configuration) as application:
        client = application.client
        connection = asyncio.create_task(
            client.run_until_closed(configuration.discord_token.get_secret_value(), greet=_greet),
            name="gateway",
        )
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
            logger.info("stopping")
            if connection.done():
                connection.result()
                raise CannotConnect("The connection to Discord ended by itself.")
        finally:
            for task in (connection, stopping):
                task.cancel()
            await asyncio.gather(connection, stopping, return_exceptions=True)


def _greet(application_id: int) -> None:
    """Say how to invite the bot. Printed, not logged: logs cut the query of links."""
    link = discord.utils.oauth_url(
        application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )
    print(f"Invite me to a server: {link}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
