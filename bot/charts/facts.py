"""What a picture shows, as plain data: numbers and finished words.

The room that draws knows no member, no rule and no language; whoever asks brings every word that is to be read.
"""

from dataclasses import dataclass
from datetime import date

BARS_MAX = 15  # more would be too small to read on a phone; only the first ones are drawn


@dataclass(frozen=True, kw_only=True)
class Day:
    """What was used on one day: credits gone for good, and credits still held for videos under way."""

    on: date
    taken_credits: int
    held_credits: int = 0


@dataclass(frozen=True, kw_only=True)
class DailyChart:
    """About a month of use, day by day.

    Args:
        days: In any order. The picture reaches from the first to the last; a day that is missing shows as zero.
        taken_label: What the credits gone are called, with their unit.
        held_label: What the credits held are called; shown only if there are any.
        limit_label: What the dashed line is called; left out together with a line far above the bars.
        empty_label: What is read instead of bars when nothing was used.
        limit_credits: How many a day may be used, or None for no line.
    """

    title: str
    days: tuple[Day, ...]
    taken_label: str
    held_label: str
    limit_label: str
    empty_label: str
    limit_credits: int | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One who used something: a name, how long the bar is, and the words at its end ("40 credits, 12 videos")."""

    label: str
    used_credits: int
    value_label: str


@dataclass(frozen=True, kw_only=True)
class RankingChart:
    """Who used how much, from the top in the order given; ``empty_label`` is read when there is nobody."""

    title: str
    bars: tuple[Bar, ...]
    empty_label: str


Chart = DailyChart | RankingChart
