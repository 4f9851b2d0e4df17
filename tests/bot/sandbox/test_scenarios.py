"""Each scenario, seen from outside."""

import asyncio
from urllib.parse import quote

import aiohttp
import pytest

from fakes import until

CREATE = "/v1/videos/videos"


def body_for(name: str) -> dict[str, object]:
    return {"model": "videos", "prompt": f"[{name}] a fox", "duration": 4}


@pytest.mark.parametrize(
    ("name", "status", "text", "accepted_count"),
    [
        ("create-429", 429, "too many requests", 0),
        ("create-500", 500, "internal error", 0),
        ("create-500-accepted", 502, "<html>", 1),
        ("create-garbage", 200, "<html>", 1),
        ("create-empty", 200, "", 1),
        ("create-refused", 200, '"id": null', 0),
        ("no-balance", 402, "余额不足", 0),
        ("no-balance-200", 200, "余额不足", 0),
        ("bad-key", 401, "invalid api key", 0),
        ("wrapped", 200, "projectId", 1),
    ],
)
async def test_a_create_is_answered_as_the_scenario_says(sandbox, caller, name, status, text, accepted_count):
    headers = {"Authorization": "Bearer k"}

    async with caller.session.post(sandbox.url + CREATE, json=body_for(name), headers=headers) as response:
        answer = await response.text()

    assert (response.status, len(sandbox.world.tasks)) == (status, accepted_count)
    assert text in answer


async def test_a_429_says_when_to_come_back_and_passes(sandbox, caller):
    answers = []
    for _ in range(3):
        async with caller.session.post(
            sandbox.url + CREATE, json=body_for("create-429"), headers={"Authorization": "Bearer k"}
        ) as response:
            answers.append((response.status, response.headers.get("Retry-After")))

    assert answers == [(429, "1"), (429, "1"), (200, None)]


async def test_a_create_may_be_taken_and_its_answer_lost(sandbox, caller):
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await caller.call("POST", CREATE, json=body_for("create-drop"))

    assert len(sandbox.world.tasks) == 1


async def test_a_create_may_be_taken_and_never_answered(sandbox, caller):
    asked = asyncio.create_task(caller.call("POST", CREATE, json=body_for("create-hang")))
    await until(lambda: sandbox.world.tasks)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asked, 0.3)

    assert len(sandbox.world.tasks) == 1


@pytest.mark.parametrize(
    ("name", "statuses"), [("query-429", [429, 429, 200]), ("query-500", [503, 503, 200])]
)
async def test_looks_are_refused_for_a_while(caller, name, statuses):
    task_id = (await caller.create(f"[{name}] a fox"))["id"]

    seen = [(await caller.call("GET", f"/v1/result/{task_id}"))[0] for _ in statuses]

    assert seen == statuses


async def test_a_vanished_task_is_never_found(caller):
    task_id = (await caller.create("[vanished] a fox"))["id"]

    assert (await caller.call("GET", f"/v1/result/{task_id}"))[0] == 404


async def test_a_policy_refusal_fails_at_once(caller):
    result = await caller.look((await caller.create("[policy] a fox"))["id"])

    assert (result["status"], "content policy" in result["error"]) == ("failed", True)


async def test_odd_types_are_odd(caller, clock):
    result = await caller.finished(clock, "[odd-types] a fox")

    assert (type(result["id"]), result["status"]) == (int, " COMPLETED ")
    assert (result["actualDuration"], result["amount"]) == ("4.0", "7.00")


async def test_a_strange_id_is_found_when_it_is_encoded(caller):
    task_id = (await caller.create("[strange-id] a fox"))["id"]

    assert (await caller.look(quote(task_id, safe="")))["id"] == task_id


async def test_a_status_nobody_documented_passes(caller):
    task_id = (await caller.create("[unknown-status] a fox"))["id"]

    statuses = [(await caller.look(task_id))["status"] for _ in range(4)]

    assert statuses == ["reviewing"] * 3 + ["queued"]


@pytest.mark.parametrize(("name", "links"), [("no-link", [0, 0, 0]), ("late-link", [0, 0, 1])])
async def test_a_completed_task_may_lack_its_link(caller, clock, name, links):
    first = await caller.finished(clock, f"[{name}] a fox")

    results = [first, await caller.look(first["id"]), await caller.look(first["id"])]

    assert [int(bool(result["video_url"])) for result in results] == links
    assert {result["status"] for result in results} == {"completed"}


@pytest.mark.parametrize(
    ("name", "status"), [("link-expired", 403), ("link-gone", 410), ("link-garbage", 200)]
)
async def test_a_link_may_lead_nowhere(caller, clock, name, status):
    result = await caller.finished(clock, f"[{name}] a fox")

    async with caller.session.get(result["video_url"]) as response:
        assert (response.status, response.content_type) != (200, "video/mp4")

    assert response.status == status


async def test_a_download_may_break_off_once(caller, clock):
    result = await caller.finished(clock, "[link-truncated] a fox")

    with pytest.raises(aiohttp.ClientPayloadError):
        async with caller.session.get(result["video_url"]) as response:
            await response.read()
    async with caller.session.get(result["video_url"]) as response:
        assert len(await response.read()) == response.content_length


async def test_a_slow_download_drips(caller, clock):
    result = await caller.finished(clock, "[link-slow] a fox")

    async with caller.session.get(result["video_url"]) as response:
        first = await response.content.readany()

    assert 0 < len(first) < response.content_length


async def test_scenarios_are_lined_up_over_http(caller):
    await caller.call("POST", "/_sandbox/scenarios", json={"scenario": "create-500", "count": 2})

    statuses = [(await caller.call("POST", CREATE, json=body_for("plain")))[0] for _ in range(3)]

    assert statuses == [500, 500, 200]


@pytest.mark.parametrize("body", [{}, {"scenario": "polcy"}, {"scenario": ["policy"]}])
async def test_an_unknown_scenario_is_refused_with_those_that_exist(caller, body):
    status, answer = await caller.call("POST", "/_sandbox/scenarios", json=body)

    assert (status, answer["code"]) == (400, "unknown_scenario")
    assert "link-truncated" in answer["msg"]


@pytest.mark.parametrize("count", [0, -1, 1001, "2", True])
async def test_a_count_that_makes_no_sense_is_refused(caller, count):
    status, _ = await caller.call("POST", "/_sandbox/scenarios", json={"scenario": "policy", "count": count})

    assert status == 400
