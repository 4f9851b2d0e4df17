"""What is certain after a call to upstream that did not work.

The class alone says whether a call may be repeated and whether something may have been made. Reasons are safe
to log and to show: one short line, without control characters and without the query strings of links, which
may be signed.
"""

import re
from enum import StrEnum

REASON_MAX_CHARS = 300  # fits an embed field beside other text


class UpstreamError(Exception):
    """A call that did not give what was asked for; ``reason`` is one clean line, maybe upstream's own."""

    def __init__(self, reason: str) -> None:
        self.reason = cleaned(reason) or "no reason given"
        super().__init__(self.reason)


class NotSent(UpstreamError):
    """Nothing was sent; the call may be repeated."""


class Refused(UpstreamError):
    """Upstream said no and nothing was made; repeating it unchanged is useless.

    Attributes:
        is_policy: The words suggest that the content was refused, so the person can help it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.is_policy = is_policy(reason)


class AccountTrouble(StrEnum):
    """What is wrong with the operator's account."""

    KEY = "key"
    BALANCE = "balance"


class AccountProblem(UpstreamError):
    """Upstream refuses our account; nothing was made, and only the operator can help."""

    def __init__(self, reason: str, *, kind: AccountTrouble) -> None:
        super().__init__(reason)
        self.kind = kind


class Unclear(UpstreamError):
    """The call may have been taken. It must never be sent again."""


class Unavailable(UpstreamError):
    """No usable answer and nothing made, so the call may be repeated.

    Attributes:
        retry_after_s: When upstream wants to be asked again, in seconds, if it said so.
        is_throttled: Upstream answered that we call too often (429).
    """

    def __init__(
        self, reason: str, *, retry_after_s: float | None = None, is_throttled: bool = False
    ) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
        self.is_throttled = is_throttled


class Vanished(Unavailable):
    """Upstream does not know the task: not yet if it is young, no longer if it is old."""


_POLICY = re.compile(
    r"polic|sensitiv|moderat|violat|nsfw|inappropriate|prohibited"
    r"|content[ _-]?(is )?(rejected|refused|filter|review)"
    r"|违规|违反|敏感|审核|政策|不合规|侵权",
    re.IGNORECASE,
)
_QUERY_STRING = re.compile(r"(https?://[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE)
_BEARER = re.compile(r"\bbearer\s+\S+", re.IGNORECASE)


def is_policy(reason: str) -> bool:
    """Return whether upstream's words, English or Chinese, speak of its content policy."""
    return _POLICY.search(reason) is not None


def cleaned(text: str) -> str:
    """Return upstream's words as one short printable line that gives no secret away."""
    line = "".join(char if char.isprintable() else " " for char in text[: 10 * REASON_MAX_CHARS])
    line = _BEARER.sub("Bearer …", _QUERY_STRING.sub(r"\1", " ".join(line.split())))
    return line if len(line) <= REASON_MAX_CHARS else line[: REASON_MAX_CHARS - 1] + "…"
