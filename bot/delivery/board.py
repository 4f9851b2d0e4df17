"""Shows progress on cards, as a courtesy: it may skip, it never fails and it never stands in the way of a result."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.progress import Progress, progress_of
from bot.delivery.sender import Sender, SendFailed
from storage.records import Generation, State

logger = logging.getLogger(__name__)

# Discord allows about five edits in five seconds for a whole channel; results need them more than progress does.
BETWEEN_EDITS = timedelta(seconds=5)
# A line moves all the time; its cards need not.
BETWEEN_PLACES = timedelta(seconds=15)
EDIT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card showed last, and since when."""

    state: State
    words: str
    at: datetime


class ProgressBoard:
    """Edits cards while the API works; at most one such edit is under way in each channel.

    Args:
        sender: Edits the cards.
        clock: The source of time.
    """

    def __init__(self, sender: Sender, *, clock: Clock) -> None:
        self._sender = sender
        self._clock = clock
        self._busy_channels: set[int] = set()

    async def show(
        self, generation: Generation, *, before: Shown | None, typical_s: float, reported: float | None
    ) -> Shown | None:
        """Bring the card up to date if that is worth an edit now.

        Args:
            generation: As it is written now.
            before: What this returned the last time.
            typical_s: How long the model usually takes, in seconds.
            reported: The share the API says is done, 0 to 1.

        Returns:
            What the card shows now, as far as we know.
        """
        now = self._clock.now()
        progress = progress_of(generation, now=now, typical_s=typical_s, reported=reported)
        shown = Shown(state=generation.state, words=progress.bar, at=now)
        if not _is_worth_an_edit(before, shown, between=BETWEEN_EDITS):
            return before
        return await self._edit(generation, before=before, shown=shown, progress=progress)

    async def show_note(self, generation: Generation, *, before: Shown | None, note: str) -> Shown | None:
        """Say why a generation waits, if that is worth an edit now.

        Args:
            generation: As it is written now.
            before: What this returned the last time.
            note: Said instead of the usual explanation of its state.
        """
        shown = Shown(state=generation.state, words=note, at=self._clock.now())
        if not _is_worth_an_edit(before, shown, between=BETWEEN_PLACES):
            return before
        return await self._edit(generation, before=before, shown=shown, note=note)

    async def _edit(
        self,
        generation: Generation,
        *,
        before: Shown | None,
        shown: Shown,
        progress: Progress | None = None,
        note: str | None = None,
    ) -> Shown | None:
        if generation.channel_id in self._busy_channels:
            return before
        self._busy_channels.add(generation.channel_id)
        try:
            async with asyncio.timeout(EDIT_TIMEOUT_S):
                await self._sender.edit_card(generation, progress=progress, note=note)
        except (SendFailed, TimeoutError) as error:
            logger.info("progress was not shown: %s", error)
        finally:
            self._busy_channels.discard(generation.channel_id)
        return shown


def _is_worth_an_edit(before: Shown | None, shown: Shown, *, between: timedelta) -> bool:
    if before is None or before.state is not shown.state:
        return True
    return before.words != shown.words and shown.at - before.at >= between
