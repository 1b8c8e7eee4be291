"""In which commune a place lies, from a table that one gives: the sandbox has no map of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import cos, floor, radians
from pathlib import Path

from mobstd.carpool_proof.reference.table import Row, read_table
from mobstd.carpool_proof.rules.facts import straight

__all__ = ["AREAS", "Commune", "Communes"]

AREAS = ("departement", "epci", "aom", "region", "pays")
"""The columns of larger areas, which a table may have."""

_NEEDED = ("insee", "commune", "lat", "lon", "density")
_CELL = 0.25


@dataclass(frozen=True)
class Commune:
    """A commune.

    Attributes:
        insee: its code.
        name: its name.
        lat: of its centre, in degrees.
        lon: of its centre, in degrees.
        density: inhabitants per square kilometre.
        areas: the larger areas that it lies in, by the names of ``AREAS``.
    """

    insee: str
    name: str
    lat: float
    lon: float
    density: float
    areas: Mapping[str, str] = field(default_factory=dict)


class Communes:
    """Finds the commune whose centre is the nearest to a place."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self._cells: dict[tuple[int, int], list[Commune]] = {}
        for one in communes:
            self._cells.setdefault(_cell(one.lat, one.lon), []).append(one)

    @classmethod
    def load(cls, path: Path) -> Communes:
        """Return the communes of a CSV file.

        Raises:
            ConfigError: where it cannot be used; it says which line and column.
        """
        return cls(map(_commune, read_table(path, _NEEDED)))

    def at(self, lat: float, lon: float) -> Commune:
        """Return the nearest; far from all of them, the nearest all the same."""
        y, x = _cell(lat, lon)
        near = [
            one
            for dy in (-1, 0, 1)
            for dx in (-1, 0, 1)
            for one in self._cells.get((y + dy, x + dx), ())
        ]
        # beyond a cell something outside of the nine could be nearer
        reach = _CELL * 111_000 * max(0.01, cos(radians(min(89.0, abs(lat) + _CELL))))
        found = min(near, key=lambda one: _metres(one, lat, lon), default=None)
        if found is None or _metres(found, lat, lon) > reach:
            every = (one for cell in self._cells.values() for one in cell)
            found = min(every, key=lambda one: _metres(one, lat, lon))
        return found


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return floor(lat / _CELL), floor(lon / _CELL)


def _metres(one: Commune, lat: float, lon: float) -> float:
    return straight(one.lat, one.lon, lat, lon)


def _commune(row: Row) -> Commune:
    areas = {name: value for name in AREAS if (value := row.cells.get(name))}
    place = row.number("lat", 90), row.number("lon", 180)
    density = row.number("density", least=0)
    return Commune(row.text("insee"), row.text("commune"), *place, density, areas)
