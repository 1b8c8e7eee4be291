"""How far it is by road, and how long it takes: by a router of one's own, a table, or a guess.

``straight``  the great circle times 1.3, at 60 km/h; ``straight:FACTOR:KMH`` with other numbers
``none``      nobody is asked, as with the real server while its router is down
FILE          a table in CSV: ``start_lat``, ``start_lon``, ``end_lat``, ``end_lon``, ``distance``
              (metres), ``duration`` (seconds); what is not in it is guessed
URL           a router that speaks as OSRM does: ``/route/v1/driving/LON,LAT;LON,LAT``
"""

from __future__ import annotations

import asyncio
import csv
import logging
from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from mobstd.carpool_proof.rules.anomalies import Route
from mobstd.carpool_proof.rules.facts import straight
from mobstd.errors import ConfigError, MobstdError
from mobstd.judging.exchange import Request
from mobstd.transport import AsyncSender
from mobstd.transport.address import Address

__all__ = ["NONE", "Osrm", "Router", "Straight", "Table", "Way", "router_of"]

_log = logging.getLogger("mobstd.carpool_proof.reference")

FACTOR, KMH = 1.3, 60.0
_SECONDS = 2.0
_AT_ONCE = 16
_MOST = 100_000
_PATIENCE = 32
"""After how many failures on end a router counts as down, and is left alone until the next time."""

_PLACES = 3
"""Decimals by which places are the same in a table: some hundred metres."""

_COLUMNS = ("start_lat", "start_lon", "end_lat", "end_lon", "distance", "duration")


class Way(NamedTuple):
    """From where to where, in degrees."""

    lat: float
    lon: float
    to_lat: float
    to_lon: float


class Router(Protocol):
    """Says how far and how long ways are.

    Attributes:
        remote: whether it has to be prepared, since another process is asked.
    """

    remote: bool

    async def prepare(self, ways: Iterable[Way]) -> None:
        """Ask for what it does not know yet; a failure leaves it unknown."""

    def route(self, way: Way) -> Route | None:
        """Return what it knows of a way."""


class _Local:
    remote = False

    async def prepare(self, ways: Iterable[Way]) -> None:
        """Nothing has to be asked."""


class _None(_Local):
    def route(self, way: Way) -> Route | None:
        """Know nothing."""
        return None


NONE: Router = _None()
"""No router."""


class Straight(_Local):
    """The great circle times a factor, at one speed.

    Args:
        factor: how much longer roads are; 1 or more.
        kmh: the speed, in kilometres an hour.
    """

    def __init__(self, factor: float = FACTOR, kmh: float = KMH) -> None:
        self._factor, self._speed = factor, kmh / 3.6

    def route(self, way: Way) -> Route:
        """Guess."""
        metres = straight(*way) * self._factor
        return Route(round(metres, 1), round(metres / self._speed, 1))


class Table(_Local):
    """Ways that somebody wrote down; others are guessed."""

    def __init__(self, routes: Mapping[Way, Route]) -> None:
        self._routes = {_rounded(way): route for way, route in routes.items()}
        self._otherwise = Straight()

    @classmethod
    def load(cls, path: Path) -> Table:
        """Return the ways of a CSV file.

        Raises:
            ConfigError: where it cannot be read, or a line is none.
        """
        line = 1
        try:
            routes = {}
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file)
                for row in rows:
                    line = rows.line_num
                    numbers = [float(row[name]) for name in _COLUMNS]
                    way, route = Way(*numbers[:4]), Route(*numbers[4:])
                    if not (_on_earth(way) and all(isfinite(n) and n >= 0 for n in route)):
                        raise ValueError(", ".join(_COLUMNS))
                    routes[way] = route
        except (OSError, UnicodeDecodeError, KeyError, ValueError, TypeError, csv.Error) as error:
            why = ", ".join(_COLUMNS) if isinstance(error, (KeyError, TypeError)) else str(error)
            raise ConfigError("proof.bad-ways", file=str(path), line=line, why=why) from None
        return cls(routes)

    def route(self, way: Way) -> Route:
        """Return what the table has, else a guess."""
        return self._routes.get(_rounded(way)) or self._otherwise.route(way)


class Osrm:
    """A router that is asked over HTTP, and remembered.

    Args:
        url: where it is.
    """

    remote = True

    def __init__(self, url: str) -> None:
        self._url = url
        self._base = Address.parse(url).path
        self._known: dict[Way, Route | None] = {}

    async def prepare(self, ways: Iterable[Way]) -> None:
        """Ask for the ways that are not known; what failed is asked again the next time."""
        lacking = [way for way in dict.fromkeys(ways) if self._known.get(way) is None]
        if len(self._known) + len(lacking) > _MOST:
            self._known.clear()
        turns, failed = asyncio.Semaphore(_AT_ONCE), 0
        async with AsyncSender(self._url, timeout=_SECONDS, redirects=0) as sender:

            async def ask(way: Way) -> Route | None:
                nonlocal failed
                async with turns:
                    found = None if failed > _PATIENCE else await self._asked(sender, way)
                failed = 0 if found else failed + 1
                return found

            found = await asyncio.gather(*map(ask, lacking))
        self._known.update(zip(lacking, found, strict=True))

    def route(self, way: Way) -> Route | None:
        """Return what was answered."""
        return self._known.get(way)

    async def _asked(self, sender: AsyncSender, way: Way) -> Route | None:
        ends = f"{way.lon:.6f},{way.lat:.6f};{way.to_lon:.6f},{way.to_lat:.6f}"
        path = f"{self._base}/route/v1/driving/{ends}"
        try:
            answer = await sender.send(Request("GET", path, (("overview", "false"),)))
            return _read(answer.json)
        except (MobstdError, ValueError, KeyError, IndexError, TypeError) as error:
            _log.warning("the router: %s", type(error).__name__)
            return None


def _read(answer: Any) -> Route:
    first = answer["routes"][0]
    found = Route(float(first["distance"]), float(first["duration"]))
    if not all(isfinite(number) and number >= 0 for number in found):
        raise ValueError(found)
    return found


def _rounded(way: Way) -> Way:
    return Way(*(round(number, _PLACES) + 0.0 for number in way))


def _on_earth(way: Way) -> bool:
    return all(abs(lat) <= 90 for lat in way[::2]) and all(abs(lon) <= 180 for lon in way[1::2])


def router_of(text: str | None) -> Router:
    """Return the router that ``--router`` names.

    Raises:
        ConfigError: where it is none.
    """
    name, _, numbers = (text or "straight").partition(":")
    if text == "none":
        return NONE
    if text and text.startswith(("http://", "https://")):
        return Osrm(text)
    if name != "straight":
        return Table.load(Path(text or ""))
    if not numbers:
        return Straight()
    try:
        factor, kmh = map(float, numbers.split(":"))
        if not (1 <= factor <= 10 and 1 <= kmh <= 1000):
            raise ValueError
    except ValueError:
        raise ConfigError("proof.bad-router", value=text) from None
    return Straight(factor, kmh)
