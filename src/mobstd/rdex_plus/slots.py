"""Weekly departures: points of a week on the clock of UTC, that goes round.

Pure functions over the documents ``WaySchedule`` and ``WeekSchedule`` (RP, components/schemas).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.judging.pointer import join

__all__ = ["DAY", "DAYS", "MARGIN", "WEEK", "Slot", "apart", "clock", "seconds", "slots"]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = 86_400
WEEK = 7 * DAY
MARGIN = 900
"""Seconds before and after, where neither the day nor the schedule says another number."""


@dataclass(frozen=True)
class Slot:
    """One weekly departure.

    Attributes:
        moment: seconds since Monday, 00:00:00 UTC.
        margin: seconds before and after it.
        pointer: where its time stands in the schedules.
    """

    moment: float
    margin: float
    pointer: str = ""

    @property
    def day(self) -> int:
        """The weekday, Monday is 0."""
        return int(self.moment // DAY) % 7


def seconds(text: Any) -> float | None:
    """Return the seconds since midnight of ``HH:MM:SS[.f]``, ``None`` for anything else."""
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) != 3:
        return None
    try:
        hours, minutes, rest = int(parts[0]), int(parts[1]), float(parts[2])
    except ValueError:
        return None
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= rest < 61):
        return None
    return hours * 3600 + minutes * 60 + rest


def clock(moment: float) -> str:
    """Return the time of day of a moment, to the second."""
    whole = int(moment) % DAY
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def slots(schedules: Any, margin: Any = None) -> Iterator[Slot]:
    """Yield the departures of week schedules; what cannot be read is left out.

    Args:
        schedules: a list of ``WeekSchedule``.
        margin: the ``timeDelta`` beside it, for days without a margin of their own (A106).
    """
    known = _number(margin, MARGIN)
    for place, week in enumerate(schedules if isinstance(schedules, list) else ()):
        if not isinstance(week, Mapping):
            continue
        for number, day in enumerate(DAYS):
            at = seconds(week.get(f"{day}Time"))
            if at is not None:
                own = _number(week.get(f"{day}TimeDelta"), known)
                yield Slot(number * DAY + at, own, join([place, f"{day}Time"]))


def apart(one: float, others: Iterable[Slot]) -> float:
    """Return how far the nearest departure is from a moment of the week, in seconds."""
    ways = (abs(one - other.moment) % WEEK for other in others)
    return min((min(way, WEEK - way) for way in ways), default=float("inf"))


def _number(value: Any, otherwise: float) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if number else otherwise
