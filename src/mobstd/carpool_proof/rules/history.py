"""What rules ask about the journeys that the registry had before, and the answer from memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol

from mobstd.carpool_proof.rules.days import Span
from mobstd.carpool_proof.rules.facts import Facts, couple

__all__ = ["History", "Memory", "Past"]


class Past(NamedTuple):
    """An earlier journey of a couple: its trip, start and end."""

    trip: str
    start: int
    end: int


class History(Protocol):
    """What is stored of one operator when a journey of it arrives, that journey not included.

    Who answers decides which journeys count by their status, as the profile says in
    ``statuses_left_out``: the rules only ask.
    """

    def trips(self, operator: str, person: str, day: Span) -> Collection[str]:
        """Return the trips of a person, in any role, that started within a span."""

    def together(self, operator: str, persons: tuple[str, str], span: Span) -> Iterable[Past]:
        """Return the journeys of a couple, whoever drove, that start or end within a span.

        Both bounds are inclusive. Others may be among them: the rules look at the times again.
        """


class Memory:
    """A history in memory, for tests and small files. The order of ``add`` does not matter."""

    def __init__(self, journeys: Iterable[Facts] = ()) -> None:
        self._days: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._couples: dict[tuple[str, tuple[str, str]], list[Past]] = {}
        for journey in journeys:
            self.add(journey)

    def add(self, journey: Facts) -> None:
        """Remember a journey."""
        for person in {journey.driver, journey.passenger}:
            starts = self._days.setdefault((journey.operator, person), [])
            insort(starts, (journey.start, journey.trip))
        key = (journey.operator, couple(journey.driver, journey.passenger))
        past = Past(journey.trip, journey.start, journey.end)
        self._couples.setdefault(key, []).append(past)

    def trips(self, operator: str, person: str, day: Span) -> Collection[str]:
        """Return the trips of a person that started within a span."""
        starts = self._days.get((operator, person), [])
        low, high = bisect_left(starts, (day[0], "")), bisect_right(starts, (day[1], ""))
        return {trip for start, trip in starts[low:high] if start < day[1]}

    def together(self, operator: str, persons: tuple[str, str], span: Span) -> Iterable[Past]:
        """Return the journeys of a couple that start or end within a span."""
        first, last = span
        for past in self._couples.get((operator, persons), ()):
            if first <= past.start <= last or first <= past.end <= last:
                yield past
