"""What members may want of a generation: ask for one, cancel it, list theirs.

A command writes an intention here and is done; the runner makes it true. They meet only in the database: the one thing
handed over directly is the word that a row is worth a look.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import texts
from bot.clock import Clock
from bot.errors import Refusal
from bot.generation import money
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.states import CANCELLABLE, ENDS, ended, noted
from bot.limits.policy import Member
from bot.limits.reservations import Quote, Reservation, Reservations
from storage import assets, generations
from storage.database import Database, Transaction, once
from storage.errors import NotFound
from storage.records import Contributor, Generation, GenerationId, Notice, Payer, State

LISTED_COUNT = 10
# 16 hexadecimal characters: room for the nonces made from it (Discord allows 25) and 64 bits against guessing.
_ID_BYTES = 8


class NotYours(Refusal):
    """Somebody else asked for this generation."""


class TooLate(Refusal):
    """The generation is past the point where it could be cancelled."""


class UnknownGeneration(Refusal):
    """There is no such generation."""


class Stopping(Refusal):
    """The process is shutting down and takes nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asked for a video, where, and by which interaction."""

    interaction_id: int
    channel_id: int
    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """How several members made it.

    Attributes:
        draft_id: The draft it comes from.
        draft_title: What that is called.
        draft_card_id: Its card; None if it has none.
        contributors: Who contributed what.
        shares: Who pays how many credits.
    """

    draft_id: str
    draft_title: str
    draft_card_id: int | None
    contributors: tuple[Contributor, ...]
    shares: Sequence[tuple[Member, int]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was written, to be announced once it is committed."""

    generation: Generation
    warns: bool = False


