"""What every change to a draft is before it is written, and what they have in common. Pure."""

from dataclasses import dataclass, replace

from bot.errors import Refusal
from storage.draft_records import ChangeKind, Draft, DraftChange, Slot, SlotText


class NoSuchPart(Refusal):
    """The draft no longer has this suggestion, file or change."""


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


def change_of(edit: Edit, after: Draft) -> DraftChange:
    """Return an edit as the history of the draft keeps it, which is now as ``after`` says."""
    return DraftChange(
        draft_id=after.id,
        number=after.last_change,
        at=after.edited_at,
        author_id=edit.author_id,
        kind=edit.kind,
        slot=edit.slot,
        text=edit.text,
        text_before=edit.text_before,
        put_in_by_id=edit.put_in_by_id,
    )


def edit_of(change: DraftChange, draft: Draft) -> Edit:
    """Return a change of the history as the edit it was, of the draft as it is now."""
    return Edit(
        draft=draft,
        kind=change.kind,
        author_id=change.author_id,
        slot=change.slot,
        text=change.text,
        text_before=change.text_before,
        put_in_by_id=change.put_in_by_id,
    )


def revised(draft: Draft) -> Draft:
    """Return the draft one revision on: whoever approved the last one is asked again."""
    return replace(draft, revision=draft.revision + 1)


def text_in(draft: Draft, slot: Slot) -> str:
    """Return what stands in a slot; empty if nothing does."""
    written = draft.slots.get(slot)
    return written.text if written else ""


def rewritten(draft: Draft, slot: Slot, text: str, *, author_id: int, kind: ChangeKind) -> Edit:
    """Return the change that puts another text, or none, into a slot; whose stood there before stay named."""
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
        draft=revised(replace(draft, slots=slots)),
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
