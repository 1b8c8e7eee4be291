"""The day of an instant: which zone it is in, when it begins, and when it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mobstd.carpool_proof.rules.profile import Rule

__all__ = ["QUARTER", "Days", "Span"]

Span = tuple[int, int]
"""From the first millisecond, inclusive, to the last, exclusive."""

QUARTER = 900_000
"""Milliseconds within which the clocks of no zone come to another day."""

_OLDEST, _NEWEST = (
    int(datetime(*day, tzinfo=UTC).timestamp() * 1000) // QUARTER
    for day in ((1, 1, 3), (9999, 12, 29))
)
"""The calendar of Python ends a little later; a day beyond is taken to be the last one."""


@dataclass(frozen=True)
class Days:
    """The days of one profile.

    Attributes:
        zone_of: the zone of a place, by its longitude.
        zones: every zone that ``zone_of`` can return.
    """

    zone_of: Callable[[float], str]
    zones: tuple[str, ...]
    first: time
    last: time

    @classmethod
    def of(cls, rule: Rule) -> Days:
        """Return the days that a rule counts by."""
        first, last = time.fromisoformat(rule["day_start"]), time.fromisoformat(rule["day_end"])
        zone: str = rule["zone"]
        if zone != "longitude":
            return cls(lambda lon: zone, (zone,), first, last)
        rows: list[tuple[float, float, str]] = [
            (row["west"], row["east"], row["zone"]) for row in rule["zones"]
        ]
        otherwise: str = rule["otherwise"]

        def by_longitude(lon: float) -> str:
            for west, east, name in rows:
                if west <= lon <= east:
                    return name
            return otherwise

        every = tuple(dict.fromkeys([*(name for _, _, name in rows), otherwise]))
        return cls(by_longitude, every, first, last)

    def day(self, at: int, zone: str) -> Span:
        """Return the day of an instant on the clocks of a zone."""
        return _day(at // QUARTER, zone, self.first, self.last)


@lru_cache(1 << 16)
def _day(quarter: int, zone: str, first: time, last: time) -> Span:
    clock = ZoneInfo(zone)
    quarter = min(max(quarter, _OLDEST), _NEWEST)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=quarter * QUARTER)
    day = moment.astimezone(clock).date()
    return _milliseconds(datetime.combine(day, first, clock)), _milliseconds(
        datetime.combine(day, last, clock)
    )


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
