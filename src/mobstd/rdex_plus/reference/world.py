"""The world of the OCSS reference in the terms of RDEX+, and what that world leaves unsaid.

Everything is invented: seats, waypoints and ways back follow from the number of an item alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from mobstd.ocss.reference.people import OPERATORS
from mobstd.ocss.reference.places import kilometres
from mobstd.ocss.reference.store import DAY, Disc, Entry, Store
from mobstd.ocss.reference.world import KINDS
from mobstd.rdex_plus.mapping import journey_from_ocss
from mobstd.rdex_plus.mapping.schedules import weeks
from mobstd.rdex_plus.slots import WEEK, Slot, slots

__all__ = ["Hit", "Item", "World"]

Item = dict[str, Any]
Hit = tuple[float, int, str]
"""How far it is from both ends together, in kilometres; its number; its kind."""

SEASON = 182 * DAY
STAY = 9 * 3600
"""How long somebody stays who comes back, in seconds."""

_CACHED = 20_000


class World:
    """Journeys, found by place and time, told as RDEX+ tells them."""

    def __init__(self, store: Store, now: int) -> None:
        self._store = store
        self.now = now
        self._size = sum(store.count(kind) for kind in KINDS)
        self.speaks_for = lru_cache(maxsize=len(OPERATORS))(store.speaks_for)
        self.journey = lru_cache(maxsize=_CACHED)(self._journey)

    def once(
        self, side: str, start: Disc, end: Disc, since: float, until: float
    ) -> Iterator[tuple[Hit, float]]:
        """Yield what begins within two instants, bounds included, each with its instant."""
        kind = f"{side}-journey"
        for entry in self._store.near(kind, start, end, since, until):
            off = _off(start, end, entry)
            if off is not None:
                yield (off, entry.item, kind), entry.moment

    def weekly(self, side: str, start: Disc, end: Disc) -> Iterator[Hit]:
        """Yield what is made every week."""
        kind, seen = f"{side}-regular-trip", set()
        for entry in self._store.near(kind, start, end, 0, DAY):
            if entry.item not in seen:
                seen.add(entry.item)
                off = _off(start, end, entry)
                if off is not None:
                    yield off, entry.item, kind

    def offer(self, id_: str, operator: str | None = None) -> Item | None:
        """Return what OCSS says of the journey with this id, of one operator or of any.

        A journey that is made every week is called by its number.
        """
        number = int(id_[1:]) if id_[:1] == "t" and id_[1:].isdecimal() else self._size
        trip = self._store.item(number) if number < self._size else {}
        if "schedules" in trip and operator in (None, trip["operator"]) and id_ == f"t{number}":
            return trip
        for one in OPERATORS if operator is None else (operator,):
            found = self._store.journey(one, id_)
            if found is not None and found.get("id") == id_:
                return found
        return None

    def first(self) -> Item | None:
        """Return some journey of a driver, where there is one."""
        some = self._store.some("driver-journey")
        return None if not some else self._told(0, "driver-journey", some[0])

    def _journey(self, number: int, kind: str) -> Item:
        return self._told(number, kind, self._store.item(number))

    def _told(self, number: int, kind: str, item: Item) -> Item:
        mapped = journey_from_ocss(kind, item, since=self.now, identity=f"t{number}")
        assert mapped.document is not None
        return _completed(mapped.document, number)


def _off(start: Disc, end: Disc, entry: Entry) -> float | None:
    """Return the kilometres from both ends together, or ``None`` outside of a radius."""
    from_start = kilometres(start.centre, entry.pickup)
    from_end = kilometres(end.centre, entry.drop)
    if from_start > start.radius or from_end > end.radius:
        return None
    return from_start + from_end


def _completed(journey: Item, number: int) -> Item:
    """Add what RDEX+ requires, and now and then what it knows beyond OCSS."""
    seats = "availableSeats" if journey["carpoolerType"] == "driver" else "requestedSeats"
    journey.setdefault(seats, 1)
    journey["operatorUrl"] = f"https://{journey['operator']}"
    if number % 4 == 1:
        journey["waypoints"] = [_half_way(journey)]
        journey["numberOfWaypoints"] = 1
    price = journey.get("price", {})
    if number % 3 == 1 and price.get("type") == "fixed" and "distance" in journey:
        each = price["amount"] * 1000 / journey["distance"]
        journey["price"] = {**price, "type": "variable", "kilometricPrice": f"{each:.3f}"}
    if number % 5 == 2:
        page = f"https://{journey['operator']}/app/{number}"
        journey["deeplink"] = {"ios": {"universalLink": page}}
    if journey["frequency"] == "regular":
        _running(journey, number)
    elif number % 6 == 3:
        journey["isRoundTrip"] = 1
        journey["return"] = {"departureDate": journey["outward"]["departureDate"] + STAY}
    return journey


def _running(journey: Item, number: int) -> None:
    """Let every other one end, some with wider margins, some with a way back."""
    way = journey["outward"]
    if number % 2:
        way["maxDate"] = way["departureDate"] + SEASON
    if number % 3 == 1:
        way["timeDelta"] = 600
    if number % 4 == 2:
        week = way["regularSchedule"][0]
        first = next(name for name in week if name.endswith("Time"))
        week[f"{first}Delta"] = 300
    if number % 5 == 4:
        journey["isRoundTrip"] = 1
        back = [_later(slot) for slot in slots(way["regularSchedule"])]
        journey["return"] = {**way, "regularSchedule": weeks(back)}


def _later(slot: Slot) -> Slot:
    return Slot((slot.moment + STAY) % WEEK, slot.margin)


def _half_way(journey: Item) -> Item:
    start, end = journey["from"], journey["to"]
    return {
        "longitude": round((start["longitude"] + end["longitude"]) / 2, 5),
        "latitude": round((start["latitude"] + end["latitude"]) / 2, 5),
        "stepDuration": journey["duration"] // 2,
        "type": "pick-up",
        "mandatory": 0,
    }
