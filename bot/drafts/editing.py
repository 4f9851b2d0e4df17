"""Changes to what a draft says: slots, suggestions, files, options. Pure.

Nothing anybody wrote is ever lost: who comes too late, or may not change a slot, leaves a suggestion.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot import texts
from bot.delivery.draft_cards import shown_ratio
from bot.delivery.plain_text import visible
from bot.drafts.people import DraftFull, NotAllowed, Person, joined, require_editor
from bot.drafts.prompts import SLOT_MAX_CHARS
from bot.errors import Refusal
from bot.upstream.families import find_model
from storage.draft_records import ChangeKind, Draft, DraftChange, DraftMedium, Slot, SlotText, Suggestion
from storage.records import Medium

# One of each member for each slot is kept; this is room for fifty members who suggest something for every slot.
SUGGESTIONS_MAX_COUNT = 300
MEDIA_MAX_COUNT = 15
_FRAMES = frozenset({"first_image", "last_image"})
# What puts a text into a slot, and so can be undone.
_WRITING = frozenset({ChangeKind.TAKE_OVER, ChangeKind.WRITE, ChangeKind.ACCEPT})


class NoSuchPart(Refusal):
    """The draft no longer has this suggestion, file or change."""


class TooLong(Refusal):
    """The text is longer than a slot takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change, not written yet: the service counts it and gives it its time.

    All but the draft is kept in its history; see :class:`storage.draft_records.DraftChange`.

    Attributes:
        draft: As it is after it.
    """

    draft: Draft
    kind: ChangeKind
    author_id: int
    slot: Slot | None = None
    text: str = ""
    text_before: str = ""
    put_in_by_id: int | None = None


def text_in(draft: Draft, slot: Slot) -> str:
    """Return what stands in a slot; empty if nothing does."""
    written = draft.slots.get(slot)
    return written.text if written else ""


def fitting(text: str, *, before: str = "") -> str:
    """Return a text as a slot takes it.

    Args:
        text: What shall stand there.
        before: What stands there now: one that came with a fork may be longer than a new one, and can be edited all
            the same.

    Raises:
        TooLong: It does not fit.
    """
    # PostgreSQL takes no NUL in a text.
    text = text.replace("\0", "").strip() if visible(text) else ""
    if len(text) > max(SLOT_MAX_CHARS, len(before)):
        raise TooLong(texts.DRAFT_SLOT_TOO_LONG.format(max_chars=SLOT_MAX_CHARS))
    return text


def may_write(draft: Draft, person: Person, slot: Slot) -> bool:
    """Whether what an editor writes goes into the slot; else it is a suggestion."""
    if person.id == draft.owner_id:
        return True
    written = draft.slots.get(slot)
    return slot not in draft.locked_slots and (written is None or written.author_id == person.id)


def write(draft: Draft, person: Person, slot: Slot, text: str, *, seen_change: int) -> Edit | None:
    """Write a slot; where somebody else holds it, or was faster, leave a suggestion.

    Args:
        draft: As it is now.
        person: Who writes.
        slot: Which slot.
        text: What shall stand there; empty to clear it.
        seen_change: The change that wrote what the person was shown; 0 if the slot was empty.

    Returns:
        The change; None if it says the same already.

    Raises:
        NotAllowed: The person may not edit.
        TooLong: The text does not fit a slot.
        DraftFull: There are too many suggestions.
    """
    require_editor(draft, person)
    text = fitting(text, before=text_in(draft, slot))
    if visible(text) == visible(text_in(draft, slot)):
        return None
    written = draft.slots.get(slot)
    was_faster = written is not None and written.change != seen_change and written.author_id != person.id
    if may_write(draft, person, slot) and not was_faster:
        return _written(joined(draft, person), slot, text, author_id=person.id, kind=ChangeKind.WRITE)
    if not text:
        raise NotAllowed(texts.DRAFT_SLOT_HELD)
    return _suggested(joined(draft, person), person, slot, text)


def append(draft: Draft, person: Person, slot: Slot, text: str) -> Edit | None:
    """Add a text to what stands in a slot; where somebody else holds it, suggest the slot with it.

    Raises:
        NotAllowed: The person may not edit.
        TooLong: The slot does not take that much.
        DraftFull: There are too many suggestions.
    """
    written = draft.slots.get(slot)
    joint = f"{text_in(draft, slot)}\n{fitting(text)}".strip()
    return write(draft, person, slot, joint, seen_change=written.change if written else 0)


def accept(draft: Draft, person: Person, number: int) -> Edit:
    """Put a suggestion into its slot.

    Raises:
        NotAllowed: The slot is somebody else's.
        NoSuchPart: It was accepted, declined or withdrawn before.
    """
    require_editor(draft, person)
    suggestion = _suggestion(draft, number)
    if not may_write(draft, person, suggestion.slot):
        raise NotAllowed(texts.DRAFT_SLOT_HELD)
    edit = _written(
        replace(draft, suggestions=_without(draft, number)),
        suggestion.slot,
        suggestion.text,
        author_id=suggestion.author_id,
        kind=ChangeKind.ACCEPT,
    )
    return replace(edit, put_in_by_id=person.id)


def decline(draft: Draft, person: Person, number: int) -> Edit:
    """Take a suggestion away: whoever holds the slot, or made the suggestion.

    Raises:
        NotAllowed: It is neither the person's slot nor their suggestion.
        NoSuchPart: It was accepted, declined or withdrawn before.
    """
    require_editor(draft, person)
    suggestion = _suggestion(draft, number)
    if person.id != suggestion.author_id and not may_write(draft, person, suggestion.slot):
        raise NotAllowed(texts.DRAFT_SLOT_HELD)
    return Edit(
        draft=replace(draft, suggestions=_without(draft, number)),
        kind=ChangeKind.DECLINE,
        author_id=person.id,
        slot=suggestion.slot,
        text=suggestion.text,
    )


def undo(draft: Draft, person: Person, changes: Sequence[DraftChange]) -> Edit:
    """Put back what stood in a slot before the person's latest change there; the owner undoes anybody's.

    What they put in for somebody else counts as theirs too; it is a suggestion again.

    Args:
        draft: As it is now.
        person: Who undoes.
        changes: All of the draft's, the oldest first.

    Raises:
        NotAllowed: The person may not edit.
        NoSuchPart: There is nothing that they can undo.
    """
    require_editor(draft, person)
    stacks, _ = _replayed(changes)
    mine = [
        (slot, stack) for slot, stack in stacks.items() if stack and _may_undo(draft, person, slot, stack[-1])
    ]
    if not mine:
        raise NoSuchPart(texts.DRAFT_NOTHING_TO_UNDO)
    slot, stack = max(mine, key=lambda one: one[1][-1].number)
    before = stack[-2] if len(stack) > 1 else None
    edit = _written(
        replace(draft, suggestions=_put_back(draft, slot, stack[-1], changes)),
        slot,
        before.text if before else "",
        author_id=before.author_id if before else 0,
        kind=ChangeKind.UNDO,
    )
    return replace(edit, author_id=person.id)


def undone_by(changes: Iterable[DraftChange]) -> Mapping[int, int]:
    """Return which change each undo took back, both by their numbers.

    Args:
        changes: All of a draft's, or of one slot, the oldest first.
    """
    return _replayed(changes)[1]


def lock_slot(draft: Draft, person: Person, slot: Slot, *, locks: bool) -> Edit:
    """Keep a slot as it is, or let it go again: whoever holds it, or the owner.

    Raises:
        NotAllowed: It is neither their slot nor their draft.
    """
    require_editor(draft, person)
    written = draft.slots.get(slot)
    if person.id != draft.owner_id and (written is None or written.author_id != person.id):
        raise NotAllowed(texts.DRAFT_SLOT_HELD)
    slots = draft.locked_slots | {slot} if locks else draft.locked_slots - {slot}
    kind = ChangeKind.LOCK if locks else ChangeKind.UNLOCK
    return Edit(draft=replace(draft, locked_slots=slots), kind=kind, author_id=person.id, slot=slot)


def add_media(draft: Draft, person: Person, media: Sequence[Medium]) -> Edit:
    """Add files.

    Raises:
        NotAllowed: The person may not edit, or there is such a frame already.
        DraftFull: There would be too many.
    """
    require_editor(draft, person)
    _require_no_vote(draft)
    if len(draft.media) + len(media) > MEDIA_MAX_COUNT:
        raise DraftFull(texts.DRAFT_FULL_MEDIA.format(count=MEDIA_MAX_COUNT))
    fields = [it.medium.field for it in draft.media] + [it.field for it in media]
    for frame in sorted(_FRAMES):
        if fields.count(frame) > 1:
            raise NotAllowed(texts.DRAFT_FRAME_TAKEN.format(frame=texts.MEDIA_FIELDS[frame]))
    first = max((it.number for it in draft.media), default=0) + 1
    new = tuple(
        DraftMedium(number=number, medium=medium, author_id=person.id)
        for number, medium in enumerate(media, start=first)
    )
    after = _revised(replace(joined(draft, person), media=(*draft.media, *new)))
    names = ", ".join(medium.name for medium in media)
    return Edit(draft=after, kind=ChangeKind.ADD_FILE, author_id=person.id, text=names)


def remove_medium(draft: Draft, person: Person, number: int) -> Edit:
    """Take a file away: whoever brought it, or the owner.

    Raises:
        NotAllowed: It is neither their file nor their draft.
        NoSuchPart: It is gone already.
    """
    require_editor(draft, person)
    _require_no_vote(draft)
    found = next((it for it in draft.media if it.number == number), None)
    if found is None:
        raise NoSuchPart(texts.DRAFT_NO_SUCH_FILE)
    if person.id not in (found.author_id, draft.owner_id):
        raise NotAllowed(texts.DRAFT_NOT_YOUR_FILE)
    after = _revised(replace(draft, media=tuple(it for it in draft.media if it.number != number)))
    return Edit(draft=after, kind=ChangeKind.REMOVE_FILE, author_id=person.id, text=found.medium.name)


def set_options(
    draft: Draft, person: Person, *, title: str, model: str, duration: int, ratio: str | None
) -> Edit | None:
    """Choose model, length and shape; None if they are the same already.

    Raises:
        NotAllowed: The person may not edit.
    """
    require_editor(draft, person)
    _require_no_vote(draft)
    after = replace(joined(draft, person), title=title, model=model, duration=duration, ratio=ratio)
    if after == joined(draft, person):
        return None
    found = find_model(model)
    text = texts.DRAFT_OPTIONS.format(
        title=title,
        model=found.label if found else model,
        format=texts.FORMAT.format(seconds=duration, ratio=shown_ratio(after)),
    )
    return Edit(draft=_revised(after), kind=ChangeKind.OPTIONS, author_id=person.id, text=text)


def _replayed(changes: Iterable[DraftChange]) -> tuple[dict[Slot, list[DraftChange]], dict[int, int]]:
    """Return what was written into each slot and not undone, and what each undo took back."""
    stacks: dict[Slot, list[DraftChange]] = {}
    undone: dict[int, int] = {}
    for change in changes:
        if change.slot is not None and change.kind in _WRITING:
            stacks.setdefault(change.slot, []).append(change)
        elif change.slot is not None and change.kind is ChangeKind.UNDO:
            undone[change.number] = stacks[change.slot].pop().number
    return stacks, undone


def _may_undo(draft: Draft, person: Person, slot: Slot, latest: DraftChange) -> bool:
    if person.id == draft.owner_id:
        return True
    return slot not in draft.locked_slots and person.id in (latest.author_id, latest.put_in_by_id)


def _put_back(
    draft: Draft, slot: Slot, undone: DraftChange, changes: Sequence[DraftChange]
) -> tuple[Suggestion, ...]:
    """Return the suggestions with the one that was put in, unless its author suggests something else by now."""
    others = {(it.slot, it.author_id) for it in draft.suggestions}
    is_room = (slot, undone.author_id) not in others and len(others) < SUGGESTIONS_MAX_COUNT
    numbers = [
        it.number
        for it in changes
        if it.kind is ChangeKind.SUGGEST
        and (it.slot, it.author_id, it.text) == (slot, undone.author_id, undone.text)
    ]
    if undone.kind is not ChangeKind.ACCEPT or not numbers or not is_room:
        return draft.suggestions
    again = Suggestion(number=numbers[-1], slot=slot, text=undone.text, author_id=undone.author_id)
    return (*draft.suggestions, again)


def _require_no_vote(draft: Draft) -> None:
    """Refuse while people vote: what they voted for must be what is made."""
    if draft.vote_closes_at is not None:
        raise NotAllowed(texts.DRAFT_VOTE_UNDER_WAY, hint=texts.DRAFT_VOTE_HINT)


def _written(draft: Draft, slot: Slot, text: str, *, author_id: int, kind: ChangeKind) -> Edit:
    slots = dict(draft.slots)
    if text:
        slots[slot] = SlotText(
            text=text,
            author_id=author_id,
            change=draft.last_change + 1,
            earlier_author_ids=_earlier_authors(slots.get(slot), author_id=author_id, kind=kind),
        )
    else:
        slots.pop(slot, None)
    return Edit(
        draft=_revised(replace(draft, slots=slots)),
        kind=kind,
        author_id=author_id,
        slot=slot,
        text=text,
        text_before=text_in(draft, slot),
    )


def _earlier_authors(before: SlotText | None, *, author_id: int, kind: ChangeKind) -> tuple[int, ...]:
    """Return whose texts the one by ``author_id`` takes the place of; an undo takes the last one back."""
    if before is None:
        return ()
    earlier = before.earlier_author_ids
    if before.author_id == author_id:
        return earlier
    if kind is ChangeKind.UNDO:
        return earlier[:-1]
    return (*(it for it in earlier if it != before.author_id), before.author_id)


def _suggested(draft: Draft, person: Person, slot: Slot, text: str) -> Edit:
    # A member's newer suggestion for a slot replaces the older one, which stays in the history.
    others = tuple(it for it in draft.suggestions if (it.slot, it.author_id) != (slot, person.id))
    if len(others) >= SUGGESTIONS_MAX_COUNT:
        raise DraftFull(texts.DRAFT_FULL_SUGGESTIONS.format(count=SUGGESTIONS_MAX_COUNT))
    # Numbers are those of changes, so that no two ever share one.
    suggestion = Suggestion(number=draft.last_change + 1, slot=slot, text=text, author_id=person.id)
    return Edit(
        draft=replace(draft, suggestions=(*others, suggestion)),
        kind=ChangeKind.SUGGEST,
        author_id=person.id,
        slot=slot,
        text=text,
        text_before=text_in(draft, slot),
    )


def _suggestion(draft: Draft, number: int) -> Suggestion:
    found = next((it for it in draft.suggestions if it.number == number), None)
    if found is None:
        raise NoSuchPart(texts.DRAFT_NO_SUCH_SUGGESTION)
    return found


def _without(draft: Draft, number: int) -> tuple[Suggestion, ...]:
    return tuple(it for it in draft.suggestions if it.number != number)


def _revised(draft: Draft) -> Draft:
    """Return the draft one revision on: whoever approved the last one is asked again."""
    return replace(draft, revision=draft.revision + 1)
