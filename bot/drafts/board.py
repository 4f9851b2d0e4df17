"""Keeps the cards of drafts up to date, in the background and for as long as it takes.

Which version a card shows stands in the row, so a new process goes on where the last one stopped. However many people
edit at once, a draft's card is edited every few seconds at most, and shows the newest version in the end.
"""

import asyncio
import contextvars
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Self

from bot import texts
from bot.backoff import backoff_s
from bot.clock import Clock, rest
from bot.delivery.cards import message_url
from bot.delivery.draft_cards import TITLE_MAX_CHARS, DraftFacts, draft_card, title_of
from bot.delivery.links import expires_at
from bot.delivery.plain_text import plain_text
from bot.delivery.sender import ChannelClosed, DiscordUnavailable, MessageGone, Sender, SendFailed
from bot.drafts.keeper import ends_at
from bot.drafts.paying import CannotShare, shares_of
from bot.drafts.people import approvals, votes_for
from bot.drafts.prompts import contributors_of, prompt_of
from bot.limits.rulebook import Rulebook
from storage import drafts, generations
from storage.database import Database, Transaction
from storage.draft_records import Draft, DraftId, DraftMedium, DraftState
from storage.errors import StorageUnavailable
from storage.records import Generation, State

logger = logging.getLogger(__name__)

# Discord allows about five edits in five seconds for a whole channel, where other cards want some too.
BETWEEN_EDITS_S = 2.5
# While Discord or the database is away, or the channel is closed to us: for ever, but rarely.
RETRY_MAX_S = 300.0
# A channel that is closed for so long after the end of a draft is likely to be deleted.
CLOSED_MAX = timedelta(days=1)
_PICTURE_FIELDS = frozenset({"first_image", "last_image", "referenceImages"})


