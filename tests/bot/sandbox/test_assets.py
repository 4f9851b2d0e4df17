import pytest

UPLOAD = "/asset/sd2Manxue/assetUpload"
STATUS = "/asset/sd2Manxue/assetStatus"
FACE = "https://media.example.com/face.png"


@pytest.fixture
async def face_id(caller, pictures) -> str:
    pictures[FACE] = b"a face"
    _, answer = await caller.call("POST", UPLOAD, json={"imageUrls": [FACE]})
    return answer["data"]["items"][0]["assetId"]


async def status_of(caller, asset_id: str) -> str:
    _, answer = await caller.call("POST", STATUS, json={"assetIds": [asset_id]})
    return answer["data"]["items"][0]["status"]


async def test_links_are_taken_in_and_unreachable_ones_named(caller, pictures):
    pictures[FACE] = b"a face"

    _, answer = await caller.call(
        "POST", UPLOAD, json={"imageUrls": [FACE], "audioUrls": ["https://media.example.com/gone.mp3"]}
    )

    assert answer["code"] == "0"
    assert [(item["originalUrl"], item["status"]) for item in answer["data"]["items"]] == [
        (FACE, "submitted")
    ]
    assert [item["assetType"] for item in answer["data"]["failedItems"]] == ["Audio"]


async def test_a_review_ends_by_the_clock(caller, clock, face_id):
    before = await status_of(caller, face_id)
    clock.pass_s(5)

    assert [before, await status_of(caller, face_id)] == ["Processing", "Active"]


async def test_a_link_that_says_refuse_fails_its_review(caller, clock, pictures):
    link = "https://media.example.com/refuse.png"
    pictures[link] = b"a face"
    _, answer = await caller.call("POST", UPLOAD, json={"imageUrls": [link]})

    clock.pass_s(5)

    assert await status_of(caller, answer["data"]["items"][0]["assetId"]) == "Failed"


async def test_only_an_active_asset_may_be_used(caller, clock, face_id):
    body = {"model": "sd2_manxue_720p", "prompt": "a fox", "first_image": f"asset://{face_id}"}

    early, refusal = await caller.call("POST", "/v1/sd2_manxue/videos", json=body)
    clock.pass_s(5)
    late, _ = await caller.call("POST", "/v1/sd2_manxue/videos", json=body)

    assert (early, late) == (400, 200)
    assert refusal["faults"][0]["field"] == "first_image"


async def test_an_unknown_asset_is_a_failed_look_up(caller):
    _, answer = await caller.call("POST", STATUS, json={"assetIds": ["nobody"]})

    assert answer["data"] == {
        "items": [],
        "failedItems": [{"assetId": "nobody", "errorMessage": "not found"}],
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (UPLOAD, {}),
        (UPLOAD, {"imageUrls": []}),
        (UPLOAD, {"imageUrls": "https://media.example.com/a"}),
        (UPLOAD, {"imageUrls": ["face.png"]}),
        (UPLOAD, {"imageUrls": [FACE], "name": "face"}),
        (UPLOAD, {"imageUrls": [FACE] * 101}),
        (STATUS, {}),
        (STATUS, {"assetIds": [7]}),
    ],
)
async def test_asset_calls_are_refused_by_name(caller, path, body):
    status, answer = await caller.call("POST", path, json=body)

    assert status == 400
    assert answer["faults"]
