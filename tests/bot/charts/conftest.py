"""Charts to draw."""

from datetime import date, timedelta

import pytest

from bot.charts.facts import Bar, DailyChart, Day, RankingChart

WORDS = {
    "title": "Your credits",
    "taken_label": "Used",
    "held_label": "Held",
    "limit_label": "Limit",
    "empty_label": "Nothing yet",
}


@pytest.fixture
def daily():
    """Makes a chart from the credits taken on each of some days in a row."""

    def daily(*taken, held=0, limit=None, **words):
        days = [
            Day(on=date(2026, 2, 1) + timedelta(days=number), taken_credits=credits, held_credits=held)
            for number, credits in enumerate(taken)
        ]
        return DailyChart(days=tuple(days), limit_credits=limit, **(WORDS | words))

    return daily


@pytest.fixture
def ranking():
    """Makes a chart from the credits of some members."""

    def ranking(*used, title="Who used how much", label="Ana"):
        bars = [
            Bar(label=label, used_credits=credits, value_label=f"{credits}, 2 videos") for credits in used
        ]
        return RankingChart(title=title, bars=tuple(bars), empty_label="Nobody yet")

    return ranking