class DraftBoard:
    """Shows drafts on their cards, and warns owners whose draft is about to end.

    Args:
        database: Where drafts are.
        clock: The source of time.
        sender: Posts and edits the cards.
        rulebook: Knows the prices.
        idle: After this long without an edit a draft ends.
    """

    def __init__(
        self, database: Database, *, clock: Clock, sender: Sender, rulebook: Rulebook, idle: timedelta
    ) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._rulebook = rulebook
        self._idle = idle
        self._showing: dict[DraftId, asyncio.Task[None]] = {}
        self._behind: set[DraftId] = set()
        self._access: dict[int, asyncio.Event] = {}
        self._context = contextvars.copy_context()
        self._is_open = False

    async def __aenter__(self) -> Self:
        """Take up the cards that an earlier process left behind."""
        self._is_open = True
        for draft in await self._database.transaction(drafts.unfinished, shard=self._database.shard):
            self.take_up(draft)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop; the next process goes on."""
        self._is_open = False
        tasks = set(self._showing.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def note(self, draft: Draft) -> None:
        """Say that a draft was written. Returns at once."""
        self._behind.add(draft.id)
        if self._is_open and draft.id not in self._showing:
            self._begin(draft, may_stand=draft.version > 1)

    def take_up(self, draft: Draft) -> None:
        """Show a draft if its card is behind and nobody said so: who wrote it may not know that. Returns at once."""
        if self._is_open and draft.shown_version < draft.version and draft.id not in self._showing:
            self._begin(draft, may_stand=True)

    def try_again(self, guild_id: int) -> None:
        """Try at once what could not be shown in a server. Returns at once."""
        if waiting := self._access.pop(guild_id, None):
            waiting.set()

    def _begin(self, draft: Draft, *, may_stand: bool) -> None:
        # A card serves everybody, so it does not inherit the context of whoever's command came first.
        self._showing[draft.id] = self._context.run(
            asyncio.create_task,
            self._keep_up(draft.id, draft.guild_id, may_stand=may_stand),
            name=f"card of draft {draft.id}",
        )

    async def _keep_up(self, draft_id: DraftId, guild_id: int, *, may_stand: bool) -> None:
        """Show a draft until its card is up to date."""
        tries = 0
        try:
            while True:
                self._behind.discard(draft_id)
                access = self._access.setdefault(guild_id, asyncio.Event())
                is_done = await self._is_shown(draft_id, may_stand=may_stand or tries > 0)
                tries = 0 if is_done else tries + 1
                if is_done:
                    await self._clock.sleep(BETWEEN_EDITS_S)
                    if draft_id not in self._behind:
                        return
                else:
                    wait_s = backoff_s(tries, first_s=BETWEEN_EDITS_S, max_s=RETRY_MAX_S)
                    await rest(self._clock, wait_s, unless=access)
        except Exception:
            logger.exception("the card of draft %s cannot be shown", draft_id)
        finally:
            del self._showing[draft_id]

    async def _is_shown(self, draft_id: DraftId, *, may_stand: bool) -> bool:
        """Show a draft as it is now; return whether there is nothing more to do about this version."""
        try:
            draft, facts = await self._database.transaction(self._read, draft_id)
            if draft.shown_version >= draft.version:
                return True
            if facts is None:
                return False
            card_id = await self._show(draft, facts, may_stand=may_stand)
            await self._database.transaction(
                drafts.note_shown, draft_id, card_id=card_id, version=draft.version
            )
        except (ChannelClosed, DiscordUnavailable, MessageGone, StorageUnavailable) as error:
            logger.info("the card of draft %s has to wait: %s", draft_id, error)
            return False
        return True

    async def _show(self, draft: Draft, facts: DraftFacts, *, may_stand: bool) -> int | None:
        """Bring the card up to date and warn the owner, if need be; return the card's id."""
        try:
            card_id = await self._on_card(draft, facts, may_stand=may_stand)
        except (DiscordUnavailable, MessageGone):
            raise
        except SendFailed as error:
            # People may open a channel again, and then its card must be right; what Discord refuses stays refused.
            if isinstance(error, ChannelClosed) and not self._is_long_over(draft):
                raise
            logger.warning("version %d of draft %s cannot be shown: %s", draft.version, draft.id, error)
            return draft.card_id
        if facts.ends_at is not None and card_id is not None:
            await self._warn(replace(draft, card_id=card_id), facts, may_stand=may_stand)
        return card_id

    async def _on_card(self, draft: Draft, facts: DraftFacts, *, may_stand: bool) -> int | None:
        card = draft_card(draft, facts)
        if draft.card_id is None:
            return await self._sender.post_draft(draft, card, may_stand=may_stand)
        try:
            await self._sender.edit_draft(draft, card)
        except MessageGone:
            # Somebody deleted it. Written down first, because what is posted anew must never be posted twice.
            await self._database.transaction(
                drafts.note_shown, draft.id, card_id=None, version=draft.shown_version
            )
            if draft.state in (DraftState.SUBMITTED, DraftState.ENDED):
                return None
            return await self._sender.post_draft(replace(draft, card_id=None), card, may_stand=False)
        return draft.card_id

    async def _warn(self, draft: Draft, facts: DraftFacts, *, may_stand: bool) -> None:
        text = texts.DRAFT_WARNING.format(
            owner_id=draft.owner_id,
            title=title_of(draft),
            when=f"<t:{int(facts.ends_at.timestamp())}:R>" if facts.ends_at else "",
        )
        try:
            await self._sender.warn_owner(draft, text, may_stand=may_stand)
        except (DiscordUnavailable, MessageGone):
            raise
        except SendFailed as error:
            # The card says when it ends all the same.
            logger.warning("the owner of draft %s cannot be warned: %s", draft.id, error)

    def _is_long_over(self, draft: Draft) -> bool:
        return draft.ended_at is not None and self._clock.now() - draft.ended_at > CLOSED_MAX

    def _read(self, transaction: Transaction, draft_id: DraftId) -> tuple[Draft, DraftFacts | None]:
        """Read what its card shows; no facts while the video that it is to lead to has no card yet."""
        draft = drafts.get(transaction, draft_id)
        generation = generations.get(transaction, draft.generation_id) if draft.generation_id else None
        if generation is not None and generation.state is State.ADMITTED:
            return draft, None
        parent = generations.get(transaction, draft.parent_id) if draft.parent_id else None
        price = self._rulebook.of_server(transaction, draft.guild_id).prices.of(draft.model)
        price_credits = generation.price_credits if generation else price.for_video(seconds=draft.duration)
        shares, unpayable = _shares(draft, price_credits)
        facts = DraftFacts(
            prompt=prompt_of(draft),
            contributors=contributors_of(draft),
            approvals=approvals(draft),
            votes={variant.number: votes_for(draft, variant.number) for variant in draft.variants},
            price_credits=price_credits,
            shares=shares,
            unpayable=unpayable,
            ends_at=ends_at(draft, idle=self._idle) if draft.state is DraftState.OPEN else None,
            picture_url=self._living_picture(draft.media),
            video=_mention_of(generation) if generation else "",
            origin=_origin_of(parent) if parent else "",
        )
        return draft, facts

    def _living_picture(self, media: Sequence[DraftMedium]) -> str | None:
        now = self._clock.now()
        for medium in (it.medium for it in media):
            dies_at = expires_at(medium.url)
            is_link = medium.field in _PICTURE_FIELDS and medium.url.startswith("https://")
            if is_link and (dies_at is None or dies_at > now):
                return medium.url
        return None


def _mention_of(generation: Generation) -> str:
    if generation.card_id is None:
        return texts.VIDEO_NUMBERED.format(generation_id=generation.id)
    url = message_url(generation.guild_id, generation.channel_id, generation.card_id)
    return texts.DRAFT_VIDEO_LINK.format(url=url)


def _origin_of(parent: Generation) -> str:
    if parent.draft_title is None:
        return _mention_of(parent)
    title = plain_text(parent.draft_title, max_chars=TITLE_MAX_CHARS)
    return texts.DRAFT_ORIGIN.format(title=title, video=_mention_of(parent))


def _shares(draft: Draft, price_credits: int) -> tuple[Mapping[int, int], str]:
    """Return what each pays, and why the price cannot be paid so, if it cannot."""
    try:
        shares = shares_of(draft, price_credits)
    except CannotShare as refusal:
        return {}, refusal.message
    return {it.participant.member_id: it.credits for it in shares}, ""
