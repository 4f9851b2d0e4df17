"""Every rule of the contract, from the contract's own table, and whatever else JSON can hold."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.upstream.families import FAMILIES
from bot.upstream.requests import InvalidRequest, VideoRequest

CASES = json.loads((Path(__file__).parents[2] / "data" / "video-api-cases.json").read_text(encoding="utf-8"))
VALID = [case for case in CASES if case["valid"]]
INVALID = [case for case in CASES if not case["valid"]]

VIDEOS, SD2 = FAMILIES["videos"], FAMILIES["sd2_manxue"]
LINK = "https://media.example.com/a.png"


def by_name(case):
    return case["name"]


@pytest.mark.parametrize("case", VALID, ids=by_name)
def test_what_the_contract_takes_is_taken(case):
    request = VideoRequest.parse(case["request"], family=FAMILIES[case["family"]])

    assert request.mode == case["mode"]
    assert request.mode in FAMILIES[case["family"]].modes


@pytest.mark.parametrize("case", VALID, ids=by_name)
def test_a_body_is_canonical_and_means_the_same(case):
    family = FAMILIES[case["family"]]
    request = VideoRequest.parse(case["request"], family=family)

    body = request.body()

    assert not {"image", "lastFrameImage", "family"} & body.keys()
    assert all(value not in (None, [], "") for value in body.values())
    assert VideoRequest.parse(body, family=family) == request


@pytest.mark.parametrize("case", INVALID, ids=by_name)
def test_what_the_contract_refuses_is_refused_by_the_right_field(case):
    with pytest.raises(InvalidRequest) as refusal:
        VideoRequest.parse(case["request"], family=FAMILIES[case["family"]])

    fields = {fault.field for fault in refusal.value.faults}
    assert fields
    assert fields <= set(case["field"])


def test_a_prompt_is_trimmed_before_it_is_counted():
    prompt = f"  {'x' * 1500}\n"

    request = VideoRequest.parse({"model": "videos", "prompt": prompt, "duration": 5}, family=VIDEOS)

    assert request.prompt == "x" * 1500


@pytest.mark.parametrize("body", [None, [], "text", 5, [["model", "videos"]]])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(InvalidRequest):
        VideoRequest.parse(body, family=VIDEOS)


def test_a_request_cannot_be_made_past_the_rules():
    with pytest.raises(InvalidRequest):
        VideoRequest(family="videos", model="videos", prompt="A boat", duration=3)


def test_a_stored_request_reads_back_as_it_was():
    body = {"model": "sd2_manxue_2k", "prompt": "A boat", "referenceImages": [LINK, "asset://a1"]}
    request = VideoRequest.parse(body, family=SD2)

    stored = VideoRequest.from_stored(request.to_stored())

    assert stored == request
    assert stored.body() == body


def test_defaults_are_told_but_not_sent():
    request = VideoRequest.parse({"model": "sd2_manxue_2k", "prompt": "A boat"}, family=SD2)

    assert (request.duration_s, request.shown_ratio) == (5, "16:9")
    assert request.body() == {"model": "sd2_manxue_2k", "prompt": "A boat"}


FIELDS = st.sampled_from(
    [
        *("model", "prompt", "duration", "ratio", "resolution", "first_image", "last_image", "image"),
        *("lastFrameImage", "referenceImages", "referenceVideos", "referenceAudios", "family", "body"),
    ]
)
WORDS = st.sampled_from(["videos", "sd2_manxue_2k", "16:9", "720p", "A boat", LINK, "asset://a1"]) | st.text()
SCALARS = st.none() | st.booleans() | st.integers(3, 16) | st.integers() | st.floats() | WORDS
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=11) | st.dictionaries(st.text(), inner), max_leaves=12
)


@given(body=st.dictionaries(FIELDS | st.text(), JSON), family=st.sampled_from([VIDEOS, SD2]))
def test_any_json_is_either_refused_or_survives_a_round_trip(body, family):
    body = {"model": family.models[0].name, "prompt": "A boat", "duration": 5, **body}

    try:
        request = VideoRequest.parse(body, family=family)
    except InvalidRequest as refusal:
        assert refusal.faults
    else:
        assert VideoRequest.parse(json.loads(json.dumps(request.body())), family=family) == request
