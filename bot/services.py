"""What a cog may use: the services, and nothing below them."""

from dataclasses import dataclass

from bot.assets.service import AssetService
from bot.generation.intake import Intake
from bot.generation.service import GenerationService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Handed to the client by the composition root; cogs find it as ``interaction.client.services``."""

    generations: GenerationService
    intake: Intake
    assets: AssetService
