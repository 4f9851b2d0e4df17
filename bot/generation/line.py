"""The line in front of the video API: so many at a time, in a fair order, with a stop when our account is refused.

Who has used the bot least recently goes first, so one member with fifty wishes does not hold up fifty members with
one. Nobody starves: an hour in line counts as much as never having used it. Who has as many in flight as their limit
allows lets others pass. The line lives in memory; after a restart it forms again from the rows. It goes by a time of
its own, so nobody falls behind when the clock on the wall is set.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import texts
from bot.backoff import backoff_s
from bot.clock import Clock
from bot.errors import Refusal
from bot.upstream.errors import AccountProblem
from storage.records import Generation, GenerationId

logger = logging.getLogger(__name__)

# How far a member's past reaches; also the longest that others can be let in before somebody who waits.
REMEMBERED = timedelta(hours=1)
# Beyond this, members whose past no longer counts are forgotten.
MEMBERS_MAX = 10_000
# Everybody in line asks for their position; it is worked out for all of them at once.
POSITIONS_GOOD_FOR_S = 1.0
# After a refusal of our account one generation tries again after a minute, then ever more rarely.
PAUSE_FIRST_S = 60.0
PAUSE_MAX_S = 900.0


class Paused(Refusal):
    """The API refuses the operator's account, so nothing new is taken for a while."""


# A member in one server: what a limit on running at once counts.
_Whose = tuple[int | None, int]


@dataclass(slots=True)
class _Waiting:
    generation: Generation
    asked_at: datetime
    granted: asyncio.Future[None]


