"""How values stand in columns, on both databases alike: instants in microseconds, enums as words, yes as 1."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stored(value: object) -> object:
    """Return a record's value as its column holds it."""
    match value:
        case datetime():
            return (value - _EPOCH) // timedelta(microseconds=1)
        case StrEnum():
            return value.value
        case bool():
            return int(value)
        case _:
            return value


def instant_of(microseconds: int) -> datetime:
    """Return the instant that a column holds."""
    return _EPOCH + timedelta(microseconds=microseconds)
