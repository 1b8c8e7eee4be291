"""What data cannot say of OCSS: schedules, polylines, plausible distances and speeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mobstd.judging.context import Context
from mobstd.judging.kinds.filters import distance
from mobstd.judging.rule import ItemFilter, Trouble, ValueRule
from mobstd.ocss.links import JOURNEY_PARAMETER
from mobstd.ocss.schedules import coherence, weekday, window, window_edges

__all__ = ["RULES"]

NEAR_KM = 1.0
"""How far the ends of a polyline may be from the points that they belong to (OCSS-SCHEMA-04)."""

FAR_KM = 500.0
"""What no driver goes to fetch somebody."""

DEGREE_KM = 111.195
Point = tuple[float, float]


def _point(item: Mapping[str, Any], prefix: str) -> tuple[float, float] | None:
    lat, lng = item.get(f"{prefix}Lat"), item.get(f"{prefix}Lng")
    if isinstance(lat, (int, float)) and isinstance(lng, (int, float)):
        return float(lat), float(lng)
    return None


@lru_cache(maxsize=2048)
def _passes(line: tuple[Point, ...], start: Point, end: Point) -> bool:
    """Say whether a line comes by both points, in this order (on a plane, good to some metres)."""
    near = [[_beside(a, b, point) for a, b in pairwise(line)] for point in (start, end)]
    if not near[0]:
        return False
    first, last = (min(range(len(ways)), key=ways.__getitem__) for ways in near)
    return first <= last and near[0][first] <= NEAR_KM and near[1][last] <= NEAR_KM


def _beside(a: Point, b: Point, point: Point) -> float:
    """Return the kilometres between a point and the straight way from ``a`` to ``b``."""
    shrink = math.cos(math.radians(point[0]))
    (ax, ay), (bx, by) = (
        ((p[1] - point[1]) * DEGREE_KM * shrink, (p[0] - point[0]) * DEGREE_KM) for p in (a, b)
    )
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    part = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
    return math.hypot(ax + part * dx, ay + part * dy)


@lru_cache(maxsize=2048)
def _line(text: str) -> tuple[Point, ...]:
    """Return the points of a polyline, none where it is not one; the same ones come often."""
    import polyline

    try:
        return tuple(polyline.decode(text))
    except Exception:
        return ()


def _polyline_ends(item: Any, context: Context) -> Iterator[Trouble] | None:
    """OCSS-SCHEMA-04: the line starts and ends near the passenger's or the driver's points."""
    text = item.get("journeyPolyline") if isinstance(item, dict) else None
    if not isinstance(text, str) or not text:
        return None
    points = _line(text)
    starts = [p for n in ("passengerPickup", "driverDeparture") if (p := _point(item, n))]
    ends = [p for n in ("passengerDrop", "driverArrival") if (p := _point(item, n))]
    if not points or not starts or not ends:
        return None
    if len(starts) == len(ends) == 1 and _passes(points, starts[0], ends[0]):
        return iter(())  # the whole way of a driver whose own ends are not told
    for where, place, known in (("start", points[0], starts), ("end", points[-1], ends)):
        away = min(distance(place, point) for point in known)
        if away > NEAR_KM:
            return iter(
                (
                    Trouble(
                        "polyline-ends",
                        "/journeyPolyline",
                        {"where": where},
                        f"<= {NEAR_KM} km",
                        f"{away:.1f} km",
                    ),
                )
            )
    return iter(())


def _ends_swapped(item: Any, context: Context) -> Iterator[Trouble] | None:
    """OCSS-SCHEMA-03: what is far off, and close once exchanged, has latitude for longitude."""
    near = _point(item, "passengerPickup") if isinstance(item, dict) else None
    own = {n: p for n in ("driverDeparture", "driverArrival") if near and (p := _point(item, n))}
    if near is None or not own:
        return None
    swapped = (
        name
        for name, (lat, lng) in own.items()
        if (away := distance(near, (lat, lng))) > FAR_KM and distance(near, (lng, lat)) < away / 10
    )
    return (Trouble("ends-swapped", f"/{n}Lat", {}, own[n][1], own[n][0]) for n in swapped)


def _distance_plausible(item: Any, context: Context) -> Iterator[Trouble] | None:
    """OCSS-SCHEMA-02: a road is not shorter than the straight line (5 % tolerance)."""
    metres = item.get("distance") if isinstance(item, dict) else None
    if isinstance(metres, bool) or not isinstance(metres, (int, float)):
        return None
    start, end = _point(item, "passengerPickup"), _point(item, "passengerDrop")
    if start is None or end is None:
        return None
    straight = distance(start, end) * 1000
    if metres >= straight * 0.95 - 50:
        return iter(())
    expected = f">= {straight:.0f}"
    return iter((Trouble("distance-plausible", "/distance", {}, expected, metres),))


def _speed_plausible(item: Any, context: Context) -> Iterator[Trouble] | None:
    """OCSS-SCHEMA-01: between 5 and 200 km/h, where distance and duration are both given."""
    if not isinstance(item, dict):
        return None
    metres, seconds = item.get("distance"), item.get("duration")
    known = [v for v in (metres, seconds) if isinstance(v, (int, float)) and v > 0]
    if len(known) != 2:
        return None
    speed = known[0] / known[1] * 3.6
    if 5 <= speed <= 200:
        return iter(())
    trouble = Trouble("speed-plausible", "/duration", {}, "5..200 km/h", f"{speed:.1f} km/h")
    return iter((trouble,))


def _link_names_journey(journey: Any, _: Context) -> Iterator[Trouble] | None:
    """OCSS-LINK-08: the link of a journey has its id as a parameter."""
    if not isinstance(journey, dict):
        return None
    link, id_ = journey.get("webUrl"), journey.get("id")
    if not isinstance(link, str) or not isinstance(id_, str):
        return None
    try:
        told = parse_qs(urlsplit(link).query).get(JOURNEY_PARAMETER, [])
    except ValueError:
        return None
    if told == [id_]:
        return iter(())
    received = told[-1] if told else None
    return iter((Trouble("link-without-journey", "/webUrl", {}, id_, received),))


def _told_operations(info: Any, context: Context) -> Iterator[Trouble] | None:
    """OCSS-INFO-04: each operation of a block that is there is told once, as implemented."""
    told = info.get("endpoints") if isinstance(info, dict) else None
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        return None
    return iter([*_told_twice(told), *_not_told(told, context)])


def _told_twice(told: list[dict[str, Any]]) -> Iterator[Trouble]:
    seen: set[tuple[Any, Any]] = set()
    for place, one in enumerate(told):
        name = (one.get("method"), one.get("path"))
        if name in seen:
            params = {"operation": f"{name[0]} {name[1]}"}
            yield Trouble("told-twice", f"/endpoints/{place}", params)
        seen.add(name)


def _not_told(told: list[dict[str, Any]], context: Context) -> Iterator[Trouble]:
    there = {(one.get("method"), one.get("path")): one.get("status") for one in told}
    for operation in context.catalogue.operations.values():
        if operation.block not in context.blocks:
            continue
        status = there.get((operation.method, operation.path))
        if status != "IMPLEMENTED":
            params = {"operation": f"{operation.method} {operation.path}"}
            yield Trouble("not-told", "/endpoints", params, "IMPLEMENTED", status)


def _items(judge: Callable[[Any, Context], Iterator[Trouble] | None]) -> ValueRule:
    return ValueRule("/*", judge)


RULES: Mapping[str, ItemFilter | ValueRule] = {
    "schedule-window": ItemFilter(
        "schedule-window",
        (
            "departureTimeOfDay",
            "timeDelta",
            "departureWeekdays",
            "minDepartureDate",
            "maxDepartureDate",
        ),
        window,
        window_edges,
        needs=("departureTimeOfDay", "timeDelta"),
        reads=("schedules",),
    ),
    "schedule-weekday": ItemFilter(
        "schedule-weekday",
        ("departureWeekdays",),
        weekday,
        reads=("schedules",),
        when_asked=True,
    ),
    "schedule-coherence": _items(coherence),
    "ends-swapped": _items(_ends_swapped),
    "polyline-ends": _items(_polyline_ends),
    "distance-plausible": _items(_distance_plausible),
    "speed-plausible": _items(_speed_plausible),
    "link-names-journey": _items(_link_names_journey),
    "link-names-listed-journey": ValueRule(
        "/*/schedules/*/journeySchedules/*", _link_names_journey
    ),
    "told-operations": ValueRule("", _told_operations),
}
