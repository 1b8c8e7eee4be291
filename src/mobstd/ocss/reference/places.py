"""Real towns of metropolitan France, their meeting points, and the corridors between them."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

from haversine import Unit, haversine

from mobstd.errors import ConfigError

__all__ = [
    "EARTH_RADIUS",
    "Corridor",
    "Point",
    "Spot",
    "Town",
    "corridors",
    "kilometres",
    "moved",
    "spots",
    "towns",
]

Point = tuple[float, float]
EARTH_RADIUS = 6371.0
"""Kilometres; the radius that great circles are measured with."""

SPOTS = ("Gare", "Mairie", "Aire de covoiturage", "Zone d'activités", "Lycée", "Hôpital")


@dataclass(frozen=True)
class Town:
    """A town with its true position; ``people`` are counted in thousands."""

    name: str
    department: str
    region: str
    point: Point
    people: int


@dataclass(frozen=True)
class Spot:
    """A place in a town where people get in and out."""

    name: str
    point: Point


@dataclass(frozen=True)
class Corridor:
    """A pair of towns that people commute between, from home to work."""

    home: Town
    work: Town
    weight: float


def kilometres(a: Point, b: Point) -> float:
    """Return the great-circle distance between two points."""
    return float(haversine(a, b, unit=Unit.RADIANS, check=False)) * EARTH_RADIUS


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _departments() -> dict[str, tuple[str, str]]:
    return {row["code"]: (row["name"], row["region"]) for row in _rows("departments.csv")}


@cache
def towns(area: str | None = None) -> tuple[Town, ...]:
    """Return the towns of an area: a department by code or name, or a region by name.

    Raises:
        ConfigError: where there is no such area.
    """
    departments = _departments()
    every = tuple(
        Town(
            row["name"],
            row["department"],
            departments[row["department"]][1],
            (float(row["lat"]), float(row["lng"])),
            int(row["thousands"]),
        )
        for row in _rows("towns.csv")
    )
    if area is None:
        return every
    wanted = area.strip().casefold()
    found = tuple(
        town
        for town in every
        if wanted
        in (
            town.department.casefold(),
            departments[town.department][0].casefold(),
            town.region.casefold(),
        )
    )
    if not found:
        regions = ", ".join(sorted({region for _, region in departments.values()}))
        raise ConfigError("serving.unknown-area", area=area, regions=regions)
    return found


@cache
def spots(town: Town) -> tuple[Spot, ...]:
    """Return the meeting points of a town; they never move, whatever the seed."""
    found = []
    for name in SPOTS:
        random = Random(f"{town.department} {town.name} {name}")
        reach = 0.3 + random.random() * min(2.5, 0.4 + math.sqrt(town.people) / 6)
        found.append(Spot(f"{name}, {town.name}", moved(town.point, reach, random.random())))
    return tuple(found)


def moved(point: Point, km: float, turn: float) -> Point:
    """Return the point ``km`` away in the direction ``turn`` (0 to 1, a whole turn)."""
    lat = point[0] + km * math.cos(turn * math.tau) / 111.195
    lng = point[1] + km * math.sin(turn * math.tau) / 111.195 / math.cos(math.radians(point[0]))
    return round(lat, 5), round(lng, 5)


@cache
def corridors(area: str | None = None) -> tuple[Corridor, ...]:
    """Return the corridors inside an area, those of big and near towns with the most weight."""
    inside = towns(area)
    found = []
    for home in inside:
        near = []
        for work in inside:
            if work is home:
                continue
            km = kilometres(home.point, work.point)
            crowd = math.sqrt(min(home.people, 250) * min(work.people, 250))
            near.append((crowd / (km + 8), km, work))
        near.sort(key=lambda entry: (-entry[0], entry[2].name))
        chosen = [entry for entry in near if 4 < entry[1] < 75][:5]
        chosen = chosen or sorted(near, key=lambda entry: entry[1])[:2]
        found += [Corridor(home, work, weight) for weight, _, work in chosen]
    return tuple(found) or (Corridor(inside[0], inside[0], 1.0),)
