"""Every way the pretend API can misbehave, as one table.

A scenario is chosen by its name in brackets in a prompt (``[policy] a cat``) or by the control endpoint.
Other words in brackets are ordinary prompt text, because the contract allows them.
The table must never act: it says what happens, and the rest of the sandbox does it.

The asset library has a table of its own, :mod:`bot.sandbox.asset_scenarios`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

HTML_PAGE = "<html><body><h1>nginx</h1>Please stand by.</body></html>"
NO_BALANCE = '{"code": "402", "msg": "账户余额不足, insufficient balance"}'
TOO_FAST = '{"code": "429", "msg": "too many requests"}'
BROKEN = '{"code": "500", "msg": "internal error"}'

Answer = Mapping[str, object]


class Act(StrEnum):
    """What is done to a call."""

    ANSWER = "answer"
    RESHAPE = "reshape"
    DROP = "drop"
    HANG = "hang"
    TRUNCATE = "truncate"
    DRIP = "drip"


def _unchanged(answer: Answer) -> Answer:
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischief:
    """What happens to a call instead of the plain answer.

    Attributes:
        status: HTTP status of a fixed answer.
        retry_after_s: Sent as Retry-After when set.
        accepts: Calls that make something only: whether it was made all the same.
        times: How many calls are spoiled before all is well; None spoils every one.
        only_when: Query calls only: the task's status that is spoiled; empty spoils any.
        reshape: What becomes of the plain answer.
    """

    act: Act = Act.ANSWER
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    retry_after_s: int | None = None
    accepts: bool = True
    times: int | None = None
    only_when: str = ""
    reshape: Callable[[Answer], Answer] = _unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One story of a task: what goes wrong with its calls, and how it ends (``error`` makes it fail)."""

    name: str
    about: str
    create: Mischief | None = None
    query: Mischief | None = None
    download: Mischief | None = None
    error: str | None = None
    fails_at_once: bool = False


class UnknownScenario(Exception):
    """Nobody wrote that scenario; the text lists those that exist."""


def _wrapped(answer: Answer) -> Answer:
    return {"code": "0", "msg": None, "data": {"projectId": answer["id"]}}


def _wrapped_result(answer: Answer) -> Answer:
    return {"code": 0, "msg": None, "data": dict(answer)}


def _odd_types(answer: Answer) -> Answer:
    odd = {**answer, "id": int(str(answer["id"])), "created": str(answer["created"]), "amount": "7.00"}
    odd["status"] = f" {str(answer['status']).upper()} "
    if "actualDuration" in answer:
        odd["actualDuration"] = str(answer["actualDuration"])
    return odd


def _unknown_status(answer: Answer) -> Answer:
    return {**answer, "status": "reviewing", "video_url": None}


def _without_link(answer: Answer) -> Answer:
    return {**answer, "video_url": None}


PLAIN = Scenario(name="plain", about="nothing goes wrong")
NUMERIC_ID = "odd-types"  # its ids are digits only, so that they can travel as numbers
STRANGE_ID = "strange-id"  # its ids need encoding in a path

