"""What a video costs in credits: a number for each model, per call or per second of video. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot import texts
from bot.errors import Refusal
from bot.upstream.families import Billing, family_of
from bot.upstream.requests import VideoRequest

# Every model until somebody says otherwise: the platform publishes no prices (video API notes, section 10).
DEFAULT_CREDITS = 1
PRICE_MAX_CREDITS = 1_000_000

_WRITTEN = re.compile(r"([0-9]{1,7})(/s)?")


class WrongPrice(Refusal):
    """This is no price, or the model cannot be billed like that."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price in whole credits. Written ``4`` for each call, ``4/s`` for each second of video."""

    amount_credits: int
    billing: Billing = Billing.PER_CALL

    def __str__(self) -> str:
        return f"{self.amount_credits}/s" if self.billing is Billing.PER_SECOND else str(self.amount_credits)

    def for_video(self, *, seconds: int) -> int:
        """Return what a video of some length costs, in credits."""
        return self.amount_credits * (seconds if self.billing is Billing.PER_SECOND else 1)


DEFAULT_PRICE = Price(DEFAULT_CREDITS)


@dataclass(frozen=True, slots=True)
class PriceList:
    """What each model costs: a server's own prices go before the operator's.

    Attributes:
        operator: The operator's prices, by model.
        server: What is different in one server, by model.
    """

    operator: Mapping[str, Price]
    server: Mapping[str, Price]

    def of(self, model: str) -> Price:
        """Return the price of a model."""
        return self.server.get(model) or self.operator.get(model) or DEFAULT_PRICE

    def for_request(self, request: VideoRequest) -> int:
        """Return what a request costs, in credits."""
        return self.of(request.model).for_video(seconds=request.duration_s)


def price_from(text: str, *, model: str) -> Price:
    """Read a price as people write it.

    Raises:
        UnknownModel: No family has such a model.
        WrongPrice: It is no price, or the model is not billed like that.
    """
    family = family_of(model)
    written = _WRITTEN.fullmatch(text.replace(" ", ""))
    if written is None or int(written[1]) > PRICE_MAX_CREDITS:
        raise WrongPrice(texts.WRONG_PRICE.format(model=model))
    billing = Billing.PER_SECOND if written[2] else Billing.PER_CALL
    if billing not in family.billings:
        raise WrongPrice(texts.PRICE_PER_CALL_ONLY.format(model=model))
    return Price(int(written[1]), billing)


def prices_from(text: str) -> Mapping[str, Price]:
    """Read prices as an operator writes them: ``model=4,model=1/s``.

    Raises:
        UnknownModel: No family has such a model.
        WrongPrice: One is no price, or its model is not billed like that.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return {model.strip(): price_from(amount, model=model.strip()) for model, _, amount in pairs}
