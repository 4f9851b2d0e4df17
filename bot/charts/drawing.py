"""Draws a chart: facts in, PNG out, and nothing else touched.

People look at it in Discord, mostly on a phone: letters are large, and the colours go with its dark theme. matplotlib
is slow to load and takes tens of megabytes, so only the child process may import this: see :mod:`bot.charts.painter`.
"""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any, assert_never

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from bot.charts.facts import BARS_MAX, Chart, DailyChart, RankingChart
from bot.charts.lettering import PLAIN, drawable

WIDTH_IN = 8.0
HEIGHT_IN = 4.0
BAR_IN = 0.5  # the height that each bar of a ranking takes
DOTS_PER_INCH = 200  # 1600 pixels wide: sharp at twice the size at which Discord shows it

BACKGROUND = "#2B2D31"  # of an embed in Discord's dark theme
FAINT = "#3F4248"
TEXT = "#DBDEE1"
TAKEN = "#7C86F8"
HELD = "#F0B232"  # apart from TAKEN for the colour-blind too
LIMIT: Mapping[str, Any] = {"color": "#F57C80", "linestyle": "--", "linewidth": 2.5}

TEXT_PT = 15
BODY: Mapping[str, Any] = {**PLAIN, "color": TEXT, "fontsize": TEXT_PT}
TITLE: Mapping[str, Any] = {**BODY, "fontsize": 19, "x": 0.025, "horizontalalignment": "left"}
TITLE_CHARACTERS_MAX = 42
EMPTY_CHARACTERS_MAX = 56
LEGEND_CHARACTERS_MAX = 24  # three stand side by side
NAME_CHARACTERS_MAX = 18  # even in capitals, names leave some width for the bars
VALUE_CHARACTERS_MAX = 26

DAYS_PER_TICK = 7
LIMIT_TIMES_PEAK_MAX = 3  # a limit far above all bars would press them flat, so it stays outside


def png_of(chart: Chart) -> bytes:
    """Return the picture of a chart as PNG, 1600 pixels wide and some 50,000 bytes."""
    match chart:
        case DailyChart():
            figure = _daily(chart)
        case RankingChart():
            figure = _ranking(chart)
        case _:
            assert_never(chart)
    png = BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def _frame(title: str, *, height_in: float) -> tuple[Figure, Axes]:
    figure = Figure(
        figsize=(WIDTH_IN, height_in),
        dpi=DOTS_PER_INCH,
        facecolor=BACKGROUND,
        layout=ConstrainedLayoutEngine(w_pad=0.2, h_pad=0.12),
    )
    figure.suptitle(drawable(title, max_characters=TITLE_CHARACTERS_MAX), **TITLE)
    axes = figure.add_subplot(facecolor=BACKGROUND)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelcolor=TEXT, labelsize=TEXT_PT)
    return figure, axes


def _daily(chart: DailyChart) -> Figure:
    figure, axes = _frame(chart.title, height_in=HEIGHT_IN)
    at = [day.on.toordinal() for day in chart.days]
    taken = [day.taken_credits for day in chart.days]
    peak = max((day.taken_credits + day.held_credits for day in chart.days), default=0)
    axes.bar(at, taken, color=TAKEN)
    axes.bar(at, [day.held_credits for day in chart.days], bottom=taken, color=HELD)
    limit = _limit_beside(chart.limit_credits, peak_credits=peak)
    if limit is not None:
        axes.axhline(limit, **LIMIT)
    if not peak:
        _say(axes, chart.empty_label)
    axes.set_ylim(0, 1.05 * max(peak, limit or 0, 1))
    _mark_credits(axes)
    _mark_weeks(axes, at)
    _explain(figure, chart, has_limit=limit is not None)
    return figure


def _limit_beside(limit_credits: int | None, *, peak_credits: int) -> int | None:
    """Return the limit; None if there is none, or it is too far above the bars to be shown."""
    if limit_credits is not None and 0 < peak_credits * LIMIT_TIMES_PEAK_MAX < limit_credits:
        return None
    return limit_credits


def _mark_credits(axes: Axes) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(axis="y", color=FAINT)
    axes.set_axisbelow(True)


def _mark_weeks(axes: Axes, at: list[int]) -> None:
    """Name every seventh day, counted back from the last, which is mostly today."""
    if not at:
        axes.set_xticks([])
        return
    axes.set_xlim(min(at) - 0.6, max(at) + 0.6)
    ticks = range(max(at), min(at) - 1, -DAYS_PER_TICK)
    days = [date.fromordinal(tick) for tick in ticks]
    axes.set_xticks(ticks, [f"{day:%b} {day.day}" for day in days], **BODY)


def _explain(figure: Figure, chart: DailyChart, *, has_limit: bool) -> None:
    signs: list[tuple[Artist, str]] = [(Patch(color=TAKEN), chart.taken_label)]
    if any(day.held_credits for day in chart.days):
        signs.append((Patch(color=HELD), chart.held_label))
    if has_limit:
        signs.append((Line2D([], [], **LIMIT), chart.limit_label))
    legend = figure.legend(
        [sign for sign, _ in signs],
        [drawable(label, max_characters=LEGEND_CHARACTERS_MAX) for _, label in signs],
        loc="outside lower left",
        ncols=len(signs),
        frameon=False,
    )
    for text in legend.get_texts():
        text.set(**BODY)


def _ranking(chart: RankingChart) -> Figure:
    bars = chart.bars[:BARS_MAX]
    rows = max(len(bars), 1)
    figure, axes = _frame(chart.title, height_in=HEIGHT_IN / 4 + BAR_IN * rows)
    axes.set_xticks([])
    axes.set_ylim(rows - 0.5, -0.5)
    names = [drawable(bar.label, max_characters=NAME_CHARACTERS_MAX) for bar in bars]
    axes.set_yticks(range(len(bars)), names, **BODY)
    if bars:
        _draw_bars(axes, [bar.used_credits for bar in bars])
        _name_values(axes, [drawable(bar.value_label, max_characters=VALUE_CHARACTERS_MAX) for bar in bars])
    else:
        _say(axes, chart.empty_label)
    return figure


def _draw_bars(axes: Axes, used_credits: list[int]) -> None:
    longest = max(*used_credits, 1)
    rows = range(len(used_credits))
    axes.barh(rows, longest, height=0.6, color=FAINT)
    axes.barh(rows, used_credits, height=0.6, color=TAKEN)
    axes.set_xlim(0, longest)


def _name_values(axes: Axes, words: list[str]) -> None:
    right = axes.twinx()  # the layout makes room for the labels of an axis, and for no other text
    right.spines[:].set_visible(False)
    right.tick_params(length=0)
    right.set_ylim(axes.get_ylim())
    right.set_yticks(range(len(words)), words, **BODY)


def _say(axes: Axes, words: str) -> None:
    text = drawable(words, max_characters=EMPTY_CHARACTERS_MAX)
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", backgroundcolor=BACKGROUND, **BODY
    )
