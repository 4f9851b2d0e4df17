"""Whatever is proposed for a value can be set, and what is typed narrows it down."""

import pytest

from bot.limits.proposals import PROPOSED_COUNT, proposals
from bot.limits.values import SETTINGS, value_from

CHANNELS = {77: "moderators", 78: "videos"}


def proposed(name, typed="", present=None):
    return proposals(name, typed=typed, present=present or {}, channels=CHANNELS)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_proposal_can_be_set(name):
    found = proposed(name)

    assert 0 < len(found) <= PROPOSED_COUNT
    for text in found:
        value_from(name, text)


def test_what_is_set_now_comes_first():
    found = proposed("cooldown_s", present={"cooldown_s": 60})

    assert next(iter(found.items())) == ("1 min", "1 min (now)")


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("credits_per_day", "37", {"37": "37 credits"}),
        ("cooldown_s", "7m", {"7m": "7 min"}),
        ("cooldown_s", "soon", {}),
        ("gifts", "y", {"yes": "yes"}),
        ("time_zone", "berl", {"Europe/Berlin": "Europe/Berlin"}),
        ("time_zone", "new york", {"America/New_York": "America/New_York"}),
        ("moderator_channel", "mod", {"77": "#moderators"}),
        ("no_such_limit", "", {}),
    ],
)
def test_what_is_typed_narrows_it_down(name, typed, expected):
    assert proposed(name, typed) == expected


def test_models_are_added_one_by_one():
    found = proposed("models", "videos, ")

    assert "videos, videos_fast" in found
    assert value_from("models", "videos, videos_fast") == ("videos", "videos_fast")
