"""The shapes in which upstream's answers come, read without trusting any of them.

Everything here finds a value or nothing and never raises, whatever the bytes are. What an answer means is
decided in ``answers``, never here.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

ID_MAX_CHARS = 200  # real ids have about 40
RETRY_AFTER_MAX_S = 3600.0  # more is a mistake of upstream's; the caller's own plan is better

_SUCCESS_CODES = frozenset({"", "0", "200"})  # absent is as good
_SUCCESS_WORDS = frozenset({"ok", "success", "succeeded", "successful", "成功", "操作成功", "请求成功"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer as received."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the HTTP status says that all is well; the body may still say otherwise."""
        return 200 <= self.status < 300

    @property
    def retry_after_s(self) -> float | None:
        """The wait upstream asks for, in seconds. A date counts from the answer's own, not from our clock."""
        text = self.headers.get("Retry-After", "")
        seconds = number_of(text)
        if seconds is None:
            until, now = _http_date(text), _http_date(self.headers.get("Date", ""))
            seconds = max(0.0, (until - now).total_seconds()) if until and now else None
        return None if seconds is None else min(seconds, RETRY_AFTER_MAX_S)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A JSON object and the ``data`` object inside it, which is empty if there is none."""

    top: Mapping[str, object]
    data: Mapping[str, object]

    @classmethod
    def read(cls, body: bytes) -> Self | None:
        """Return the envelope in a body; None if the body is not a JSON object."""
        try:
            top = json.loads(body.decode("utf-8-sig", errors="replace"))
        except (ValueError, RecursionError):
            return None
        if not isinstance(top, dict):
            return None
        data = top.get("data")
        return cls(top, data if isinstance(data, dict) else {})

    def values(self, *names: str) -> tuple[object, ...]:
        """Return what both levels hold under the names, in the order of the names, the top level first."""
        return tuple(level.get(name) for name in names for level in (self.top, self.data))

    def items(self, name: str) -> list[Mapping[str, object]]:
        """Return the objects in the list of this name; empty if there is no such list."""
        found = next((value for value in self.values(name) if isinstance(value, list)), [])
        return [item for item in found if isinstance(item, dict)]

    @property
    def failure_code(self) -> str:
        """Upstream's ``code`` as text; empty if it says success or is absent."""
        code = text_of(self.top.get("code"))
        return "" if code in _SUCCESS_CODES else code

    @property
    def task_id(self) -> str | None:
        """The id of a task, wherever an envelope old or new puts it."""
        places = (self.top.get("id"), self.data.get("projectId"), self.data.get("id"))
        return next(filter(None, map(id_of, (*places, *self.values("task_id", "taskId")))), None)

    @property
    def status(self) -> str:
        """The status word in lower case; empty if there is none. A word counts before a number."""
        values = self.values("status")
        words = [value.strip().lower() for value in values if isinstance(value, str)]
        return next(filter(None, [*words, *map(text_of, values)]), "")

    @property
    def reason(self) -> str:
        """Upstream's words about what went wrong; empty if there are none. Words of success do not count."""
        names = ("error", "msg", "message")
        texts = (_words_of(level.get(name)) for level in (self.top, self.data) for name in names)
        return next((text for text in texts if text and text.lower() not in _SUCCESS_WORDS), "")


def text_of(value: object) -> str:
    """Return text and whole numbers as trimmed text, anything else as nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) or type(value) is int:
        return str(value).strip()
    return ""


def id_of(value: object) -> str | None:
    """Return an id as text; None if the value cannot be one."""
    text = text_of(value)
    is_usable = 0 < len(text) <= ID_MAX_CHARS and text.isprintable() and "\ufffd" not in text
    return text if is_usable else None


def number_of(value: object) -> float | None:
    """Return a number, or a number in text, that is finite and not negative; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _words_of(value: object) -> str:
    if isinstance(value, dict) and value:
        parts = (text_of(value.get(name)) for name in ("message", "msg", "code"))
        return next(filter(None, parts), "an error without words")
    return value.strip() if isinstance(value, str) else ""


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC)  # HTTP dates are always GMT
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
