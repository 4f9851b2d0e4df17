"""From slots to a prompt, and who wrote what of it. Pure."""

from collections.abc import Mapping

from bot import texts
from storage.drafts import Draft, Slot, SlotText, Variant
from storage.records import Contributor

# What Discord's form takes, and more than any family allows for a whole prompt but the longest.
SLOT_MAX_CHARS = 1500
_ENDINGS = (".", "!", "?", "…", "\N{IDEOGRAPHIC FULL STOP}")


def prompt_of(draft: Draft) -> str:
    """Return the prompt that a draft would be sent with: its chosen variant's, else what its slots say now."""
    for variant in draft.variants:
        if variant.number == draft.chosen_variant:
            return variant.prompt
    return assembled(draft.slots)


def assembled(slots: Mapping[Slot, SlotText]) -> str:
    """Return one prompt from what stands in the slots, in their order, each as a sentence of its own."""
    sentences = [
        _sentence(slot, slots[slot].text) for slot in Slot if slot in slots and slots[slot].text.strip()
    ]
    return " ".join(sentences)


def authors_of(draft: Draft) -> Mapping[int, tuple[Slot, ...]]:
    """Return who wrote which slots of the prompt, everybody else who brought a file with none, in order of slots."""
    chosen = next((it for it in draft.variants if it.number == draft.chosen_variant), None)
    authors = authors_now(draft.slots) if chosen is None else chosen.authors
    wrote: dict[int, tuple[Slot, ...]] = {}
    for slot in Slot:
        if slot in authors:
            wrote[authors[slot]] = (*wrote.get(authors[slot], ()), slot)
    for medium in draft.media:
        wrote.setdefault(medium.author_id, ())
    return wrote


def contributors_of(draft: Draft) -> tuple[Contributor, ...]:
    """Return whom the video's card names: who wrote which slots of its prompt, or brought a file."""
    return tuple(
        Contributor(member_id=member_id, slots=tuple(slot.value for slot in slots))
        for member_id, slots in authors_of(draft).items()
    )


def authors_now(slots: Mapping[Slot, SlotText]) -> dict[Slot, int]:
    """Return who wrote what stands in the slots."""
    return {slot: written.author_id for slot, written in slots.items() if written.text.strip()}


def variant_of(draft: Draft, *, author_id: int) -> Variant:
    """Return the draft's prompt as it stands now, to be put to the vote."""
    return Variant(
        number=max((it.number for it in draft.variants), default=0) + 1,
        prompt=assembled(draft.slots),
        author_id=author_id,
        authors=authors_now(draft.slots),
    )


def _sentence(slot: Slot, text: str) -> str:
    words = " ".join(text.split())
    ended = words if words.endswith(_ENDINGS) else f"{words}."
    return texts.SLOT_IN_PROMPT[slot].format(text=ended)
