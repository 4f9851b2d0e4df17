"""What members do with drafts: open, change, look up. Each change is one transaction on the draft as it is then.

Whoever is second does not overwrite: the change is decided anew on what the first one left.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec

from bot import texts
from bot.clock import Clock
from bot.drafts.editing import fitting
from bot.drafts.edits import Edit, change_of, edit_of
from bot.drafts.forking import forked
from bot.drafts.people import Person, joined
from bot.drafts.reading import (
    IN_THE_MAKING,
    NEWEST_COUNT,
    OPEN_MAX_COUNT,
    Lineage,
    history_of,
    lineage_of,
    locked,
    read,
)
from bot.drafts.repeats import deed_of, with_deed
from bot.drafts.titles import fitting_title, next_title
from bot.drafts.undoing import undo
from bot.errors import Refusal
from bot.upstream.families import DEFAULT_DURATION_S, DEFAULT_MODEL
from storage import drafts, generations
from storage.database import Database, Transaction, once
from storage.draft_records import ChangeKind, Draft, DraftChange, DraftId, Slot, SlotText
from storage.records import Generation, GenerationId, Medium

P = ParamSpec("P")

# A menu of Discord's shows 25 (docs, "String Select").
LISTED_COUNT = 25
# Some of the newest videos may lie in channels that whoever looks for one cannot see.
VIDEOS_COUNT = 100
_ID_BYTES = 8


class TooManyDrafts(Refusal):
    """The server has as many open drafts as it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a draft begins.

    Attributes:
        interaction_id: What opens it; counts once.
        channel_id: Where its card goes.
        text: What stands in its first slot; may be empty.
    """

    interaction_id: int
    channel_id: int
    title: str
    text: str = ""
    model: str = DEFAULT_MODEL
    duration: int = DEFAULT_DURATION_S
    ratio: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A change that was written: the draft before and after it.

    Attributes:
        edit: None if there was nothing to change.
        is_repeated: Whether the interaction made this edit before, so that now nothing was written.
    """

    before: Draft
    after: Draft
    edit: Edit | None
    is_repeated: bool = False


