"""The one place that turns an error into a reply: what happened, what to do, and that it cost nothing."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.delivery.plain_text import plain_text
from bot.errors import Refusal
from bot.upstream.requests import InvalidRequest
from cogs.ui import say
from storage.errors import CommitUnclear, StorageUnavailable

logger = logging.getLogger(__name__)

# Discord's bound for a message is 2,000; the rest is for the words around it.
_TEXT_MAX_CHARS = 1800


class Tree(app_commands.CommandTree[commands.Bot]):
    """The command tree with our answer to errors."""

    async def on_error(
        self, interaction: discord.Interaction[commands.Bot], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer an error of a command."""
        await answer_error(interaction, error)


@asynccontextmanager
async def errors_answered(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """Answer whatever the body raises; for buttons and modals, whose errors discord.py only logs."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # the top of a task: everything ends as a reply
        await answer_error(interaction, error)


async def answer_error(interaction: discord.Interaction[Any], error: Exception) -> None:
    """Tell the person what went wrong. A Refusal speaks for itself; anything else gets a reference number."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    match cause:
        case InvalidRequest():
            await say(interaction, faults_text(cause))
        case Refusal():
            await say(interaction, "\n".join(filter(None, (cause.message, cause.hint))))
        case CommitUnclear():
            logger.error("storage is unavailable: %s", cause)
            await say(interaction, f"{texts.STORAGE_UNCLEAR} {texts.STORAGE_UNCLEAR_HINT}")
        case StorageUnavailable():
            logger.error("storage is unavailable: %s", cause)
            await say(interaction, f"{texts.STORAGE_DOWN} {texts.STORAGE_DOWN_HINT}")
        case app_commands.NoPrivateMessage():
            await say(interaction, texts.ONLY_IN_SERVERS)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            await say(interaction, texts.COMMANDS_CHANGED)
        case app_commands.TransformerError():
            value = plain_text(str(cause.value), max_chars=100)
            await say(interaction, f"{texts.UNUSABLE_OPTION.format(value=value)} {texts.NOT_CHARGED}")
        case _:
            reference = secrets.token_hex(4)
            logger.error("reference %s", reference, exc_info=cause)
            await say(interaction, texts.OUT_OF_ORDER.format(reference=reference))


def faults_text(error: InvalidRequest) -> str:
    """Return every fault of a request as a list, for a person."""
    lines = [f"- {plain_text(fault.message, max_chars=300)}" for fault in error.faults]
    text = "\n".join([texts.FAULTS_TITLE, *lines])
    return f"{text[:_TEXT_MAX_CHARS]}\n\n{error.hint}"
