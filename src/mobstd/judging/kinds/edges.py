"""Boundary values of filters: queries in which a known item is just inside, or just outside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.kinds.filters import EARTH_KM, distance
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check
from mobstd.judging.rule import SURPRISED, Edit, ItemFilter

__all__ = [
    "RADII",
    "Edge",
    "edges",
    "shifted",
]

INSIDE, OUTSIDE = 0.94, 1.07
RADII = (
    (2.6, 90, True),
    (2.6, 45, False),
    (2.6, 270, False),
    (120.0, 225, True),
    (0.0, 0, False),
)
"""Radius in km, bearing of the shift, and whether the item stays inside.

East and west tell degrees from kilometres, the diagonals boxes and sums from circles, a fraction
whole kilometres, much who stops at a limit of his own, zero what takes zero for left out.
"""

MARGINS = (
    (1800, -1, True),
    (1800, 1, True),
    (1800, -1, False),
    (1800, 1, False),
    (7200, 1, True),
    (59, -1, True),
    (0, -1, False),
)
"""Margin in seconds, side of the shift, and whether the item stays inside.

Less than a minute tells who counts in minutes, zero who takes zero for left out.
"""

OFF_ZERO_KM, OFF_ZERO_SECONDS = 0.6, 600
"""How far an item is from the centre of a margin of zero."""

APART_KM, APART_SECONDS = 1.2, 300
"""How far another place or time of an item has to be so that it can be told from the right one."""

BETWEEN = 0.45
"""The margin around the other one, as a part of the way to the right one."""


@dataclass(frozen=True)
class Edge:
    """An edit of a query that finds an item.

    Attributes:
        inside: it must still be found.
        tight: the margin is zero; nothing but what lies at the centre is inside.
        severity: ``warning`` where only a reading of ours says that the item is inside.
        mistaken_for: what else of the item lies at the centre.
        sort: what kind of value it is, where there are several.
    """

    query: Mapping[str, Any]
    inside: bool
    tight: bool = False
    severity: str = "error"
    mistaken_for: str = ""
    sort: str = ""


def shifted(lat: float, lng: float, km: float, bearing: float) -> tuple[float, float]:
    """Return the point ``km`` away in the direction of ``bearing`` (degrees from north)."""
    angle, course = km / EARTH_KM, math.radians(bearing)
    phi, lam = math.radians(lat), math.radians(lng)
    phi2 = math.asin(
        math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(course)
    )
    lam2 = lam + math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(phi),
        math.cos(angle) - math.sin(phi) * math.sin(phi2),
    )
    return round(math.degrees(phi2), 6), round((math.degrees(lam2) + 540) % 360 - 180, 6)


def _near(check: Check, item: Any) -> Iterator[Edge]:
    lat, lng = (get(item, pointer) for pointer in check["point"])
    if not all(isinstance(value, (int, float)) for value in (lat, lng)):
        return
    if abs(lat) > 85 or abs(lng) > 179:
        return
    for radius, bearing, inside in RADII:
        away = radius * (INSIDE if inside else OUTSIDE) or OFF_ZERO_KM
        point = shifted(lat, lng, away, bearing)
        centre = dict(zip(check["centre"], point, strict=True))
        yield Edge({**centre, check["radius"]: radius}, inside, tight=not radius)
    for pointers in check.get("mistaken_for", ()):
        other = [get(item, pointer) for pointer in pointers]
        if not all(isinstance(value, (int, float)) for value in other):
            continue
        away = distance((lat, lng), (other[0], other[1]))
        if APART_KM <= away < EARTH_KM:
            centre = dict(zip(check["centre"], other, strict=True))
            query = {**centre, check["radius"]: round(away * BETWEEN, 3)}
            yield Edge(query, False, mistaken_for=pointers[0])


def _within(check: Check, item: Any) -> Iterator[Edge]:
    values = [get(item, pointer) for pointer in check["values"]]
    known = [value for value in values if isinstance(value, (int, float))]
    if not known:
        return
    low, high = min(known), max(known)
    for margin, side, inside in MARGINS:
        reach = int(margin * (INSIDE if inside else OUTSIDE)) or OFF_ZERO_SECONDS
        nearest, farthest = (low, high) if side > 0 else (high, low)
        centre = (nearest if inside else farthest) + side * reach
        yield Edge(
            {check["centre"]: int(centre), check["margin"]: margin}, inside, tight=not margin
        )
    for pointer in check.get("mistaken_for", ()):
        other = get(item, pointer)
        if isinstance(other, (int, float)):
            away = min(abs(other - value) for value in known)
            if away >= APART_SECONDS:
                margin = int(away * BETWEEN)
                query = {check["centre"]: int(other), check["margin"]: margin}
                yield Edge(query, False, mistaken_for=pointer)


def edges(check: Check, item: Any, query: Mapping[str, Any], context: Context) -> Iterator[Edge]:
    """Yield queries around the margins of a filter, for an item that ``query`` finds."""
    if check.kind == "near":
        yield from _near(check, item)
    elif check.kind == "within":
        yield from _within(check, item)
    else:
        rule: ItemFilter = context.catalogue.version.rules[check["call"]]
        if rule.edges is not None:
            yield from _by_rule(rule.edges(item, query, context))


def _by_rule(edits: Iterable[Edit]) -> Iterator[Edge]:
    """Yield the edges of a rule, as far as the item is what the schema says."""
    try:
        for edit in edits:
            yield Edge(edit.query, edit.inside, severity=edit.severity, sort=edit.sort)
    except SURPRISED:
        return
