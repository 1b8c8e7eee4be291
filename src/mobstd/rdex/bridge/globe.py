"""How far two places are apart."""

from __future__ import annotations

import math

from haversine import Unit, haversine

__all__ = ["Point", "kilometres"]

Point = tuple[float, float]

_RADIUS = 6371.0


def kilometres(one: Point, other: Point) -> float:
    """Return the great-circle distance of two points, latitude first, R = 6371 km.

    A point off the globe is beyond everything.
    """
    if not all(abs(lat) <= 90 and abs(lng) <= 180 for lat, lng in (one, other)):
        return math.inf
    return float(haversine(one, other, unit=Unit.RADIANS, check=False)) * _RADIUS
