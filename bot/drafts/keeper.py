"""Looks after drafts in the background: hands over what is decided, closes votes, ends what nobody edits.

All of it follows from the rows, so a new process goes on where the last one stopped.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock, rest
from bot.delivery.sender import SendFailed
from bot.drafts.deciding import close_vote
from bot.drafts.membership import expired
from bot.drafts.submission import DraftSubmission
from bot.errors import Refusal
from storage import drafts
from storage.database import Database, Transaction
from storage.draft_records import Draft, DraftId, DraftState
from storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)

# A vote ends, and a draft, to the second nobody waits for; what is decided wakes the keeper at once.
LOOK_S = 15.0
# Of the time after which a draft ends by itself; then its owner is warned.
WARN_AT = 0.75
# Drafts that are looked after at once; each may wait minutes for its files.
AT_ONCE_MAX = 8


def ends_at(draft: Draft, *, idle: timedelta) -> datetime | None:
    """Return when a draft ends by itself; None while its owner was not warned."""
    if draft.warned_at is None:
        return None
    # Counted from the warning too: had we been away, nobody was warned in time.
    return max(draft.edited_at + idle, draft.warned_at + idle * (1 - WARN_AT))


class DraftKeeper:
    """Keeps drafts going.

    Args:
        database: Where they are.
        clock: The source of time.
        submission: Makes decided ones generations.
        idle: After this long without an edit a draft ends.
        on_change: Called with a draft after it was written; must return at once.
        take_up: Called at each look with every draft that is not over or whose card may be behind; must return at once.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        submission: DraftSubmission,
        idle: timedelta,
        on_change: Callable[[Draft], None],
        take_up: Callable[[Draft], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._submission = submission
        self._idle = idle
        self._on_change = on_change
        self._take_up = take_up
        self._woken = asyncio.Event()
        self._under_way: set[DraftId] = set()
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)

    def wake(self) -> None:
        """Say that something was decided. Returns at once."""
        self._woken.set()

    async def keep(self) -> None:
        """Look again and again, until cancelled; whoever waits for files holds up nobody else."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                try:
                    await self._begin(group)
                except StorageUnavailable as error:
                    logger.warning("drafts have to wait: %s", error)
                await rest(self._clock, LOOK_S, unless=self._woken)

    async def look(self) -> None:
        """Do what is due for every draft."""
        async with asyncio.TaskGroup() as group:
            await self._begin(group)

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        """Begin what is due for every draft, unless it is under way."""
        now = self._clock.now()
        for draft in await self._database.transaction(drafts.unfinished, shard=self._database.shard):
            self._take_up(draft)
            is_due = draft.state is DraftState.DECIDED or self._due(draft, now) is not None
            if is_due and draft.id not in self._under_way:
                self._under_way.add(draft.id)
                group.create_task(self._attend(draft), name=f"draft {draft.id}")

    async def _attend(self, draft: Draft) -> None:
        try:
            async with self._turns:
                await self._look_after(draft)
        except (Refusal, SendFailed, StorageUnavailable) as error:
            logger.info("draft %s has to wait: %s", draft.id, type(error).__name__)
        except Exception:
            logger.exception("draft %s cannot be looked after", draft.id)
        finally:
            self._under_way.discard(draft.id)

    async def _look_after(self, draft: Draft) -> None:
        now = self._clock.now()
        if self._due(draft, now) is not None:
            draft = await self._written(draft.id, now) or draft
        if draft.state is DraftState.DECIDED:
            await self._submission.submit(draft)

    def _due(self, draft: Draft, now: datetime) -> Draft | None:
        """Return the draft as time makes it; None if nothing is due."""
        if draft.state is not DraftState.OPEN:
            return None
        if draft.vote_closes_at is not None:
            return close_vote(draft) if now >= draft.vote_closes_at else None
        over_at = ends_at(draft, idle=self._idle)
        if over_at is None:
            is_quiet = now - draft.edited_at >= self._idle * WARN_AT
            return replace(draft, warned_at=now) if is_quiet else None
        return expired(draft, now=now) if now >= over_at else None

    async def _written(self, draft_id: DraftId, now: datetime) -> Draft | None:
        after = await self._database.transaction(self._write, draft_id, now)
        if after is not None:
            self._on_change(after)
        return after

    def _write(self, transaction: Transaction, draft_id: DraftId, now: datetime) -> Draft | None:
        before = drafts.lock(transaction, draft_id)
        # Decided anew: somebody may have edited it since it was read.
        after = self._due(before, now)
        if after is None:
            return None
        after = replace(after, version=before.version + 1)
        drafts.put(transaction, after)
        return after
