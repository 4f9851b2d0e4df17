"""What a cog may use: the services, and nothing below them."""

from dataclasses import dataclass

from bot.assets.service import AssetService
from bot.generation.finished import FinishedVideos
from bot.generation.intake import Intake
from bot.generation.resolution import ResolutionService
from bot.generation.service import GenerationService
from bot.operators import Operators


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Handed to the client by the composition root; cogs find it as ``interaction.client.services``."""

    generations: GenerationService
    intake: Intake
    assets: AssetService
    finished: FinishedVideos
    operators: Operators
    resolutions: ResolutionService
