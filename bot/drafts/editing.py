"""Changes to what a draft says: slots, suggestions, options. Pure.

Nothing anybody wrote is ever lost: who comes too late, or may not change a slot, leaves a suggestion.
"""

from dataclasses import replace

from bot import texts
from bot.delivery.draft_cards import shown_ratio
from bot.delivery.plain_text import visible
from bot.drafts.edits import Edit, NoSuchPart, revised, rewritten, text_in
from bot.drafts.people import DraftFull, NotAllowed, Person, joined, require_editor, require_no_vote
from bot.drafts.prompts import SLOT_MAX_CHARS
from bot.errors import Refusal
from bot.upstream.families import find_model
from storage.draft_records import ChangeKind, Draft, Slot, Suggestion

# One of each member for each slot is kept; this is room for fifty members who suggest something for every slot.
SUGGESTIONS_MAX_COUNT = 300


class TooLong(Refusal):
    """The text is longer than a slot takes."""


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
        return rewritten(joined(draft, person), slot, text, author_id=person.id, kind=ChangeKind.WRITE)
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
    edit = rewritten(
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


def set_options(
    draft: Draft, person: Person, *, title: str, model: str, duration: int, ratio: str | None
) -> Edit | None:
    """Choose model, length and shape; None if they are the same already.

    Raises:
        NotAllowed: The person may not edit.
    """
    require_editor(draft, person)
    require_no_vote(draft)
    after = replace(joined(draft, person), title=title, model=model, duration=duration, ratio=ratio)
    if after == joined(draft, person):
        return None
    found = find_model(model)
    text = texts.DRAFT_OPTIONS.format(
        title=title,
        model=found.label if found else model,
        format=texts.FORMAT.format(seconds=duration, ratio=shown_ratio(after)),
    )
    return Edit(draft=revised(after), kind=ChangeKind.OPTIONS, author_id=person.id, text=text)


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