_ALL = (
    PLAIN,
    Scenario(
        name="policy",
        about="accepted, then failed at once by the content policy",
        error="content rejected: the prompt violates the content policy",
        fails_at_once=True,
    ),
    Scenario(
        name="failure",
        about="accepted, then failed at the end of processing",
        error="upstream gave no task id, please try again",
    ),
    Scenario(
        name="create-429",
        about="two creates are refused with 429 and Retry-After, then all is well",
        create=Mischief(status=429, body=TOO_FAST, retry_after_s=1, accepts=False, times=2),
    ),
    Scenario(
        name="create-500",
        about="the create is answered with 500; no task is made",
        create=Mischief(status=500, body=BROKEN, accepts=False),
    ),
    Scenario(
        name="create-500-accepted",
        about="the create is answered with 502, and yet a task is made",
        create=Mischief(status=502, body=HTML_PAGE, content_type="text/html"),
    ),
    Scenario(
        name="create-drop",
        about="a task is made and the connection dropped without an answer",
        create=Mischief(act=Act.DROP),
    ),
    Scenario(
        name="create-hang",
        about="a task is made and the answer never comes",
        create=Mischief(act=Act.HANG),
    ),
    Scenario(
        name="create-garbage",
        about="a task is made and the answer is an HTML page with 200",
        create=Mischief(body=HTML_PAGE, content_type="text/html"),
    ),
    Scenario(
        name="create-empty",
        about="a task is made and the answer is 200 with nothing in it",
        create=Mischief(),
    ),
    Scenario(
        name="create-refused",
        about="refused inside an HTTP 200 with id null; no task is made",
        create=Mischief(
            body='{"id": null, "object": "video", "model": null, "status": "failed", "error": "refused"}',
            accepts=False,
        ),
    ),
    Scenario(
        name="no-balance",
        about="refused with 402: the account is empty",
        create=Mischief(status=402, body=NO_BALANCE, accepts=False),
    ),
    Scenario(
        name="no-balance-200",
        about="refused inside an HTTP 200: the account is empty",
        create=Mischief(body=NO_BALANCE, accepts=False),
    ),
    Scenario(
        name="bad-key",
        about="refused with 401: the key is not accepted",
        create=Mischief(status=401, body='{"code": "401", "msg": "invalid api key"}', accepts=False),
    ),
    Scenario(
        name="wrapped",
        about="answers come in the older envelope",
        create=Mischief(act=Act.RESHAPE, reshape=_wrapped),
        query=Mischief(act=Act.RESHAPE, reshape=_wrapped_result),
    ),
    Scenario(
        name=NUMERIC_ID,
        about="numbers as text, text as numbers, statuses in upper case",
        create=Mischief(act=Act.RESHAPE, reshape=_odd_types),
        query=Mischief(act=Act.RESHAPE, reshape=_odd_types),
    ),
    Scenario(name=STRANGE_ID, about="the task's id has slashes, dots and blanks in it"),
    Scenario(
        name="query-429",
        about="two looks are refused with 429 and Retry-After",
        query=Mischief(status=429, body=TOO_FAST, retry_after_s=1, times=2),
    ),
    Scenario(
        name="query-500",
        about="two looks are answered with 503",
        query=Mischief(status=503, body=BROKEN, times=2),
    ),
    Scenario(
        name="query-garbage",
        about="two looks are answered with an HTML page and 200",
        query=Mischief(body=HTML_PAGE, content_type="text/html", times=2),
    ),
    Scenario(
        name="query-drop",
        about="the connection is dropped at two looks",
        query=Mischief(act=Act.DROP, times=2),
    ),
    Scenario(
        name="query-hang",
        about="the first look is never answered",
        query=Mischief(act=Act.HANG, times=1),
    ),
    Scenario(
        name="unknown-status",
        about="three looks see a status nobody documented",
        query=Mischief(act=Act.RESHAPE, reshape=_unknown_status, times=3),
    ),
    Scenario(
        name="vanished",
        about="accepted, and then no look finds the task",
        query=Mischief(status=404, body='{"code": "-1", "msg": "task not found"}'),
    ),
    Scenario(
        name="no-link",
        about="completed, and the link never comes",
        query=Mischief(act=Act.RESHAPE, reshape=_without_link, only_when="completed"),
    ),
    Scenario(
        name="late-link",
        about="completed, and the link comes two looks later",
        query=Mischief(act=Act.RESHAPE, reshape=_without_link, only_when="completed", times=2),
    ),
    Scenario(
        name="link-expired",
        about="the download is answered with 403",
        download=Mischief(
            status=403, body="<Error><Code>AccessDenied</Code></Error>", content_type="text/xml"
        ),
    ),
    Scenario(
        name="link-gone",
        about="the download is answered with 410",
        download=Mischief(status=410, body="gone", content_type="text/plain"),
    ),
    Scenario(
        name="link-garbage",
        about="the download is an HTML page with 200",
        download=Mischief(body=HTML_PAGE, content_type="text/html"),
    ),
    Scenario(
        name="link-truncated",
        about="the first download breaks off half-way",
        download=Mischief(act=Act.TRUNCATE, times=1),
    ),
    Scenario(
        name="link-slow",
        about="the download drips for some seconds",
        download=Mischief(act=Act.DRIP),
    ),
)
SCENARIOS: Mapping[str, Scenario] = {scenario.name: scenario for scenario in _ALL}


def scenario_named(name: object) -> Scenario:
    """Return the scenario of that name.

    Raises:
        UnknownScenario: There is none; its text lists those that exist.
    """
    if isinstance(name, str) and name in SCENARIOS:
        return SCENARIOS[name]
    raise UnknownScenario(f"unknown scenario {name!r}; there are {', '.join(SCENARIOS)}")


def scenario_in(prompt: str) -> Scenario:
    """Return the first scenario named in brackets in a prompt; the plain one when there is none."""
    names = re.findall(r"\[([a-z0-9-]+)\]", prompt)
    return next((SCENARIOS[name] for name in names if name in SCENARIOS), PLAIN)
