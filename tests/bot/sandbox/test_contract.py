import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.contract import SD2_MANXUE, VIDEOS, faults_of, order_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "video-api-cases.json").read_text(encoding="utf-8")
)
FAMILIES = {"videos": VIDEOS, "sd2_manxue": SD2_MANXUE}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_case_of_the_contract_is_judged_as_the_table_says(case):
    family = FAMILIES[case["family"]]

    fields = {fault.field for fault in faults_of(case["request"], family)}

    assert (not fields) is case["valid"]
    assert fields <= set(case.get("field", ()))
    if case["valid"]:
        assert order_of(case["request"], family).mode == case["mode"]


async def test_every_case_is_answered_over_http_as_the_table_says(sandbox, caller):
    for asset_id in re.findall(r"asset://(\w+)", json.dumps(CASES)):
        sandbox.world.assets.add("https://media.example.com/a", asset_id=asset_id, review_s=0)

    for case in CASES:
        status, answer = await caller.call("POST", f"/v1/{case['family']}/videos", json=case["request"])

        if case["valid"]:
            assert (status, answer["status"], answer["error"]) == (200, "queued", None), case["name"]
        else:
            assert status == 400, case["name"]
            assert {fault["field"] for fault in answer["faults"]} <= set(case["field"])
            assert all(fault["field"] in answer["msg"] for fault in answer["faults"])


@pytest.mark.parametrize(
    "body",
    [
        {"model": ["videos"], "prompt": {"a": 1}, "duration": True, "ratio": [], "first_image": {}},
        {"model": "videos", "prompt": "a \ud800", "duration": 5},
        {"model": "videos", "prompt": "a", "duration": 10**400},
        {"model": "videos", "prompt": "a", "duration": 5, "referenceImages": {"0": "https://x.example"}},
        {"model": "videos", "prompt": "a", "duration": 5, "referenceImages": ["http://[::1"]},
        {"model": "videos", "prompt": "a", "duration": 5, "referenceImages": ["https://"]},
        {"model": "videos", "prompt": "a", "duration": 5, "referenceImages": ["https://x.example/a b"]},
        {"model": "videos", "prompt": "a", "duration": 5, "referenceImages": ["https://x.example:99999/"]},
    ],
)
def test_odd_bodies_are_refused_and_not_stumbled_over(body):
    assert faults_of(body, VIDEOS)


def test_every_fault_is_named_at_once():
    body = {"model": "x", "duration": 3, "ratio": "3:2", "seed": 7}

    fields = [fault.field for fault in faults_of(body, VIDEOS)]

    assert fields == ["seed", "model", "prompt", "duration", "ratio"]
