"""Local days and times of day, and the instants that they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from mobstd.errors import ConfigError
from mobstd.rdex.generated.v1_2.models import Timetable, Window
from mobstd.rdex.search import WEEK

__all__ = [
    "DAY",
    "MARGIN",
    "PARIS",
    "apart",
    "day_name",
    "instant",
    "local",
    "middle",
    "read",
    "seconds",
    "spoken",
    "window_of",
    "within_reason",
    "zone_of",
]

PARIS = ZoneInfo("Europe/Paris")
"""The clock of the place; the times of day of trips are on it, whatever the partner writes."""

DAY = 86_400

MARGIN = 900
"""Seconds before and after its instant that the window of an ad holds.

Windows are shorter close to midnight, and searches are wider by as much.
"""

_FIRST, _LAST = date(1970, 1, 2), date(2999, 12, 30)


def zone_of(name: str) -> tzinfo:
    """Return the clock that a partner's times of day are on.

    Partners differ: some write the clock of the place, ``Europe/Paris``, some ``UTC``.

    Raises:
        ConfigError: for another one.
    """
    if name == "UTC":
        return UTC
    if name == "Europe/Paris":
        return PARIS
    raise ConfigError("serving.bad-option", name="zone", expected="Europe/Paris, UTC")


def day_name(day: date) -> str:
    """Return ``monday``..."""
    return WEEK[day.weekday()]


def seconds(clock: time) -> int:
    """Return the seconds since midnight."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def read(text: str) -> int:
    """Return the seconds since midnight of an RFC 3339 partial-time; a leap second is the last."""
    return int(text[:2]) * 3600 + int(text[3:5]) * 60 + min(int(text[6:8]), 59)


def spoken(number: int) -> str:
    """Return seconds since midnight as ``HH:MM:SS``."""
    number %= DAY
    return f"{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"


def apart(one: int, other: int) -> int:
    """Return how far two times of day are apart, the short way round the clock."""
    away = abs(one - other) % DAY
    return min(away, DAY - away)


def local(moment: float, zone: tzinfo) -> datetime | None:
    """Return what clocks show at an instant, ``None`` where no calendar has it."""
    try:
        return datetime.fromtimestamp(moment, zone)
    except (ValueError, OverflowError, OSError):
        return None


def within_reason(day: date) -> date:
    """Return a day, or the nearest one from 1970 to 2999: an open end may be written as 9999."""
    return min(max(day, _FIRST), _LAST)


def instant(day: date, number: int, zone: tzinfo, *, fold: int = 0) -> int:
    """Return the UNIX seconds at which clocks show so many seconds since midnight of a day.

    ``number`` may go beyond midnight. Where clocks show it twice, ``fold`` chooses.
    """
    day = within_reason(day)
    more, number = divmod(number, DAY)
    clock = time(number // 3600, number // 60 % 60, number % 60, fold=fold)
    return int(datetime.combine(day + timedelta(days=more), clock, zone).timestamp())


def middle(window: Window | None) -> int | None:
    """Return the middle of a window in seconds since midnight; one bound alone is the middle.

    A window that ends before it begins goes over midnight, and its middle may be beyond it.
    """
    if window is None:
        return None
    bounds = [seconds(bound) for bound in (window.mintime, window.maxtime) if bound is not None]
    if not bounds:
        return None
    last = bounds[-1] + (DAY if bounds[-1] < bounds[0] else 0)
    return (bounds[0] + last) // 2


def window_of(timetable: Timetable, day: str) -> Window | None:
    """Return the window of a day of the week."""
    found: Window | None = getattr(timetable, day)
    return found
