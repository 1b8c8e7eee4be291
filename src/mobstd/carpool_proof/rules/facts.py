"""What rules read of a journey, once its schema accepted it. Instants are UNIX milliseconds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import asin, cos, hypot, pi, radians, sin, sqrt
from typing import Any, NamedTuple

__all__ = ["Facts", "at_most", "couple", "facts", "instant", "straight"]

_HALVES = re.compile("[\ud800-\udfff]")

_RADIUS = 6_371_008.8
"""Metres of the mean radius of the Earth."""


class Facts(NamedTuple):
    """What rules read of a journey; its ``repr`` shows nobody.

    Attributes:
        operator: whose journey it is; any text that tells operators apart.
        journey: its ``operator_journey_id``.
        trip: its ``operator_trip_id``.
        driver: the identity key of the driver.
        passenger: that of the passenger.
        driver_user: the operator's id of the driver.
        passenger_user: that of the passenger.
        start: when it began, in milliseconds.
        end: when it ended, in milliseconds.
        lon: the longitude of the start, in degrees.
        proof_class: A, B or C.
        distance: as declared, in metres.
        straight: between start and end, in metres.
    """

    operator: str
    journey: str
    trip: str
    driver: str
    passenger: str
    driver_user: str
    passenger_user: str
    start: int
    end: int
    lon: float
    proof_class: str
    distance: float
    straight: float

    def __repr__(self) -> str:
        """Name the journey, and nobody in it."""
        return f"Facts(operator={self.operator!r}, journey={self.journey!r})"


def instant(text: str) -> int:
    """Return an instant as the server reads it: whole milliseconds, cut and not rounded.

    Raises:
        ValueError: for what is no instant, a leap second among others.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.fromisoformat(text.upper())
    if at.tzinfo is None:
        raise ValueError("no offset")
    return (at - _EPOCH) // _MILLISECOND


_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")


def facts(document: Mapping[str, Any], operator: str = "") -> Facts:
    """Return what rules read of a journey.

    Raises:
        ValueError: for an instant that no clock shows, such as a leap second.
    """
    start, end = document["start"], document["end"]
    driver, passenger = document["driver"]["identity"], document["passenger"]["identity"]
    return Facts(
        operator,
        _text(document["operator_journey_id"]),
        _text(document["operator_trip_id"]),
        _text(driver["identity_key"]),
        _text(passenger["identity_key"]),
        _text(driver["operator_user_id"]),
        _text(passenger["operator_user_id"]),
        instant(start["datetime"]),
        instant(end["datetime"]),
        start["lon"],
        document["operator_class"],
        document["distance"],
        straight(start["lat"], start["lon"], end["lat"], end["lon"]),
    )


def _text(value: Any) -> str:
    """Return an id or a key as the registry stores it: half a character becomes U+FFFD.

    A key that is no text, which the server takes, still tells persons apart.
    """
    if isinstance(value, str) and value.isascii():
        return value
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return _HALVES.sub("\ufffd", text)


def straight(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return the metres of the great circle between two points, which no road undercuts."""
    a, b = radians(lat), radians(to_lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(to_lon - lon) / 2) ** 2
    return 2 * _RADIUS * asin(sqrt(min(1.0, half)))


_DEGREE = _RADIUS * pi / 180 * 1.000001
"""Metres of a degree of the meridian, and a little more than any rounding."""


def at_most(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return metres that the great circle between two points does not exceed, quickly."""
    return _DEGREE * hypot(to_lat - lat, to_lon - lon)


def couple(one: str, other: str) -> tuple[str, str]:
    """Return two persons in one order, whoever drove."""
    return (one, other) if one <= other else (other, one)
