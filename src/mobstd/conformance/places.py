"""Where to look for data: places, circles around them, ways between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.errors import ConfigError
from mobstd.judging.kinds.filters import distance

__all__ = ["HOUR", "RUSH_HOURS", "Circle", "circles", "place"]

EARTH_KM = 20_100.0
"""Half way around: every point is nearer. A thousand times that is so for who reads metres."""

HOUR, RUSH_HOURS = 1 / 24, (8, 18)
"""Where a long margin finds nothing, a short one may: most data lies at these hours."""

SMALL_KM = (12, 5, 2)
"""Radii for a target that takes no larger ones."""

PAIR_KM, APART_KM = 25.0, 15.0
"""The radius around each of two towns, and how far apart they are at least."""


@dataclass(frozen=True)
class Circle:
    """Where to look: a centre in degrees, a radius in km, days around now, days ahead of it.

    With an ``hour``, only the time around it on the day ahead; with ``to``, from there to another
    place (degrees).
    """

    lat: float
    lng: float
    km: float
    days: float = 3.5
    ahead: int = 0
    hour: int | None = None
    to: tuple[float, float] | None = None


def _places() -> list[Mapping[str, Any]]:
    loaded: list[Mapping[str, Any]] = load(packaged().conformance / "places.json")["places"]
    return loaded


def place(text: str) -> Circle:
    """Return the circle that ``lat,lng[,km]`` or the name of a town means.

    Raises:
        ConfigError: where there is no such town.
    """
    parts = [part.strip() for part in text.split(",")]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) in (2, 3) and abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180:
        return Circle(numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else 40.0)
    wanted = text.casefold()
    for row in _places():
        if wanted in (row["name"].casefold(), row["department"].casefold()):
            return Circle(row["lat"], row["lng"], 40.0)
    raise ConfigError("engine.unknown-place", place=text)


def circles(
    areas: tuple[str, ...], widest: Callable[[], float] = lambda: float("inf")
) -> Iterator[Circle]:
    """Yield where to look, most promising first; ``widest``: what the target takes, in km."""
    for area in areas:
        circle = place(area)
        yield circle
        yield Circle(circle.lat, circle.lng, circle.km * 2, 30)
        yield from _pairs(circle, 4)
        yield from (Circle(circle.lat, circle.lng, km) for km in SMALL_KM)
    whole = Circle(46.6, 2.4, 650)
    yield whole
    yield Circle(whole.lat, whole.lng, whole.km, 400)
    yield Circle(whole.lat, whole.lng, EARTH_KM)
    yield Circle(whole.lat, whole.lng, EARTH_KM * 1000)
    for hour in RUSH_HOURS:
        yield Circle(whole.lat, whole.lng, whole.km, HOUR, ahead=1, hour=hour)
    capitals = [Circle(row["lat"], row["lng"], 150) for row in _places() if row.get("regional")]
    yield from capitals
    ways = iter(dict.fromkeys(way for capital in capitals for way in _pairs(capital, 1)))
    for km in (40, PAIR_KM, *SMALL_KM):
        for turn, row in enumerate(_places()):
            if km > widest():
                break
            yield Circle(row["lat"], row["lng"], km)
            if turn % 2:
                yield from islice(ways, 1)


def _pairs(circle: Circle, count: int) -> Iterator[Circle]:
    """Yield the ways from a place to its nearest towns and back; none leads from it to itself."""
    here = (circle.lat, circle.lng)
    towns = [(row["lat"], row["lng"]) for row in _places()]
    near = sorted((distance(here, town), town) for town in towns)
    for _, town in [pair for pair in near if pair[0] > APART_KM][:count]:
        yield replace(circle, km=PAIR_KM, to=town)
        yield replace(circle, km=PAIR_KM, lat=town[0], lng=town[1], to=here)
