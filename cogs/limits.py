"""``/limits``: what moderators see and decide. Discord hides it from those who may not manage the server; so do we."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.client import Client
from bot.errors import Refusal
from bot.limits.limits import COUNT_MAX
from bot.limits.limits import Limits as MemberLimits
from bot.limits.proposals import proposals
from bot.limits.rules import EffectiveSetting
from bot.limits.trail import Actor
from bot.limits.values import SETTINGS
from bot.services import Services
from cogs.choices import CHOICES_MAX_COUNT, NAME_MAX_CHARS
from cogs.letters import tell_receiver
from cogs.limits_shown import (
    TOP_COUNT,
    csv_of,
    history_embed,
    ranking_of,
    refund_choice,
    reset_text,
    settings_embed,
    top_embed,
    whom,
)
from cogs.names import names_of
from cogs.people import is_moderator, member_from, require_moderator, require_person
from cogs.pictures import put_picture
from cogs.ui import answering, fitting, say
from storage.records import GenerationId
from storage.settings import Scope, Subject

Interaction = discord.Interaction[Client]

DAYS_DEFAULT = 30
DAYS_MAX = 366


class TwoSubjects(Refusal):
    """Both a role and a member were chosen."""


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Limits(commands.GroupCog, group_name="limits", group_description=texts.COMMAND_LIMITS):
    """The commands under ``/limits``."""

    @app_commands.command(name="show", description=texts.COMMAND_LIMITS_SHOW)
    @app_commands.describe(role=texts.OPTION_ROLE, member=texts.OPTION_MEMBER)
    async def show(
        self,
        interaction: Interaction,
        role: discord.Role | None = None,
        member: discord.Member | None = None,
    ) -> None:
        """Show what holds, and where each rule comes from."""
        async with _moderating(interaction) as services:
            subject = _subject(interaction, role, member)
            shown = await _effective(services, subject, member)
            balance = await services.grants.balance_of(guild_id=subject.guild_id, member_id=subject.id)
            await say(interaction, embed=settings_embed(subject, shown, balance_credits=balance))

    @app_commands.command(name="set", description=texts.COMMAND_LIMITS_SET)
    @app_commands.describe(
        limit=texts.OPTION_LIMIT,
        value=texts.OPTION_VALUE,
        role=texts.OPTION_ROLE,
        member=texts.OPTION_MEMBER,
    )
    async def set(
        self,
        interaction: Interaction,
        limit: str,
        value: str,
        role: discord.Role | None = None,
        member: discord.Member | None = None,
    ) -> None:
        """Set a limit or a setting."""
        async with _moderating(interaction) as services:
            subject = _subject(interaction, role, member)
            change = await services.rules.set(
                subject, limit, value, actor=_actor(interaction), channel_ids=_channels(interaction)
            )
            text = texts.LIMIT_SET if change.before != change.after else texts.LIMIT_SET_ALREADY
            await say(
                interaction,
                text.format(name=change.name, whom=whom(subject), before=change.before, after=change.after),
            )

    @app_commands.command(name="reset", description=texts.COMMAND_LIMITS_RESET)
    @app_commands.describe(limit=texts.OPTION_RESET, role=texts.OPTION_ROLE, member=texts.OPTION_MEMBER)
    async def reset(
        self,
        interaction: Interaction,
        limit: str | None = None,
        role: discord.Role | None = None,
        member: discord.Member | None = None,
    ) -> None:
        """Take back what was set."""
        async with _moderating(interaction) as services:
            subject = _subject(interaction, role, member)
            gone = await services.rules.reset(subject, limit, actor=_actor(interaction))
            await say(interaction, reset_text(subject, gone, await _effective(services, subject, member)))

    @app_commands.command(name="history", description=texts.COMMAND_LIMITS_HISTORY)
    async def history(self, interaction: Interaction) -> None:
        """Show who changed what."""
        async with _moderating(interaction) as services:
            entries = await services.rules.history(interaction.guild_id or 0)
            await say(interaction, embed=history_embed(entries))

    @app_commands.command(name="grant", description=texts.COMMAND_LIMITS_GRANT)
    @app_commands.describe(member=texts.OPTION_GRANTEE, credits=texts.OPTION_GRANT)
    async def grant(
        self,
        interaction: Interaction,
        member: discord.Member,
        credits: app_commands.Range[int, -COUNT_MAX, COUNT_MAX],
    ) -> None:
        """Give a member credits of their own, or take some back."""
        async with _moderating(interaction) as services:
            require_person(member)
            granted = await services.grants.grant(member.id, credits, actor=_actor(interaction))
            text = texts.GRANTED if credits > 0 else texts.GRANTED_BACK
            await say(
                interaction,
                text.format(
                    whom=member.mention,
                    credits=texts.credits_text(abs(credits)),
                    balance=texts.credits_text(granted.balance_credits),
                ),
            )
        letter = texts.LETTER_GRANTED if credits > 0 else texts.LETTER_TAKEN_BACK
        await tell_receiver(interaction, granted, letter)

    @app_commands.command(name="refund", description=texts.COMMAND_LIMITS_REFUND)
    @app_commands.describe(generation=texts.OPTION_REFUND)
    async def refund(self, interaction: Interaction, generation: str) -> None:
        """Give back what a video took."""
        async with _moderating(interaction) as services:
            refunded = await services.grants.refund(
                GenerationId(generation.strip()), actor=_actor(interaction)
            )
            lines = [texts.REFUNDED.format(generation_id=refunded.generation.id)]
            for share in refunded.shares:
                lines.append(
                    texts.REFUNDED_SHARE.format(
                        whom=f"<@{share.member_id}>", credits=texts.credits_text(share.credits)
                    )
                )
            await say(interaction, embed=discord.Embed(description=fitting(lines)))
        for share in refunded.shares:
            await tell_receiver(
                interaction, share, texts.LETTER_REFUNDED, generation_id=refunded.generation.id
            )

    @app_commands.command(name="top", description=texts.COMMAND_LIMITS_TOP)
    @app_commands.describe(days=texts.OPTION_TOP_DAYS)
    async def top(
        self, interaction: Interaction, days: app_commands.Range[int, 1, DAYS_MAX] = DAYS_DEFAULT
    ) -> None:
        """Show who used most; names and the picture follow when they are there."""
        async with _moderating(interaction) as services:
            members = await services.totals.top(interaction.guild_id or 0, days=days)
            embed = top_embed(members, days=days)
            await say(interaction, embed=embed, files=[csv_of(members, names={})] if members else [])
        if members:
            names = await names_of(interaction.guild, [use.member_id for use in members[:TOP_COUNT]])
            pictures = await put_picture(interaction, embed, ranking_of(members, names=names, days=days))
            await say(interaction, embed=embed, files=[*pictures, csv_of(members, names=names)])

    @set.autocomplete("limit")
    async def _offer_limits(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        is_server = _typed_subject(interaction).scope is Scope.SERVER
        names = SETTINGS if is_server else MemberLimits.model_fields
        return _choices(
            {name: texts.LIMIT_CHOICE.format(name=name, help=SETTINGS[name].help_of(name)) for name in names},
            typed,
        )

    @set.autocomplete("value")
    async def _offer_values(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not is_moderator(interaction):
            return []
        present = await interaction.client.services.rules.set_for(_typed_subject(interaction))
        name = interaction.namespace.limit or ""
        return _choices(proposals(name, typed=typed, present=present, channels=_channels(interaction)))

    @reset.autocomplete("limit")
    async def _offer_set(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not is_moderator(interaction):
            return []
        present = await interaction.client.services.rules.set_for(_typed_subject(interaction))
        return _choices({name: name for name in present}, typed)

    @refund.autocomplete("generation")
    async def _offer_videos(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not is_moderator(interaction):
            return []
        paid = await interaction.client.services.grants.refundable(interaction.guild_id or 0)
        return _choices({generation.id: refund_choice(generation) for generation in paid}, typed)


@asynccontextmanager
async def _moderating(interaction: Interaction) -> AsyncIterator[Services]:
    async with answering(interaction):
        require_moderator(interaction)
        yield interaction.client.services


async def _effective(
    services: Services, subject: Subject, member: discord.Member | None
) -> Sequence[EffectiveSetting]:
    """Return what holds for a subject; ``member`` is that subject, if it is one."""
    if member is not None:
        return await services.rules.of_member(member_from(member, guild_id=subject.guild_id))
    if subject.scope is Scope.ROLE:
        return await services.rules.of_role(subject.guild_id, role_id=subject.id)
    return await services.rules.of_server(subject.guild_id)


def _actor(interaction: Interaction) -> Actor:
    return Actor(
        member_id=interaction.user.id, guild_id=interaction.guild_id or 0, interaction_id=interaction.id
    )


def _subject(
    interaction: Interaction, role: discord.abc.Snowflake | None, member: discord.abc.Snowflake | None
) -> Subject:
    """Return whom it is about; everybody's role is the server."""
    guild_id = interaction.guild_id or 0
    if role is not None and member is not None:
        raise TwoSubjects(texts.ONE_SUBJECT, hint=texts.NOTHING_CHANGED)
    if member is not None:
        return Subject(guild_id=guild_id, scope=Scope.MEMBER, id=member.id)
    if role is not None and role.id != guild_id:
        return Subject(guild_id=guild_id, scope=Scope.ROLE, id=role.id)
    return Subject(guild_id=guild_id, scope=Scope.SERVER)


def _typed_subject(interaction: Interaction) -> Subject:
    typed = interaction.namespace
    return _subject(interaction, typed.role, None if typed.role else typed.member)


def _channels(interaction: Interaction) -> dict[int, str]:
    guild = interaction.guild
    return {channel.id: channel.name for channel in guild.text_channels} if guild else {}


def _choices(names: dict[str, str], typed: str = "") -> list[app_commands.Choice[str]]:
    """Return values with their names as choices, for those that hold what was typed."""
    choices = [
        app_commands.Choice(name=name[:NAME_MAX_CHARS], value=value)
        for value, name in names.items()
        if typed.casefold() in f"{name} {value}".casefold() and len(value) <= NAME_MAX_CHARS
    ]
    return choices[:CHOICES_MAX_COUNT]
