"""``python -m bot``: the bot as a process; ``python -m bot backup`` and ``check`` look after its database."""

import argparse
import asyncio
import functools
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord

from bot.app import open_application
from bot.client import PERMISSIONS, CannotConnect, OneLineReconnects
from bot.config import Configuration, read_configuration
from bot.errors import Refusal
from bot.generation.retention import video_file
from bot.ops.logs import set_up_logs
from storage.backup import back_up, file_of
from storage.check import contradictions
from storage.shards import Shard

logger = logging.getLogger(__name__)


def main() -> int:
    """Do what the command line says.

    Returns:
        0 when all went well, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Runs the bot when no command is given."
    )
    commands = parser.add_subparsers(dest="command")
    backup = commands.add_parser(
        "backup", help="copy the SQLite database into a new file, also while the bot runs"
    )
    backup.add_argument("file", type=Path)
    check = commands.add_parser(
        "check", help="find rows that contradict each other, in the database or in a copy"
    )
    check.add_argument("file", type=Path, nargs="?")
    arguments = parser.parse_args()
    match arguments.command:
        case "backup":
            return _in_words(lambda: _back_up(arguments.file))
        case "check":
            return _in_words(lambda: _check(arguments.file))
        case _:
            return run()


def run() -> int:
    """Run until SIGINT or SIGTERM.

    Returns:
        0 after a clean stop; 1 when it cannot run, with one plain sentence on standard error; 1, with one in the
        log, when another process has taken over.
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
        return asyncio.run(_run(configuration))
    except Refusal as refusal:
        print(f"Showrunner cannot start: {refusal.message} {refusal.hint}".rstrip(), file=sys.stderr)
        return 1


def _in_words(command: Callable[[], int]) -> int:
    try:
        return command()
    except Refusal as refusal:
        print(f"{refusal.message} {refusal.hint}".rstrip(), file=sys.stderr)
        return 1


def _back_up(to: Path) -> int:
    file_bytes = back_up(file_of(read_configuration().effective_database_url), to)
    print(f"{to} holds the database as it is now ({file_bytes} bytes).")
    return 0


def _check(copy: Path | None) -> int:
    if copy is not None:
        found = contradictions(copy)
    else:
        configuration = read_configuration()
        found = contradictions(
            configuration.effective_database_url,
            video_of=functools.partial(video_file, configuration.results_dir),
            shard=Shard(id=configuration.shard_id, count=configuration.shard_count),
        )
    for sentence in found:
        print(sentence)
    print(f"{len(found)} contradictions.")
    return 1 if found else 0


async def _run(configuration: Configuration) -> int:
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
        lost = application.lost
        ends: set[asyncio.Future[Any]] = {connection, stopping, lost}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        logger.info("stopping")
        if lost.done():
            logger.error("another process has taken over: %s", lost.result().message)
            connection.cancel()  # at once, because that one answers people now
        elif connection.done():
            connection.result()
            raise CannotConnect("The connection to Discord ended by itself.")
    # Not before: while steps finish, whoever asks for something is told that we are stopping.
    connection.cancel()
    await asyncio.gather(connection, return_exceptions=True)
    return 1 if lost.done() else 0


def _greet(application_id: int) -> None:
    """Say how to invite the bot. Printed, not logged: logs cut the query of links."""
    link = discord.utils.oauth_url(
        application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )
    print(f"Invite me to a server: {link}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
