"""A draft that people change step by step, without a database."""

from dataclasses import replace
from typing import Any

from bot.drafts.editing import write
from bot.drafts.undoing import undo
from builders import NOON
from storage.draft_records import Draft, DraftChange, Slot

SUBJECT = Slot.SUBJECT
TOLD = ("kind", "author_id", "slot", "text", "text_before", "put_in_by_id")


class Play:
    """Changes a draft step by step, counted as the service counts them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.changes: list[DraftChange] = []

    def does(self, change, person, *args, **kwargs):
        edit = change(self.draft, person, *args, **kwargs)
        self.draft = replace(edit.draft, last_change=self.draft.last_change + 1)
        told = {name: getattr(edit, name) for name in TOLD}
        number = self.draft.last_change
        self.changes.append(DraftChange(draft_id=self.draft.id, number=number, at=NOON, **told))
        return edit

    def writes(self, person, text, *, slot=SUBJECT, seen=None):
        """Write a slot, having seen what stands there now, or an earlier change."""
        there = self.draft.slots.get(slot)
        return self.does(
            write, person, slot, text, seen_change=(there.change if there else 0) if seen is None else seen
        )

    def undoes(self, person):
        return self.does(undo, person, self.changes)

    def holds(self, slot=SUBJECT):
        """Whose text stands in a slot, and which."""
        there = self.draft.slots.get(slot)
        return there and (there.author_id, there.text)

    def suggestions(self):
        return [(it.author_id, it.text) for it in self.draft.suggestions]


def options_of(draft: Draft, **changes: Any) -> dict[str, Any]:
    """What the form of a draft's options is sent with, if only these change."""
    names = ("title", "model", "duration", "ratio")
    return {name: getattr(draft, name) for name in names} | changes
