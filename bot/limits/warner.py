"""Tells moderators once in a period that a budget of their server runs out, and operators of the instance's own.

A budget that was changed is another one, of which they are told anew. The warning was written with the use that
caused it, so a crash before it is told loses nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from bot import texts
from bot.clock import Clock, rest
from bot.limits.rulebook import Rulebook
from bot.limits.wording import moment
from storage import budget_warnings
from storage.budget_warnings import BudgetWarning
from storage.database import Database, Transaction
from storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)

# While Discord or the database is away; a budget runs out over hours.
RETRY_S = 60.0
TOLD_AT_ONCE = 20
# What other processes wrote for us to tell; a budget runs out over hours.
LOOK_S = 300.0
# Of a server that we no longer know, or whose moderators cannot be reached.
PATIENCE = timedelta(days=1)


class TellModerators(Protocol):
    """Writes to a server's moderators: see :meth:`bot.delivery.moderators.Moderators.tell`."""

    def __call__(self, guild_id: int, text: str, /, *, channel_id: int | None, nonce: str) -> Awaitable[bool]:
        """Return whether there is nothing more to do."""
        ...


class BudgetWarner:
    """Tells what is due, now and whenever it is woken.

    Args:
        database: Where warnings are.
        clock: The source of time.
        rulebook: Knows the budgets.
        tell: Writes to a server's moderators.
        tell_operators: Writes to the operators; returns whether one was reached, or there are none.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        rulebook: Rulebook,
        tell: TellModerators,
        tell_operators: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._rulebook = rulebook
        self._tell = tell
        self._tell_operators = tell_operators
        self._raised = asyncio.Event()

    def wake(self) -> None:
        """Say that there is a new warning. Returns at once."""
        self._raised.set()

    async def keep_telling(self) -> None:
        """Tell whatever is due, until cancelled."""
        while True:
            self._raised.clear()
            try:
                is_done = await self.tell_due()
            except StorageUnavailable as error:
                logger.warning("warnings about budgets have to wait: %s", error)
                is_done = False
            await rest(self._clock, LOOK_S if is_done else RETRY_S, unless=self._raised)

    async def tell_due(self) -> bool:
        """Tell what is due; return whether all of it is told."""
        due = await self._database.transaction(
            budget_warnings.untold, shard=self._database.shard, limit=TOLD_AT_ONCE
        )
        told = [await self._told(warning) for warning in due]
        return all(told) and len(due) < TOLD_AT_ONCE

    async def _told(self, warning: BudgetWarning) -> bool:
        text, channel_id = await self._database.transaction(self._message, warning)
        if text is None:
            await self._database.transaction(budget_warnings.forget, warning.id)
            return True
        if not await self._is_written(warning, text, channel_id):
            if self._clock.now() - warning.at < PATIENCE:
                return False
            logger.warning("nobody could be warned about %s of %d", warning.kind, warning.guild_id)
        await self._database.transaction(budget_warnings.mark_told, warning.id, at=self._clock.now())
        return True

    async def _is_written(self, warning: BudgetWarning, text: str, channel_id: int | None) -> bool:
        if warning.guild_id == budget_warnings.INSTANCE_ID:
            return await self._tell_operators(text)
        nonce = f"budget-{warning.id}"
        return await self._tell(warning.guild_id, text, channel_id=channel_id, nonce=nonce)

    def _message(self, transaction: Transaction, warning: BudgetWarning) -> tuple[str | None, int | None]:
        """Return the words and the channel; no words if the budget is another one by now."""
        server = self._rulebook.of_server(transaction, warning.guild_id)
        now = self._clock.now()
        if warning.guild_id == budget_warnings.INSTANCE_ID:
            windows = self._rulebook.instance_budgets(transaction, now=now)
            day, month = texts.INSTANCE_BUDGET_DAY_SHORT, texts.INSTANCE_BUDGET_MONTH_SHORT
        else:
            windows = self._rulebook.server_budgets(transaction, warning.guild_id, server, now=now)
            day, month = texts.BUDGET_DAY_SHORT, texts.BUDGET_MONTH_SHORT
        for window in windows:
            if (window.barrier, window.allowed) == (warning.kind, warning.allowed_credits):
                when = moment(window.resets_at) if window.resets_at else ""
                template = month if window.resets_at else day
                text = template.format(used=window.used, allowed=window.allowed, when=when)
                return text, server.settings.moderator_channel
        return None, None
