"""What changed between two texts, word by word. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# The comparison takes time with the square of the words; texts of a slot stay below, longer ones are not compared.
WORDS_MAX_COUNT = 2000
# Chinese and Japanese are written without spaces: there each sign is a word.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORDS = re.compile(rf"\s+|[^\s\w]|[{_SIGNS}]|[^\W{_SIGNS}]+")


class Fate(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words next to each other with the same fate."""

    fate: Fate
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """Return the words that were kept, removed and added, in order of reading."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > WORDS_MAX_COUNT:
        return tuple(_pieces("replace", before, after))
    # Without its rule against frequent words, two rows of 1,500 full stops take it a minute.
    matcher = SequenceMatcher(a=old, b=new, autojunk=True)
    pieces: list[Piece] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        removed, added = "".join(old[start:end]), "".join(new[new_start:new_end])
        pieces += _pieces(kind, removed, added)
    return tuple(pieces)


def _pieces(kind: str, removed: str, added: str) -> Iterator[Piece]:
    if kind == "equal":
        yield Piece(Fate.KEPT, added)
        return
    if removed:
        yield Piece(Fate.REMOVED, removed)
    if added:
        yield Piece(Fate.ADDED, added)
