"""Taking back what was written into a slot. Pure.

A history is only added to: an undo is a change like any other, and what it took back can be found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot import texts
from bot.drafts.editing import SUGGESTIONS_MAX_COUNT
from bot.drafts.edits import Edit, NoSuchPart, rewritten
from bot.drafts.people import Person, require_editor
from storage.draft_records import ChangeKind, Draft, DraftChange, Slot, Suggestion

# What puts a text into a slot, and so can be undone.
_WRITING = frozenset({ChangeKind.TAKE_OVER, ChangeKind.WRITE, ChangeKind.ACCEPT})


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
    edit = rewritten(
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
