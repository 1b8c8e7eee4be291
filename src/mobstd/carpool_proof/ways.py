"""Rules about ways and places: what no road and no commune can be, whatever knows them.

Bounds are wide on purpose: they tell kilometres from metres, minutes from seconds, a latitude from
a longitude, and no good router from a bad one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.kinds.filters import distance
from mobstd.judging.rule import ItemFilter

__all__ = ["RULES"]

ENDS = ("start[lat]", "start[lon]", "end[lat]", "end[lon]")
NEAR_KM = 2.0
"""Between ends that are closer nothing is said."""

SHORTER, LONGER = 0.95, 50.0
"""A way in metres is at least so much of the great circle, and at most so many times of it."""

FASTEST, SLOWEST = 70.0, 0.2
"""Metres of the great circle in a second."""

FRANCE = (
    (41.0, 51.6, -5.6, 9.9),
    (14.0, 18.6, -63.5, -60.5),
    (2.0, 6.0, -55.0, -51.0),
    (-21.6, -20.6, 55.0, 56.0),
    (-13.3, -12.4, 44.8, 45.5),
    (46.5, 47.3, -56.7, -55.9),
    (-23.5, -19.0, 163.0, 169.0),
    (-28.5, -7.5, -155.5, -134.0),
    (-14.9, -12.9, -178.9, -175.9),
)
"""Boxes of latitude and longitude: the mainland first, then what lies overseas."""

_MAINLAND = {f"{number:02}" for number in range(1, 96)} | {"2A", "2B"}


def _numbers(values: Mapping[str, Any], *names: str) -> list[float] | None:
    try:
        return [float(values[name]) for name in names]
    except (KeyError, TypeError, ValueError):
        return None


def _in_units(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """PROOF-GEN-08: metres and seconds between two ends that are known."""
    ends, told = _numbers(query, *ENDS), _numbers(item, "distance", "duration")
    if ends is None or told is None:
        return None
    km = distance((ends[0], ends[1]), (ends[2], ends[3]))
    if km < NEAR_KM:
        return None
    metres, seconds = told
    straight = km * 1000
    way = SHORTER * straight <= metres <= LONGER * straight
    return way and straight / FASTEST <= seconds <= straight / SLOWEST


def _in_france(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """PROOF-GEO-05: a commune of the mainland lies there, and an address in France in France."""
    point = _numbers(item, "lat", "lon")
    code, country = query.get("code", ""), query.get("country", "")
    boxes = FRANCE[:1] if code[:2] in _MAINLAND else FRANCE if country == "France" else ()
    if point is None or not boxes:
        return None
    lat, lon = point
    return any(south <= lat <= north and west <= lon <= east for south, north, west, east in boxes)


RULES: Mapping[str, ItemFilter] = {
    "way-units": ItemFilter("way-units", ENDS, _in_units, reads=("distance", "duration")),
    "place-in-france": ItemFilter(
        "place-elsewhere", ("code", "country"), _in_france, reads=("lat", "lon")
    ),
}
"""The checks of kind ``rule`` name them."""
