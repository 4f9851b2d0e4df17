"""Answers of every shape that was seen, and of some that were not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.upstream.answers import (
    AssetStatus,
    TaskStatus,
    accepted_id,
    asset_statuses,
    asset_submission,
    task_result,
)
from bot.upstream.envelopes import Answer
from bot.upstream.errors import (
    AccountProblem,
    AccountTrouble,
    Refused,
    Unavailable,
    Unclear,
    UpstreamError,
    Vanished,
)


def answer(body=None, *, status=200, headers=None):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers or {}, data)


@pytest.mark.parametrize(
    ("body", "task_id"),
    [
        ({"id": "video_1", "object": "video", "status": "queued", "error": None}, "video_1"),
        ({"code": "0", "msg": None, "data": {"projectId": "proj_1"}}, "proj_1"),
        ({"code": 0, "msg": "success", "data": {"id": 17}}, "17"),
        ({"code": 200, "data": {"taskId": "a/b"}}, "a/b"),
        ({"id": None, "task_id": " mcp_1 "}, "mcp_1"),
        ({"id": {"odd": 1}, "data": {"projectId": "proj_1"}}, "proj_1"),
        (b'\xef\xbb\xbf{"id": "video_1", "id": "video_2", "note": "\xff"}', "video_2"),
    ],
)
def test_an_accepted_task_is_found_in_every_envelope(body, task_id):
    assert accepted_id(answer(body, status=202)) == task_id


@pytest.mark.parametrize(
    "body",
    [
        {"id": None, "status": "failed", "error": "bad picture"},
        {"id": "video_1", "status": " FAILED ", "error": {"message": "bad picture"}},
        {"code": "1001", "msg": "bad picture"},
        {"code": 500, "msg": "bad picture", "id": "video_1"},
        {"error": "bad picture"},
        {"code": "0", "msg": "bad picture", "data": None},
        {"code": 1, "data": {"message": "bad picture"}},
    ],
)
def test_a_refusal_inside_http_200_is_a_refusal(body):
    with pytest.raises(Refused, match="bad picture"):
        accepted_id(answer(body))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>hello</html>", b"\xff\xfe", b"[" * 100_000, b'{"id": ' + b"1" * 5000 + b"}"),
        *({}, [], [{"id": "video_1"}], "video_1", None, {"id": True}, {"id": "x" * 5000}, {"id": "a\nb"}),
        *({"code": "0", "msg": "success"}, {"code": 200, "data": {}}, {"data": [{"id": "video_1"}]}),
    ],
    ids=lambda body: repr(body)[:30],
)
def test_a_2xx_that_says_neither_yes_nor_no_is_unclear(body):
    with pytest.raises(Unclear):
        accepted_id(answer(body))


@pytest.mark.parametrize("status", [302, 307, 500, 502, 503, 504, 520])
def test_a_create_that_met_a_server_error_or_a_redirect_is_unclear(status):
    with pytest.raises(Unclear):
        accepted_id(answer({"error": "try again"}, status=status))


@pytest.mark.parametrize("status", [400, 404, 405, 409, 413, 422])
def test_a_create_that_met_a_client_error_is_refused(status):
    with pytest.raises(Refused, match="parameter conflict"):
        accepted_id(answer({"error": {"message": "parameter conflict", "code": 7}}, status=status))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"msg": "no key"}, AccountTrouble.KEY),
        (403, b"", AccountTrouble.KEY),
        (402, b"", AccountTrouble.BALANCE),
        (400, {"msg": "账户余额不足"}, AccountTrouble.BALANCE),
        (200, {"code": 3, "msg": "insufficient balance"}, AccountTrouble.BALANCE),
        (200, {"id": None, "status": "failed", "error": "账户已欠费"}, AccountTrouble.BALANCE),
    ],
)
def test_an_account_problem_is_not_the_askers_fault(status, body, kind):
    with pytest.raises(AccountProblem) as caught:
        accepted_id(answer(body, status=status))

    assert caught.value.kind is kind


def test_too_many_calls_made_nothing_unless_an_id_came_with_it():
    with pytest.raises(Unavailable) as caught:
        accepted_id(answer({"error": "slow down"}, status=429, headers={"Retry-After": "7"}))
    with pytest.raises(Unclear):
        accepted_id(answer({"id": "video_1"}, status=429))

    assert (caught.value.retry_after_s, caught.value.is_throttled) == (7, True)


NOON = "Sun, 06 Nov 1994 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "retry_after_s"),
    [
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": "99999999"}, 3600),
        ({"Retry-After": "Sun, 06 Nov 1994 12:01:30 GMT", "Date": NOON}, 90),
        ({"Retry-After": "Sun, 06 Nov 1994 11:00:00 GMT", "Date": NOON}, 0),
        ({"Retry-After": "Sun, 06 Nov 1994 12:01:30 GMT"}, None),
        ({"Retry-After": "soon", "Date": "never"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_with_care(headers, retry_after_s):
    assert Answer(429, headers, b"").retry_after_s == retry_after_s


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(("queued", TaskStatus.QUEUED), (" Pending ", TaskStatus.QUEUED), ("submitted", TaskStatus.QUEUED)),
        *(("PROCESSING", TaskStatus.PROCESSING), ("in_progress", TaskStatus.PROCESSING)),
        *(("success", TaskStatus.COMPLETED), ("completed", TaskStatus.COMPLETED)),
        *(("error", TaskStatus.FAILED), ("canceled", TaskStatus.CANCELLED)),
        *(("reticulating", TaskStatus.UNKNOWN), (3, TaskStatus.UNKNOWN)),
    ],
)
def test_statuses_are_read_whatever_their_spelling(word, status):
    assert task_result(answer({"status": word})).status is status
    assert task_result(answer({"code": 0, "data": {"status": word}})).status is status


def test_a_completed_task_is_read_with_odd_types():
    body = {"id": 5, "status": "completed", "video_url": " https://r.example/a.mp4 ", "progress": "100"}
    body |= {"actualDuration": "5.04", "amount": "1.5"}

    result = task_result(answer(body))

    assert (result.task_id, result.video_url) == ("5", "https://r.example/a.mp4")
    assert (result.progress, result.actual_duration_s, result.amount) == (1.0, 5.04, 1.5)


@pytest.mark.parametrize(("asked", "named"), [("video_1", "video_2"), ("mcp_1", "mcp_2"), ("5", 6)])
def test_an_answer_about_another_task_is_not_believed(asked, named):
    with pytest.raises(Unavailable, match="another task"):
        task_result(answer({"id": named, "status": "failed"}), asked_id=asked)


@pytest.mark.parametrize(
    "body",
    [
        {"id": "proj_1", "status": "failed"},
        {"id": None, "status": "failed"},
        {"status": "failed"},
        {"id": "video_1", "status": "failed"},
        {"id": "proj_9", "data": {"id": "proj_8", "status": "failed"}},
    ],
)
def test_an_answer_that_may_be_about_the_task_is_believed(body):
    assert task_result(answer(body), asked_id="proj_1").status is TaskStatus.FAILED


@pytest.mark.parametrize("odd", [True, [], {}, "NaN", "-1", "five", -1, 1e999, 10**400])
def test_numbers_that_are_none_are_dropped(odd):
    result = task_result(
        answer({"status": "completed", "actualDuration": odd, "amount": odd, "progress": odd})
    )

    assert (result.actual_duration_s, result.amount, result.progress) == (None, None, None)


@pytest.mark.parametrize(
    "body",
    [
        {"video_url": "ftp://r/a", "result_url": "https://r/a"},
        {"video_url": "", "url": "https://r/a"},
        {"video_url": None, "data": {"video_url": "https://r/a"}, "url": "https://r/b"},
        {"video_url": 7, "data": {"url": "https://r/a"}},
    ],
)
def test_the_first_web_link_wins(body):
    assert task_result(answer({"status": "completed", **body})).video_url == "https://r/a"


def test_a_link_is_made_fit_for_a_button_and_keeps_its_signature():
    link = "https://r.example/видео 1.mp4?sign=a%2Fb+c&n=é"

    result = task_result(answer({"status": "completed", "video_url": link}))

    assert (
        result.video_url == "https://r.example/%D0%B2%D0%B8%D0%B4%D0%B5%D0%BE%201.mp4?sign=a%2Fb+c&n=%C3%A9"
    )


def test_a_link_before_completion_is_not_believed():
    assert task_result(answer({"status": "processing", "video_url": "https://r/a"})).video_url is None


@pytest.mark.parametrize(
    "body",
    [
        {"status": "failed", "error": "content\nrejected", "id": None},
        {"status": "failed", "error": {"message": "content rejected"}},
        {"code": "0", "msg": "success", "data": {"status": "failed", "error": "content rejected"}},
        {"code": "500", "status": "failed", "msg": "content rejected"},
    ],
)
def test_a_failed_task_says_why(body):
    result = task_result(answer(body))

    assert (result.status, result.error, result.is_policy) == (TaskStatus.FAILED, "content rejected", True)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", {}, {"code": 9, "msg": "busy"}, {"status": None}])
def test_a_look_without_a_usable_answer_may_be_repeated(body):
    with pytest.raises(Unavailable):
        task_result(answer(body))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((404, Vanished), (429, Unavailable), (500, Unavailable), (302, Unavailable), (400, Unavailable)),
        *((401, AccountProblem), (402, AccountProblem), (403, AccountProblem)),
    ],
)
def test_a_looks_http_status_says_what_to_do(status, error):
    with pytest.raises(error) as caught:
        task_result(answer(b"<html>", status=status))

    assert caught.value.reason == f"HTTP {status}"


def test_submitted_assets_are_told_apart_by_their_links():
    items = [
        {"assetType": "Image", "originalUrl": "https://m/a", "assetId": "asset_1", "status": "submitted"}
    ]
    failed = [{"originalUrl": "https://m/b", "errorMessage": "cannot be reached"}, "odd"]

    submission = asset_submission(answer({"code": "0", "data": {"items": items, "failedItems": failed}}))

    assert submission.asset_ids == {"https://m/a": "asset_1"}
    assert submission.refusals == {"https://m/b": "cannot be reached"}


def test_a_refused_and_an_unreadable_submission_differ():
    with pytest.raises(Refused, match="bad links"):
        asset_submission(answer({"code": 1001, "msg": "bad links"}))
    with pytest.raises(Unclear):
        asset_submission(answer({"code": 0, "data": {}}))


def test_reviews_are_read_without_regard_to_case_and_failed_lookups_are_left_out():
    words = {"a": "Active", "b": "REJECTED", "c": "Processing", "d": "brewing"}
    items = [{"assetId": asset_id, "status": word} for asset_id, word in words.items()]

    statuses = asset_statuses(
        answer({"code": 0, "data": {"items": items, "failedItems": [{"assetId": "e"}]}})
    )

    assert statuses == {
        "a": AssetStatus.ACTIVE,
        "b": AssetStatus.FAILED,
        "c": AssetStatus.PENDING,
        "d": AssetStatus.PENDING,
    }


NAMES = st.sampled_from(["id", "code", "msg", "error", "status", "data", "video_url", "items", "assetId"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("completed")
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner), max_leaves=20
)


@given(body=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(), status=st.integers(100, 599))
def test_no_answer_raises_anything_but_our_errors(body, status):
    for read in (accepted_id, task_result, asset_submission, asset_statuses):
        try:
            read(Answer(status, {"Retry-After": "x"}, body))
        except UpstreamError as error:
            assert error.reason
