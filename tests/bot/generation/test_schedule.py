from datetime import timedelta

import pytest

from bot.generation.schedule import is_past_deadline, next_look, poll_plan
from builders import NOON

PLAN = poll_plan()


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def wait_s(age_s):
    at = next_look(PLAN, submitted_at=NOON, now=after(age_s), last_look_at=after(age_s))
    return (at - after(age_s)).total_seconds()


def test_the_first_look_comes_after_half_a_minute():
    assert next_look(PLAN, submitted_at=NOON, now=after(1), last_look_at=None) == after(30)


def test_after_a_restart_a_look_that_is_overdue_is_due_now():
    assert next_look(PLAN, submitted_at=NOON, now=after(4000), last_look_at=None) == after(4000)


@pytest.mark.parametrize(("age_s", "every_s"), [(30, 30), (599, 30), (601, 60), (3601, 300), (20_000, 300)])
def test_looks_grow_rarer_with_a_little_jitter(age_s, every_s):
    assert every_s <= wait_s(age_s) <= every_s * 1.1


def test_a_clock_that_jumped_back_never_makes_a_busy_loop():
    at = next_look(PLAN, submitted_at=after(100), now=NOON, last_look_at=NOON)

    assert at >= after(30)


def test_the_plan_goes_down_to_fractions_of_a_second():
    plan = poll_plan(first_s=0.1, interval_s=0.2, deadline_s=5)

    assert next_look(plan, submitted_at=NOON, now=NOON, last_look_at=None) == after(0.1)
    assert is_past_deadline(plan, submitted_at=NOON, now=after(5))
    assert not is_past_deadline(plan, submitted_at=NOON, now=after(4.9))
