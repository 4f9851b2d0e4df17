"""What people call their pictures. Names are shown to others, so they hold nothing that Discord would format."""

import re
import unicodedata

from bot import texts
from bot.errors import Refusal

NAME_MAX_CHARS = 32
# Letters, their accents, digits, emoji; no comma, which separates names where several are asked for.
_TAKEN_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "So"})
_TAKEN_MARKS = frozenset(" -_.'")


class UnusableName(Refusal):
    """A picture cannot be called that."""

    def __init__(self) -> None:
        super().__init__(texts.ASSET_NAME_RULE.format(max_chars=NAME_MAX_CHARS))


def asset_name(typed: str) -> str:
    """Return a typed name without needless blanks.

    Raises:
        UnusableName: It is empty, too long, or has characters that names do not have.
    """
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", typed)).strip()
    if not 1 <= len(name) <= NAME_MAX_CHARS or not all(map(_is_taken, name)):
        raise UnusableName
    return name


def name_key(name: str) -> str:
    """Return what two names that count as equal have in common."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def _is_taken(char: str) -> bool:
    return char in _TAKEN_MARKS or unicodedata.category(char) in _TAKEN_CATEGORIES
