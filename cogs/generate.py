"""``/video``: ask for a video from words or files, see one's own."""

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.client import Client
from bot.delivery.cards import card_for
from bot.delivery.plain_text import plain_text
from bot.generation.intake import WantedAsset
from bot.upstream.requests import VideoRequest
from cogs.asking import ask, wanted_file, wanted_files, wish_of
from cogs.choices import RATIOS, ModelName, Prompt, Seconds, video_choice
from cogs.showing import show_video
from cogs.ui import answering, card_link, say
from storage.records import Generation, GenerationId

PromptOption = app_commands.Transform[str, Prompt]
ModelOption = app_commands.Transform[str, ModelName]
SecondsOption = app_commands.Transform[int, Seconds]
File = discord.Attachment

_TAKES = {
    "prompt": texts.OPTION_PROMPT,
    "model": texts.OPTION_MODEL,
    "duration": texts.OPTION_DURATION,
    "ratio": texts.OPTION_RATIO,
}
_FILES = (
    {f"image{number}": texts.OPTION_IMAGE for number in range(1, 10)}
    | {f"video{number}": texts.OPTION_VIDEO for number in range(1, 4)}
    | {f"audio{number}": texts.OPTION_AUDIO for number in range(1, 4)}
)


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
class Generate(commands.GroupCog, group_name="video", group_description=texts.COMMAND_VIDEO):
    """The commands under ``/video``."""

    @app_commands.command(name="text", description=texts.COMMAND_TEXT)
    @app_commands.describe(**_TAKES)
    @app_commands.choices(ratio=RATIOS)
    async def text(
        self,
        interaction: discord.Interaction[Client],
        prompt: PromptOption,
        model: ModelOption | None = None,
        duration: SecondsOption | None = None,
        ratio: str | None = None,
    ) -> None:
        """Make a video from words."""
        async with answering(interaction):
            await ask(
                interaction,
                wish_of(interaction, prompt=prompt, model=model, duration=duration, ratio=ratio),
            )

    @app_commands.command(name="frames", description=texts.COMMAND_FRAMES)
    @app_commands.describe(
        first=texts.OPTION_FIRST, last=texts.OPTION_LAST, review=texts.OPTION_REVIEW, **_TAKES
    )
    @app_commands.choices(ratio=RATIOS)
    async def frames(
        self,
        interaction: discord.Interaction[Client],
        first: File,
        prompt: PromptOption,
        last: File | None = None,
        model: ModelOption | None = None,
        duration: SecondsOption | None = None,
        ratio: str | None = None,
        review: bool = False,
    ) -> None:
        """Make a video that begins with a picture, and maybe ends with another."""
        async with answering(interaction):
            files = [
                wanted_file(first, field="first_image"),
                *wanted_files([last], field="last_image"),
            ]
            await ask(
                interaction,
                wish_of(
                    interaction,
                    prompt=prompt,
                    model=model,
                    duration=duration,
                    ratio=ratio,
                    files=files,
                    needs_review=review,
                ),
            )

    @app_commands.command(name="reference", description=texts.COMMAND_REFERENCE)
    @app_commands.describe(assets=texts.OPTION_ASSETS, review=texts.OPTION_REVIEW, **_TAKES, **_FILES)
    @app_commands.choices(ratio=RATIOS)
    async def reference(
        self,
        interaction: discord.Interaction[Client],
        prompt: PromptOption,
        image1: File | None = None,
        image2: File | None = None,
        image3: File | None = None,
        image4: File | None = None,
        image5: File | None = None,
        image6: File | None = None,
        image7: File | None = None,
        image8: File | None = None,
        image9: File | None = None,
        video1: File | None = None,
        video2: File | None = None,
        video3: File | None = None,
        audio1: File | None = None,
        audio2: File | None = None,
        audio3: File | None = None,
        model: ModelOption | None = None,
        duration: SecondsOption | None = None,
        ratio: str | None = None,
        assets: str | None = None,
        review: bool = False,
    ) -> None:
        """Make a video after pictures, clips and sounds."""
        images = [image1, image2, image3, image4, image5, image6, image7, image8, image9]
        async with answering(interaction):
            files = [
                *wanted_files(images, field="referenceImages"),
                *wanted_files([video1, video2, video3], field="referenceVideos"),
                *wanted_files([audio1, audio2, audio3], field="referenceAudios"),
            ]
            await ask(
                interaction,
                wish_of(
                    interaction,
                    prompt=prompt,
                    model=model,
                    duration=duration,
                    ratio=ratio,
                    files=files,
                    assets=_named(assets),
                    needs_files=True,
                    needs_review=review,
                ),
            )

    @reference.autocomplete("assets")
    async def _asset_names(
        self, interaction: discord.Interaction[Client], typed: str
    ) -> list[app_commands.Choice[str]]:
        # Earlier names stay as typed; only the last one is completed.
        earlier, comma, last = typed.rpartition(",")
        names = await interaction.client.services.assets.names_for(
            last.strip(), member_id=interaction.user.id, guild_id=interaction.guild_id or 0, is_usable=True
        )
        whole = [f"{earlier}{comma}{' ' if comma else ''}{name}" for name in names]
        return [app_commands.Choice(name=one, value=one) for one in whole if len(one) <= 100]

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

    @app_commands.command(name="show", description=texts.COMMAND_SHOW)
    @app_commands.describe(generation=texts.OPTION_GENERATION)
    async def show(self, interaction: discord.Interaction[Client], generation: str) -> None:
        """Show one of one's own finished videos again."""
        async with answering(interaction):
            finished = await interaction.client.services.finished.get(
                GenerationId(generation.strip()), member_id=interaction.user.id
            )
            card = card_for(finished.generation).without_actions()
            await show_video(interaction, card, finished.files)

    @show.autocomplete("generation")
    async def _finished(
        self, interaction: discord.Interaction[Client], typed: str
    ) -> list[app_commands.Choice[str]]:
        choices = [
            video_choice(generation)
            for generation in await interaction.client.services.finished.of(interaction.user.id)
        ]
        return [
            choice for choice in choices if typed.casefold() in f"{choice.name} {choice.value}".casefold()
        ]


def _named(assets: str | None) -> list[WantedAsset]:
    names = [name.strip() for name in (assets or "").split(",")]
    return [WantedAsset(field="referenceImages", name=name) for name in names if name]


def _status_line(generation: Generation) -> str:
    request = VideoRequest.from_stored(generation.request)
    return texts.STATUS_LINE.format(
        headline=texts.LISTED_HEADLINES[generation.state],
        asked=discord.utils.format_dt(generation.asked_at, "R"),
        prompt=plain_text(" ".join(request.prompt.split()), max_chars=150),
        card=card_link(generation),
    )
