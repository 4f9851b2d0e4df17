"""One interaction changes a draft once, however often Discord delivers it. Pure."""

from dataclasses import replace

from bot.drafts.people import Person
from storage.draft_records import Deed, Draft

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
