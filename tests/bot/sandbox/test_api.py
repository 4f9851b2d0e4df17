import asyncio
import io

import aiohttp
import pytest

from bot.sandbox.api import PREFIXES, Sandbox

CREATE = "/v1/videos/videos"
BODY = {"model": "videos", "prompt": "a fox", "duration": 4}


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_a_task_is_created_and_looked_at_under_both_prefixes(caller, prefix):
    _, task = await caller.call("POST", prefix + CREATE, json=BODY)

    status, result = await caller.call("GET", f"{prefix}/v1/result/{task['id']}")

    assert (status, result["status"], result["model"]) == (200, "queued", "videos")


async def test_a_finished_video_is_served_without_a_key(sandbox, caller, clock):
    result = await caller.finished(clock)

    async with caller.session.get(result["video_url"]) as response:
        data = await response.read()

    assert response.content_type == "video/mp4"
    assert data == sandbox.world.file_bytes(result["id"])
    assert result["actualDuration"] == 4.0


async def test_a_part_of_a_video_may_be_asked_for(caller, clock):
    result = await caller.finished(clock)

    async with caller.session.get(result["video_url"], headers={"Range": "bytes=4-7"}) as response:
        assert (response.status, await response.read()) == (206, b"ftyp")


async def test_many_downloads_at_once_get_the_same_bytes(sandbox, caller, clock):
    result = await caller.finished(clock)

    async def download() -> bytes:
        async with caller.session.get(result["video_url"]) as response:
            return await response.read()

    downloads = await asyncio.gather(*(download() for _ in range(5)))

    assert set(downloads) == {sandbox.world.file_bytes(result["id"])}
    assert sandbox.world.download_count == 5


async def test_there_is_no_file_before_the_task_is_done(sandbox, caller):
    task = sandbox.world.tasks[(await caller.create())["id"]]

    status, _ = await caller.call("GET", f"/files/{task.file_name}")

    assert status == 404


async def test_references_that_cannot_be_fetched_do_not_spoil_the_video(caller, clock, pictures, red_picture):
    links = ["https://media.example.com/a.png", "https://media.example.com/gone.png"]
    pictures[links[0]] = red_picture
    result = await caller.finished(clock, referenceImages=links)

    async with caller.session.get(result["video_url"]) as response:
        assert response.status == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Basic abc"}])
async def test_a_call_without_a_key_is_refused(caller, headers):
    status, answer = await caller.call("POST", CREATE, json=BODY, headers=headers)

    assert status == 401
    assert "Bearer" in answer["msg"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/models", 404), ("GET", CREATE, 405), ("POST", "/v1/result/x", 405)],
)
async def test_a_wrong_route_is_named(caller, method, path, status):
    seen, answer = await caller.call(method, path)

    assert seen == status
    assert f"{method} {path}" in answer["msg"]


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"duration": NaN}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b" " * 1_048_577, "application/json", 413),
    ],
)
async def test_an_unreadable_body_is_refused_by_name(sandbox, caller, data, content_type, status):
    headers = {"Authorization": "Bearer k", "Content-Type": content_type}

    seen, answer = await caller.call("POST", CREATE, data=io.BytesIO(data), headers=headers)

    assert (seen, bool(answer["msg"]), sandbox.world.tasks) == (status, True, {})


async def test_the_state_tells_what_happened(caller):
    await caller.create("[policy] a fox")
    await caller.call("POST", CREATE, json={})

    _, state = await caller.call("GET", "/_sandbox")

    assert (state["create_count"], state["accepted_count"]) == (2, 1)
    assert [body.get("prompt") for body in state["creates"]] == ["[policy] a fox", None]
    assert state["tasks"][0]["status"] == "failed"


async def test_a_reset_forgets_everything(sandbox, caller):
    await caller.create()
    sandbox.world.set_scenario("policy")

    await caller.call("POST", "/_sandbox/reset")

    assert (sandbox.world.creates, sandbox.world.tasks, sandbox.world.armed) == ([], {}, [])


async def test_a_temporary_sandbox_leaves_no_file_behind():
    async with Sandbox(queue_s=0, run_s=0, height=64) as sandbox, aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer k"}
        async with session.post(sandbox.url + CREATE, json=BODY, headers=headers) as response:
            task_id = (await response.json())["id"]
        async with session.get(f"{sandbox.url}/files/{sandbox.world.tasks[task_id].file_name}") as response:
            await response.read()
        sandbox.world.file_bytes(task_id)

    with pytest.raises(FileNotFoundError):
        sandbox.world.file_bytes(task_id)
