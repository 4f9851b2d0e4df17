"""A member's finished videos, shown to them again for as long as we keep them. Nothing here changes anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot import texts
from bot.clock import Clock
from bot.errors import Refusal
from bot.generation.service import NotYours, UnknownGeneration
from storage import generations
from storage.database import Database
from storage.errors import NotFound
from storage.records import Generation, GenerationId, State

# How long the API's links live (video API notes, section 7: "about a day").
LINK_LIVES = timedelta(hours=24)
# Discord offers at most 25 choices.
OFFERED_COUNT = 25
_FINISHED = frozenset({State.DELIVERED, State.UNDELIVERABLE})


class VideoGone(Refusal):
    """Our copy of a video was thrown away and its link is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A generation and what there is of its video: as it came, then the smaller copy."""

    generation: Generation
    files: Sequence[Path]


class FinishedVideos:
    """Finds what a member may see again.

    Args:
        database: Where generations are.
        clock: The source of time.
        files_of: The files of a generation's video, the best first.
    """

    def __init__(
        self, database: Database, *, clock: Clock, files_of: Callable[[GenerationId], Sequence[Path]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._files_of = files_of

    async def of(self, member_id: int) -> Sequence[Generation]:
        """Return a member's newest finished videos, whatever server they were asked for in."""
        return await self._database.transaction(
            generations.finished_of_asker, asker_id=member_id, limit=OFFERED_COUNT
        )

    async def get(self, generation_id: GenerationId, *, member_id: int) -> Finished:
        """Return a video to its asker; one that is not finished has a card, but no files.

        Raises:
            UnknownGeneration: There is no such generation.
            NotYours: Somebody else asked for it.
            VideoGone: It is finished, but nothing of it is left.
        """
        try:
            generation = await self._database.transaction(generations.get, generation_id)
        except NotFound:
            raise UnknownGeneration(texts.UNKNOWN_GENERATION) from None
        if generation.asker_id != member_id:
            raise NotYours(texts.ONLY_THE_ASKER)
        files = self._files_of(generation_id) if generation.state in _FINISHED else ()
        if generation.state in _FINISHED and not files and not self._has_link(generation):
            raise VideoGone(texts.VIDEO_GONE, hint=texts.VIDEO_GONE_HINT)
        return Finished(generation=generation, files=files)

    def _has_link(self, generation: Generation) -> bool:
        ended_at = generation.ended_at or generation.asked_at
        return generation.video_url is not None and self._clock.now() - ended_at < LINK_LIVES
