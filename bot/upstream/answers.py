"""What upstream's answers mean: an answer in, a value or an error out.

Nothing here calls, waits or keeps anything. Failures may come inside HTTP 200 and in any shape; whatever is
not understood becomes an error that promises nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import punctuation
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from bot.upstream.envelopes import Answer, Envelope, id_of, number_of, text_of
from bot.upstream.errors import (
    AccountProblem,
    AccountTrouble,
    Refused,
    Unavailable,
    Unclear,
    Vanished,
    cleaned,
    is_policy,
)


class TaskStatus(StrEnum):
    """How far upstream is with a task. UNKNOWN is a word we do not know: neither success nor failure."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class AssetStatus(StrEnum):
    """How far the review of an asset is."""

    PENDING = "pending"
    ACTIVE = "active"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A task as last seen.

    Attributes:
        raw_status: Upstream's own word, for the log.
        video_url: An http(s) link that dies after about 24 h; set only when completed, and sometimes not
            even then.
        error: Why it failed or was cancelled, in upstream's words, one clean line.
        progress: From 0 to 1, where upstream tells.
        amount: What the task cost upstream, currency unknown; for the operator, never for bills.
    """

    status: TaskStatus
    raw_status: str
    task_id: str | None = None
    video_url: str | None = None
    error: str | None = None
    progress: float | None = None
    actual_duration_s: float | None = None
    amount: float | None = None

    @property
    def is_policy(self) -> bool:
        """Whether the words of ``error`` suggest that the content was refused."""
        return is_policy(self.error or "")


@dataclass(frozen=True, slots=True)
class AssetSubmission:
    """What became of links handed in for review. A link in neither mapping is unknown, not refused.

    Attributes:
        asset_ids: Asset id by original link.
        refusals: Reason by original link.
    """

    asset_ids: Mapping[str, str]
    refusals: Mapping[str, str]


_STATUSES: Mapping[str, TaskStatus] = MappingProxyType(
    {
        **{status.value: status for status in TaskStatus},
        **dict.fromkeys(("pending", "submitted", "waiting"), TaskStatus.QUEUED),
        **dict.fromkeys(("running", "in_progress", "generating"), TaskStatus.PROCESSING),
        **dict.fromkeys(("success", "succeeded"), TaskStatus.COMPLETED),
        "error": TaskStatus.FAILED,
        "canceled": TaskStatus.CANCELLED,
    }
)
_ASSET_STATUSES: Mapping[str, AssetStatus] = MappingProxyType(
    {
        "active": AssetStatus.ACTIVE,
        **dict.fromkeys(("failed", "rejected", "expired", "deleted"), AssetStatus.FAILED),
    }
)
_BALANCE = re.compile(r"balance|quota|arrears|insufficient (funds|credit)|余额|欠费|额度", re.IGNORECASE)


def accepted_id(answer: Answer) -> str:
    """Return the id of the task that a create call made.

    Raises:
        Refused: Upstream said no; nothing was made.
        AccountProblem: Key or balance were refused; nothing was made.
        Unavailable: Too many calls (429); nothing was made.
        Unclear: A task may exist.

    Source: video API notes, sections 6 and 9.
    """
    envelope = _taken(answer)
    if _STATUSES.get(envelope.status) is TaskStatus.FAILED:
        raise _refusal(envelope.reason or "the task failed at once")
    if envelope.failure_code:
        raise _refusal(envelope.reason or f"code {envelope.failure_code}")
    if envelope.task_id:
        return envelope.task_id
    if envelope.reason:
        raise _refusal(envelope.reason)
    raise Unclear(f"HTTP {answer.status} with neither an id nor a reason")


def task_result(answer: Answer, *, asked_id: str | None = None) -> TaskResult:
    """Return how a task is doing, from the answer to a query.

    Args:
        answer: As received.
        asked_id: The task that was asked about.

    Raises:
        Vanished: Upstream does not know the task (404).
        AccountProblem: Key or balance were refused.
        Unavailable: No usable answer, or one about another task.

    Source: video API notes, sections 7 and 9.
    """
    envelope = _answered(answer)
    if asked_id is not None and _is_about_another(envelope, asked_id):
        raise Unavailable("an answer about another task")
    if not envelope.status:
        raise Unavailable(envelope.reason or "an answer without a status")
    status = _STATUSES.get(envelope.status, TaskStatus.UNKNOWN)
    has_failed = status in {TaskStatus.FAILED, TaskStatus.CANCELLED}
    return TaskResult(
        status=status,
        raw_status=cleaned(envelope.status),
        task_id=envelope.task_id,
        video_url=_video_url(envelope) if status is TaskStatus.COMPLETED else None,
        error=(cleaned(envelope.reason) or None) if has_failed else None,
        progress=_progress(envelope),
        actual_duration_s=_number(envelope, "actualDuration"),
        amount=_number(envelope, "amount"),
    )


def asset_submission(answer: Answer) -> AssetSubmission:
    """Return what became of links handed in for review.

    Raises:
        Refused: Upstream took none of them.
        AccountProblem: Key or balance were refused; nothing was made.
        Unavailable: Too many calls (429); nothing was made.
        Unclear: Some may have been taken.

    Source: video API notes, section 8.
    """
    envelope = _taken(answer)
    items, failed = envelope.items("items"), envelope.items("failedItems")
    if envelope.failure_code or (envelope.reason and not items and not failed):
        raise _refusal(envelope.reason or f"code {envelope.failure_code}")
    if not items and not failed:
        raise Unclear(f"HTTP {answer.status} without items")
    ids = ((text_of(item.get("originalUrl")), id_of(item.get("assetId"))) for item in items)
    refusals = ((text_of(item.get("originalUrl")), text_of(item.get("errorMessage"))) for item in failed)
    return AssetSubmission(
        asset_ids={url: asset_id for url, asset_id in ids if url and asset_id},
        refusals={url: cleaned(reason or "no reason given") for url, reason in refusals if url},
    )


def asset_statuses(answer: Answer) -> Mapping[str, AssetStatus]:
    """Return the state of reviews by asset id. An id that is missing could not be looked up: ask again.

    Raises:
        AccountProblem: Key or balance were refused.
        Unavailable: No usable answer.

    Source: video API notes, section 8.
    """
    envelope = _answered(answer)
    if envelope.failure_code:
        raise Unavailable(envelope.reason or f"code {envelope.failure_code}")
    words = ((id_of(item.get("assetId")), text_of(item.get("status"))) for item in envelope.items("items"))
    return {
        asset_id: _ASSET_STATUSES.get(word.lower(), AssetStatus.PENDING)
        for asset_id, word in words
        if asset_id
    }


def _taken(answer: Answer) -> Envelope:
    """Return what a call that makes something was answered, or raise what is certain about it."""
    envelope = Envelope.read(answer.body)
    reason = _reason_of_failure(answer, envelope)
    if answer.is_success:
        if envelope is None:
            raise Unclear(f"HTTP {answer.status} without a JSON object")
        return envelope
    if answer.status == 429 and not (envelope and envelope.task_id):
        raise Unavailable(reason, retry_after_s=answer.retry_after_s, is_throttled=True)
    if 400 <= answer.status < 500 and answer.status != 429:
        raise _account_problem(answer, reason) or Refused(reason)
    raise Unclear(reason)


def _answered(answer: Answer) -> Envelope:
    """Return what a call that changes nothing was answered, or raise why that is of no use."""
    envelope = Envelope.read(answer.body)
    reason = _reason_of_failure(answer, envelope)
    if answer.is_success:
        if envelope is None:
            raise Unavailable(f"HTTP {answer.status} without a JSON object")
        return envelope
    if answer.status == 404:
        raise Vanished(reason)
    if problem := _account_problem(answer, reason):
        raise problem
    raise Unavailable(reason, retry_after_s=answer.retry_after_s, is_throttled=answer.status == 429)


def _account_problem(answer: Answer, reason: str) -> AccountProblem | None:
    is_about_us = 400 <= answer.status < 500 and answer.status != 429
    if answer.status == 402 or (is_about_us and _BALANCE.search(reason)):
        return AccountProblem(reason, kind=AccountTrouble.BALANCE)
    if answer.status in {401, 403}:
        return AccountProblem(reason, kind=AccountTrouble.KEY)
    return None


def _refusal(reason: str) -> Refused | AccountProblem:
    if _BALANCE.search(reason):
        return AccountProblem(reason, kind=AccountTrouble.BALANCE)
    return Refused(reason)


def _reason_of_failure(answer: Answer, envelope: Envelope | None) -> str:
    text = envelope.reason if envelope else answer.body[:1000].decode(errors="replace").strip()
    is_markup = text.startswith(("<", "{", "["))
    return text if text and not is_markup else f"HTTP {answer.status}"


def _is_about_another(envelope: Envelope, asked_id: str) -> bool:
    """Whether a flat answer names another id of the same kind.

    Wrapped answers may have ids of their own, and a task made in the old shape may be told by its new id: ``proj_…``
    by ``video_…``.

    Source: video API notes, sections 6 and 7.
    """
    named = id_of(envelope.top.get("id")) if "status" in envelope.top else None
    is_alike = named is not None and named.rpartition("_")[0] == asked_id.rpartition("_")[0]
    return is_alike and named != asked_id


def _video_url(envelope: Envelope) -> str | None:
    links = map(text_of, envelope.values("video_url", "result_url", "url"))
    return next(map(_encoded, filter(_is_web_link, links)), None)


def _is_web_link(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and link.isprintable()


def _encoded(link: str) -> str:
    """Return a link whose path and query are ASCII without blanks: Discord refuses any other behind a button."""
    parts = urlsplit(link)
    path, query = quote(parts.path, safe=punctuation), quote(parts.query, safe=punctuation)
    return parts._replace(path=path, query=query).geturl()


def _number(envelope: Envelope, name: str) -> float | None:
    numbers = map(number_of, envelope.values(name))
    return next((number for number in numbers if number is not None), None)


def _progress(envelope: Envelope) -> float | None:
    percent = _number(envelope, "progress")
    return percent / 100 if percent is not None and percent <= 100 else None
