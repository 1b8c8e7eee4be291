"""What the registry finds a day or two later across operators.

Only whoever holds the journeys of several operators can judge this. Two of the three rules look at
a window of one day that slides with the clock of the registry: what they find is likely, not
certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from mobstd.carpool_proof.rules.profile import Profile

__all__ = ["Declared", "Operators"]


class Declared(NamedTuple):
    """A journey of one person, as an operator declared it. Times are in milliseconds."""

    start: int
    end: int
    operator: str
    trip: str
    other: str
    drives: bool
    key: int

    def __repr__(self) -> str:
        """Name the journey, and nobody in it."""
        return f"Declared(operator={self.operator!r}, key={self.key})"


class Operators:
    """The rules across operators under one profile."""

    def __init__(self, profile: Profile) -> None:
        overlap = profile["interoperator_overlap"]
        many = profile["interoperator_too_many_trips_by_day"]
        close = profile["interoperator_too_close_trips"]
        self._left_out = {str(number) for number in overlap["operators_left_out"]}
        self._overlap = overlap.bites("overlap", 1000)
        self._declared_by = overlap.bites("operators")
        self._trips, self._limit = many.bites("trips"), many["trips"]
        self._many_by = many.bites("operators")
        self._gap, self._least = close.bites("gap", 1000), close.bites("least_gap", 1000)
        self._gaps, self._close_by = close.bites("gaps"), close.bites("operators")

    def overlap(self, couple: Sequence[Declared]) -> Iterator[Declared]:
        """Yield the journeys of a couple that overlap and that several operators declared."""
        group: list[Declared] = []
        until = 0
        for one in sorted(j for j in couple if j.operator not in self._left_out):
            if group and not self._overlap(min(one.end, until) - one.start):
                yield from self._shared(group)
                group, until = [], 0
            group.append(one)
            until = max(until, one.end)
        yield from self._shared(group)

    def _shared(self, group: Sequence[Declared]) -> Iterator[Declared]:
        if self._declared_by(len({one.operator for one in group})):
            yield from group

    def too_many_trips_by_day(self, person: Sequence[Declared]) -> Iterator[Declared]:
        """Yield what a person drove beyond the limit of a UTC day with several operators.

        One journey a trip. What a person rode is left out: the registry mixes up two columns
        there, so that hardly any passenger is ever found.
        """
        days: dict[int, list[Declared]] = {}
        for one in sorted(person):
            if one.drives:
                days.setdefault(_day(one.start), []).append(one)
        for journeys in days.values():
            trips: dict[str, Declared] = {}
            for one in journeys:
                trips.setdefault(one.trip, one)
            if self._trips(len(trips)) and self._many_by(len({j.operator for j in journeys})):
                yield from list(trips.values())[self._limit :]

    def too_many_trips_in_some_window(self, person: Sequence[Declared]) -> Iterator[Declared]:
        """Yield what :meth:`too_many_trips_by_day` can yield of any window that cuts the day.

        A window that begins after the first journey of a trip counts the trip from its next one.
        """
        driven = sorted(one for one in person if one.drives)
        for _, days in groupby(driven, lambda one: _day(one.start)):
            day = list(days)
            if not self._many_by(len({one.operator for one in day})):
                continue
            recent: dict[str, None] = {}
            for _, together in groupby(day, lambda one: one.start):
                group = list(together)
                for one in group:
                    others = {other.trip for other in group} - {one.trip}
                    for trip in reversed(recent):
                        if trip == one.trip or self._trips(len(others) + 1):
                            break
                        others.add(trip)
                    if self._trips(len(others) + 1):
                        yield one
                for one in group:
                    recent.pop(one.trip, None)
                    recent[one.trip] = None

    def too_close_trips(self, couple: Sequence[Declared]) -> Iterator[Declared]:
        """Yield the journeys of a couple that follow each other too closely, where many do."""
        if not self._close_by(len({one.operator for one in couple})):
            return
        listed = sorted(couple)
        found = [
            one
            for before, one in pairwise(listed)
            if self._gap(gap := abs(before.end - one.start)) and self._least(gap)
        ]
        if self._gaps(len(found)):
            yield from found


def _day(at: int) -> int:
    """Return the number of a day of UTC."""
    return at // 86_400_000
