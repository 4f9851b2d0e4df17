"""Who may do what, and to whom: what several commands ask of the people they are about."""

import discord

from bot import texts
from bot.errors import Refusal


class NotAModerator(Refusal):
    """Only who may manage the server can do that."""


class NotAPerson(Refusal):
    """A bot was chosen where a person is meant."""


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
