"""Departures of a week: on the clock of UTC in RDEX+, on that of the place in OCSS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from mobstd.rdex_plus.slots import DAY, DAYS, WEEK, Slot, clock, seconds

__all__ = ["WEEKDAYS", "instant", "local_slot", "moves", "utc_slot", "weeks"]

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
LONGEST = 60
"""Weeks within which every clock has moved that ever does."""


def instant(value: Any) -> TypeGuard[float]:
    """Say whether a value is an instant in UNIX seconds, between 2001 and 2286."""
    return isinstance(value, (int, float)) and 1_000_000_000 <= value < 10_000_000_000


def _midnight(since: float, zone: Any) -> datetime:
    """Return the midnight that begins the day of an instant."""
    moment = datetime.fromtimestamp(since, zone)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def local_slot(moment: float, since: float, zone: ZoneInfo) -> tuple[str, str]:
    """Return weekday and time on the clock of the place, of a departure from ``since`` on.

    Args:
        moment: seconds of the week, Monday 00:00 UTC is 0.
        since: UNIX seconds; the first such departure after it tells what the clock shows.
        zone: of the place.
    """
    first = _midnight(since, UTC)
    monday = first - timedelta(days=first.weekday())
    at = monday + timedelta(seconds=moment)
    if at.timestamp() < since:
        at += timedelta(days=7)
    there = at.astimezone(zone)
    return WEEKDAYS[there.weekday()], clock(there.hour * 3600 + there.minute * 60 + there.second)


def utc_slot(day: Any, time: Any, since: float, zone: ZoneInfo) -> float | None:
    """Return the seconds of the week in UTC, of a weekday and time on the clock of the place."""
    at = seconds(time)
    if day not in WEEKDAYS or at is None:
        return None
    first = _midnight(since, zone)
    ahead = (WEEKDAYS.index(day) - first.weekday()) % 7
    whole = int(at)
    there = (first + timedelta(days=ahead)).replace(
        hour=whole // 3600, minute=whole // 60 % 60, second=min(whole % 60, 59)
    )
    if there.timestamp() < since:
        there += timedelta(days=7)
    utc = there.astimezone(UTC)
    return (
        utc.weekday() * DAY + utc.hour * 3600 + utc.minute * 60 + utc.second + (at - whole)
    ) % WEEK


def moves(since: float, until: float | None, zone: ZoneInfo) -> bool:
    """Say whether the clock of the place is moved while a journey runs; without end, within a year.

    A schedule in UTC then means another local time before and after, and the other way round.
    """
    last = min(until if until is not None else float("inf"), since + LONGEST * WEEK)
    offsets = set()
    while since < last:
        offsets.add(datetime.fromtimestamp(since, zone).utcoffset())
        since += WEEK
    offsets.add(datetime.fromtimestamp(last, zone).utcoffset())
    return len(offsets) > 1


def weeks(slots: Iterator[Slot] | list[Slot]) -> list[dict[str, Any]]:
    """Return week schedules that hold these departures, two on one day in two objects."""
    found: list[dict[str, Any]] = []
    for slot in slots:
        name = f"{DAYS[slot.day]}Time"
        week = next((week for week in found if name not in week), None)
        if week is None:
            found.append(week := {})
        week[name] = clock(slot.moment)
    return found
