"""OCSS queries as legacy searches, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from mobstd.rdex.bridge.clock import (
    DAY,
    MARGIN,
    PARIS,
    day_name,
    instant,
    local,
    read,
    seconds,
    spoken,
)
from mobstd.rdex.bridge.items import Side
from mobstd.rdex.bridge.loss import Loss
from mobstd.rdex.search import WEEK, Search

__all__ = ["OPERATIONS", "Asked", "search_of", "searches_of"]

_EARLIEST, _LATEST = 0, 32_503_593_600
"""The instants that ads can have: from 1970 to 2999."""

AHEAD = 7
"""Days that a search without dates looks ahead, today included."""


@dataclass(frozen=True)
class Operation:
    """One of the four OCSS searches."""

    side: Side
    regular: bool
    path: str


OPERATIONS: Mapping[str, Operation] = {
    "getDriverJourneys": Operation("driver", False, "/driver_journeys"),
    "getPassengerJourneys": Operation("passenger", False, "/passenger_journeys"),
    "getDriverRegularTrips": Operation("driver", True, "/driver_regular_trips"),
    "getPassengerRegularTrips": Operation("passenger", True, "/passenger_regular_trips"),
}
"""The OCSS searches by ``operationId``."""


@dataclass(frozen=True)
class Asked:
    """One OCSS search: its ``operationId`` and its parameters by wire name."""

    operation: str
    query: Mapping[str, Any]


def search_of(
    operation: str, query: Mapping[str, Any], zone: tzinfo
) -> tuple[Search | None, tuple[Loss, ...]]:
    """Return the legacy search for an OCSS query, ``None`` where nothing can be found.

    It asks for a little more than was wanted: what comes back has to be filtered.

    Args:
        operation: the ``operationId``.
        query: its parameters by wire name, defaults filled in.
        zone: the clock that the partner's times are on.
    """
    wanted = OPERATIONS[operation]
    start = query["departureLat"], query["departureLng"]
    end = query["arrivalLat"], query["arrivalLng"]
    names = ("departureRadius", "arrivalRadius", "timeDelta", "count")
    lost = [Loss(name, "not-asked") for name in names if query.get(name) is not None]
    if not all(abs(lat) <= 90 and abs(lng) <= 180 for lat, lng in (start, end)):
        return None, tuple(lost)
    shared: dict[str, Any] = {
        "start": start,
        "end": end,
        "drivers": wanted.side == "driver",
        "passengers": wanted.side == "passenger",
        "frequency": "regular" if wanted.regular else "punctual",
    }
    asked = _weekly(query, zone) if wanted.regular else _dated(query, zone)
    return (None if asked is None else Search(**shared, **asked)), (*lost, Loss("zone", "clock"))


def _dated(query: Mapping[str, Any], zone: tzinfo) -> dict[str, Any] | None:
    at, delta = query["departureDate"], query["timeDelta"]
    since, until = max(_EARLIEST, at - delta - MARGIN), min(_LATEST, at + delta + MARGIN)
    if delta < 0 or since > until:
        return None
    first, last = datetime.fromtimestamp(since, zone), datetime.fromtimestamp(until, zone)
    found: dict[str, Any] = {"mindate": first.date(), "maxdate": last.date()}
    if first.date() == last.date() and first.utcoffset() == last.utcoffset():
        found["times"] = {day_name(first.date()): (_clock(first), _clock(last))}
    return found


def _clock(moment: datetime) -> time:
    return moment.time().replace(microsecond=0, fold=0)


def _weekly(query: Mapping[str, Any], zone: tzinfo) -> dict[str, Any] | None:
    delta = query["timeDelta"]
    if delta < 0:
        return None
    found: dict[str, Any] = {}
    for name, member in (("mindate", "minDepartureDate"), ("maxdate", "maxDepartureDate")):
        if query.get(member) is not None:
            moment = local(query[member], zone)
            if moment is not None:
                found[name] = moment.date()
    if zone is not PARIS:
        return found
    days = [day for day in WEEK if day[:3].upper() in query["departureWeekdays"]]
    at = read(query["departureTimeOfDay"])
    first, last = at - delta - MARGIN, at + delta + MARGIN
    if first >= 0 and last < DAY:
        bounds = time.fromisoformat(spoken(first)), time.fromisoformat(spoken(last))
        found["times"] = dict.fromkeys(days or WEEK, bounds)
    return found


def searches_of(
    search: Search, zone: tzinfo, now: float, radius: float
) -> tuple[tuple[Asked, ...], tuple[Loss, ...]]:
    """Return the OCSS searches that together find what a legacy search asks for.

    They may find a little more: what comes back has to be filtered.

    Args:
        search: what the legacy partner asks.
        zone: the clock that its times of day are on.
        now: the current time in UNIX seconds: without dates a search begins today.
        radius: kilometres around both points, which the legacy search cannot say.
    """
    lost = [Loss("departureRadius", "defaulted"), Loss("outward", "clock")]
    ends = {
        "departureLat": search.start[0],
        "departureLng": search.start[1],
        "arrivalLat": search.end[0],
        "arrivalLng": search.end[1],
        "departureRadius": radius,
        "arrivalRadius": radius,
    }
    dated = _instants(search, zone, now, lost) if search.frequency != "regular" else None
    weekly = _times(search, zone, lost) if search.frequency != "punctual" else None
    found = []
    for name, operation in OPERATIONS.items():
        wanted = search.drivers if operation.side == "driver" else search.passengers
        when = weekly if operation.regular else dated
        if wanted and when is not None:
            found.append(Asked(name, {**ends, **when}))
    return tuple(found), tuple(lost)


def _instants(search: Search, zone: tzinfo, now: float, lost: list[Loss]) -> dict[str, Any] | None:
    first, last = search.mindate, search.maxdate
    if first is None or last is None:
        lost.append(Loss("outward", "defaulted"))
    if first is None:
        today = datetime.fromtimestamp(now, zone).date()
        first = min(today, last) if last is not None else today
        last = last or first + timedelta(days=AHEAD - 1)
    last = last or first
    if last < first:
        return None
    low, high = 0, DAY - 1
    if first == last:
        earliest, latest = search.times.get(day_name(first), (None, None))
        low = seconds(earliest) if earliest else 0
        high = seconds(latest) if latest else DAY - 1
    since, until = _bounds(first, low, last, high, zone)
    return {"departureDate": (since + until) // 2, "timeDelta": (until - since + 1) // 2}


def _bounds(first: date, low: int, last: date, high: int, zone: tzinfo) -> tuple[int, int]:
    since, until = instant(first, low, zone), instant(last, high, zone, fold=1)
    return since, max(since, until)


def _times(search: Search, zone: tzinfo, lost: list[Loss]) -> dict[str, Any]:
    found: dict[str, Any] = {"departureTimeOfDay": "12:00:00", "timeDelta": DAY // 2}
    days = [day for day in WEEK if day in (search.days or search.times or WEEK)]
    if zone is PARIS:
        found["departureWeekdays"] = [day[:3].upper() for day in days]
        pairs = [search.times.get(day, (None, None)) for day in days]
        low = min(seconds(earliest) if earliest else 0 for earliest, _ in pairs)
        high = max(seconds(latest) if latest else DAY - 1 for _, latest in pairs)
        if low <= high:
            found.update(
                departureTimeOfDay=spoken((low + high) // 2), timeDelta=(high - low + 1) // 2
            )
    if search.times:
        lost.append(Loss("outward", "widened"))
    if search.mindate is not None:
        found["minDepartureDate"] = instant(search.mindate, 0, zone)
    if search.maxdate is not None:
        found["maxDepartureDate"] = instant(search.maxdate, DAY - 1, zone, fold=1)
    return found
