"""Pictures of who used how much: a nicety, so whoever answers goes on without one that cannot be drawn."""

import logging
from io import BytesIO

import discord

from bot.charts.facts import Chart
from bot.charts.painter import ChartFailed
from bot.client import Client

logger = logging.getLogger(__name__)

_NAME = "use.png"


async def put_picture(
    interaction: discord.Interaction[Client], embed: discord.Embed, chart: Chart
) -> list[discord.File]:
    """Have a chart drawn, which takes about a second, and make an embed show it.

    Returns:
        The file to send with the embed; nothing, and the embed as it was, if the chart could not be drawn.
    """
    try:
        picture = await interaction.client.services.charts.paint(chart)
    except ChartFailed as failure:
        logger.warning("there is no picture: %s", failure)
        return []
    embed.set_image(url=f"attachment://{_NAME}")
    return [discord.File(BytesIO(picture), filename=_NAME, description=chart.title)]