class GenerationService:
    """Admits, cancels and lists generations.

    Args:
        database: Where they are written.
        clock: The source of time.
        line: Whether the API is open to us.
        reservations: Takes the credits.
        on_change: Called with a generation after it was written; must return at once.
        on_warning: Called after a warning was written that a budget runs out; must return at once.
        cancel_window_s: How long a new generation can be cancelled before it is sent, in seconds.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        line: Line,
        reservations: Reservations,
        on_change: Callable[[Generation], None],
        on_warning: Callable[[], None],
        cancel_window_s: float,
    ) -> None:
        self._database = database
        self._clock = clock
        self._line = line
        self._reservations = reservations
        self._on_change = on_change
        self._on_warning = on_warning
        self._cancel_window = timedelta(seconds=cancel_window_s)
        self._takes_new = True

    def stop_intake(self) -> None:
        """Refuse everything new from now on."""
        self._takes_new = False

    async def admit(
        self, wanted: Checked, asked: Asked, *, accepted_credits: int | None = None
    ) -> Generation | Quote:
        """Write down that somebody wants a video, and take what it costs; or say what it would.

        The same interaction counts once, however often it arrives.

        Args:
            wanted: What was checked and found in order.
            asked: By whom, where.
            accepted_credits: The price that the member has said yes to; None if they were not asked.

        Returns:
            The generation; or, where the price is one to be asked about, the price, with nothing written.

        Raises:
            Stopping: The process is shutting down.
            Paused: The API refuses the operator's account.
            LimitsReached: Limits stand in the way.
            CommitUnclear: Nobody knows whether it was written; if it was, it will happen.
            StorageUnavailable: It could not be written, so nothing will happen.
        """
        self.require_intake()
        admitted = await once(self._database, self._admit, wanted, asked, accepted_credits)
        if isinstance(admitted, Quote):
            return admitted
        self.announce(admitted)
        return admitted.generation

    def require_intake(self) -> None:
        """Refuse while nothing new is taken.

        Raises:
            Stopping: The process is shutting down.
            Paused: The API refuses the operator's account.
        """
        if not self._takes_new:
            raise Stopping(texts.STOPPING, hint=texts.STOPPING_HINT)
        self._line.require_open()

    def admit_together(
        self, transaction: Transaction, wanted: Checked, asked: Asked, together: Together
    ) -> Admitted:
        """Write down, in somebody's transaction, a video that several members made and pay for.

        Raises:
            LimitsReached: Limits of the asker, or budgets, stand in the way.
            CannotPay: One of them cannot pay their share.
        """
        self._reservations.lock(transaction, asked.member, *(member for member, _ in together.shares))
        earlier = generations.find_by_interaction(transaction, asked.interaction_id)
        if earlier is not None:
            return Admitted(earlier)
        generation = self._new(wanted, asked)
        reserved = self._reservations.reserve_shares(
            transaction,
            wanted.request,
            asker=asked.member,
            shares=together.shares,
            generation_id=generation.id,
            at=generation.asked_at,
        )
        made = replace(
            generation,
            draft_id=together.draft_id,
            draft_title=together.draft_title,
            draft_card_id=together.draft_card_id,
            contributors=together.contributors,
            payers=tuple(
                Payer(member_id=member.id, credits=credits) for member, credits in together.shares if credits
            ),
        )
        return self._written(transaction, made, wanted, reserved)

    def announce(self, admitted: Admitted) -> None:
        """Hand over what was admitted, once it is committed."""
        self._on_change(admitted.generation)
        if admitted.warns:
            self._on_warning()

    async def cancel(self, generation_id: GenerationId, *, member_id: int, card_id: int | None) -> Generation:
        """Stop a generation that has not been sent yet.

        Args:
            generation_id: Which one.
            member_id: Who wants it.
            card_id: The message whose button was pressed; it may be faster than our own note of it.

        Raises:
            UnknownGeneration: There is no such generation.
            NotYours: Somebody else asked for it.
            TooLate: It was sent already, or is over.
        """
        cancelled = await self._database.transaction(self._cancel, generation_id, member_id, card_id)
        self._on_change(cancelled)
        return cancelled

    async def get(self, generation_id: GenerationId) -> Generation:
        """Read a generation.

        Raises:
            UnknownGeneration: There is no such generation.
        """
        return await self._database.transaction(_get, generation_id)

    async def forget_card(self, generation_id: GenerationId, *, member_id: int, may_moderate: bool) -> None:
        """Note that the card of a generation is about to be deleted.

        Args:
            generation_id: Which one.
            member_id: Who wants it.
            may_moderate: Whether they may delete what others asked for.

        Raises:
            UnknownGeneration: There is no such generation.
            NotYours: Neither the asker nor a moderator.
        """
        await self._database.transaction(_forget_card, generation_id, member_id, may_moderate)

    async def latest(self, *, asker_id: int, guild_id: int | None) -> Sequence[Generation]:
        """Return a member's newest generations in a server, the newest first, at most ``LISTED_COUNT``."""
        return await self._database.transaction(
            generations.latest_of_asker, asker_id=asker_id, guild_id=guild_id, limit=LISTED_COUNT
        )

    def _admit(
        self, transaction: Transaction, wanted: Checked, asked: Asked, accepted_credits: int | None
    ) -> Admitted | Quote:
        self._reservations.lock(transaction, asked.member)
        earlier = generations.find_by_interaction(transaction, asked.interaction_id)
        if earlier is not None:
            return Admitted(earlier)
        generation = self._new(wanted, asked)
        reserved = self._reservations.reserve(
            transaction,
            wanted.request,
            member=asked.member,
            generation_id=generation.id,
            accepted_credits=accepted_credits,
            at=generation.asked_at,
        )
        if isinstance(reserved, Quote):
            return reserved
        return self._written(transaction, generation, wanted, reserved)

    def _written(
        self, transaction: Transaction, generation: Generation, wanted: Checked, reserved: Reservation
    ) -> Admitted:
        paid = replace(
            generation,
            price_credits=reserved.price_credits,
            running_max=reserved.running_max,
            parent_card_id=_card_of_parent(transaction, generation),
        )
        generations.add(transaction, paid)
        for asset in wanted.new_assets:
            assets.add(transaction, asset)
        return Admitted(paid, reserved.warns)

    def _new(self, wanted: Checked, asked: Asked) -> Generation:
        now, request = self._clock.now(), wanted.request
        return Generation(
            id=GenerationId(secrets.token_hex(_ID_BYTES)),
            version=1,
            interaction_id=asked.interaction_id,
            guild_id=asked.member.guild_id or None,
            channel_id=asked.channel_id,
            asker_id=asked.member.id,
            family=request.family,
            model=request.model,
            request=request.to_stored(),
            media=wanted.media,
            parent_id=wanted.parent_id,
            state=State.ADMITTED,
            notice=Notice.DUE,
            card_id=None,
            tries=0,
            task_id=None,
            video_url=None,
            file_bytes=None,
            copy_max_bytes=None,
            reason=None,
            asked_at=now,
            due_at=now + self._cancel_window,
            submitted_at=None,
            ended_at=None,
            delivered_at=None,
        )

    def _cancel(
        self, transaction: Transaction, generation_id: GenerationId, member_id: int, card_id: int | None
    ) -> Generation:
        generation = _get(transaction, generation_id)
        if generation.asker_id != member_id:
            raise NotYours(texts.ONLY_THE_ASKER)
        if generation.state is State.CANCELLED:
            return generation
        if generation.state in ENDS:
            raise TooLate(texts.ALREADY_OVER)
        if generation.state not in CANCELLABLE:
            raise TooLate(texts.TOO_LATE_TO_CANCEL, hint=texts.TOO_LATE_TO_CANCEL_HINT)
        now = self._clock.now()
        cancelled = replace(ended(generation, State.CANCELLED, at=now), card_id=generation.card_id or card_id)
        if not money.move(transaction, generation, cancelled, at=now):
            raise TooLate(texts.TOO_LATE_TO_CANCEL, hint=texts.TOO_LATE_TO_CANCEL_HINT)
        return cancelled


def _get(transaction: Transaction, generation_id: GenerationId) -> Generation:
    try:
        return generations.get(transaction, generation_id)
    except NotFound:
        raise UnknownGeneration(texts.UNKNOWN_GENERATION) from None


def _card_of_parent(transaction: Transaction, generation: Generation) -> int | None:
    if generation.parent_id is None:
        return None
    parent = generations.found(transaction, [generation.parent_id]).get(generation.parent_id)
    return parent.card_id if parent is not None and parent.channel_id == generation.channel_id else None


def _forget_card(
    transaction: Transaction, generation_id: GenerationId, member_id: int, may_moderate: bool
) -> None:
    generation = _get(transaction, generation_id)
    if generation.asker_id != member_id and not may_moderate:
        raise NotYours(texts.ONLY_ASKER_OR_MODERATOR)
    generations.move(transaction, generation, noted(generation, card_id=None))
