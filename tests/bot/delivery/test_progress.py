from datetime import timedelta

from bot.delivery.progress import progress_of
from builders import NOON, make_generation
from storage.records import State

WORKING = make_generation(state=State.PROCESSING, submitted_at=NOON)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def test_half_the_typical_time_is_half_done():
    progress = progress_of(WORKING, now=after(50), typical_s=100)

    assert (progress.fraction, progress.ready_at) == (0.5, after(100))


def test_a_guess_never_says_done():
    progress = progress_of(WORKING, now=after(1000), typical_s=100, reported=1.0)

    assert (progress.fraction, progress.ready_at) == (0.95, None)


def test_what_the_api_reports_wins_when_it_is_ahead():
    assert progress_of(WORKING, now=after(10), typical_s=100, reported=0.7).fraction == 0.7


def test_the_bar_has_a_fixed_width():
    bars = [progress_of(WORKING, now=after(second), typical_s=100).bar for second in range(0, 120, 7)]

    assert {len(bar) for bar in bars} == {12}
    assert bars == sorted(bars, key=lambda bar: bar.count("▰"))