class Line:
    """Gives out the places at the API.

    Args:
        place_count: How many generations may be in flight there at a time.
        clock: The source of time.
    """

    def __init__(self, *, place_count: int, clock: Clock) -> None:
        self._place_count = place_count
        self._clock = clock
        self._opened_at, self._opened_s = clock.now(), clock.monotonic_s()
        self._taken: dict[GenerationId, _Whose] = {}
        self._used_before: dict[GenerationId, datetime | None] = {}
        self._waiting: dict[GenerationId, _Waiting] = {}
        self._last_started_at: dict[int, datetime] = {}
        self._paused_until: datetime | None = None
        self._refusal_count = 0
        self._is_probing = False
        self._positions: dict[GenerationId, int] = {}
        self._positions_good_until_s = 0.0

    def close(self) -> None:
        """Give out no more places, because everybody is about to be sent home."""
        self._place_count = 0

    def resume(self, last_started_at: Mapping[int, datetime]) -> None:
        """Remember from the database when members last used the bot, by member id."""
        # Nothing was in the future: then the clock was set back since.
        self._last_started_at |= {id: min(at, self._now()) for id, at in last_started_at.items()}

    def occupy(self, generation: Generation) -> None:
        """Note that a generation is in flight already, as after a restart."""
        self._taken[generation.id] = _whose(generation)

    def has_place(self, generation_id: GenerationId) -> bool:
        """Whether a generation may go on to the API."""
        return generation_id in self._taken

    async def turn(self, generation: Generation, *, max_s: float) -> None:
        """Wait until the generation has a place, for ``max_s`` seconds at most. It stays in line until it leaves."""
        if self.has_place(generation.id):
            return
        waiting = self._waiting.get(generation.id)
        if waiting is None:
            granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            asked_at = self._now() - max(timedelta(0), self._clock.now() - generation.asked_at)
            waiting = self._waiting[generation.id] = _Waiting(generation, asked_at, granted)
        self._grant()
        patience = asyncio.ensure_future(self._clock.sleep(max_s))
        try:
            await asyncio.wait({waiting.granted, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()

    def leave(self, generation_id: GenerationId) -> None:
        """Give a place back, or step out of the line. Safe to repeat."""
        self._waiting.pop(generation_id, None)
        self._used_before.pop(generation_id, None)
        if generation_id in self._taken:
            del self._taken[generation_id]
            self._grant()

    def position(self, generation_id: GenerationId) -> int | None:
        """Return how many must go first, plus one, as of a second ago at most; None for one that does not wait."""
        if generation_id not in self._waiting:
            return None
        now_s = self._clock.monotonic_s()
        if now_s >= self._positions_good_until_s or generation_id not in self._positions:
            in_order = sorted(self._waiting.values(), key=self._rank)
            self._positions = {one.generation.id: place for place, one in enumerate(in_order, start=1)}
            self._positions_good_until_s = now_s + POSITIONS_GOOD_FOR_S
        return self._positions[generation_id]

    def step_back(self, generation: Generation) -> None:
        """Forget that a generation went to the API, because it was sent back unheard: its member keeps their turn."""
        before = self._used_before.pop(generation.id, None)
        if before is None:
            self._last_started_at.pop(generation.asker_id, None)
        else:
            self._last_started_at[generation.asker_id] = before

    def pause(self, problem: AccountProblem) -> None:
        """Let nobody through for a while, because the API refuses our account.

        Only the first refusal counts, and that of whoever tries again: others were on their way already.
        """
        if self.is_paused and not self._is_probing:
            return
        self._is_probing = False
        pause_s = backoff_s(self._refusal_count, first_s=PAUSE_FIRST_S, max_s=PAUSE_MAX_S)
        self._refusal_count += 1
        self._paused_until = self._now() + timedelta(seconds=pause_s)
        logger.error(
            "the video API refuses our account (%s): nothing new for %.0f s: %s",
            problem.kind,
            pause_s,
            problem,
        )

    def all_clear(self) -> None:
        """Go on as usual, because the API took something."""
        if self._paused_until is not None:
            logger.info("the video API takes our account again")
            self._paused_until, self._refusal_count, self._is_probing = None, 0, False
            self._grant()

    @property
    def is_paused(self) -> bool:
        """Whether nobody is let through now."""
        return self._paused_until is not None and self._now() < self._paused_until

    def require_open(self) -> None:
        """Refuse while nobody is let through.

        Raises:
            Paused: Says that it is nobody's fault here.
        """
        if self.is_paused:
            raise Paused(texts.PAUSED, hint=texts.PAUSED_HINT)

    def _grant(self) -> None:
        while self._waiting and len(self._taken) < self._place_count and not self.is_paused:
            running = Counter(self._taken.values())
            able = (one for one in self._waiting.values() if _may_run(one.generation, running))
            first = min(able, key=self._rank, default=None)
            if first is None:
                return
            generation = first.generation
            del self._waiting[generation.id]
            self._taken[generation.id] = _whose(generation)
            self._used_before[generation.id] = self._last_started_at.get(generation.asker_id)
            self._note_start(generation.asker_id)
            if not first.granted.done():
                first.granted.set_result(None)
            if self._paused_until is not None:
                # The pause is over but nobody knows yet whether the trouble is: one goes ahead and tries.
                self._paused_until = self._now() + timedelta(seconds=PAUSE_FIRST_S)
                self._is_probing = True

    def _note_start(self, member_id: int) -> None:
        now = self._now()
        self._last_started_at[member_id] = now
        if len(self._last_started_at) > MEMBERS_MAX:
            recent = {id: at for id, at in self._last_started_at.items() if now - at < REMEMBERED}
            self._last_started_at = recent

    def _rank(self, waiting: _Waiting) -> tuple[datetime, datetime, str]:
        generation = waiting.generation
        earliest = waiting.asked_at - REMEMBERED
        used_at = self._last_started_at.get(generation.asker_id, earliest)
        return (max(used_at, earliest), generation.asked_at, generation.id)

    def _now(self) -> datetime:
        """Return this instant in the line's own time: that of the wall when it opened, which nobody sets."""
        return self._opened_at + timedelta(seconds=self._clock.monotonic_s() - self._opened_s)


def _whose(generation: Generation) -> _Whose:
    return generation.guild_id, generation.asker_id


def _may_run(generation: Generation, running: Counter[_Whose]) -> bool:
    """Whether its member has not as many in flight already as they may."""
    return generation.running_max is None or running[_whose(generation)] < generation.running_max