class DraftService:
    """Opens, changes and looks up drafts.

    Args:
        database: Where they are.
        clock: The source of time.
        on_change: Called with a draft after it was written; must return at once.
    """

    def __init__(self, database: Database, *, clock: Clock, on_change: Callable[[Draft], None]) -> None:
        self._database = database
        self._clock = clock
        self._on_change = on_change

    async def require_room(self, guild_id: int) -> None:
        """Refuse where no draft can be opened, before anything is made for one.

        Raises:
            TooManyDrafts: The server has as many open ones as it may have.
        """
        await self._database.transaction(_require_room, guild_id)

    async def open(self, opening: Opening, person: Person) -> Draft:
        """Open a draft. The same interaction counts once, however often it arrives.

        Raises:
            TooManyDrafts: The server has as many open ones as it may have.
            TooLong: The text does not fit a slot.
        """
        text = fitting(opening.text)
        slots = {Slot.SUBJECT: text} if text else {}
        new = self._new(opening, person, slots=slots)
        return self._told(await once(self._database, _begin, new))

    async def fork(
        self, generation: Generation, media: Sequence[Medium], opening: Opening, person: Person
    ) -> Draft:
        """Open a draft with what a video was made of; who wrote what stays named.

        Args:
            generation: The video.
            media: Its files, with fresh links.
            opening: How the draft begins; the rest is the video's.
            person: Who opens it.

        Raises:
            TooManyDrafts: The server has as many open ones as it may have.
        """
        new = self._new(opening, person, slots={})
        return self._told(await once(self._database, _fork, new, generation, media))

    async def apply(
        self,
        draft_id: DraftId,
        change: Callable[Concatenate[Draft, Person, P], Edit | None],
        person: Person,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Applied:
        """Change a draft by one of the pure functions of :mod:`bot.drafts`.

        The same interaction changes a draft once, however often it arrives, so all that one does must be one change.

        Raises:
            UnknownDraft: There is no such draft here.
            Refusal: What the function raises.
        """
        return await self._changed(draft_id, person, lambda draft, _: change(draft, person, *args, **kwargs))

    async def undo(self, draft_id: DraftId, person: Person) -> Applied:
        """Undo the person's latest change of a slot, or as owner anybody's.

        Raises:
            UnknownDraft: There is no such draft here.
            NoSuchPart: There is nothing that they can undo.
        """
        return await self._changed(draft_id, person, lambda draft, changes: undo(draft, person, changes()))

    async def get(self, draft_id: DraftId, *, guild_id: int) -> Draft:
        """Read a draft.

        Raises:
            UnknownDraft: There is no such draft in this server.
        """
        return await self._database.transaction(read, draft_id, guild_id)

    async def open_in(self, channel_id: int) -> Sequence[Draft]:
        """Return the open drafts of a channel, the one edited last first."""
        return await self._database.transaction(drafts.open_in, channel_id, limit=LISTED_COUNT)

    async def of_server(self, guild_id: int) -> Sequence[Draft]:
        """Return a server's drafts, open ones first, then the one edited last."""
        return await self._database.transaction(drafts.of_server, guild_id, limit=LISTED_COUNT)

    async def history(self, draft_id: DraftId, *, guild_id: int) -> Sequence[DraftChange]:
        """Return every contribution and decision, the oldest first.

        Raises:
            UnknownDraft: There is no such draft in this server.
        """
        return await self._database.transaction(history_of, draft_id, guild_id)

    async def videos_in(self, guild_id: int) -> Sequence[Generation]:
        """Return a server's newest videos, the newest first."""
        return await self._database.transaction(generations.delivered_in, guild_id, limit=VIDEOS_COUNT)

    async def lineage(self, generation_id: GenerationId, *, guild_id: int) -> Lineage:
        """Return where a video comes from and what came of it.

        Raises:
            UnknownDraft: There is no such video in this server.
        """
        return await self._database.transaction(lineage_of, generation_id, guild_id)

    def _new(self, opening: Opening, person: Person, *, slots: dict[Slot, str]) -> Draft:
        now = self._clock.now()
        draft = Draft(
            id=DraftId(secrets.token_hex(_ID_BYTES)),
            version=1,
            revision=1,
            last_change=len(slots),
            interaction_id=opening.interaction_id,
            guild_id=person.member.guild_id,
            channel_id=opening.channel_id,
            owner_id=person.id,
            title=fitting_title(opening.title) or texts.DRAFT_UNTITLED,
            model=opening.model,
            duration=opening.duration,
            ratio=opening.ratio,
            opened_at=now,
            edited_at=now,
            slots={slot: SlotText(text=text, author_id=person.id, change=1) for slot, text in slots.items()},
        )
        return joined(draft, person)

    def _told(self, draft: Draft) -> Draft:
        self._on_change(draft)
        return draft

    async def _changed(
        self,
        draft_id: DraftId,
        person: Person,
        change: Callable[[Draft, Callable[[], list[DraftChange]]], Edit | None],
    ) -> Applied:
        applied = await once(self._database, self._change, draft_id, person, change)
        if applied.edit is not None:
            # A repetition too: nobody may have heard of what it repeats.
            self._on_change(applied.after)
        return applied

    def _change(
        self,
        transaction: Transaction,
        draft_id: DraftId,
        person: Person,
        change: Callable[[Draft, Callable[[], list[DraftChange]]], Edit | None],
    ) -> Applied:
        before = locked(transaction, draft_id, person.member.guild_id)
        deed = deed_of(before, person)
        if deed is not None:
            changes = drafts.changes_of(transaction, draft_id)
            made = next(it for it in changes if it.number == deed.change)
            # The same words answer a repetition.
            return Applied(before=before, after=before, edit=edit_of(made, before), is_repeated=True)
        edit = change(before, lambda: drafts.changes_of(transaction, draft_id))
        if edit is None:
            return Applied(before=before, after=before, edit=None)
        after = replace(
            edit.draft,
            version=before.version + 1,
            last_change=before.last_change + 1,
            edited_at=self._clock.now(),
            warned_at=None,
        )
        after = with_deed(after, person)
        drafts.put(transaction, after)
        drafts.add_change(transaction, change_of(edit, after))
        return Applied(before=before, after=after, edit=edit)


def _require_room(transaction: Transaction, guild_id: int) -> None:
    if drafts.count_open(transaction, guild_id) >= OPEN_MAX_COUNT:
        raise TooManyDrafts(texts.DRAFT_TOO_MANY.format(count=OPEN_MAX_COUNT))


def _begin(transaction: Transaction, new: Draft) -> Draft:
    newest = drafts.of_server(transaction, new.guild_id, limit=NEWEST_COUNT)
    taken = {it.title for it in newest if it.state in IN_THE_MAKING}
    return _open(transaction, replace(new, title=next_title(new.title, taken=taken)))


def _fork(transaction: Transaction, new: Draft, generation: Generation, media: Sequence[Medium]) -> Draft:
    source = drafts.find_by_generation(transaction, generation.id)
    fork = forked(new, generation=generation, media=media, source=source)
    newest = drafts.of_server(transaction, new.guild_id, limit=NEWEST_COUNT)
    taken = {it.title for it in (*newest, *([source] if source else []))}
    return _open(transaction, replace(fork, title=next_title(fork.title, taken=taken)))


def _open(transaction: Transaction, draft: Draft) -> Draft:
    earlier = drafts.find_by_interaction(transaction, draft.interaction_id)
    if earlier is not None:
        return earlier
    _require_room(transaction, draft.guild_id)
    if not drafts.add(transaction, draft):  # two at once
        return drafts.find_by_interaction(transaction, draft.interaction_id) or draft
    kind = ChangeKind.WRITE if draft.parent_id is None else ChangeKind.TAKE_OVER
    for number, (slot, written) in enumerate(sorted(draft.slots.items()), start=1):
        opening = Edit(draft=draft, kind=kind, author_id=written.author_id, slot=slot, text=written.text)
        change = change_of(opening, draft)
        drafts.add_change(transaction, replace(change, number=number))
    return draft
