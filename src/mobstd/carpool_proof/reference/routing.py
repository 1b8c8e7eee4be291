"""How far it is by road, and how long it takes: by a router of one's own, a table, or a guess.

``straight``  the great circle times 1.3, at 60 km/h; ``straight:FACTOR:KMH`` with other numbers
``none``      nobody is asked, as with the real server while its router is down
FILE          a table in CSV: ``start_lat``, ``start_lon``, ``end_lat``, ``end_lon``, ``distance``
              (metres), ``duration`` (seconds); what is not in it is guessed
URL           a router that speaks as OSRM does: ``/route/v1/driving/LON,LAT;LON,LAT``
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from mobstd.carpool_proof.reference.table import Row, read_table
from mobstd.carpool_proof.rules.anomalies import Route
from mobstd.carpool_proof.rules.facts import straight
from mobstd.errors import ConfigError, MobstdError
from mobstd.judging.exchange import Request
from mobstd.transport import AsyncSender
from mobstd.transport.address import Address

__all__ = ["NONE", "Osrm", "Router", "Straight", "Table", "Way", "router_of"]

_log = logging.getLogger("mobstd.carpool_proof.reference")

FACTOR, KMH = 1.3, 60.0
_SECONDS, _ALTOGETHER = 2.0, 30.0
_LARGEST = 1 << 20
_FARTHEST = 1e8
"""Metres and seconds that no way has: over twice around the Earth, or three years."""

_NO_WAY = ("NoRoute", "NoSegment")
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
        """Return what it knows of a way; nothing too where it knows that there is none."""

    def knows(self, way: Way) -> bool:
        """Say whether it knows of a way, or that there is none."""


class _Local:
    remote = False

    async def prepare(self, ways: Iterable[Way]) -> None:
        """Nothing has to be asked."""

    def knows(self, way: Way) -> bool:
        """Say yes: there is always a guess."""
        return True


class _None(_Local):
    def route(self, way: Way) -> Route | None:
        """Know nothing."""
        return None

    def knows(self, way: Way) -> bool:
        """Know nothing."""
        return False


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
            ConfigError: where it cannot be used; it says which line and column.
        """
        return cls(dict(map(_written, read_table(path, _COLUMNS))))

    def route(self, way: Way) -> Route:
        """Return what the table has, else a guess."""
        return self._routes.get(_rounded(way)) or self._otherwise.route(way)


class Osrm:
    """A router that is asked over HTTP, and remembered.

    It is given two seconds for an answer, and half a minute for all that is asked at once. What it
    has not answered by then, or did not answer well, stays unknown, and is asked again.

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
        lacking = [way for way in dict.fromkeys(ways) if way not in self._known]
        if len(self._known) + len(lacking) > _MOST:
            self._known.clear()
        turns, failed = asyncio.Semaphore(_AT_ONCE), 0
        settings: Any = {"timeout": _SECONDS, "redirects": 0, "max_body": _LARGEST}
        async with AsyncSender(self._url, **settings) as sender:

            async def ask(way: Way) -> None:
                nonlocal failed
                async with turns:
                    if failed > _PATIENCE:
                        return
                    try:
                        self._known[way] = await self._asked(sender, way)
                        failed = 0
                    except _FAILURES as error:
                        failed += 1
                        _log.warning("the router: %s", type(error).__name__)
                        if failed > _PATIENCE:
                            _log.warning("the router is left alone after %d failures", failed)

            try:
                async with asyncio.timeout(_ALTOGETHER):
                    await asyncio.gather(*map(ask, lacking))
            except TimeoutError:
                _log.warning("the router took more than %d seconds", _ALTOGETHER)

    def route(self, way: Way) -> Route | None:
        """Return what was answered."""
        return self._known.get(way)

    def knows(self, way: Way) -> bool:
        """Say whether it has answered."""
        return way in self._known

    async def _asked(self, sender: AsyncSender, way: Way) -> Route | None:
        ends = f"{way.lon:.6f},{way.lat:.6f};{way.to_lon:.6f},{way.to_lat:.6f}"
        path = f"{self._base}/route/v1/driving/{ends}"
        answer = await sender.send(Request("GET", path, (("overview", "false"),)))
        return _read(answer.json)


_FAILURES = (MobstdError, ValueError, LookupError, TypeError, ArithmeticError)
"""What an answer that is none, and none at all, raise."""


def _read(answer: Any) -> Route | None:
    """Return the way that a router found; ``None`` where it says that there is none."""
    if isinstance(answer, dict) and answer.get("code") in _NO_WAY:
        return None
    first = answer["routes"][0]
    found = Route(float(first["distance"]), float(first["duration"]))
    if not all(0 <= number <= _FARTHEST for number in found):
        raise ValueError
    return found


def _rounded(way: Way) -> Way:
    return Way(*(round(number, _PLACES) + 0.0 for number in way))


def _written(row: Row) -> tuple[Way, Route]:
    ends = (row.number(name, 180 if name.endswith("lon") else 90) for name in _COLUMNS[:4])
    return Way(*ends), Route(*(row.number(name, _FARTHEST, 0) for name in _COLUMNS[4:]))


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
