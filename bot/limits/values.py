"""How people write and read the values of limits and settings."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from bot import texts
from bot.errors import Refusal
from bot.limits.limits import Kind, Limits, ServerSettings
from bot.upstream.families import FAMILIES, find_model

SETTINGS: Mapping[str, type[Limits] | type[ServerSettings]] = {
    **dict.fromkeys(Limits.model_fields, Limits),
    **dict.fromkeys(ServerSettings.model_fields, ServerSettings),
}
_UNIT_S: Mapping[str, int] = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_DIGITS = re.compile(r"-?[0-9]{1,18}")
_SPAN = re.compile(r"([0-9]{1,9})\s*(s|min|m|h|d)?")
_YES = frozenset({"yes", "true", "on", "1"})
_NO = frozenset({"no", "false", "off", "0"})


class UnknownSetting(Refusal):
    """There is no limit or setting of this name."""


class WrongValue(Refusal):
    """The value does not fit the limit or setting."""


def value_from(name: str, text: str) -> Any:
    """Read the value of a limit or setting as people write it.

    Args:
        name: A field of :class:`Limits` or :class:`ServerSettings`.
        text: What somebody wrote: ``12``, ``5m``, ``yes``, ``no limit``, names of models with commas.

    Raises:
        UnknownSetting: There is no such field.
        WrongValue: The text is no such value, or out of bounds.
    """
    model = _model_of(name)
    kind = model.facts_of(name).kind
    try:
        # Of yes or no, “off” is the no.
        is_none = kind is not Kind.YES_NO and text.strip().casefold() in texts.NO_LIMIT_WORDS
        value = None if is_none else _READERS[kind](text.strip())
        return getattr(model.model_validate({name: value}), name)
    except ValidationError as error:
        problem = error.errors()[0]["msg"].removeprefix("Value error, ").removeprefix("Input ")
        raise WrongValue(
            texts.WRONG_VALUE.format(name=name, problem=problem), hint=texts.VALUE_HINTS[kind]
        ) from None
    except (ValueError, LookupError):
        raise WrongValue(
            texts.WRONG_VALUE.format(name=name, problem=texts.CANNOT_BE_READ), hint=texts.VALUE_HINTS[kind]
        ) from None


def limits_from(text: str) -> Limits:
    """Read limits as an operator writes them: ``credits_per_day=20 cooldown_s=30``, with blanks between them.

    Raises:
        UnknownSetting: There is no such limit.
        WrongValue: A value does not fit.
    """
    values = {}
    for part in text.split():
        name, _, value = part.partition("=")
        if name not in Limits.model_fields:
            raise unknown(name)
        values[name] = value_from(name, value)
    return Limits.model_validate(values)


def value_text(name: str, value: Any) -> str:
    """Return the value of a limit or setting for people to read."""
    kind = _model_of(name).facts_of(name).kind
    if value is None:
        return texts.NOT_SET if kind is Kind.CHANNEL else texts.NO_LIMIT
    match kind:
        case Kind.SECONDS:
            return span_text(value)
        case Kind.DAYS:
            return texts.DAYS.format(count=value)
        case Kind.CREDITS:
            return texts.credits_text(value)
        case Kind.MODELS:
            return ", ".join(label_of(model) for model in value) or texts.NONE
        case Kind.YES_NO:
            return texts.YES if value else texts.NO
        case Kind.PERCENT:
            return f"{value} %"
        case Kind.CHANNEL:
            return f"<#{value}>"
        case Kind.COUNT | Kind.TIME_ZONE:
            return str(value)


def span_text(seconds: int) -> str:
    """Return a span of time in its largest whole units."""
    for unit, unit_s in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds and seconds % unit_s == 0:
            return f"{seconds // unit_s} {unit}"
    return f"{seconds} s"


def label_of(model: str) -> str:
    """Return what people call a model, though it may be one we no longer have."""
    found = find_model(model)
    return found.label if found else model


def unknown(name: str) -> UnknownSetting:
    """Return the refusal of a limit or setting that does not exist."""
    # Only what could be a name is repeated, because Discord would format anything else.
    shown = name[:50] if name.isidentifier() and not name.startswith("_") else "…"
    return UnknownSetting(texts.UNKNOWN_SETTING.format(name=shown), hint=texts.UNKNOWN_SETTING_HINT)


def _model_of(name: str) -> type[Limits] | type[ServerSettings]:
    if name not in SETTINGS:
        raise unknown(name)
    return SETTINGS[name]


def _whole(text: str) -> int:
    # int() would also take 1_0 and the digits of every script.
    if not _DIGITS.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _span_s(text: str) -> int:
    found = _SPAN.fullmatch(text.casefold())
    if found is None:
        raise ValueError(text)
    return int(found[1]) * _UNIT_S[found[2] or ""]


def _yes_or_no(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise ValueError(text)


def _channel_id(text: str) -> int:
    return int(text.removeprefix("<#").removesuffix(">"))


def _model_names(text: str) -> tuple[str, ...]:
    known = {
        name.casefold(): model.name
        for family in FAMILIES.values()
        for model in family.models
        for name in (model.name, model.label)
    }
    names = tuple(known[part.strip().casefold()] for part in text.split(",") if part.strip())
    if not names:
        raise ValueError(text)
    return names


_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.CREDITS: _whole,
    Kind.COUNT: _whole,
    Kind.SECONDS: _span_s,
    Kind.DAYS: _whole,
    Kind.MODELS: _model_names,
    Kind.YES_NO: _yes_or_no,
    Kind.PERCENT: lambda text: _whole(text.removesuffix("%").strip()),
    Kind.CHANNEL: _channel_id,
    Kind.TIME_ZONE: str,
}
