"""Where an address or a commune is: from a table, by words; the sandbox has no map of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mobstd.carpool_proof.reference.table import Row, read_table

__all__ = ["TOWNS", "Place", "Places", "places_of"]

_NEEDED = ("insee", "commune", "lat", "lon")
_WORD = re.compile(r"[a-z0-9]+")
_FRANCE = "france"


@dataclass(frozen=True)
class Place:
    """A commune: its INSEE code, its name, and its centre in degrees."""

    insee: str
    name: str
    lat: float
    lon: float


TOWNS = (
    Place("75056", "Paris", 48.8566, 2.3522),
    Place("13055", "Marseille", 43.2965, 5.3698),
    Place("69123", "Lyon", 45.764, 4.8357),
    Place("31555", "Toulouse", 43.6047, 1.4442),
    Place("06088", "Nice", 43.7102, 7.262),
    Place("44109", "Nantes", 47.2184, -1.5536),
    Place("34172", "Montpellier", 43.6108, 3.8767),
    Place("67482", "Strasbourg", 48.5734, 7.7521),
    Place("33063", "Bordeaux", 44.8378, -0.5792),
    Place("59350", "Lille", 50.6292, 3.0573),
    Place("35238", "Rennes", 48.1173, -1.6778),
    Place("38185", "Grenoble", 45.1885, 5.7245),
    Place("21231", "Dijon", 47.322, 5.0415),
    Place("49007", "Angers", 47.4784, -0.5632),
    Place("63113", "Clermont-Ferrand", 45.7772, 3.087),
    Place("2A004", "Ajaccio", 41.9192, 8.7386),
    Place("97411", "Saint-Denis", -20.8823, 55.4504),
    Place("97105", "Basse-Terre", 15.9979, -61.7326),
)
"""The towns that are known where no table is given."""


class Places:
    """Finds places by code, and by the words of an address."""

    def __init__(self, places: Iterable[Place] = TOWNS) -> None:
        self._codes: dict[str, Place] = {}
        self._names: dict[tuple[str, ...], Place] = {}
        for one in places:
            self._codes.setdefault(one.insee, one)
            self._names.setdefault(_words(one.name), one)
        self._longest = max((len(name) for name in self._names), default=0)

    @classmethod
    def load(cls, path: Path) -> Places:
        """Return the places of a CSV file, such as the table of communes for exports.

        Raises:
            ConfigError: where it cannot be used; it says which line and column.
        """
        return cls(map(_place, read_table(path, _NEEDED)))

    def of_code(self, code: str) -> Place | None:
        """Return the commune of an INSEE code."""
        return self._codes.get(code)

    def of_address(self, text: str, country: str) -> Place | None:
        """Return the commune whose name an address ends with, or has last; the longest name wins.

        No street is looked for: a commune is where its centre is.
        """
        if _words(country) != (_FRANCE,):
            return None
        words = _words(text)[-100:]
        for end in range(len(words), 0, -1):
            for length in range(min(self._longest, end), 0, -1):
                found = self._names.get(words[end - length : end])
                if found is not None:
                    return found
        return None


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _place(row: Row) -> Place:
    name = row.text("commune")
    if not _words(name):
        raise row.wrong("commune")
    return Place(row.text("insee"), name, row.number("lat", 90), row.number("lon", 180))


def places_of(file: str | None) -> Places:
    """Return the places of a file; the towns that are known without one.

    Raises:
        ConfigError: where the file cannot be used.
    """
    return Places() if file is None else Places.load(Path(file))
