"""What people type for a limit or a setting, and what they read of it."""

import pytest

from bot import texts
from bot.limits.limits import COOLDOWN_MAX_S, COUNT_MAX, Kind, Limits, ServerSettings
from bot.limits.values import SETTINGS, UnknownSetting, WrongValue, limits_from, value_from, value_text
from bot.upstream.families import model_named

LABEL = model_named("videos").label

READ = [
    ("credits_per_day", "12", 12),
    ("credits_per_day", " 12 ", 12),
    ("credits_per_day", "0", 0),
    ("credits_per_day", str(COUNT_MAX), COUNT_MAX),
    *(("credits_per_day", word, None) for word in ("no limit", "No Limit", "none", "unlimited", "off", "-")),
    ("running_at_once", "1", 1),
    ("cooldown_s", "30", 30),
    ("cooldown_s", "30s", 30),
    ("cooldown_s", "30 S", 30),
    ("cooldown_s", "5m", 300),
    ("cooldown_s", "5 min", 300),
    ("cooldown_s", "2h", 7200),
    ("cooldown_s", "1d", 86_400),
    ("cooldown_s", "0", 0),
    ("cooldown_s", "31d", COOLDOWN_MAX_S),
    ("longest_s", "15s", 15),
    ("models", "videos", ("videos",)),
    ("models", "Videos, VIDEOS_FAST", ("videos", "videos_fast")),
    ("models", LABEL, ("videos",)),
    ("models", "none", None),
    ("account_age_days", "7", 7),
    *(("exempt", word, True) for word in ("yes", "Yes", "true", "on", "1")),
    *(("exempt", word, False) for word in ("no", "NO", "false", "off", "0")),
    ("gifts", "off", False),
    ("warn_at_percent", "80", 80),
    ("warn_at_percent", "80 %", 80),
    ("moderator_channel", "<#123>", 123),
    ("moderator_channel", "123", 123),
    ("moderator_channel", "none", None),
    ("confirm_above", "none", None),
    ("time_zone", "Europe/Berlin", "Europe/Berlin"),
    ("time_zone", "UTC", "UTC"),
]
WRONG = [
    *(
        ("credits_per_day", text)
        for text in ("", " ", "many", "1.5", "1,000", "-1", "12 credits", str(COUNT_MAX + 1))
    ),
    ("credits_per_day", "9" * 5000),
    ("running_at_once", "0"),
    *(("cooldown_s", text) for text in ("soon", "-5", "1.5h", "5 weeks", "h", "32d")),
    ("longest_s", "0"),
    *(("models", text) for text in ("", ",", "dreams", "videos dreams")),
    ("account_age_days", "-1"),
    *(("exempt", text) for text in ("", "maybe", "no limit", "-")),
    *(("warn_at_percent", text) for text in ("0", "101", "none", "half")),
    ("moderator_channel", "#moderators"),
    *(("time_zone", text) for text in ("", "Berlin", "none", "../etc/passwd")),
]


@pytest.mark.parametrize(("name", "text", "value"), READ)
def test_a_value_is_read(name, text, value):
    assert value_from(name, text) == value


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_wrong_value_is_refused_with_what_to_write_instead(name, text):
    with pytest.raises(WrongValue) as refusal:
        value_from(name, text)

    assert refusal.value.message.startswith(name)
    assert refusal.value.hint == texts.VALUE_HINTS[SETTINGS[name].facts_of(name).kind]


@pytest.mark.parametrize("name", ["credits", "model_fields", "", "x" * 500])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(UnknownSetting):
        value_from(name, "1")


def test_every_kind_has_a_hint():
    assert texts.VALUE_HINTS.keys() == set(Kind)


SHOWN = [
    ("credits_per_day", None, "no limit"),
    ("credits_per_day", 12, "12 credits"),
    ("videos_per_day", 12, "12"),
    ("cooldown_s", 0, "0 s"),
    ("cooldown_s", 90, "90 s"),
    ("cooldown_s", 120, "2 min"),
    ("cooldown_s", 7200, "2 h"),
    ("cooldown_s", 86_400, "1 d"),
    ("account_age_days", 7, "7 days"),
    ("models", ("videos", "gone"), f"{LABEL}, gone"),
    ("models", (), "none"),
    ("exempt", True, "yes"),
    ("warn_at_percent", 80, "80 %"),
    ("moderator_channel", 123, "<#123>"),
    ("moderator_channel", None, "not set"),
    ("time_zone", "UTC", "UTC"),
]


@pytest.mark.parametrize(("name", "value", "text"), SHOWN)
def test_a_value_is_shown_in_words(name, value, text):
    assert value_text(name, value) == text


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_can_be_shown(name):
    model = Limits if name in Limits.model_fields else ServerSettings

    assert value_text(name, getattr(model(), name))


def test_limits_are_read_from_one_line():
    found = limits_from("credits_per_day=20  cooldown_s=30s models=videos,videos_fast videos_per_day=none")

    assert found.model_dump(exclude_unset=True) == {
        "credits_per_day": 20,
        "cooldown_s": 30,
        "models": ("videos", "videos_fast"),
        "videos_per_day": None,
    }


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("gifts=yes", UnknownSetting),
        ("credits_per_day", WrongValue),
        ("credits_per_day=", WrongValue),
        ("credits_per_day = 20", WrongValue),
        ("cooldown_s=30,credits_per_day=20", WrongValue),
    ],
)
def test_a_line_that_cannot_be_read_is_refused(text, refusal):
    with pytest.raises(refusal):
        limits_from(text)
