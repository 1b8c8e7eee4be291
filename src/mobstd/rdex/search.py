"""A search in words: who is looked for, from where to where, on which days, at which times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from mobstd.rdex.generated.v1_2.queries import JourneysQuery

__all__ = ["WEEK", "Search"]

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Times = tuple[time | None, time | None]


@dataclass(frozen=True)
class Search:
    """What ``GET journeys`` asks for.

    Attributes:
        start: latitude and longitude to start from, in WGS84 decimal degrees.
        end: the same of the point to go to.
        drivers: look for drivers.
        passengers: look for passengers.
        frequency: ``punctual`` or ``regular``; both where it is empty.
        mindate: first day of departure.
        maxdate: last day of departure.
        times: by day of the week (``monday``...), earliest and latest time of departure on the
            clock of the place, or of UTC with some partners.
        days: the days of the week that will do; all where it is empty. Not in the manual.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    drivers: bool = True
    passengers: bool = False
    frequency: Literal["", "punctual", "regular"] = ""
    mindate: date | None = None
    maxdate: date | None = None
    times: Mapping[str, Times] = field(default_factory=dict)
    days: frozenset[str] = frozenset()

    def to_query(self) -> JourneysQuery:
        """Return the parameters; what is not asked for is left out.

        Raises:
            RefusedDocument: for a value that no parameter can have.
        """
        values: dict[str, object] = {
            "p[driver][state]": int(self.drivers),
            "p[passenger][state]": int(self.passengers),
            "p[from][latitude]": self.start[0],
            "p[from][longitude]": self.start[1],
            "p[to][latitude]": self.end[0],
            "p[to][longitude]": self.end[1],
            "p[frequency]": self.frequency or None,
            "p[outward][mindate]": self.mindate,
            "p[outward][maxdate]": self.maxdate,
        }
        for day in WEEK:
            earliest, latest = self.times.get(day, (None, None))
            values[f"p[outward][{day}][mintime]"] = earliest
            values[f"p[outward][{day}][maxtime]"] = latest
        for day in WEEK:
            values[f"p[days][{day}]"] = 1 if day in self.days else None
        return JourneysQuery.read({k: v for k, v in values.items() if v is not None})

    @classmethod
    def of(cls, query: JourneysQuery) -> Search:
        """Return the search that parameters ask for."""
        times: dict[str, Times] = {}
        for day in WEEK:
            pair = (
                getattr(query, f"p_outward_{day}_mintime"),
                getattr(query, f"p_outward_{day}_maxtime"),
            )
            if pair != (None, None):
                times[day] = pair
        return cls(
            start=(query.p_from_latitude, query.p_from_longitude),
            end=(query.p_to_latitude, query.p_to_longitude),
            drivers=query.p_driver_state == 1,
            passengers=query.p_passenger_state == 1,
            frequency=query.p_frequency or "",
            mindate=query.p_outward_mindate,
            maxdate=query.p_outward_maxdate,
            times=times,
            days=frozenset(day for day in WEEK if getattr(query, f"p_days_{day}") == 1),
        )
