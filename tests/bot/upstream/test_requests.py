"""Every rule of the contract, from the contract's own table, and whatever else JSON can hold."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.upstream.families import FAMILIES
from bot.upstream.requests import InvalidRequest, VideoRequest, faults_of

CASES = json.loads((Path(__file__).parents[2] / "data" / "video-api-cases.json").read_text(encoding="utf-8"))
VALID = [case for case in CASES if case["valid"]]
INVALID = [case for case in CASES if not case["valid"]]

VIDEOS, SD2 = FAMILIES["videos"], FAMILIES["sd2_manxue"]
LINK = "https://media.example.com/a.png"


def by_name(case):
    return case["name"]


def fields_at_fault(family, **changes):
    body = {"model": family.models[0].name, "prompt": "A paper boat", "duration": 5, **changes}
    return {fault.field for fault in faults_of(body, family)}


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


def test_every_fault_is_reported_at_once_and_in_order():
    body = {"prompt": " ", "duration": 99, "ratio": "2:3", "last_image": "cat", "seed": 1}

    faults = faults_of(body, VIDEOS)

    codes = [(fault.field, fault.code) for fault in faults]
    assert codes == [
        ("seed", "unknown_field"),
        ("model", "missing"),
        ("prompt", "missing"),
        ("ratio", "value"),
        ("duration", "range"),
        ("first_image", "pair"),
        ("last_image", "link"),
    ]


@pytest.mark.parametrize(
    "duration",
    [True, False, 5.0, float("nan"), float("inf"), 10**5000, "5", {}, [5]],
    ids=lambda duration: type(duration).__name__,
)
def test_a_duration_is_a_whole_number_within_bounds(duration):
    assert fields_at_fault(VIDEOS, duration=duration) == {"duration"}


@pytest.mark.parametrize("prompt", ["\ud800", "a\0b", 5, True, ["a"], {}])
def test_a_prompt_is_text_that_can_be_stored_and_sent(prompt):
    assert fields_at_fault(SD2, prompt=prompt) == {"prompt"}


def test_a_prompt_is_trimmed_before_it_is_counted():
    prompt = f"  {'x' * 1500}\n"

    request = VideoRequest.parse({"model": "videos", "prompt": prompt, "duration": 5}, family=VIDEOS)

    assert request.prompt == "x" * 1500


@pytest.mark.parametrize(
    "link",
    [
        *("https://", "https:///a.png", "https:a.png", "https://:443/a", "https://./a", "https://user@/a"),
        *(
            "https://h:99999/a",
            "https://h:0/a",
            "https://[::1/a",
            "https://h/a b",
            " https://h/a",
            "https://h/\n",
        ),
        *("https://h\\@evil/a", "//h/a", "javascript:alert(1)", "https://h/\ud800", "ASSET://a", "asset:///"),
        *("asset://a b", "asset:a"),
    ],
)
def test_a_link_needs_a_known_scheme_and_something_behind_it(link):
    assert fields_at_fault(SD2, first_image=link) == {"first_image"}
    assert fields_at_fault(SD2, referenceImages=[LINK, link]) == {"referenceImages"}


@pytest.mark.parametrize(
    "link", ["HTTPS://h/a", "https://h:8443/a?b=c#d", "http://[2001:db8::1]/a", "https://例え.jp/猫.png"]
)
def test_unusual_links_are_links(link):
    assert not fields_at_fault(SD2, first_image=link)


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

    assert (request.duration_s, request.shown_ratio, request.shown_resolution) == (5, "16:9", "2K")
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
