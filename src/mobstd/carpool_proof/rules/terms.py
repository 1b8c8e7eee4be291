"""What a journey is refused for when it is created, in the order in which the registry looks.

First its dates, which refuse it alone and keep nothing of it; then the terms of use, of which all
labels that fit are answered at once, and the journey is stored all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from mobstd.carpool_proof.rules.days import Days
from mobstd.carpool_proof.rules.facts import Facts, couple
from mobstd.carpool_proof.rules.history import History, Past
from mobstd.carpool_proof.rules.profile import Profile

__all__ = ["Refusal", "Terms", "terms_of"]

_MS = 1000


@dataclass(frozen=True)
class Refusal:
    """What a journey is refused for.

    Attributes:
        label: that of the registry, or the name of the rule where it has none.
        metas: what the registry says about it, where it does.
    """

    label: str
    metas: Mapping[str, Any] = field(default_factory=dict)


class Terms:
    """The rules of creation under one profile.

    Attributes:
        union: whether trips of a day are counted of both persons together.
        gap: milliseconds between two trips of a couple.
    """

    def __init__(self, profile: Profile) -> None:
        dates, late, short = (
            profile["date_order"],
            profile["expired"],
            profile["distance_too_short"],
        )
        many, close = profile["too_many_trips_by_day"], profile["too_close_trips"]
        self.days = Days.of(many)
        self.limit: int = many["trips"]
        self.labels: tuple[str, ...] = tuple(profile["refusal"]["labels"])
        self._lead = dates.bites("lead", _MS)
        self._reversal = dates.bites("reversal", _MS)
        self._late = late.bites("delay", _MS)
        self._from: str = late["measured_from"]
        self._signed: bool = late["signed"]
        self.delay: int = late["delay"] * _MS
        self.short = short.bites("distance")
        self._many = many.bites("trips")
        self.union = many["persons"] == "union"
        self.gap: int = close["gap"] * _MS
        self._before: bool = close["before_inclusive"]
        self._after: bool = close["after_inclusive"]
        self._enclosing: bool = close["enclosing"]
        self._details: bool = profile["refusal"]["details"]

    def matters(self, trips: int) -> bool:
        """Say whether so many trips of one of the two can make a journey one too many."""
        return trips > 0 if self.union else self._many(trips)

    @cached_property
    def least(self) -> int:
        """The fewest trips that matter."""
        return next(trips for trips in range(1 << 30) if self.matters(trips))

    def dates(self, journey: Facts, received: int) -> Refusal | None:
        """Refuse a journey that ends after its reception, or before it starts."""
        wrong = self.disordered(journey.start, journey.end, received)
        return Refusal("date_order") if wrong else None

    def disordered(self, start: int, end: int, received: int) -> bool:
        """Say whether a journey ends after its reception, or before it starts."""
        return self._lead(end - received) or self._reversal(start - end)

    def expired(self, journey: Facts, received: int) -> Refusal | None:
        """Refuse a journey that comes too late, to the millisecond."""
        return Refusal("expired") if self.late(journey.start, journey.end, received) else None

    def late(self, start: int, end: int, received: int) -> bool:
        """Say whether a journey that is received then comes too late."""
        delay = received - (start if self._from == "start" else end)
        return self._late(delay if self._signed else abs(delay))

    def distance_too_short(self, journey: Facts) -> Refusal | None:
        """Refuse a journey whose declared distance is too short."""
        return Refusal("distance_too_short") if self.short(journey.distance) else None

    def too_many_trips_by_day(self, journey: Facts, history: History) -> Refusal | None:
        """Refuse a journey of persons who have too many trips in its day already."""
        day = self.days.day(journey.start, self.days.zone_of(journey.lon))
        return self.many(
            history.trips(journey.operator, journey.driver, day),
            history.trips(journey.operator, journey.passenger, day),
        )

    def many(self, driver: Collection[str], passenger: Collection[str]) -> Refusal | None:
        """Refuse a journey whose driver and passenger have these trips in its day already."""
        return self.so_many(len(driver), len(passenger), len({*driver, *passenger}))

    def so_many(self, driver: int, passenger: int, together: int) -> Refusal | None:
        """Refuse a journey whose driver and passenger have so many trips in its day already."""
        if not self._many(together if self.union else max(driver, passenger)):
            return None
        metas = {"driver": driver, "passenger": passenger, "limit": self.limit}
        return Refusal("too_many_trips_by_day", metas if self._details else {})

    def too_close_trips(self, journey: Facts, history: History) -> Refusal | None:
        """Refuse a journey of a couple that has another trip too close to it."""
        span = (journey.start - self.gap, journey.end + self.gap)
        persons = couple(journey.driver, journey.passenger)
        past = history.together(journey.operator, persons, span)
        own = Past(journey.trip, journey.start, journey.end)
        clash = any(self.clashes(own, one) for one in past)
        return Refusal("too_close_trips") if clash else None

    def clashes(self, journey: Past, past: Past) -> bool:
        """Say whether an earlier journey of a couple is of another trip and too close."""
        if past.trip == journey.trip:
            return False
        first, last = journey.start - self.gap, journey.end + self.gap
        starts = journey.start <= past.start and (
            past.start < last or (self._after and past.start == last)
        )
        ends = past.end < journey.end and (past.end > first or (self._before and past.end == first))
        around = self._enclosing and past.start < journey.start and past.end >= journey.end
        return starts or ends or around

    def all(self, journey: Facts, received: int, history: History) -> list[Refusal]:
        """Return every term of use that a journey breaks, in the registry's order."""
        found = (
            self.expired(journey, received),
            self.distance_too_short(journey),
            self.too_many_trips_by_day(journey, history),
            self.too_close_trips(journey, history),
        )
        return self.ordered(refusal for refusal in found if refusal is not None)

    def ordered(self, refusals: Iterable[Refusal]) -> list[Refusal]:
        """Return refusals in the registry's order."""
        return sorted(refusals, key=lambda refusal: self.labels.index(refusal.label))


@lru_cache(16)
def terms_of(profile: Profile) -> Terms:
    """Return the rules of creation under a profile, made once."""
    return Terms(profile)
