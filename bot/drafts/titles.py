"""What drafts are called. Pure."""

import re
from collections.abc import Collection

from bot import texts
from bot.delivery.plain_text import visible

TITLE_MAX_CHARS = 80
# Two digits at most, because the year in "Summer (2024)" belongs to the name.
_NUMBERED = re.compile(r"(?P<name>.*\S) \((?P<number>\d{1,2})\)")


def fitting_title(typed: str) -> str:
    """Return a title as a draft takes it, cut after a word; empty if nothing of it is seen."""
    title = " ".join(visible(typed).split())
    if len(title) <= TITLE_MAX_CHARS:
        return title
    whole_words = title[:TITLE_MAX_CHARS].rpartition(" ")[0]
    return f"{whole_words or title[: TITLE_MAX_CHARS - 1]}…"


def next_title(title: str, *, taken: Collection[str]) -> str:
    """Return a title that is not taken, with the next free number behind it if need be: "Regatta (2)"."""
    found = _NUMBERED.fullmatch(title)
    name, number = (found["name"], int(found["number"])) if found else (title, 1)
    while title in taken:
        number += 1
        ending = texts.DRAFT_TITLE_NUMBER.format(number=number)
        title = f"{name[: TITLE_MAX_CHARS - len(ending)].rstrip()}{ending}"
    return title
