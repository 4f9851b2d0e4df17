"""What holds for a member or a server now: the operator's rules, what moderators set, and what was used.

Everything here reads inside somebody's transaction, so that what is decided by it is written with it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import Refusal
from bot.limits.limits import EffectiveLimits, Limits, ServerSettings, effective_limits
from bot.limits.periods import DAY, UTC_ZONE, month_start
from bot.limits.policy import (
    Barrier,
    Member,
    Standing,
    Window,
    day_window,
    earliest_counted,
    month_window,
)
from bot.limits.prices import Price, PriceList, price_from
from storage import charges, generations, ledger, settings
from storage.charges import Charge
from storage.database import Transaction
from storage.settings import Scope, Subject

PRICES = "prices"
LOOKING_BACK = (
    Barrier.CREDITS_PER_DAY,
    Barrier.CREDITS_PER_MONTH,
    Barrier.VIDEOS_PER_DAY,
    Barrier.VIDEOS_PER_MONTH,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorRules:
    """What the operator decided for all servers.

    Attributes:
        limits: The default of each limit.
        prices: By model.
        budget_per_day: Credits that all servers together may use in any 24 hours; None for no limit.
        budget_per_month: The same for a calendar month in UTC.
    """

    limits: Limits = field(default_factory=Limits)
    prices: Mapping[str, Price] = field(default_factory=dict)
    budget_per_day: int | None = None
    budget_per_month: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRules:
    """What holds in one server."""

    settings: ServerSettings
    limits: Limits
    prices: PriceList


class Rulebook:
    """Looks up what holds.

    Args:
        operator: What the operator decided.
    """

    def __init__(self, operator: OperatorRules) -> None:
        self.operator = operator

    def of_server(self, transaction: Transaction, guild_id: int) -> ServerRules:
        """Return what holds in a server."""
        content = settings.find(transaction, Subject(guild_id=guild_id, scope=Scope.SERVER))
        return ServerRules(
            settings=ServerSettings.from_stored(content),
            limits=Limits.from_stored(content),
            prices=PriceList(operator=self.operator.prices, server=_prices_in(content)),
        )

    def limits_of(self, transaction: Transaction, member: Member, server: ServerRules) -> EffectiveLimits:
        """Return what a member may do."""
        own = settings.find(transaction, Subject(guild_id=member.guild_id, scope=Scope.MEMBER, id=member.id))
        roles = settings.of_roles(transaction, guild_id=member.guild_id, role_ids=member.role_ids)
        return effective_limits(
            defaults=self.operator.limits,
            server=server.limits,
            roles=[Limits.from_stored(content) for content in roles],
            member=Limits.from_stored(own),
        )

    def standing_of(
        self, transaction: Transaction, member: Member, server: ServerRules, *, now: datetime
    ) -> Standing:
        """Return how a member stands. To decide by it, lock their account first."""
        found = self.limits_of(transaction, member, server).limits
        limits, zone = Limits() if found.exempt else found, server.settings.zone
        account = ledger.account(transaction, ledger.member_holder(member.guild_id, member.id))
        unsent, running = generations.count_unfinished(
            transaction, asker_id=member.id, guild_id=member.guild_id or None
        )
        return Standing(
            now=now,
            zone=zone,
            limits=limits,
            balance_credits=account.balance_credits,
            charges=_counted(transaction, member, limits, now=now, zone=zone),
            unsent_count=unsent,
            running_count=running,
            budgets=(
                *self.server_budgets(transaction, member.guild_id, server, now=now),
                *self.instance_budgets(transaction, now=now),
            ),
        )

    def server_budgets(
        self, transaction: Transaction, guild_id: int, server: ServerRules, *, now: datetime
    ) -> list[Window]:
        """Return how much of a server's budgets is used, for those it has."""
        these = server.settings
        days = (Barrier.SERVER_BUDGET_PER_DAY, these.budget_per_day)
        months = (Barrier.SERVER_BUDGET_PER_MONTH, these.budget_per_month)
        return _budgets(transaction, guild_id, days=days, months=months, now=now, zone=these.zone)

    def instance_budgets(self, transaction: Transaction, *, now: datetime) -> list[Window]:
        """Return how much of the operator's own budgets is used, for those there are."""
        days = (Barrier.INSTANCE_BUDGET_PER_DAY, self.operator.budget_per_day)
        months = (Barrier.INSTANCE_BUDGET_PER_MONTH, self.operator.budget_per_month)
        return _budgets(transaction, None, days=days, months=months, now=now, zone=UTC_ZONE)


def _counted(
    transaction: Transaction, member: Member, limits: Limits, *, now: datetime, zone: ZoneInfo
) -> tuple[Charge, ...]:
    """Read what a member used as far back as any of their limits reaches; nothing if none looks back."""
    pause = timedelta(seconds=limits.cooldown_s or 0)
    if not pause and all(getattr(limits, name) is None for name in LOOKING_BACK):
        return ()
    since = min(earliest_counted(now, zone), now - pause)
    return tuple(charges.of_member(transaction, guild_id=member.guild_id, member_id=member.id, since=since))


def _budgets(
    transaction: Transaction,
    guild_id: int | None,
    *,
    days: tuple[Barrier, int | None],
    months: tuple[Barrier, int | None],
    now: datetime,
    zone: ZoneInfo,
) -> list[Window]:
    windows = []
    if days[1] is not None:
        steps = charges.of_all(transaction, guild_id=guild_id, since=now - DAY)
        windows += day_window(*days, [(step.counted_at, step.credits) for step in steps], now=now)
    if months[1] is not None:
        start = month_start(now, zone)
        used = charges.credits_of_all(transaction, guild_id=guild_id, since=start)
        windows += month_window(*months, [(start, used)], at=now, zone=zone)
    return windows


def _prices_in(content: Mapping[str, Any]) -> dict[str, Price]:
    found = {}
    for model, written in content.get(PRICES, {}).items():
        # A model that is no longer there needs no price.
        with suppress(Refusal):
            found[model] = price_from(written, model=model)
    return found
