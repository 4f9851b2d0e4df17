"""``/asset``: pictures of faces and characters, reviewed once and then used by name."""

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.assets.names import NAME_MAX_CHARS
from bot.assets.refusals import AssetOfOldKey
from bot.assets.service import AssetService, Picture
from bot.client import Client
from bot.delivery.plain_text import plain_text
from cogs.ui import answering, fitting, say
from storage.records import Asset

_REASON_MAX_CHARS = 150


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
class Library(commands.GroupCog, group_name="asset", group_description=texts.COMMAND_ASSET):
    """The commands under ``/asset``."""

    @app_commands.command(name="add", description=texts.COMMAND_ASSET_ADD)
    @app_commands.describe(
        name=texts.OPTION_ASSET_NAME, picture=texts.OPTION_ASSET_PICTURE, shared=texts.OPTION_ASSET_SHARED
    )
    async def add(
        self,
        interaction: discord.Interaction[Client],
        name: app_commands.Range[str, 1, NAME_MAX_CHARS],
        picture: discord.Attachment,
        shared: bool = False,
    ) -> None:
        """Have a picture reviewed and keep it by name."""
        async with answering(interaction):
            asset = await interaction.client.services.assets.add(
                name,
                Picture(picture.filename, picture.url, picture.size),
                owner_id=interaction.user.id,
                guild_id=interaction.guild_id or 0,
                is_shared=shared,
            )
            await say(interaction, texts.ASSET_ADDED.format(name=asset.name))

    @app_commands.command(name="list", description=texts.COMMAND_ASSET_LIST)
    async def show(self, interaction: discord.Interaction[Client]) -> None:
        """List one's own pictures and the shared ones."""
        async with answering(interaction):
            service = interaction.client.services.assets
            seen = await service.list_for(interaction.user.id, guild_id=interaction.guild_id or 0)
            lines = [_line(asset, service) for asset in seen]
            embed = discord.Embed(
                title=texts.ASSET_LIST_TITLE, description=fitting(lines) or texts.ASSET_LIST_NONE
            )
            await say(interaction, embed=embed)

    @app_commands.command(name="remove", description=texts.COMMAND_ASSET_REMOVE)
    @app_commands.describe(name=texts.OPTION_ASSET_REMOVE)
    async def remove(self, interaction: discord.Interaction[Client], name: str) -> None:
        """Take a picture out of the library."""
        async with answering(interaction):
            removed = await interaction.client.services.assets.remove(
                name,
                member_id=interaction.user.id,
                guild_id=interaction.guild_id or 0,
                may_moderate=interaction.permissions.manage_messages,
            )
            await say(interaction, texts.ASSET_REMOVED.format(name=removed.name))

    @remove.autocomplete("name")
    async def _offer(
        self, interaction: discord.Interaction[Client], typed: str
    ) -> list[app_commands.Choice[str]]:
        names = await interaction.client.services.assets.names_for(
            typed, member_id=interaction.user.id, guild_id=interaction.guild_id or 0, is_usable=False
        )
        return [app_commands.Choice(name=name, value=name) for name in names]


def _line(asset: Asset, service: AssetService) -> str:
    state = texts.ASSET_STATES[asset.state]
    if isinstance(service.refusal_for(asset), AssetOfOldKey):
        state = texts.ASSET_OLD_KEY
    return texts.ASSET_LIST_LINE.format(
        name=plain_text(asset.name or "", max_chars=100),
        state=state.format(reason=plain_text(asset.reason or "", max_chars=_REASON_MAX_CHARS)),
        whose=(
            texts.ASSET_SHARED.format(owner_id=asset.owner_id) if asset.is_shared else texts.ASSET_PRIVATE
        ),
    )
