"""When a day and a month begin and end. Pure.

A day is the last 24 hours, whatever clocks do on the wall; a month is a calendar month in a server's time zone.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(hours=24)
# In which the operator's own months begin.
UTC_ZONE = ZoneInfo("UTC")


def month_start(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of the month around an instant."""
    here = at.astimezone(zone)
    return _midnight(here.year, here.month, zone)


def next_month(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of the month after an instant's."""
    here = at.astimezone(zone)
    return _midnight(here.year + here.month // 12, here.month % 12 + 1, zone)


def _midnight(year: int, month: int, zone: ZoneInfo) -> datetime:
    # Where clocks skip midnight, the offset of the evening before names the very instant of the change.
    return datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
