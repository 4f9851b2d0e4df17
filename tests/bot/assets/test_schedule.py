import pytest

from bot.assets.schedule import is_look_due, is_past_deadline, review_plan

PLAN = review_plan()


@pytest.mark.parametrize(
    ("last_s", "now_s", "due"),
    [(0, 4, False), (0, 10, True), (50, 60, True), (60, 70, False), (60, 80, False), (60, 90, True)],
)
def test_looks_grow_rarer_after_a_minute(last_s, now_s, due):
    assert is_look_due(PLAN, age_s=now_s, since_try_s=now_s - last_s) is due


def test_after_a_restart_a_look_is_due_at_once():
    assert is_look_due(PLAN, age_s=0, since_try_s=None)


@pytest.mark.parametrize(("age_s", "past"), [(1799, False), (1800, True)])
def test_a_review_has_half_an_hour(age_s, past):
    assert is_past_deadline(PLAN, age_s=age_s) is past
