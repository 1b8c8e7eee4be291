"""How far two places are apart."""

from __future__ import annotations

from haversine import Unit, haversine

__all__ = ["Point", "kilometres"]

Point = tuple[float, float]

_RADIUS = 6371.0


def kilometres(one: Point, other: Point) -> float:
    """Return the great-circle distance of two points, latitude first, R = 6371 km."""
    return float(haversine(one, other, unit=Unit.RADIANS, check=False)) * _RADIUS
