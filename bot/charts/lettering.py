"""Makes any words drawable: people choose their names, and a picture must neither fail on one nor obey it."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from matplotlib.font_manager import findfont, get_font

FONT = "DejaVu Sans"  # comes with matplotlib
# How every text is drawn; "$" is just a letter.
PLAIN: Mapping[str, Any] = {"family": FONT, "parse_math": False}

MISSING = "□"  # stands for what the font cannot draw
CUT = "…"


def drawable(text: str, *, max_characters: int) -> str:
    """Return ``text`` on one line, in characters that the font has, cut to ``max_characters``.

    Fancy letters become plain ones; what cannot be seen, such as a change of direction, is left out.
    """
    font = get_font(findfont(FONT))
    line = " ".join(unicodedata.normalize("NFKC", text).split())
    seen = "".join(
        character if font.get_char_index(ord(character)) else MISSING
        for character in line
        if not unicodedata.category(character).startswith("C")
    )
    return seen if len(seen) <= max_characters else seen[: max_characters - 1].rstrip() + CUT
