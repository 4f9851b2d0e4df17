"""What a cog may use: the services, and nothing below them."""

from dataclasses import dataclass

from bot.assets.service import AssetService
from bot.charts.painter import Painter
from bot.delivery.copies import Copies
from bot.delivery.letters import Letters
from bot.drafts.service import DraftService
from bot.generation.finished import FinishedVideos
from bot.generation.intake import Intake
from bot.generation.questions import Questions
from bot.generation.resolution import ResolutionService
from bot.generation.service import GenerationService
from bot.limits.grants import GrantService
from bot.limits.offers import OfferService
from bot.limits.rules import RulesService
from bot.limits.server_prices import ServerPriceService
from bot.limits.totals import TotalsService
from bot.limits.usage import UsageService
from bot.operators import Operators


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Handed to the client by the composition root; cogs find it as ``interaction.client.services``."""

    generations: GenerationService
    questions: Questions
    offers: OfferService
    intake: Intake
    assets: AssetService
    finished: FinishedVideos
    operators: Operators
    resolutions: ResolutionService
    usage: UsageService
    charts: Painter
    rules: RulesService
    prices: ServerPriceService
    grants: GrantService
    totals: TotalsService
    drafts: DraftService
    copies: Copies
    letters: Letters
