"""How much the members of a server and everybody together used. Only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.limits.policy import Window
from bot.limits.rulebook import Rulebook
from storage import charges
from storage.charges import MemberUse
from storage.database import Database, Transaction

# Far more than any server has members who ask for videos; so many lines are a file of some 300 kB.
RANKED_COUNT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """How much is used of the budgets there are: of all servers together, and of one."""

    instance: Sequence[Window]
    server: Sequence[Window]


class TotalsService:
    """Sums up.

    Args:
        database: Where the ledger is.
        clock: The source of time.
        rulebook: What holds.
    """

    def __init__(self, database: Database, *, clock: Clock, rulebook: Rulebook) -> None:
        self._database = database
        self._clock = clock
        self._rulebook = rulebook

    async def top(self, guild_id: int, *, days: int) -> Sequence[MemberUse]:
        """Return who used most in a server in the last days, the most first, at most ``RANKED_COUNT``."""
        since = self._clock.now() - timedelta(days=days)
        return await self._database.transaction(
            charges.top_members, guild_id=guild_id, since=since, limit=RANKED_COUNT
        )

    async def budgets(self, guild_id: int) -> Budgets:
        """Return how much is used of the operator's budgets and of a server's own."""
        return await self._database.transaction(self._budgets, guild_id)

    def _budgets(self, transaction: Transaction, guild_id: int) -> Budgets:
        now, server = self._clock.now(), self._rulebook.of_server(transaction, guild_id)
        return Budgets(
            instance=self._rulebook.instance_budgets(transaction, now=now),
            server=self._rulebook.server_budgets(transaction, guild_id, server, now=now),
        )
