"""Videos whose price their member should know first: each waits for a yes, and only a yes takes the credits.

Questions wait in memory alone. Nothing is held for them, so losing one, by a restart or because too many wait, costs
nobody anything. Whether somebody said yes is known from the database, by the interaction that first asked.
"""

from dataclasses import dataclass, replace

from bot import texts
from bot.clock import Clock
from bot.errors import Refusal
from bot.generation.intake import Checked
from bot.generation.service import Asked, GenerationService, NotYours
from bot.limits.policy import Member
from bot.limits.reservations import Quote
from storage import generations
from storage.database import Database
from storage.records import Generation

# Long enough to think it over; Discord's own word to the interaction dies after 15 minutes.
QUESTION_TIMEOUT_S = 600.0
# A few kilobytes each; the oldest make room.
WAITING_MAX_COUNT = 1000


class NoLongerOpen(Refusal):
    """The question is too old, or from before a restart."""


@dataclass(frozen=True, slots=True)
class _Question:
    wanted: Checked
    asked: Asked
    over_at_s: float


class Questions:
    """Admits at once what needs no question, and the rest after a yes.

    Args:
        service: Admits.
        database: Knows what was admitted.
        clock: The source of time.
    """

    def __init__(self, service: GenerationService, *, database: Database, clock: Clock) -> None:
        self._service = service
        self._database = database
        self._clock = clock
        self._waiting: dict[int, _Question] = {}

    async def admit(self, wanted: Checked, asked: Asked) -> Generation | Quote:
        """Admit a video, or keep it until its member says yes to the quote that is returned.

        Raises:
            Refusal: It cannot be admitted; see :meth:`GenerationService.admit`.
        """
        admitted = await self._service.admit(wanted, asked)
        if isinstance(admitted, Quote):
            self._forget_old(room_for=1)
            over_at_s = self._clock.monotonic_s() + QUESTION_TIMEOUT_S
            self._waiting[asked.interaction_id] = _Question(wanted, asked, over_at_s)
        return admitted

    async def accept(self, interaction_id: int, *, member: Member, price_credits: int) -> Generation | Quote:
        """Admit what was asked about. Safe to repeat: it counts once.

        Args:
            interaction_id: Of the interaction that asked for the video.
            member: Who says yes, with the roles they have now.
            price_credits: The price that they were told.

        Returns:
            The generation; or the new quote, if the price has risen meanwhile.

        Raises:
            NotYours: Somebody else was asked.
            NoLongerOpen: The question is not known any more, and nothing came of it.
            Refusal: It cannot be admitted; see :meth:`GenerationService.admit`.
        """
        question = self._find(interaction_id, member.id)
        if question is None:
            if (earlier := await self._earlier(interaction_id, member.id)) is None:
                raise NoLongerOpen(texts.NO_LONGER_OPEN, hint=texts.NO_LONGER_OPEN_HINT)
            return earlier
        asked = replace(question.asked, member=member)
        admitted = await self._service.admit(question.wanted, asked, accepted_credits=price_credits)
        if not isinstance(admitted, Quote):
            self._waiting.pop(interaction_id, None)
        return admitted

    async def decline(self, interaction_id: int, *, member_id: int) -> Generation | None:
        """Forget a question.

        Returns:
            The generation, if its member had said yes before.

        Raises:
            NotYours: Somebody else was asked.
        """
        if self._find(interaction_id, member_id) is not None:
            del self._waiting[interaction_id]
        return await self._earlier(interaction_id, member_id)

    def _find(self, interaction_id: int, member_id: int) -> _Question | None:
        self._forget_old()
        question = self._waiting.get(interaction_id)
        if question is not None and question.asked.member.id != member_id:
            raise NotYours(texts.ONLY_THE_ASKER)
        return question

    async def _earlier(self, interaction_id: int, member_id: int) -> Generation | None:
        found = await self._database.transaction(generations.find_by_interaction, interaction_id)
        if found is not None and found.asker_id != member_id:
            raise NotYours(texts.ONLY_THE_ASKER)
        return found

    def _forget_old(self, *, room_for: int = 0) -> None:
        now_s = self._clock.monotonic_s()
        while self._waiting:
            oldest = next(iter(self._waiting))
            is_over = self._waiting[oldest].over_at_s <= now_s
            if not is_over and len(self._waiting) + room_for <= WAITING_MAX_COUNT:
                return
            del self._waiting[oldest]
