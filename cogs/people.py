"""People as limits see them, and what several commands ask of those who use them or whom they are about."""

from typing import Any

import discord

from bot import texts
from bot.errors import Refusal
from bot.limits.policy import Member


class NotAModerator(Refusal):
    """Only who may manage the server can do that."""


class NotAPerson(Refusal):
    """A bot was chosen where a person is meant."""


def member_of(interaction: discord.Interaction[Any]) -> Member:
    """Return whoever interacts, as limits see them."""
    return member_from(interaction.user, guild_id=interaction.guild_id or 0)


def member_from(user: discord.User | discord.Member, *, guild_id: int) -> Member:
    """Return somebody as limits see them."""
    # The public list leaves out every role while the server itself is not known, as after a start.
    roles, joined_at = (user._roles, user.joined_at) if isinstance(user, discord.Member) else ((), None)
    return Member(
        id=user.id,
        guild_id=guild_id,
        role_ids=frozenset(roles),
        account_created_at=user.created_at,
        joined_at=joined_at,
    )


def require_moderator(interaction: discord.Interaction) -> None:
    """Refuse everybody who may not manage the server, whatever Discord shows them.

    Raises:
        NotAModerator: Names the permission that is missing.
    """
    if not is_moderator(interaction):
        raise NotAModerator(texts.ONLY_MODERATORS)


def is_moderator(interaction: discord.Interaction) -> bool:
    """Whether whoever interacts may manage the server."""
    had = interaction.permissions
    return had.manage_guild or had.administrator


def require_person(member: discord.Member) -> None:
    """Refuse bots.

    Raises:
        NotAPerson: It is one.
    """
    if member.bot:
        raise NotAPerson(texts.NOT_A_PERSON)
