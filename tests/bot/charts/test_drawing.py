"""A picture shows the numbers that went in, and no words spoil it."""

from io import BytesIO

import pytest
from PIL import Image, ImageColor

from bot.charts import drawing
from bot.charts.drawing import png_of
from bot.charts.facts import BARS_MAX

MONTH = (0,) * 30


def picture_of(chart):
    return Image.open(BytesIO(png_of(chart))).convert("RGB")


def dots_of(colour, chart):
    """Count the dots of one colour."""
    wanted = ImageColor.getrgb(colour)
    return sum(count for count, found in picture_of(chart).getcolors(maxcolors=100_000) if found == wanted)


def test_a_day_is_as_high_as_its_credits(daily):
    legend = dots_of(drawing.TAKEN, daily(*MONTH))

    one = dots_of(drawing.TAKEN, daily(10, *MONTH)) - legend
    two = dots_of(drawing.TAKEN, daily(10, 5, *MONTH[1:])) - legend

    assert two / one == pytest.approx(1.5, abs=0.03)


def test_a_day_left_out_is_as_one_without_credits(daily):
    chart = daily(3, 0, 2)

    left_out = type(chart)(**(vars(chart) | {"days": (chart.days[0], chart.days[2])}))

    assert png_of(left_out) == png_of(chart)


def test_held_credits_have_a_colour_of_their_own(daily):
    assert dots_of(drawing.HELD, daily(3)) == 0
    assert dots_of(drawing.HELD, daily(3, held=1)) > 1000


def test_the_limit_is_a_line(daily):
    assert dots_of(drawing.LIMIT["color"], daily(3)) == 0
    assert dots_of(drawing.LIMIT["color"], daily(3, limit=5)) > 1000


def test_a_limit_far_above_does_not_press_the_days_flat(daily):
    far, none = daily(3, *MONTH, limit=1000), daily(3, *MONTH)

    assert png_of(far) == png_of(none)


@pytest.mark.parametrize("taken", [(), (0,), MONTH])
def test_a_month_without_use_says_so(taken, daily):
    silent, friendly = daily(*taken, empty_label=""), daily(*taken, empty_label="Nothing yet")

    assert dots_of(drawing.TEXT, friendly) > dots_of(drawing.TEXT, silent) > 0


def test_bars_are_as_long_as_their_credits(ranking):
    full, half = dots_of(drawing.TAKEN, ranking(8, 8)), dots_of(drawing.TAKEN, ranking(8, 4))

    assert half / full == pytest.approx(0.75, abs=0.02)


def test_nobody_is_a_picture_too(ranking):
    assert dots_of(drawing.TEXT, ranking()) > 0


def test_members_without_credits_have_no_bar(ranking):
    assert dots_of(drawing.TAKEN, ranking(0, 0)) == 0


def test_a_ranking_grows_with_its_bars_up_to_a_bound(ranking):
    heights = [picture_of(ranking(*range(count))).height for count in (1, 5, BARS_MAX, BARS_MAX + 30)]

    assert heights == sorted(heights)
    assert heights[2] == heights[3] < 2000


@pytest.mark.parametrize(
    "words", ["$", "$\\nonsense{$", "_hidden", "日本 😀", "\u202e\x00\ud800", "W" * 300, ""]
)
def test_any_words_can_be_drawn(words, daily, ranking):
    chart = daily(1, held=1, limit=2, title=words, taken_label=words, held_label=words, limit_label=words)

    assert picture_of(chart).size == (1600, 800)
    assert picture_of(ranking(1, title=words, label=words)).width == 1600
