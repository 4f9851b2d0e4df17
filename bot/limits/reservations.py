"""Takes the credits for a video before it is admitted, in the admission's own transaction.

First :meth:`Reservations.lock`, so that of a hundred commands at once each sees what the others took.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.limits.limits import Limits
from bot.limits.periods import DAY, UTC_ZONE, month_start
from bot.limits.policy import INSTANCE_BUDGETS, Decision, Member, Standing, Wanted, Window, decide
from bot.limits.prices import PriceList
from bot.limits.rulebook import Rulebook, ServerRules
from bot.limits.wording import CannotPay, LimitsReached
from bot.upstream.families import family_of
from bot.upstream.requests import VideoRequest
from storage import budget_warnings, ledger
from storage.database import Transaction
from storage.ledger import Entry, Verb
from storage.records import GenerationId

# Of the instance's budgets; a server's own moderators choose theirs.
INSTANCE_WARN_AT_PERCENT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a video would cost; nothing is taken until the member has said yes to it.

    Attributes:
        left_credits: What the member can spend; None if nothing limits it.
    """

    price_credits: int
    left_credits: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What was taken.

    Attributes:
        running_max: How many of the member's videos may be in the making at a time; None for no limit.
        warns: Whether a warning was written that a budget runs out.
    """

    price_credits: int
    running_max: int | None
    warns: bool


class Reservations:
    """Decides and takes.

    Args:
        rulebook: What holds.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook

    def lock(self, transaction: Transaction, *members: Member) -> None:
        """Keep everybody else from spending from these members' accounts until the transaction ends."""
        guild_id = members[0].guild_id
        ledger.lock(transaction, guild_id=guild_id, member_ids=[member.id for member in members])

    def price_of(self, transaction: Transaction, request: VideoRequest, *, guild_id: int) -> int:
        """Return what a request costs in a server, in credits."""
        return self._rulebook.of_server(transaction, guild_id).prices.for_request(request)

    def reserve(
        self,
        transaction: Transaction,
        request: VideoRequest,
        *,
        member: Member,
        generation_id: GenerationId,
        accepted_credits: int | None,
        at: datetime,
    ) -> Reservation | Quote:
        """Take what a video costs; or say what it would, when the member should be asked first.

        Args:
            transaction: In which the video is admitted; the accounts are locked.
            request: What is wanted.
            member: Who wants it, and pays.
            generation_id: The video's id.
            accepted_credits: The price that the member has said yes to; None if they were not asked.
            at: This instant.

        Raises:
            LimitsReached: Limits stand in the way; all of them are named.
        """
        server = self._rulebook.of_server(transaction, member.guild_id)
        standing = self._rulebook.standing_of(transaction, member, server, now=at)
        price = server.prices.for_request(request)
        wanted = Wanted(model=request.model, seconds=request.duration_s, price_credits=price)
        decision = decide(wanted, member, standing)
        if decision.obstacles:
            cheaper = _cheaper(wanted, member, standing, server.prices)
            raise LimitsReached(decision.obstacles, cheaper=cheaper)
        asks_above = server.settings.confirm_above
        if asks_above is not None and price > asks_above and price > (accepted_credits or 0):
            return Quote(price_credits=price, left_credits=decision.left_credits)
        ledger.add(transaction, _entry(decision, member, generation_id, at=at))
        return Reservation(
            price_credits=price,
            running_max=standing.limits.running_at_once,
            warns=_warn(transaction, standing.budgets, member.guild_id, server, price=price, at=at),
        )

    def reserve_shares(
        self,
        transaction: Transaction,
        request: VideoRequest,
        *,
        asker: Member,
        shares: Sequence[tuple[Member, int]],
        generation_id: GenerationId,
        at: datetime,
    ) -> Reservation:
        """Take what a video costs from everybody who pays a share; from all of them or, raising, from nobody.

        Args:
            transaction: In which the video is admitted; the accounts are locked.
            request: What is wanted.
            asker: Whose video it is: all of their limits hold, whoever pays.
            shares: Who pays how many credits, together the price.
            generation_id: The video's id.
            at: This instant.

        Raises:
            LimitsReached: The asker's limits, or budgets, stand in the way.
            CannotPay: Somebody else cannot pay their share.
        """
        server = self._rulebook.of_server(transaction, asker.guild_id)
        credits_of = {member.id: credits for member, credits in shares}
        wanted = Wanted(
            model=request.model,
            seconds=request.duration_s,
            price_credits=sum(credits_of.values()),
            own_credits=credits_of.get(asker.id, 0),
        )
        standing = self._rulebook.standing_of(transaction, asker, server, now=at)
        decision = decide(wanted, asker, standing)
        if decision.obstacles:
            raise LimitsReached(decision.obstacles)
        ledger.add(transaction, _entry(decision, asker, generation_id, at=at))
        for member, credits in shares:
            if member.id != asker.id:
                paid = self._share_of(
                    transaction, replace(wanted, own_credits=credits), member, server, at=at
                )
                ledger.add(transaction, replace(_entry(paid, member, generation_id, at=at), videos=0))
        return Reservation(
            price_credits=wanted.price_credits,
            running_max=standing.limits.running_at_once,
            warns=_warn(
                transaction, standing.budgets, asker.guild_id, server, price=wanted.price_credits, at=at
            ),
        )

    def _share_of(
        self, transaction: Transaction, wanted: Wanted, member: Member, server: ServerRules, *, at: datetime
    ) -> Decision:
        standing = self._rulebook.standing_of(transaction, member, server, now=at)
        credits_only = Limits(
            credits_per_day=standing.limits.credits_per_day,
            credits_per_month=standing.limits.credits_per_month,
        )
        # Everything else was asked of whoever the video is for.
        decision = decide(wanted, member, replace(standing, limits=credits_only, budgets=()))
        if decision.obstacles:
            raise CannotPay(member.id, wanted.own_credits or 0, decision.obstacles)
        return decision


