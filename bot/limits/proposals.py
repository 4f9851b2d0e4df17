"""What is proposed while somebody types the value of a limit or a setting. Pure; it allows and refuses nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any
from zoneinfo import available_timezones

from bot import texts
from bot.errors import Refusal
from bot.limits.limits import Kind
from bot.limits.values import SETTINGS, label_of, span_text, value_from, value_text
from bot.upstream.families import FAMILIES

# Discord offers at most 25 choices (docs, "Application Command Option Structure").
PROPOSED_COUNT = 25
# To look for them takes some 20 ms, too long for each letter that somebody types.
_ZONES = tuple(sorted(available_timezones()))
_USUAL: Mapping[Kind, Sequence[Any]] = {
    Kind.CREDITS: (None, 5, 10, 20, 50, 100, 500),
    Kind.COUNT: (None, 1, 2, 3, 5, 10, 20),
    Kind.SECONDS: (None, 5, 10, 15, 30, 60, 300, 3600),
    Kind.DAYS: (None, 1, 3, 7, 14, 30),
    Kind.YES_NO: (True, False),
    Kind.PERCENT: (50, 80, 90),
}


def proposals(
    name: str, *, typed: str, present: Mapping[str, Any], channels: Mapping[int, str]
) -> dict[str, str]:
    """Return values to choose from: how each reads, by how it is typed.

    Args:
        name: Of the limit or setting; an unknown one has no values.
        typed: What was typed so far.
        present: What is set now, by the names of limits and settings.
        channels: The names of the server's channels, by id.
    """
    if name not in SETTINGS:
        return {}
    found: dict[str, str] = {}
    for text, words in _offered(name, typed, present, channels):
        # Names of time zones have no blanks.
        readable = f"{words} {text} {text.replace('_', ' ')}".casefold()
        if typed.casefold() in readable and words not in found.values():
            found.setdefault(text, words)
    return dict(islice(found.items(), PROPOSED_COUNT))


def _offered(
    name: str, typed: str, present: Mapping[str, Any], channels: Mapping[int, str]
) -> Iterator[tuple[str, str]]:
    kind = SETTINGS[name].facts_of(name).kind
    if kind is Kind.CHANNEL:
        yield texts.NONE, texts.NONE
        yield from ((str(channel_id), f"#{channel}") for channel_id, channel in channels.items())
        return
    if name in present:
        value = present[name]
        yield _typed(kind, value), texts.VALUE_NOW.format(value=value_text(name, value))
    if kind is Kind.TIME_ZONE:
        yield from ((zone, zone) for zone in _ZONES)
        return
    with suppress(Refusal):
        yield typed.strip(), value_text(name, value_from(name, typed))
    if kind is Kind.MODELS:
        yield texts.NO_LIMIT, texts.NO_LIMIT
        yield from _with_another_model(typed)
        return
    yield from ((_typed(kind, value), value_text(name, value)) for value in _USUAL[kind])


def _typed(kind: Kind, value: Any) -> str:
    """Return a value as it is typed."""
    if value is None:
        return texts.NO_LIMIT
    match kind:
        case Kind.SECONDS:
            return span_text(value)
        case Kind.MODELS:
            return ", ".join(value)
        case Kind.YES_NO:
            return texts.YES if value else texts.NO
        case _:
            return str(value)


def _with_another_model(typed: str) -> Iterator[tuple[str, str]]:
    """Return the models already typed, each time with one more."""
    chosen = [part.strip() for part in typed.split(",")[:-1]]
    for family in FAMILIES.values():
        for model in family.models:
            if model.name not in chosen:
                names = [*chosen, model.name]
                yield ", ".join(names), ", ".join(label_of(name) for name in names)
