"""Credits that change hands: moderators grant and refund, members give.

Each is one transaction with its entries and its trail, decided while the accounts are locked. Nothing here makes
credits out of nothing but a grant.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot import texts
from bot.clock import Clock
from bot.errors import Refusal
from bot.limits.limits import COUNT_MAX
from bot.limits.policy import Member, Standing, credit_windows, too_new
from bot.limits.rulebook import Rulebook
from bot.limits.trail import Action, Actor, note
from bot.limits.wording import LimitsReached
from storage import audit, generations, ledger
from storage.database import Database, Transaction, once
from storage.errors import NotFound
from storage.ledger import Entry, Verb
from storage.records import Generation, GenerationId

# Discord offers at most 25 choices (docs, "Application Command Option Structure").
OFFERED_COUNT = 25


class NothingGranted(Refusal):
    """A grant of nothing, or one that would take more than there is."""


class NotRefundable(Refusal):
    """There is nothing to give back for this generation, or not here."""


class NoGift(Refusal):
    """The gift is not allowed, or more than the giver has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Credits that came to a member.

    Attributes:
        credits: How many; below zero where they were taken back.
        balance_credits: How many of their own they have now.
        is_new: Whether they came now; False if the same interaction had brought them before.
    """

    member_id: int
    credits: int
    balance_credits: int
    is_new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """What was given back for which generation, to each of those who paid."""

    generation: Generation
    shares: tuple[Received, ...]


class GrantService:
    """Grants, refunds and passes on credits.

    Args:
        database: Where the ledger is.
        clock: The source of time.
        rulebook: What holds.
        on_change: Called with a generation after it was written; must return at once.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        rulebook: Rulebook,
        on_change: Callable[[Generation], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._rulebook = rulebook
        self._on_change = on_change

    async def balance_of(self, *, guild_id: int, member_id: int) -> int:
        """Return a member's own credits in a server."""
        return await self._database.transaction(_balance, guild_id, member_id)

    async def grant(self, member_id: int, credits: int, *, actor: Actor) -> Received:
        """Add to a member's own credits in the actor's server. An interaction counts once, however often it arrives.

        Args:
            member_id: Whose.
            credits: How many; a negative number takes back.
            actor: Who does it.

        Raises:
            NothingGranted: It is nothing, or they do not have so many to be taken back.
        """
        return await once(self._database, self._grant, member_id, credits, actor)

    async def refundable(self, guild_id: int) -> Sequence[Generation]:
        """Return what members of a server paid for last, the newest first, at most ``OFFERED_COUNT``."""
        return await self._database.transaction(_refundable, guild_id)

    async def refund(self, generation_id: GenerationId, *, actor: Actor) -> Refunded:
        """Give back what was taken for a generation of the actor's server, the way it came; its card will say so.

        An interaction counts once, however often it arrives.

        Raises:
            NotRefundable: It is not one of this server, or nothing of it is left to be given back.
        """
        refunded = await once(self._database, self._refund, generation_id, actor)
        self._on_change(refunded.generation)
        return refunded

    async def gift(self, giver: Member, receiver_id: int, credits: int, *, interaction_id: int) -> Received:
        """Pass on credits from one member to another's own. An interaction counts once, however often it arrives.

        What their limits leave the giver goes first, because it is used or lost; then what is their own.

        Args:
            giver: Who gives.
            receiver_id: To whom.
            credits: How many, at least one.
            interaction_id: By which interaction.

        Raises:
            NoGift: The server does not allow gifts, it is to oneself, or the giver does not have so many.
            LimitsReached: The giver is too new to spend anything yet.
        """
        return await once(self._database, self._gift, giver, receiver_id, credits, interaction_id)

    def _grant(self, transaction: Transaction, member_id: int, credits: int, actor: Actor) -> Received:
        ledger.lock(transaction, guild_id=actor.guild_id, member_ids=[member_id])
        balance = _balance(transaction, actor.guild_id, member_id)
        if ledger.find_by_interaction(transaction, actor.interaction_id):
            return Received(member_id=member_id, credits=credits, balance_credits=balance, is_new=False)
        if credits == 0:
            raise NothingGranted(texts.GRANT_NOTHING)
        if abs(credits) > COUNT_MAX or balance + credits > COUNT_MAX:
            raise NothingGranted(texts.GRANT_TOO_LARGE.format(most=COUNT_MAX), hint=texts.NOTHING_CHANGED)
        if balance + credits < 0:
            raise NothingGranted(
                texts.GRANT_BELOW_ZERO.format(balance=texts.credits_text(balance)), hint=texts.NOTHING_CHANGED
            )
        now = self._clock.now()
        ledger.add(
            transaction,
            Entry(
                at=now,
                verb=Verb.GRANT,
                guild_id=actor.guild_id,
                member_id=member_id,
                balance_credits=credits,
                counted_at=now,
                actor_id=actor.member_id,
                interaction_id=actor.interaction_id,
            ),
        )
        note(transaction, Action.GRANT, f"member:{member_id}", actor=actor, at=now, credits=str(credits))
        return Received(member_id=member_id, credits=credits, balance_credits=balance + credits)

    def _refund(self, transaction: Transaction, generation_id: GenerationId, actor: Actor) -> Refunded:
        generation = _generation_here(transaction, generation_id, guild_id=actor.guild_id)
        entries = ledger.of_generation(transaction, generation_id)
        paid = [entry for entry in entries if entry.verb is Verb.SETTLE and entry.credits > 0]
        if _gave_back(transaction, generation_id, actor):
            shares = [replace(_received(transaction, it.member_id, it), is_new=False) for it in paid]
            return Refunded(generation=generation, shares=tuple(shares))
        _require_refundable({entry.verb for entry in entries})
        if not paid:
            raise NotRefundable(texts.REFUND_FREE, hint=texts.REFUND_NOTHING_HINT)
        now = self._clock.now()
        if not ledger.refund(transaction, generation_id, at=now, actor_id=actor.member_id):
            raise NotRefundable(texts.REFUND_ALREADY, hint=texts.REFUND_NOTHING_HINT)
        generations.mark_refunded(transaction, generation_id, at=now)
        note(
            transaction,
            Action.REFUND,
            generation_id,
            actor=actor,
            at=now,
            credits=str(sum(entry.credits for entry in paid)),
            member_id=str(generation.asker_id),
            interaction_id=str(actor.interaction_id),
        )
        return Refunded(
            generation=generations.get(transaction, generation_id),
            shares=tuple(_received(transaction, entry.member_id, entry) for entry in paid),
        )

    def _gift(
        self, transaction: Transaction, giver: Member, receiver_id: int, credits: int, interaction_id: int
    ) -> Received:
        ledger.lock(transaction, guild_id=giver.guild_id, member_ids=[giver.id, receiver_id])
        if earlier := ledger.find_by_interaction(transaction, interaction_id):
            return replace(_received(transaction, receiver_id, earlier), is_new=False)
        now, server = self._clock.now(), self._rulebook.of_server(transaction, giver.guild_id)
        if not server.settings.gifts:
            raise NoGift(texts.GIFTS_OFF, hint=texts.GIFTS_OFF_HINT)
        if giver.id == receiver_id or credits < 1:
            raise NoGift(texts.GIFT_TO_NOBODY)
        standing = self._rulebook.standing_of(transaction, giver, server, now=now)
        if obstacles := tuple(too_new(giver, standing)):
            raise LimitsReached(obstacles, headline=texts.GIFT_BEYOND_LIMIT)
        allowance = _allowance_given(standing, credits)
        given = Entry(
            at=now,
            verb=Verb.GIVE,
            guild_id=giver.guild_id,
            member_id=giver.id,
            allowance_credits=allowance,
            balance_credits=credits - allowance,
            counted_at=now,
            partner_id=receiver_id,
            interaction_id=interaction_id,
        )
        ledger.add(transaction, given)
        ledger.add(transaction, _other_side(given, receiver_id))
        return _received(transaction, receiver_id, given)


def _received(transaction: Transaction, member_id: int, entry: Entry) -> Received:
    balance = _balance(transaction, entry.guild_id, member_id)
    return Received(member_id=member_id, credits=entry.credits, balance_credits=balance)


def _other_side(given: Entry, receiver_id: int) -> Entry:
    return replace(
        given,
        verb=Verb.RECEIVE,
        member_id=receiver_id,
        allowance_credits=0,
        balance_credits=given.credits,
        partner_id=given.member_id,
    )


def _balance(transaction: Transaction, guild_id: int, member_id: int) -> int:
    return ledger.account(transaction, ledger.member_holder(guild_id, member_id)).balance_credits


def _refundable(transaction: Transaction, guild_id: int) -> Sequence[Generation]:
    entries = ledger.latest_settled(transaction, guild_id=guild_id, limit=OFFERED_COUNT)
    ids = [entry.generation_id for entry in entries if entry.generation_id is not None]
    return list(generations.found(transaction, ids).values())


def _generation_here(transaction: Transaction, generation_id: GenerationId, *, guild_id: int) -> Generation:
    try:
        generation = generations.get(transaction, generation_id)
    except NotFound:
        raise NotRefundable(texts.REFUND_UNKNOWN, hint=texts.REFUND_UNKNOWN_HINT) from None
    if generation.guild_id != guild_id:
        raise NotRefundable(texts.REFUND_UNKNOWN, hint=texts.REFUND_UNKNOWN_HINT)
    return generation


def _gave_back(transaction: Transaction, generation_id: GenerationId, actor: Actor) -> bool:
    """Whether the actor's interaction, which may arrive twice, is what gave it back."""
    return any(
        it.action == Action.REFUND and it.details.get("interaction_id") == str(actor.interaction_id)
        for it in audit.about(transaction, generation_id)
    )


def _require_refundable(verbs: set[Verb]) -> None:
    if Verb.REFUND in verbs:
        raise NotRefundable(texts.REFUND_ALREADY, hint=texts.REFUND_NOTHING_HINT)
    if Verb.RELEASE in verbs:
        raise NotRefundable(texts.REFUND_RELEASED, hint=texts.REFUND_NOTHING_HINT)
    if Verb.RESERVE in verbs and Verb.SETTLE not in verbs:
        raise NotRefundable(texts.REFUND_UNDER_WAY, hint=texts.REFUND_UNDER_WAY_HINT)


def _allowance_given(standing: Standing, credits: int) -> int:
    """Return how many of the credits come from what the giver's limits leave them.

    Where nothing limits them, there is nothing of it that could be given: it would be credits out of nothing.
    """
    left = min((window.left for window in credit_windows(standing)), default=0)
    most = left + standing.balance_credits
    if credits > most:
        raise NoGift(
            texts.GIFT_TOO_LARGE.format(credits=texts.credits_text(credits), most=texts.credits_text(most)),
            hint=texts.NOTHING_CHANGED,
        )
    return min(credits, left)
