"""How far a generation is: a guess for people, never a basis for a decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.records import Generation

# A bar that stands at its end while nothing comes looks broken, so the guess stops short of it.
_FRACTION_MAX = 0.95
_CELL_COUNT = 12


@dataclass(frozen=True, slots=True)
class Progress:
    """A guess: the share that is done (0 to 1) and when it will be; None when that moment has passed."""

    fraction: float
    ready_at: datetime | None

    @property
    def bar(self) -> str:
        """The share as a bar of fixed width."""
        full = min(_CELL_COUNT, int(self.fraction * _CELL_COUNT))
        return "▰" * full + "▱" * (_CELL_COUNT - full)


def progress_of(
    generation: Generation, *, now: datetime, typical_s: float, reported: float | None = None
) -> Progress:
    """Return how far a generation is.

    Args:
        generation: As it is written now.
        now: This instant.
        typical_s: How long its model usually takes after acceptance, in seconds.
        reported: What the API said, 0 to 1; it rarely does.
    """
    since = generation.submitted_at or now
    elapsed_s = max(0.0, (now - since).total_seconds())
    guessed = elapsed_s / typical_s if typical_s > 0 else 0.0
    ready_at = since + timedelta(seconds=typical_s)
    return Progress(
        fraction=min(_FRACTION_MAX, max(guessed, reported or 0.0)),
        ready_at=ready_at if ready_at > now else None,
    )
