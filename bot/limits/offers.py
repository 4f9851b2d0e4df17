"""What a member may choose from, and what it costs: shown before anything is asked for. Nothing is decided here."""

from dataclasses import dataclass

from bot import texts
from bot.limits.policy import Member
from bot.limits.prices import Price
from bot.limits.rulebook import Rulebook
from bot.upstream.families import DEFAULT_MODEL, FAMILIES, Billing, Model
from storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Offer:
    """A model and its price in one server."""

    model: Model
    price: Price

    def __str__(self) -> str:
        template = texts.OFFER_DEFAULT if self.model.name == DEFAULT_MODEL else texts.OFFER
        return template.format(label=self.model.label, price=price_text(self.price))


class OfferService:
    """Lists models with their prices.

    Args:
        database: Where moderators' prices and limits are.
        rulebook: What holds.
    """

    def __init__(self, database: Database, rulebook: Rulebook) -> None:
        self._database = database
        self._rulebook = rulebook

    async def to(self, member: Member) -> tuple[Offer, ...]:
        """Return the models that a member may use; all of them where that leaves none."""
        return await self._database.transaction(self._to, member)

    async def price_of(self, model: str, *, guild_id: int) -> Price:
        """Return what a model costs in a server."""
        return await self._database.transaction(self._price_of, model, guild_id)

    def _price_of(self, transaction: Transaction, model: str, guild_id: int) -> Price:
        return self._rulebook.of_server(transaction, guild_id).prices.of(model)

    def _to(self, transaction: Transaction, member: Member) -> tuple[Offer, ...]:
        server = self._rulebook.of_server(transaction, member.guild_id)
        limits = self._rulebook.limits_of(transaction, member, server).limits
        offers = tuple(
            Offer(model, server.prices.of(model.name))
            for family in FAMILIES.values()
            for model in family.models
        )
        if limits.exempt or limits.models is None:
            return offers
        return tuple(offer for offer in offers if offer.model.name in limits.models) or offers


def price_text(price: Price) -> str:
    """Return a price in words."""
    if price.amount_credits == 0:
        return texts.FREE
    amount = texts.credits_text(price.amount_credits)
    return texts.PER_SECOND.format(credits=amount) if price.billing is Billing.PER_SECOND else amount
