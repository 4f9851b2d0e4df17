"""Nonces: by which Discord recognises, for some minutes, a message that is sent a second time. Pure.

The same message always has the same one, in another process too, and no other message has it. Discord takes 25
characters and our ids have 16.
"""

from datetime import datetime

from storage.draft_records import Draft
from storage.records import Generation


def nonce_of_card(generation: Generation) -> str:
    """Return the nonce of a generation's card."""
    # Discord answers the nonce of a deleted message with that message, so the second card needs its own.
    return f"{'card' if generation.card_id is None else 'more'}-{generation.id}"


def nonce_of_end(generation: Generation, kind: str) -> str:
    """Return a nonce for what is said about an end: one that was resolved ends, and is told, a second time."""
    return f"{generation.id}{kind}{_eight_digits_of(generation.ended_at or generation.asked_at)}"


def nonce_of_draft(draft: Draft) -> str:
    """Return the nonce of a draft's card: each one that takes the place of a deleted one has its own."""
    return f"{draft.id}p{draft.shown_version % 16**8:08x}"


def nonce_of_warning(draft: Draft) -> str:
    """Return the nonce of the word to its owner that a draft is about to end."""
    return f"{draft.id}w{_eight_digits_of(draft.warned_at or draft.edited_at)}"


def nonce_of_letter(interaction_id: int, receiver_id: int) -> str:
    """Return the nonce of a letter: one interaction can bring several people theirs."""
    return f"{interaction_id:016x}-{receiver_id % 16**8:08x}"


def _eight_digits_of(at: datetime) -> str:
    # Nonces live for minutes, so these digits of the milliseconds are enough.
    return f"{int(at.timestamp() * 1000) % 16**8:08x}"
