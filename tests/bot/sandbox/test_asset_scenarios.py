"""Each misfortune of the asset library, seen from outside."""

import asyncio

import aiohttp
import pytest

from fakes import until

UPLOAD = "/asset/sd2Manxue/assetUpload"
STATUS = "/asset/sd2Manxue/assetStatus"
PLAIN = "https://media.example.com/plain.png"


@pytest.fixture
def link_to(pictures):
    def link_to(name):
        link = f"https://media.example.com/{name}.png"
        pictures[link] = b"a face"
        return link

    pictures[PLAIN] = b"a face"
    return link_to


async def upload(caller, *links):
    return await caller.call("POST", UPLOAD, json={"imageUrls": list(links)})


async def look(caller, *asset_ids):
    headers = {"Authorization": "Bearer k"}
    url, body = caller.url + STATUS, {"assetIds": list(asset_ids)}
    async with caller.session.post(url, json=body, headers=headers) as response:
        return response.status, await response.text()


@pytest.mark.parametrize(
    ("name", "statuses", "taken_count"),
    [("upload-500", [500, 200], 1), ("upload-429", [429, 200], 1), ("upload-refused", [200, 200], 0)],
)
async def test_a_call_is_refused_as_the_scenario_says(sandbox, caller, link_to, name, statuses, taken_count):
    link = link_to(name)

    seen = [(await upload(caller, link))[0] for _ in statuses]

    assert (seen, len(sandbox.world.assets)) == (statuses, taken_count)


async def test_assets_may_be_taken_and_the_answer_lost(sandbox, caller, link_to):
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await upload(caller, link_to("upload-drop"))

    assert len(sandbox.world.assets) == 1


async def test_assets_may_be_taken_and_never_answered(sandbox, caller, link_to):
    asked = asyncio.create_task(upload(caller, link_to("upload-hang")))
    await until(lambda: len(sandbox.world.assets))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asked, 0.3)

    assert len(sandbox.world.assets) == 1


async def test_a_call_may_succeed_in_part(caller, link_to):
    _, answer = await upload(caller, PLAIN, link_to("upload-unreachable"), link_to("upload-forgotten"))

    assert [item["originalUrl"] for item in answer["data"]["items"]] == [PLAIN]
    assert len(answer["data"]["failedItems"]) == 1


async def test_a_slow_review_takes_an_hour(caller, clock, link_to):
    _, answer = await upload(caller, link_to("review-slow"))
    asset_id = answer["data"]["items"][0]["assetId"]

    clock.pass_s(3599)
    early = await look(caller, asset_id)
    clock.pass_s(1)

    assert "Processing" in early[1]
    assert "Active" in (await look(caller, asset_id))[1]


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [("look-500", 503, "internal error"), ("look-garbage", 200, "<html>"), ("look-failed", 200, "failed")],
)
async def test_two_looks_fail_and_the_third_does_not(caller, link_to, name, status, text):
    _, answer = await upload(caller, link_to(name))
    asset_id = answer["data"]["items"][0]["assetId"]

    seen = [await look(caller, asset_id) for _ in range(3)]

    assert [(code, text in body) for code, body in seen] == [(status, True)] * 2 + [(200, text == "failed")]
    assert "Processing" in seen[2][1]


async def test_a_scenario_is_lined_up_for_the_next_call(caller, link_to):
    await caller.call("POST", "/_sandbox/scenarios", json={"scenario": "upload-refused"})

    answers = [(await upload(caller, link_to("plain")))[1]["code"] for _ in range(2)]

    assert answers == ["1001", "0"]
