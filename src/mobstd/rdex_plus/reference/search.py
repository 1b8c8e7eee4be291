"""What a search means: inclusive bounds, great circles, weeks that go round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.ocss.reference.places import kilometres
from mobstd.ocss.reference.routes import walk
from mobstd.ocss.reference.store import Disc
from mobstd.rdex_plus.reference.world import Hit, Item, World
from mobstd.rdex_plus.slots import Slot, apart, slots

__all__ = ["Search", "run", "search_of"]

_INT64 = 2**62
_TOO_FAR_TO_WALK = 5.0
_SIDES = {"driver": ("driver",), "passenger": ("passenger",), "both": ("driver", "passenger")}


@dataclass(frozen=True)
class Search:
    """One search.

    Attributes:
        moment: when a journey that is made once should begin, in UNIX seconds.
        begins: when the time begins in which a regular journey should run; ``None``: any time.
        ends: when that time ends; ``None``: never.
        departures: all of which a regular journey has to have.
    """

    sides: tuple[str, ...]
    frequency: str
    start: Disc
    end: Disc
    moment: float
    delta: float
    begins: float | None
    ends: float | None
    departures: tuple[Slot, ...]
    count: int | None = None


def search_of(query: Mapping[str, Any], schedules: Any, now: int) -> Search:
    """Return the search that a query means.

    Args:
        query: the parameters by name, defaults filled in.
        schedules: the week schedules of ``regularSchedule``, ``None`` where it was left out.
        now: the departure that is meant where none is given.
    """
    frequency, date = query["frequency"], query.get("departureDate")
    weekly = frequency == "regular"
    return Search(
        _SIDES[query["carpoolerType"]],
        frequency,
        Disc(query["departureLat"], query["departureLng"], query["departureRadius"]),
        Disc(query["arrivalLat"], query["arrivalLng"], query["arrivalRadius"]),
        float(now if date is None else date),
        float(query["timeDelta"]),
        date if weekly else None,
        query.get("maxDate"),
        tuple(slots(schedules, query["timeDelta"])) if weekly else (),
        query.get("count"),
    )


def run(world: World, search: Search) -> list[Item]:
    """Return the journeys that match, nearest first, at most ``count``."""
    if search.count is not None and search.count <= 0:
        return []
    ranked = sorted(_hits(world, search))
    found: list[Item] = []
    for _, number, kind in ranked:
        if len(found) == search.count:
            break
        found.append(_seen_from(search, world.journey(number, kind), number))
    return found


def _seen_from(search: Search, journey: Item, number: int) -> Item:
    """Return the journey with the walks to and from it, of a driver where somebody walks."""
    if journey["carpoolerType"] != "driver" or not number % 4:
        return journey
    walks: Item = {}
    start, end = (
        (journey[name]["latitude"], journey[name]["longitude"]) for name in ("from", "to")
    )
    if kilometres(search.start.centre, start) < _TOO_FAR_TO_WALK:
        prefix = "departureToPickup"
        walks |= walk(search.start.centre, start, prefix, drawn=bool(number & 1))
    if kilometres(end, search.end.centre) < _TOO_FAR_TO_WALK:
        walks |= walk(end, search.end.centre, "dropoffToArrival", drawn=bool(number & 2))
    return {**journey, "passengerWalkingJourney": walks} if walks else journey


def _hits(world: World, search: Search) -> Iterator[Hit]:
    moment = max(-_INT64, min(_INT64, search.moment))
    delta = min(_INT64, search.delta)
    for side in search.sides:
        if search.frequency != "regular":
            since, until = moment - delta, moment + delta
            for (off, number, kind), at in world.once(side, search.start, search.end, since, until):
                yield off + abs(at - moment) / 600, number, kind
        if search.frequency != "punctual":
            for hit in world.weekly(side, search.start, search.end):
                if _runs(world.journey(hit[1], hit[2]), search):
                    yield hit


def _runs(journey: Item, search: Search) -> bool:
    """Say whether a regular journey runs in the wanted time, at all wanted departures (A108)."""
    way = journey["outward"]
    if search.begins is not None and way.get("maxDate", search.begins) < search.begins:
        return False
    if search.ends is not None and way["departureDate"] > search.ends:
        return False
    if search.begins is not None and search.ends is not None and search.begins > search.ends:
        return False
    if not search.departures:
        return True
    offered = list(slots(way.get("regularSchedule"), way.get("timeDelta")))
    return all(apart(slot.moment, offered) <= slot.margin for slot in search.departures)
