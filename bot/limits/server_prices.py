"""What models cost in one server, where the operator decided otherwise than for all servers."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.clock import Clock
from bot.limits.limits import Source
from bot.limits.prices import Price, price_from
from bot.limits.rulebook import PRICES, Rulebook
from bot.limits.trail import Action, Actor, Change, note_change
from bot.upstream.families import FAMILIES, find_model_called, model_named
from storage import ledger, settings
from storage.database import Database, Transaction
from storage.settings import Scope, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrice:
    """What a model costs, and whether that is the server's own price or the default."""

    model: str
    price: Price
    source: Source


class ServerPriceService:
    """Shows and changes what models cost in a server.

    Args:
        database: Where it is written.
        clock: The source of time.
        rulebook: What holds.
    """

    def __init__(self, database: Database, *, clock: Clock, rulebook: Rulebook) -> None:
        self._database = database
        self._clock = clock
        self._rulebook = rulebook

    async def of(self, guild_id: int) -> Sequence[ModelPrice]:
        """Return what every model costs in a server."""
        return await self._database.transaction(self._of, guild_id)

    async def set(self, model: str, text: str | None, *, actor: Actor) -> Change:
        """Set what a model costs in the actor's server.

        Args:
            model: Its name or its label.
            text: The price, as people write it; None goes back to the price in all servers.
            actor: Who does it.

        Raises:
            UnknownModel: No family has such a model.
            WrongPrice: It is no price, or the model is not billed like that.
        """
        name = (find_model_called(model) or model_named(model)).name
        price = None if text is None else price_from(text, model=name)
        return await self._database.transaction(self._set, name, price, actor)

    def _of(self, transaction: Transaction, guild_id: int) -> Sequence[ModelPrice]:
        prices = self._rulebook.of_server(transaction, guild_id).prices
        return [
            ModelPrice(
                model=model.name,
                price=prices.of(model.name),
                source=Source.SERVER if model.name in prices.server else Source.DEFAULT,
            )
            for family in FAMILIES.values()
            for model in family.models
        ]

    def _set(self, transaction: Transaction, model: str, price: Price | None, actor: Actor) -> Change:
        subject = Subject(guild_id=actor.guild_id, scope=Scope.SERVER)
        # Moderators change the same row: nobody else may until this transaction ends.
        ledger.lock(transaction, guild_id=actor.guild_id, member_ids=[])
        content = dict(settings.find(transaction, subject))
        prices = content.pop(PRICES, {})
        before = prices.pop(model, texts.NOT_SET)
        if price is not None:
            prices[model] = str(price)
        settings.put(transaction, subject, content | ({PRICES: prices} if prices else {}))
        change = Change(name=model, before=before, after=prices.get(model, texts.NOT_SET))
        note_change(transaction, Action.PRICE, model, change, actor=actor, at=self._clock.now())
        return change
