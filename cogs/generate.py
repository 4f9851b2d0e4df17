"""``/video``: ask for a video, see one's own, cancel one."""

import re
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.client import Client
from bot.delivery.custom_ids import CANCEL, custom_id, pattern
from bot.delivery.plain_text import plain_text
from bot.generation.service import Asked
from bot.upstream.families import DEFAULT_MODEL, family_of
from bot.upstream.requests import VideoRequest
from cogs.choices import MODELS, RATIOS, Prompt, Seconds
from cogs.errors import errors_answered
from cogs.ui import answering, require_permissions, say
from storage.records import Generation, GenerationId

DEFAULT_DURATION_S = 5


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
class Generate(commands.GroupCog, group_name="video", group_description=texts.COMMAND_VIDEO):
    """The commands under ``/video``."""

    @app_commands.command(name="text", description=texts.COMMAND_TEXT)
    @app_commands.describe(
        prompt=texts.OPTION_PROMPT,
        model=texts.OPTION_MODEL,
        duration=texts.OPTION_DURATION,
        ratio=texts.OPTION_RATIO,
    )
    @app_commands.choices(model=MODELS, ratio=RATIOS)
    async def text(
        self,
        interaction: discord.Interaction[Client],
        prompt: app_commands.Transform[str, Prompt],
        model: str = DEFAULT_MODEL,
        duration: app_commands.Transform[int, Seconds] = DEFAULT_DURATION_S,
        ratio: str | None = None,
    ) -> None:
        """Make a video from words."""
        async with answering(interaction):
            require_permissions(interaction)
            body = {"model": model, "prompt": prompt, "duration": duration, "ratio": ratio}
            request = VideoRequest.parse(body, family=family_of(model))
            await interaction.client.services.generations.admit(request, _asked(interaction))
            await say(interaction, texts.ADMITTED)

    @app_commands.command(name="status", description=texts.COMMAND_STATUS)
    async def status(self, interaction: discord.Interaction[Client]) -> None:
        """List one's own running and latest videos."""
        async with answering(interaction):
            latest = await interaction.client.services.generations.latest(
                asker_id=interaction.user.id, guild_id=interaction.guild_id
            )
            lines = [_status_line(generation) for generation in latest]
            embed = discord.Embed(
                title=texts.STATUS_TITLE, description="\n\n".join(lines) or texts.STATUS_NONE
            )
            await say(interaction, embed=embed)


class CancelButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=pattern(CANCEL)):
    """Cancels a generation that has not been sent; works after a restart."""

    def __init__(self, generation_id: GenerationId) -> None:
        super().__init__(
            discord.ui.Button(label=texts.BUTTON_CANCEL, custom_id=custom_id(CANCEL, generation_id))
        )
        self._generation_id = generation_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again from what it carries."""
        return cls(GenerationId(match["generation_id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Cancel."""
        async with errors_answered(interaction), answering(interaction):
            await interaction.client.services.generations.cancel(
                self._generation_id,
                member_id=interaction.user.id,
                card_id=interaction.message.id if interaction.message else None,
            )
            await say(interaction, texts.CANCEL_DONE)


def _asked(interaction: discord.Interaction[Any]) -> Asked:
    return Asked(
        interaction_id=interaction.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id or 0,
        asker_id=interaction.user.id,
    )


def _status_line(generation: Generation) -> str:
    request = VideoRequest.from_stored(generation.request)
    link = texts.STATUS_NO_CARD
    if generation.card_id is not None:
        where = generation.guild_id or "@me"
        link = texts.STATUS_CARD.format(
            url=f"https://discord.com/channels/{where}/{generation.channel_id}/{generation.card_id}"
        )
    return texts.STATUS_LINE.format(
        headline=texts.HEADLINES[generation.state],
        asked=discord.utils.format_dt(generation.asked_at, "R"),
        prompt=plain_text(" ".join(request.prompt.split()), max_chars=150),
        card=link,
    )
