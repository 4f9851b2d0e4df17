"""The choices that Discord offers, from the families' rules and a server's prices. Nothing here decides."""

from typing import Any

import discord
from discord import app_commands

from bot import texts
from bot.upstream.families import FAMILIES
from bot.upstream.requests import VideoRequest
from cogs.people import member_of
from storage.records import Generation

# Discord's bounds for the name of a choice and for how many there are (docs, "Application Command Option Choice
# Structure"); the same for a select's options.
NAME_MAX_CHARS = 100
CHOICES_MAX_COUNT = 25

RATIOS = [
    app_commands.Choice(name=label, value=ratio)
    for ratio, label in texts.RATIOS.items()
    if any(ratio in family.ratios for family in FAMILIES.values())
]


async def models_for(interaction: discord.Interaction[Any]) -> list[app_commands.Choice[str]]:
    """Return the models that whoever interacts may use, with what they cost here."""
    offers = await interaction.client.services.offers.to(member_of(interaction))
    choices = [
        app_commands.Choice(name=str(offer)[:NAME_MAX_CHARS], value=offer.model.name) for offer in offers
    ]
    return choices[:CHOICES_MAX_COUNT]


def video_choice(generation: Generation) -> app_commands.Choice[str]:
    """Return a video as a choice: its day and prompt, and its id as the value."""
    prompt = " ".join(VideoRequest.from_stored(generation.request).prompt.split())
    name = texts.SHOW_CHOICE.format(asked_on=generation.asked_at.date(), prompt=prompt)
    return app_commands.Choice(name=name[:NAME_MAX_CHARS], value=generation.id)


class ModelName(app_commands.Transformer):
    """A model, by name or label. Its choices are made while somebody types, because prices differ and change."""

    async def autocomplete(
        self, interaction: discord.Interaction[Any], value: Any, /
    ) -> list[app_commands.Choice[Any]]:
        """Offer what fits the words typed so far."""
        words = str(value).casefold().split()
        return [
            choice
            for choice in await models_for(interaction)
            if all(word in f"{choice.name} {choice.value}".casefold() for word in words)
        ]

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> str:
        """Pass the words on; whether they name a model is told by whoever asks."""
        return str(value)


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
