"""Where a ride goes: its way on the road, how long it is and how long it takes."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import polyline

from mobstd.ocss.reference.places import Point, kilometres

__all__ = ["drive", "line", "walk"]

WALKING_SPEED = 1.3
"""Metres per second."""


def drive(random: Random, start: Point, end: Point) -> tuple[int, int]:
    """Return metres and seconds of a drive: longer than the great circle, faster when far."""
    km = kilometres(start, end) * (1.2 + 0.2 * random.random())
    speed = (30 + 70 * (1 - math.exp(-km / 40))) * (0.85 + 0.3 * random.random())
    return max(1, round(km * 1000)), max(60, round(km / speed * 3600))


def line(random: Random, start: Point, end: Point) -> str:
    """Return a winding way as an encoded polyline that starts and ends exactly there."""
    steps = 4 + min(6, int(kilometres(start, end) / 12))
    bend, wave = random.random() * 0.5 - 0.25, random.random() * 0.2 - 0.1
    lat, lng = end[0] - start[0], end[1] - start[1]
    points = [start]
    for step in range(1, steps):
        part = step / steps
        aside = bend * math.sin(math.pi * part) + wave * math.sin(math.tau * part)
        points.append(
            (start[0] + lat * part - lng * aside / 2, start[1] + lng * part + lat * aside)
        )
    return polyline.encode([*points, end], 5)


def walk(start: Point, end: Point, prefix: str, *, drawn: bool) -> dict[str, Any]:
    """Return the members that describe a walk, ``drawn`` with its polyline."""
    metres = round(kilometres(start, end) * 1250)
    found: dict[str, Any] = {
        f"{prefix}WalkingDistance": metres,
        f"{prefix}WalkingDuration": round(metres / WALKING_SPEED),
    }
    if drawn:
        corner = (start[0], end[1])
        found[f"{prefix}WalkingPolyline"] = polyline.encode([start, corner, end], 5)
    return found
