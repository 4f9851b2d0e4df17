"""Other people's words, made harmless: they never ping, never format as ours, never hide."""

import re
import unicodedata

# Only what Discord would read as ours: other punctuation stays as typed, so that prompts stay readable and searchable.
_MARKDOWN = re.compile(
    r"(?P<anywhere>[\\*_~`|\[<])"
    r"|(?P<at_line_start>^(?P<indent>[ \t]*)(?P<mark>[#>+-]|\d+(?=\.)))"
    r"|(?P<link>(?<=http)(?=://)|(?<=https)(?=://))"
    r"|(?P<ping>@(?=everyone|here))",
    re.MULTILINE | re.IGNORECASE,
)
_ELLIPSIS = "…"
# Letters, joiners and selectors that show nothing by themselves.
_BLANK = frozenset(" \n\t\u034f\u115f\u1160\u200c\u200d\u2800\u3164\ufe0e\ufe0f\uffa0")


def plain_text(text: str, *, max_chars: int) -> str:
    """Return text that Discord shows letter by letter.

    Args:
        text: Anything a person or another server wrote.
        max_chars: Bound of the result, escapes included; longer text ends in an ellipsis.
    """
    escaped = _MARKDOWN.sub(_escaped, visible(text))
    if len(escaped) <= max_chars:
        return escaped
    kept = escaped[: max_chars - 1]
    # A cut must not leave half an escape, which would swallow the ellipsis.
    trailing = len(kept) - len(kept.rstrip("\\"))
    return (kept[:-1] if trailing % 2 else kept) + _ELLIPSIS


def visible(text: str) -> str:
    """Return text without what hides in it, for where Discord formats nothing; empty if nothing of it is seen."""
    shown = "".join(char for char in text if not _is_hidden(char)).strip()
    return "" if _BLANK.issuperset(shown) else shown


def _escaped(match: re.Match[str]) -> str:
    if match["at_line_start"] is None:
        return "\\" + match[0]
    if match["mark"].isdigit():  # a numbered list is broken before its dot: "1\\."
        return f"{match[0]}\\"
    return f"{match['indent']}\\{match['mark']}"


def _is_hidden(char: str) -> bool:
    """Whether a character is a control or a direction override (line breaks stay; joiners make emoji and Persian)."""
    if char in "\n\t\u200c\u200d":
        return False
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")
