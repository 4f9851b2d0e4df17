"""Turns a decided draft into a generation: checked, paid by everybody who agreed, and written in one transaction.

A draft stays ``decided`` until that transaction is through, so a crash before it loses nothing and one after it
repeats nothing. Whatever stands in the way opens the draft again and says who or what it was.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from bot import texts
from bot.clock import Clock
from bot.delivery.plain_text import plain_text
from bot.drafts.deciding import reopened
from bot.drafts.paying import shares_of
from bot.drafts.people import find, member_of
from bot.drafts.prompts import contributors_of, prompt_of
from bot.errors import Refusal
from bot.generation.intake import Checked, Intake, WantedFile, Wish
from bot.generation.line import Paused
from bot.generation.service import Admitted, Asked, GenerationService, Stopping, Together
from bot.limits.policy import Member
from bot.limits.reservations import Reservations
from bot.limits.wording import LimitsReached
from bot.media.inspector import TooBusy
from bot.upstream.requests import InvalidRequest
from storage import drafts
from storage.database import Database, Transaction
from storage.draft_records import Draft, DraftState

logger = logging.getLogger(__name__)

_FAULT_MAX_CHARS = 300


class DraftSubmission:
    """Submits drafts.

    Args:
        database: Where drafts and generations are.
        clock: The source of time.
        intake: Checks what would be made.
        generations: Admits it.
        reservations: Knows the prices.
        on_change: Called with a draft after it was written; must return at once.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        intake: Intake,
        generations: GenerationService,
        reservations: Reservations,
        on_change: Callable[[Draft], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._intake = intake
        self._generations = generations
        self._reservations = reservations
        self._on_change = on_change

    async def submit(self, draft: Draft) -> None:
        """Make a decided draft a generation, or open it again with the reason.

        Raises:
            Stopping: The process is shutting down; it stays decided.
            Paused: The API refuses the operator's account; it stays decided.
            TooBusy: Too many files are being looked at; it stays decided.
            DiscordUnavailable: Its files cannot be read now; it stays decided.
            StorageUnavailable: It could not be written; it stays decided.
        """
        self._generations.require_intake()
        try:
            files = await self._intake.fresh([it.medium for it in draft.media])
            checked = await self._intake.checked(wish_of(draft, files))
            submitted, admitted = await self._database.transaction(self._submit, draft, checked)
        except (Stopping, Paused, TooBusy):
            raise
        except Refusal as refusal:
            logger.info("draft %s cannot be made: %s", draft.id, type(refusal).__name__)
            submitted, admitted = (
                await self._database.transaction(self._reopen, draft, _reason(refusal, draft)),
                None,
            )
        if admitted is not None:
            self._generations.announce(admitted)
        if submitted is not None:
            self._on_change(submitted)

    def _submit(
        self, transaction: Transaction, draft: Draft, checked: Checked
    ) -> tuple[Draft | None, Admitted | None]:
        now = drafts.lock(transaction, draft.id)
        if now.state is not DraftState.DECIDED or now.revision != draft.revision:
            return None, None
        price = self._reservations.price_of(transaction, checked.request, guild_id=draft.guild_id)
        shares = [(member_of(now, share.participant), share.credits) for share in shares_of(now, price)]
        together = Together(
            draft_id=now.id,
            draft_title=now.title,
            draft_card_id=now.card_id,
            contributors=contributors_of(now),
            shares=shares,
        )
        asked = Asked(interaction_id=now.interaction_id, channel_id=now.channel_id, member=_owner_of(now))
        admitted = self._generations.admit_together(transaction, checked, asked, together)
        submitted = replace(
            now,
            version=now.version + 1,
            state=DraftState.SUBMITTED,
            generation_id=admitted.generation.id,
            ended_at=self._clock.now(),
        )
        drafts.put(transaction, submitted)
        return submitted, admitted

    def _reopen(self, transaction: Transaction, draft: Draft, reason: str) -> Draft | None:
        now = drafts.lock(transaction, draft.id)
        if now.state is not DraftState.DECIDED or now.revision != draft.revision:
            return None
        after = replace(reopened(now, reason), version=now.version + 1, edited_at=self._clock.now())
        drafts.put(transaction, after)
        return after


def wish_of(draft: Draft, files: tuple[WantedFile, ...]) -> Wish:
    """Return what a draft wants, in its owner's name, unchecked."""
    return Wish(
        member_id=draft.owner_id,
        guild_id=draft.guild_id,
        model=draft.model,
        prompt=prompt_of(draft),
        duration=draft.duration,
        ratio=draft.ratio,
        files=files,
        parent_id=draft.parent_id,
    )


def _reason(refusal: Refusal, draft: Draft) -> str:
    if isinstance(refusal, LimitsReached):
        # It speaks to whoever asks, but everybody reads the card.
        return texts.DRAFT_OWNERS_LIMITS.format(owner_id=draft.owner_id, reasons=refusal.message)
    if isinstance(refusal, InvalidRequest):
        # Faults name files, and whoever brought a file named it.
        return "\n".join(plain_text(fault.message, max_chars=_FAULT_MAX_CHARS) for fault in refusal.faults)
    return refusal.message


def _owner_of(draft: Draft) -> Member:
    owner = find(draft, draft.owner_id)
    if owner is None:
        raise Refusal(texts.DRAFT_UNKNOWN)
    return member_of(draft, owner)