def _cheaper(wanted: Wanted, member: Member, standing: Standing, prices: PriceList) -> Wanted | None:
    """Return the same from the best of the cheaper models that would be allowed; only its family takes its files."""
    for model in family_of(wanted.model).best_first:
        price = prices.of(model.name).for_video(seconds=wanted.seconds)
        other = replace(wanted, model=model.name, price_credits=price)
        if price < wanted.price_credits and not decide(other, member, standing).obstacles:
            return other
    return None


def _entry(decision: Decision, member: Member, generation_id: GenerationId, *, at: datetime) -> Entry:
    return Entry(
        at=at,
        verb=Verb.RESERVE,
        guild_id=member.guild_id,
        member_id=member.id,
        generation_id=generation_id,
        allowance_credits=decision.allowance_credits,
        balance_credits=decision.balance_credits,
        counted_at=at,
    )


def _warn(
    transaction: Transaction,
    budgets: Iterable[Window],
    guild_id: int,
    server: ServerRules,
    *,
    price: int,
    at: datetime,
) -> bool:
    """Note, once in its period, that a budget runs out; return whether one was noted now."""
    is_due = False
    for window in budgets:
        is_instance = window.barrier in INSTANCE_BUDGETS
        percent = INSTANCE_WARN_AT_PERCENT if is_instance else server.settings.warn_at_percent
        used = window.used + price
        # Nobody is to be stopped unwarned: where prices are high, the next one may be refused below that percentage.
        if used < window.allowed * percent / 100 and used + price <= window.allowed:
            continue
        zone = UTC_ZONE if is_instance else server.settings.zone
        is_due |= budget_warnings.add(
            transaction,
            guild_id=budget_warnings.INSTANCE_ID if is_instance else guild_id,
            kind=window.barrier,
            allowed_credits=window.allowed,
            at=at,
            since=month_start(at, zone) if window.resets_at else at - DAY,
        )
    return is_due
