"""What operators decide about generations of which nobody knows how they ended, and what holds when nobody decides.

A resolution is written in one transaction together with its trail, and names the version it was made on: of two
operators at once, one is told that the other was faster. Nothing here ever sends a request again.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot import texts
from bot.clock import Clock
from bot.errors import Refusal
from bot.generation import money
from bot.generation.states import RESOLUTIONS, resolved
from storage import audit, generations
from storage.audit import AuditEntry
from storage.database import Database, Transaction
from storage.errors import NotFound, StorageUnavailable
from storage.records import Generation, GenerationId, State

logger = logging.getLogger(__name__)

# Autocomplete shows 25, and a list of more is nothing anybody reads; the oldest come first.
LISTED_COUNT = 25
# Patience is counted in days, so an hour more or less is nothing.
SWEEP_EVERY_S = 3600.0
# Few at a time, because commands wait for the database meanwhile.
SWEPT_AT_ONCE = 100
# Many times as long as any id the API has given out.
TASK_ID_MAX_CHARS = 200
NOBODY_DECIDED = "nobody decided"


class Outcome(StrEnum):
    """What an operator found out."""

    CAME_THROUGH = "came through"
    DID_NOT = "did not come through"
    LOOK_AGAIN = "look again"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What an operator decided.

    Attributes:
        outcome: What they found out.
        operator_id: Who decides.
        guild_id: Where they are.
        task_id: The API's id of one that came through.
    """

    outcome: Outcome
    operator_id: int
    guild_id: int | None
    task_id: str | None = None


class AlreadyResolved(Refusal):
    """There is nothing left to decide, maybe because another operator was faster."""


class WrongTaskId(Refusal):
    """The id of the API is missing, is no id, or belongs to another generation."""


class NothingToLookFor(Refusal):
    """The API never gave us an id, so there is nothing to look for."""


class ResolutionService:
    """Lists and settles what nobody knows the end of.

    Args:
        database: Where generations are.
        clock: The source of time.
        on_change: Called with a generation after it was written; must return at once.
        patience: After this long without a resolution, a generation ends as not charged.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        on_change: Callable[[Generation], None],
        patience: timedelta,
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_change = on_change
        self._patience = patience

    async def unresolved(self) -> Sequence[Generation]:
        """Return what waits for a resolution, the oldest first, at most ``LISTED_COUNT``."""
        return await self._database.transaction(generations.unresolved, limit=LISTED_COUNT)

    async def resolve(self, generation_id: GenerationId, resolution: Resolution) -> Generation:
        """Write down what an operator found out; the runner goes on from there.

        Returns:
            The generation as it is now written.

        Raises:
            AlreadyResolved: Nobody needs to decide about it, or somebody has.
            WrongTaskId: It came through, but this cannot be its id.
            NothingToLookFor: There is no id to look for.
        """
        after = await self._database.transaction(self._resolve, generation_id, resolution)
        self._on_change(after)
        return after

    async def keep_sweeping(self) -> None:
        """End what nobody decided about in time, now and every hour, until cancelled."""
        while True:
            try:
                while await self.give_up():
                    pass
            except StorageUnavailable as error:
                logger.error("old undecided generations have to wait: %s", error)
            await self._clock.sleep(SWEEP_EVERY_S)

    async def give_up(self) -> int:
        """End some of what nobody decided about in time; return how many."""
        given_up = await self._database.transaction(self._give_up)
        for generation in given_up:
            self._on_change(generation)
        return len(given_up)

    def _resolve(
        self, transaction: Transaction, generation_id: GenerationId, resolution: Resolution
    ) -> Generation:
        before = _open_one(transaction, generation_id)
        if resolution.outcome is Outcome.DID_NOT:
            after = self._not_charged(before, texts.REASON_NOT_MADE)
        elif resolution.outcome is Outcome.REFUND:
            ended = self._not_charged(before, texts.REASON_REFUNDED)
            after = replace(ended, refunded_at=ended.ended_at)
        else:
            after = self._followed(before, _task_id(transaction, before, resolution))
        if not self._write(transaction, before, after, resolution):
            raise AlreadyResolved(texts.RESOLVED_BEFORE)
        return after

    def _give_up(self, transaction: Transaction) -> list[Generation]:
        too_old = self._clock.now() - self._patience
        given_up = []
        for before in generations.unresolved(transaction, limit=SWEPT_AT_ONCE, shard=self._database.shard):
            if before.ended_at is not None and before.ended_at <= too_old:
                after = self._not_charged(before, texts.REASON_NOBODY_KNOWS)
                if self._write(transaction, before, after, None):
                    given_up.append(after)
        return given_up

    def _followed(self, before: Generation, task_id: str) -> Generation:
        now = self._clock.now()
        return resolved(before, State.QUEUED, task_id=task_id, submitted_at=now, ended_at=None, reason=None)

    def _not_charged(self, before: Generation, reason: str) -> Generation:
        to = State.REFUSED if before.state is State.UNCERTAIN else State.FAILED
        return resolved(before, to, ended_at=self._clock.now(), reason=reason)

    def _write(
        self, transaction: Transaction, before: Generation, after: Generation, resolution: Resolution | None
    ) -> bool:
        """Write a move and its trail; False if on PostgreSQL somebody else was faster since it was read."""
        now = self._clock.now()
        if not money.move(transaction, before, after, at=now):
            return False
        outcome = resolution.outcome.value if resolution else NOBODY_DECIDED
        entry = AuditEntry(
            at=now,
            actor_id=resolution.operator_id if resolution else None,
            guild_id=resolution.guild_id if resolution else None,
            action="resolve generation",
            subject=before.id,
            details={
                "from": before.state.value,
                "to": after.state.value,
                "outcome": outcome,
                "task_id": after.task_id or "",
            },
        )
        audit.add(transaction, entry)
        logger.info("generation %s: %s, now %s", before.id, outcome, after.state)
        return True


def _open_one(transaction: Transaction, generation_id: GenerationId) -> Generation:
    try:
        generation = generations.get(transaction, generation_id)
    except NotFound:
        raise AlreadyResolved(texts.UNKNOWN_GENERATION) from None
    if generation.state not in RESOLUTIONS:
        headline = texts.HEADLINES[generation.state]
        raise AlreadyResolved(texts.RESOLVED_ALREADY.format(headline=headline))
    return generation


def _task_id(transaction: Transaction, generation: Generation, resolution: Resolution) -> str:
    """Return the API's id by which to follow a generation, which must be its own."""
    if resolution.outcome is Outcome.LOOK_AGAIN:
        if generation.task_id is None:
            raise NothingToLookFor(texts.NOTHING_TO_LOOK_FOR)
        return generation.task_id
    task_id = (resolution.task_id or "").strip()
    if not task_id:
        raise WrongTaskId(texts.TASK_ID_MISSING)
    if len(task_id) > TASK_ID_MAX_CHARS or not task_id.isprintable() or " " in task_id:
        raise WrongTaskId(texts.TASK_ID_ODD)
    owner = generations.find_by_task(transaction, task_id)
    if owner is not None and owner.id != generation.id:
        raise WrongTaskId(texts.TASK_ID_TAKEN.format(generation_id=owner.id))
    return task_id
