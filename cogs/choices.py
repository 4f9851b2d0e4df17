"""The choices that Discord offers, made from the families' rules. Nothing here decides what is allowed."""

from typing import Any

import discord
from discord import app_commands

from bot import texts
from bot.upstream.families import FAMILIES

MODELS = [
    app_commands.Choice(name=model.label, value=model.name)
    for family in FAMILIES.values()
    for model in family.models
]
RATIOS = [
    app_commands.Choice(name=label, value=ratio)
    for ratio, label in texts.RATIOS.items()
    if any(ratio in family.ratios for family in FAMILIES.values())
]


class Seconds(app_commands.Transformer):
    """A duration. Discord offers the widest range; the model's own rule is checked with all the others."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """A whole number."""
        return discord.AppCommandOptionType.integer

    @property
    def min_value(self) -> int:
        """The shortest of any family, in seconds."""
        return min(family.durations[0] for family in FAMILIES.values())

    @property
    def max_value(self) -> int:
        """The longest of any family, in seconds."""
        return max(family.durations[1] for family in FAMILIES.values())

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> int:
        """Pass the number on unchecked, so that every fault is told at once."""
        return int(value)


class Prompt(app_commands.Transformer):
    """A prompt. Discord takes 6,000 characters; the family's own limit is checked with all the other rules."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Words."""
        return discord.AppCommandOptionType.string

    @property
    def min_value(self) -> int:
        """At least one character."""
        return 1

    @property
    def max_value(self) -> int:
        """Discord's own bound, in characters (docs, "Application Command Option Structure")."""
        return 6000

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> str:
        """Pass the words on unchecked, so that every fault is told at once."""
        return str(value)
