"""Answers with a video: the best file that Discord takes, else the card with its link alone."""

import asyncio
import logging
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

import aiohttp
import discord

from bot import texts
from bot.delivery.cards import Card
from bot.delivery.sender import UPLOAD_MAX_BYTES
from cogs.ui import acknowledge

logger = logging.getLogger(__name__)

# Far less than the 15 minutes for which Discord lets us answer.
UPLOAD_TIMEOUT_S = 300.0
_TOO_LARGE = 40005


async def show_video(interaction: discord.Interaction, card: Card, files: Sequence[Path]) -> None:
    """Answer so that only its person sees it. Never raises because Discord is in trouble.

    Args:
        interaction: What is answered.
        card: Shown whatever happens to the file.
        files: The video, the best first; the first one that Discord takes is shown.
    """
    try:
        async with asyncio.timeout(UPLOAD_TIMEOUT_S):
            await acknowledge(interaction)
            for file in files:
                if _fits(interaction, file) and await _is_taken(interaction, card, file):
                    return
            text = texts.NO_FILE_HERE if files else None
            await interaction.edit_original_response(content=text, embed=card.embed, view=card.view())
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.warning("a video could not be shown again: %s", type(error).__name__)


async def _is_taken(interaction: discord.Interaction, card: Card, file: Path) -> bool:
    try:
        attached = discord.File(file)
        await interaction.edit_original_response(embed=card.embed, view=card.view(), attachments=[attached])
    except FileNotFoundError:  # its time was over just now
        return False
    except discord.HTTPException as error:
        if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or error.code == _TOO_LARGE:
            return False
        raise
    return True


def _fits(interaction: discord.Interaction, file: Path) -> bool:
    max_bytes = min(interaction.filesize_limit, UPLOAD_MAX_BYTES)
    return file.exists() and file.stat().st_size <= max_bytes
