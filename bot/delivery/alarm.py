"""Calls the operators when only they can help: one direct message each, summed up, and not again for a while.

It must never stand in the way of what it reports, and never repeat what the API said: that is in the log.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from bot import texts
from bot.clock import Clock
from bot.delivery.sender import Sender, SendFailed
from bot.operators import Operators

logger = logging.getLogger(__name__)

# Between two messages to an operator; what happens meanwhile is summed up in the next one.
QUIET_S = 900.0
# An application may belong to a large team; the first ones can tell the rest.
TOLD_MAX_COUNT = 10


class Trouble(StrEnum):
    """What only an operator can help with."""

    UNCERTAIN = "uncertain"
    ACCOUNT = "account"


_LINES: Mapping[Trouble, str] = {
    Trouble.UNCERTAIN: texts.ALARM_UNCERTAIN,
    Trouble.ACCOUNT: texts.ALARM_ACCOUNT,
}


class Alarm:
    """Sums up troubles and tells the operators. Troubles that were not told yet are forgotten with the process.

    Args:
        sender: Writes the messages.
        operators: Who is told.
        clock: The source of time.
    """

    def __init__(self, sender: Sender, *, operators: Operators, clock: Clock) -> None:
        self._sender = sender
        self._operators = operators
        self._clock = clock
        self._counts: Counter[Trouble] = Counter()
        self._raised = asyncio.Event()

    def report(self, trouble: Trouble) -> None:
        """Take note of a trouble. Returns at once."""
        self._counts[trouble] += 1
        self._raised.set()

    async def keep_telling(self) -> None:
        """Tell the operators whenever there is something new and they had their quiet, until cancelled."""
        while True:
            await self._raised.wait()
            self._raised.clear()
            counts, self._counts = self._counts, Counter()
            logger.error(
                "operators are needed: %s", ", ".join(f"{count} x {it}" for it, count in counts.items())
            )
            lines = [_LINES[trouble].format(count=count) for trouble, count in counts.items()]
            await self.tell(texts.ALARM.format(lines="\n".join(lines)))
            await self._clock.sleep(QUIET_S)

    async def tell(self, text: str) -> bool:
        """Write to every operator now; return whether one of them was reached, or there are none."""
        await self._sender.wait_until_open()
        nonce, reached = secrets.token_hex(8), []
        for operator_id in sorted(self._operators.ids)[:TOLD_MAX_COUNT]:
            try:
                await self._sender.write_to(operator_id, text, nonce=nonce)
                reached.append(operator_id)
            except SendFailed as error:
                logger.warning("operator %d could not be told: %s", operator_id, error)
        return bool(reached) or not self._operators.ids
