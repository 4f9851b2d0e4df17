"""The life of a generation on one screen: every state, and which may follow which.

``submitting`` is written before the API is called. A row found there by a new process was on its way when the old
one died: it becomes ``uncertain`` and is never sent again by itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from storage.records import Generation, Notice, State

MOVES: Mapping[State, frozenset[State]] = {
    # No card yet.
    State.ADMITTED: frozenset({State.WAITING, State.CANCELLED, State.REFUSED}),
    # The card stands; the asker can still cancel.
    State.WAITING: frozenset({State.PREPARING, State.SUBMITTING, State.CANCELLED}),
    # It has files: reviews are awaited, links made fresh.
    State.PREPARING: frozenset({State.SUBMITTING, State.CANCELLED, State.REFUSED}),
    # The API may or may not have it. Back to waiting only when it is certain that nothing was made.
    State.SUBMITTING: frozenset({State.QUEUED, State.WAITING, State.REFUSED, State.UNCERTAIN}),
    # The API has it; we look now and then.
    State.QUEUED: frozenset({State.PROCESSING, State.DOWNLOADING, State.FAILED, State.STALLED, State.LOST}),
    State.PROCESSING: frozenset({State.DOWNLOADING, State.FAILED, State.STALLED, State.LOST}),
    # Back to processing only to ask for a fresh link.
    State.DOWNLOADING: frozenset({State.DELIVERING, State.PROCESSING, State.UNDELIVERABLE}),
    # Back to downloading, or for a fresh link, only when our copy is gone.
    State.DELIVERING: frozenset(
        {State.DELIVERED, State.SHRINKING, State.DOWNLOADING, State.PROCESSING, State.UNDELIVERABLE}
    ),
    # Discord takes no file of this size here; what comes back is a smaller copy, or the link alone.
    State.SHRINKING: frozenset({State.DELIVERING, State.DOWNLOADING, State.PROCESSING}),
    # The ends. What is left is to tell the asker: see Notice.
    State.DELIVERED: frozenset(),
    State.CANCELLED: frozenset(),
    State.REFUSED: frozenset(),
    State.FAILED: frozenset(),
    State.UNCERTAIN: frozenset(),
    State.STALLED: frozenset(),
    State.LOST: frozenset(),
    State.UNDELIVERABLE: frozenset(),
}

# Ends that nobody knows the truth of. An operator, or a rule when none comes, may still move them on.
RESOLUTIONS: Mapping[State, frozenset[State]] = {
    State.UNCERTAIN: frozenset({State.QUEUED, State.REFUSED}),
    State.STALLED: frozenset({State.QUEUED, State.FAILED}),
    State.LOST: frozenset({State.QUEUED, State.FAILED}),
}

CANCELLABLE = frozenset(state for state, following in MOVES.items() if State.CANCELLED in following)
ENDS = frozenset(state for state, following in MOVES.items() if not following)


class IllegalMove(AssertionError):
    """A step wanted a move that the table does not have: a fault of ours, never of a person."""


def moved(generation: Generation, to: State, **changes: Any) -> Generation:
    """Return the generation as it is after a move, one version on.

    Args:
        generation: As it is written now.
        to: The state it moves to.
        changes: Other fields of the row that change with it.

    Raises:
        IllegalMove: ``to`` cannot follow the present state.
    """
    if to not in MOVES[generation.state]:
        raise IllegalMove(f"{generation.state} to {to}")
    return replace(generation, state=to, version=generation.version + 1, **changes)


def ended(generation: Generation, to: State, *, at: datetime, reason: str | None = None) -> Generation:
    """Return the generation as it is after coming to an end that its asker is still to be told of."""
    return moved(generation, to, ended_at=generation.ended_at or at, reason=reason, notice=Notice.DUE)


def resolved(generation: Generation, to: State, **changes: Any) -> Generation:
    """Return the generation as it is once somebody decided about its unknown end; its asker is to be told anew.

    Args:
        generation: As it is written now.
        to: The state it moves to.
        changes: Other fields of the row that change with it.

    Raises:
        IllegalMove: ``to`` is no way out of the present state.
    """
    if to not in RESOLUTIONS.get(generation.state, frozenset()):
        raise IllegalMove(f"{generation.state} to {to}")
    return replace(generation, state=to, version=generation.version + 1, notice=Notice.DUE, **changes)


def noted(generation: Generation, **changes: Any) -> Generation:
    """Return the generation with facts added while its state stays, one version on."""
    return replace(generation, version=generation.version + 1, **changes)
