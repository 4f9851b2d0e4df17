from datetime import timedelta

import pytest

from bot.assets.schedule import is_look_due, is_past_deadline, review_plan
from builders import NOON

PLAN = review_plan()


def at(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("last_s", "now_s", "due"),
    [(0, 4, False), (0, 10, True), (50, 60, True), (60, 70, False), (60, 80, False), (60, 90, True)],
)
def test_looks_grow_rarer_after_a_minute(last_s, now_s, due):
    assert is_look_due(PLAN, created_at=NOON, last_try_at=at(last_s), now=at(now_s)) is due


def test_after_a_restart_a_look_is_due_at_once():
    assert is_look_due(PLAN, created_at=NOON, last_try_at=None, now=NOON)


@pytest.mark.parametrize(("now_s", "past"), [(1799, False), (1800, True)])
def test_a_review_has_half_an_hour(now_s, past):
    assert is_past_deadline(PLAN, created_at=NOON, now=at(now_s)) is past
