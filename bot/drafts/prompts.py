"""From slots to a prompt, and who wrote what of it. Pure."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from bot import texts
from storage.draft_records import Draft, Slot, SlotText, Variant
from storage.records import Contributor

T = TypeVar("T")

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
    """Return one prompt from what stands in the slots, in their order, each as a sentence of its own.

    An action that begins in lower case goes on with the subject's sentence.
    """
    said = {slot: " ".join(slots[slot].text.split()) for slot in Slot if slot in slots}
    subject, action = said.get(Slot.SUBJECT, ""), said.get(Slot.ACTION, "")
    if action[:1].islower() and _can_go_on(subject):
        said[Slot.SUBJECT], said[Slot.ACTION] = f"{subject.rstrip('.')} {action}", ""
    return " ".join(_sentence(slot, words) for slot, words in said.items() if words)


def contributors_of(draft: Draft) -> tuple[Contributor, ...]:
    """Return whom the video's card names, in the order of slots: who wrote which of them, or brought which files."""
    chosen = next((it for it in draft.variants if it.number == draft.chosen_variant), None)
    authors = authors_now(draft.slots) if chosen is None else chosen.authors
    wrote = [(member_id, slot.value) for slot in Slot for member_id in authors.get(slot, ())]
    brought = [(it.author_id, it.medium.field) for it in draft.media]
    return tuple(
        Contributor(
            member_id=member_id,
            slots=tuple(slot for author_id, slot in wrote if author_id == member_id),
            fields=_each_once(field for author_id, field in brought if author_id == member_id),
        )
        for member_id in _each_once(member_id for member_id, _ in (*wrote, *brought))
    )


def authors_now(slots: Mapping[Slot, SlotText]) -> dict[Slot, tuple[int, ...]]:
    """Return who wrote what stands in the slots, those whose text was changed by another before the other."""
    return {
        slot: _each_once((*written.earlier_author_ids, written.author_id))
        for slot, written in slots.items()
        if written.text.strip()
    }


def variant_of(draft: Draft, *, author_id: int) -> Variant:
    """Return the draft's prompt as it stands now, to be put to the vote."""
    return Variant(
        number=max((it.number for it in draft.variants), default=0) + 1,
        prompt=assembled(draft.slots),
        author_id=author_id,
        authors=authors_now(draft.slots),
    )


def _can_go_on(subject: str) -> bool:
    return bool(subject.strip(".")) and not subject.endswith(_ENDINGS[1:])


def _sentence(slot: Slot, words: str) -> str:
    ended = words if words.endswith(_ENDINGS) else f"{words}."
    sentence = texts.SLOT_IN_PROMPT[slot].format(text=ended)
    return sentence[:1].title() + sentence[1:]


def _each_once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
