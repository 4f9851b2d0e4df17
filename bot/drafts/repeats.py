"""One interaction changes a draft once, however often Discord delivers it. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from bot.drafts.edits import Edit
from bot.drafts.people import Person
from storage.draft_records import Deed, Draft, DraftChange

# A repetition comes within seconds; meanwhile thirty people may press something twice each.
DEEDS_MAX_COUNT = 60


def with_deed(draft: Draft, person: Person) -> Draft:
    """Return the draft as it remembers that its latest change came by the person's interaction."""
    if person.interaction_id is None:
        return draft
    deed = Deed(interaction_id=person.interaction_id, change=draft.last_change)
    return replace(draft, deeds=(*draft.deeds, deed)[-DEEDS_MAX_COUNT:])


def deed_of(draft: Draft, person: Person) -> Deed | None:
    """Return what the person's interaction did before, if it did something."""
    return next((it for it in draft.deeds if it.interaction_id == person.interaction_id), None)


def edit_of(draft: Draft, deed: Deed, changes: Iterable[DraftChange]) -> Edit:
    """Return a change as it was made, so that a repetition is answered in the same words.

    Args:
        draft: As it is now.
        deed: What was done.
        changes: All of the draft's.
    """
    change = next(it for it in changes if it.number == deed.change)
    return Edit(
        draft=draft,
        kind=change.kind,
        author_id=change.author_id,
        slot=change.slot,
        text=change.text,
        text_before=change.text_before,
        put_in_by_id=change.put_in_by_id,
    )
