"""What the registry finds a day or two later in the journeys of one operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mobstd.carpool_proof.rules.facts import Facts
from mobstd.carpool_proof.rules.profile import Profile

__all__ = ["Anomalies", "Route", "Timed"]

_AT_ONCE = 256
"""How many journeys of one person at one time are compared with a further one: the last."""


class Route(NamedTuple):
    """What a router says of the way from start to end: metres and seconds."""

    distance: float
    duration: float


class Timed(NamedTuple):
    """A journey of one person by its times, in milliseconds, with what identifies it."""

    start: int
    end: int
    key: int


class Anomalies:
    """The rules on anomalies under one profile.

    Attributes:
        classes: those of which distance and duration are looked at.
        least_detour: no straight way up to so many times the declared distance is too long for it.
    """

    def __init__(self, profile: Profile) -> None:
        rule, overlap = profile["distance_duration_anomaly"], profile["temporal_overlap_anomaly"]
        self.classes = frozenset(rule["classes"])
        self._distance, self._duration = rule.bites("distance"), rule.bites("duration")
        self._routed_distance = rule.bites("routed_distance")
        self._routed_duration = rule.bites("routed_duration")
        self._ratios = {
            name: rule.bites(name) for name in ("too_fast", "too_slow", "too_short", "too_long")
        }
        grows = rule.thresholds["too_short"]["refused"] in (">", ">=")
        self.least_detour: float = 0.999999 * rule["too_short"] if grows else 0.0
        self._overlap, self._share = overlap.bites("overlap", 1000), overlap.bites("share")

    def distance_duration(self, journey: Facts, route: Route | None = None) -> bool | None:
        """Say whether declared distance and duration are implausible.

        Without a route only what no route could change is certain: ``True`` where one of the
        bounds is broken whatever the route, else ``None``; ``False`` for a class that is not looked
        at.
        """
        if journey.proof_class not in self.classes:
            return False
        distance, duration = journey.distance, (journey.end - journey.start) // 1000
        if self._distance(distance) or self._duration(duration):
            return True
        if route is None:
            return True if self._over("too_short", journey.straight, distance) else None
        return (
            self._routed_distance(route.distance)
            or self._routed_duration(route.duration)
            or self._over("too_fast", route.duration, duration)
            or self._over("too_slow", duration, route.duration)
            or self._over("too_short", route.distance, distance)
            or self._over("too_long", distance, route.distance)
        )

    def _over(self, name: str, measured: float, by: float) -> bool:
        return by > 0 and self._ratios[name](measured / by)

    def overlapping(self, journeys: Sequence[Timed]) -> Iterator[tuple[Timed, Timed]]:
        """Yield ``(journey, other)`` where ``journey`` is flagged if it is listed after ``other``.

        The journeys are those of one passenger with one operator, in any order. The registry lists
        them in no order that is promised, and flags the later of two.
        """
        running: list[Timed] = []
        for one in sorted(journeys):
            running = [other for other in running if other.end > one.start][-_AT_ONCE:]
            for other in running:
                shared = min(one.end, other.end) - one.start
                if not self._overlap(shared):
                    continue
                for suspect, against in ((one, other), (other, one)):
                    if self._share(shared / (suspect.end - suspect.start)):
                        yield suspect, against
            running.append(one)
