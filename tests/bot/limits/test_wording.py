"""Every limit in the way has a sentence with its numbers, and says when it frees or what to do."""

from datetime import timedelta

import pytest

from bot import texts
from bot.limits.policy import Barrier, Obstacle, Wanted
from bot.limits.wording import CannotPay, LimitsReached, moment
from bot.upstream.families import FAMILIES
from builders import NOON

MESSAGE_MAX_CHARS = 2000
EVERY_MODEL = tuple(model.name for family in FAMILIES.values() for model in family.models)
# These free with time in every case, so they need no other way out.
ALWAYS_FREE = {Barrier.COOLDOWN, Barrier.ACCOUNT_AGE, Barrier.MEMBERSHIP}


def make_obstacle(barrier, **changes):
    return Obstacle(barrier=barrier, **({"allowed": 90, "used": 80, "needed": 20} | changes))


@pytest.mark.parametrize("barrier", Barrier)
def test_what_frees_with_time_says_when(barrier):
    refusal = LimitsReached([make_obstacle(barrier, frees_at=NOON)])

    assert texts.OBSTACLE_FREES.format(when=f"<t:{NOON.timestamp():.0f}:R>") in refusal.message
    assert refusal.hint == texts.NOT_CHARGED


@pytest.mark.parametrize("barrier", [barrier for barrier in Barrier if barrier not in ALWAYS_FREE])
def test_what_does_not_says_what_to_do(barrier):
    assert texts.OBSTACLE_HINTS[barrier] in LimitsReached([make_obstacle(barrier)]).message


@pytest.mark.parametrize(("barrier", "hint"), texts.OBSTACLE_HINTS_AT_ZERO.items())
def test_where_nothing_is_allowed_nothing_cheaper_is_proposed(barrier, hint):
    message = LimitsReached([make_obstacle(Barrier(barrier), allowed=0)]).message

    assert message.endswith(hint)
    assert "cheaper" not in message


def test_where_nothing_is_allowed_a_balance_may_still_do_for_something_cheaper():
    obstacle = make_obstacle(Barrier.CREDITS_PER_DAY, allowed=0, balance_credits=2)

    assert texts.OBSTACLE_HINTS["credits_per_day"] in LimitsReached([obstacle]).message


@pytest.mark.parametrize(("frees_at", "count"), [(None, 0), (NOON, 1)])
def test_who_cannot_pay_a_share_hears_when_and_how_else(frees_at, count):
    refusal = CannotPay(30, 5, [make_obstacle(Barrier.CREDITS_PER_DAY, frees_at=frees_at)])

    assert refusal.message.count("<t:") == count
    assert refusal.hint == texts.CANNOT_PAY_HINT


@pytest.mark.parametrize("barrier", Barrier)
def test_no_sentence_has_a_gap(barrier):
    message = LimitsReached([make_obstacle(barrier, frees_at=NOON)]).message

    assert not set("{}") & set(message)
    assert message.count(".") >= 2


def test_credits_are_said_in_numbers():
    message = LimitsReached([make_obstacle(Barrier.CREDITS_PER_DAY)]).message

    assert "80 of your 90 credits of the last 24 hours are gone, and this takes 20." in message


def test_a_cheaper_model_that_would_do_is_named():
    cheaper = Wanted(model="videos", seconds=5, price_credits=1)

    message = LimitsReached([make_obstacle(Barrier.CREDITS_PER_DAY)], cheaper=cheaper).message

    assert message.endswith("\n\nA cheaper model would still do: Videos 720p · standard takes 1 credit.")


def test_a_pause_is_said_in_units_that_people_use():
    message = LimitsReached([make_obstacle(Barrier.COOLDOWN, allowed=120, frees_at=NOON)]).message

    assert "a pause of 2 min" in message


@pytest.mark.parametrize(
    ("models", "words"), [(("videos", "gone"), "Videos 720p · standard, gone"), ((), "none")]
)
def test_models_are_said_by_what_people_call_them(models, words):
    message = LimitsReached([make_obstacle(Barrier.MODELS, models=models)]).message

    assert f"You may use these models here: {words}." in message


def test_all_of_them_at_once_fit_into_a_message():
    all_at_once = [make_obstacle(barrier, frees_at=NOON, models=EVERY_MODEL[1:]) for barrier in Barrier]
    refusal = LimitsReached(all_at_once)

    assert refusal.obstacles == tuple(all_at_once)
    assert refusal.message.count("\n- ") == len(Barrier)
    assert len(f"{refusal.message} {refusal.hint}") <= MESSAGE_MAX_CHARS


def test_at_the_moment_that_is_named_it_is_true():
    assert moment(NOON + timedelta(microseconds=1)) == moment(NOON + timedelta(seconds=1))
    assert moment(NOON) == f"<t:{NOON.timestamp():.0f}:R>"
