"""How long a model usually takes, learned from what came through lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.clock import Clock
from bot.upstream.families import find_model
from storage import generations
from storage.database import Database

LEARNED_FROM = 20
UNKNOWN_MODEL_S = 180.0
GOOD_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Learned:
    seconds: float
    at: datetime


class Estimates:
    """Remembers for a minute what the database says, because every look asks.

    Args:
        database: Where finished generations are.
        clock: The source of time.
    """

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._learned: dict[str, _Learned] = {}

    async def typical_s(self, model: str) -> float:
        """Return the seconds from acceptance to the finished video: the median of the last ones, else a guess."""
        now = self._clock.now()
        known = self._learned.get(model)
        if known is None or now - known.at > GOOD_FOR:
            took_s = await self._database.transaction(
                generations.recent_seconds, model=model, limit=LEARNED_FROM
            )
            known = _Learned(median(took_s) if took_s else _guessed_s(model), now)
            self._learned[model] = known
        return known.seconds


def _guessed_s(model: str) -> float:
    found = find_model(model)
    return found.typical_s if found else UNKNOWN_MODEL_S
