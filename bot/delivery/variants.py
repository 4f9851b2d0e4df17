"""How variants are told apart: texts that begin alike must not look alike where only a beginning fits. Pure."""

from collections.abc import Sequence

from bot.delivery.plain_text import visible
from storage.draft_records import Variant

# How much of what all texts begin with is shown before the first difference.
LEAD_CHARS = 24


def told_apart(variants: Sequence[Variant]) -> list[tuple[Variant, str]]:
    """Return each variant with its text in one line, without most of what all of them begin with."""
    lines = [" ".join(visible(it.prompt).split()) for it in variants]
    start = _shared_count(lines) - LEAD_CHARS if len(lines) > 1 else 0
    if start <= 0:
        return list(zip(variants, lines, strict=True))
    # At the next word, if one begins before they differ.
    start = max(start, lines[0].find(" ", start, start + LEAD_CHARS) + 1)
    return [(it, f"… {line[start:]}") for it, line in zip(variants, lines, strict=True)]


def _shared_count(lines: Sequence[str]) -> int:
    """Return how many characters all of them begin with."""
    differ = (place for place, signs in enumerate(zip(*lines, strict=False)) if len(set(signs)) > 1)
    return next(differ, min(map(len, lines)))
