"""Faults of a body, one by one and all together; the contract's own table is beside the requests."""

import pytest

from bot.upstream.families import FAMILIES
from bot.upstream.faults import faults_of

VIDEOS, SD2 = FAMILIES["videos"], FAMILIES["sd2_manxue"]
LINK = "https://media.example.com/a.png"


def fields_at_fault(family, **changes):
    body = {"model": family.models[0].name, "prompt": "A paper boat", "duration": 5, **changes}
    return {fault.field for fault in faults_of(body, family)}


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
