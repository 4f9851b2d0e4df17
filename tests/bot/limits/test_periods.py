"""Months begin where people live, whatever the clocks there do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits.periods import month_start, next_month

INSTANT = timedelta(microseconds=1)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), LAST - FIRST).map(lambda span: FIRST + span)

# An instant, a zone, and where its month begins and ends.
CASES = [
    ("2026-01-31T23:59:59", "UTC", "2026-01-01T00:00", "2026-02-01T00:00"),
    ("2026-02-01T00:00:00", "UTC", "2026-02-01T00:00", "2026-03-01T00:00"),
    ("2026-02-28T23:59:59", "UTC", "2026-02-01T00:00", "2026-03-01T00:00"),
    ("2028-02-29T12:00:00", "UTC", "2028-02-01T00:00", "2028-03-01T00:00"),
    ("2026-12-31T23:59:59", "UTC", "2026-12-01T00:00", "2027-01-01T00:00"),
    # Already the next month there, and still the last one.
    ("2026-03-31T22:00:00", "Europe/Berlin", "2026-03-31T22:00", "2026-04-30T22:00"),
    ("2026-03-31T21:59:59", "Europe/Berlin", "2026-02-28T23:00", "2026-03-31T22:00"),
    ("2026-03-01T04:59:59", "America/New_York", "2026-02-01T05:00", "2026-03-01T05:00"),
    # Clocks change within the month.
    ("2026-10-25T12:00:00", "Europe/Berlin", "2026-09-30T22:00", "2026-10-31T23:00"),
    ("2026-09-10T12:00:00", "America/Santiago", "2026-09-01T04:00", "2026-10-01T03:00"),
    ("2026-04-24T12:00:00", "Africa/Cairo", "2026-03-31T22:00", "2026-04-30T21:00"),
    ("2026-03-29T12:00:00", "Asia/Beirut", "2026-02-28T22:00", "2026-03-31T21:00"),
    # The first midnight of the month is skipped: its first instant is 01:00.
    ("2023-10-10T12:00:00", "America/Asuncion", "2023-10-01T04:00", "2023-11-01T03:00"),
    ("2023-10-01T03:59:59", "America/Asuncion", "2023-09-01T04:00", "2023-10-01T04:00"),
    # The first midnight of the month comes twice: the first one counts.
    ("2026-11-01T05:30:00", "America/Havana", "2026-11-01T04:00", "2026-12-01T05:00"),
    ("2026-11-01T04:00:00", "America/Havana", "2026-11-01T04:00", "2026-12-01T05:00"),
]


@pytest.mark.parametrize(("at", "zone", "start", "end"), CASES)
def test_a_month_begins_and_ends_at_midnight_there(at, zone, start, end):
    instant, place = datetime.fromisoformat(f"{at}+00:00"), ZoneInfo(zone)

    assert month_start(instant, place) == datetime.fromisoformat(f"{start}+00:00")
    assert next_month(instant, place) == datetime.fromisoformat(f"{end}+00:00")


@given(INSTANTS, ZONES)
def test_every_instant_is_in_exactly_one_month(at, zone):
    start, end = month_start(at, zone), next_month(at, zone)

    assert start <= at < end
    assert month_start(end, zone) == end
    assert month_start(end - INSTANT, zone) == start


@given(INSTANTS, ZONES)
def test_a_month_begins_on_its_first_day_there(at, zone):
    first = month_start(at, zone).astimezone(zone)

    assert (first.year, first.month, first.day) == (at.astimezone(zone).year, at.astimezone(zone).month, 1)
