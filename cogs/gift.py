"""``/gift``: members give each other credits, where their server allows it."""

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.client import Client
from bot.limits.limits import COUNT_MAX
from cogs.letters import tell_receiver
from cogs.people import member_of, require_person
from cogs.ui import announce, answering, say


class Gift(commands.Cog):
    """The command ``/gift``."""

    @app_commands.command(name="gift", description=texts.COMMAND_GIFT)
    @app_commands.describe(member=texts.OPTION_GRANTEE, credits=texts.OPTION_GIFT)
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    async def gift(
        self,
        interaction: discord.Interaction[Client],
        member: discord.Member,
        credits: app_commands.Range[int, 1, COUNT_MAX],
    ) -> None:
        """Give credits, and let the channel know."""
        async with answering(interaction):
            require_person(member)
            gift = await interaction.client.services.grants.gift(
                member_of(interaction), member.id, credits, interaction_id=interaction.id
            )
            given = texts.credits_text(credits)
            await say(interaction, texts.GIFT_GIVEN.format(credits=given, whom=member.mention))
            if gift.is_new:
                giver = interaction.user.mention
                await announce(
                    interaction, texts.GIFT_PUBLIC.format(giver=giver, credits=given, whom=member.mention)
                )
        await tell_receiver(interaction, gift, texts.LETTER_GIFT)
