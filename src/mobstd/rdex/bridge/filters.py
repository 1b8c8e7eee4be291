"""What is asked of one side and unknown to the other, applied to what came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from mobstd.rdex.bridge.clock import (
    PARIS,
    apart,
    day_name,
    instant,
    local,
    middle,
    read,
    within_reason,
)
from mobstd.rdex.bridge.globe import kilometres
from mobstd.rdex.generated.v1_2.models import Journey
from mobstd.rdex.search import WEEK, Search

__all__ = ["ad_fits", "journey_fits", "trip_fits"]

Item = Mapping[str, Any]


def journey_fits(item: Item, query: Item) -> bool:
    """Say whether a dated journey is within both radii and the time of an OCSS query."""
    away = abs(item["passengerPickupDate"] - query["departureDate"])
    return away <= query["timeDelta"] and _near(item, query)


def trip_fits(item: Item, query: Item, first: date, last: date) -> bool:
    """Say whether a regular trip fits an OCSS query by a slot that runs between two days."""
    return _near(item, query) and any(
        _slot_fits(slot, query, first, last) for slot in item["schedules"]
    )


def _near(item: Item, query: Item) -> bool:
    ends = (("Pickup", "departure"), ("Drop", "arrival"))
    return all(
        kilometres(
            (item[f"passenger{there}Lat"], item[f"passenger{there}Lng"]),
            (query[f"{asked}Lat"], query[f"{asked}Lng"]),
        )
        <= query[f"{asked}Radius"]
        for there, asked in ends
    )


def _slot_fits(slot: Item, query: Item, first: date, last: date) -> bool:
    day, at = slot["passengerPickupDay"], read(slot["passengerPickupTimeOfDay"])
    days = query.get("departureWeekdays")
    if days and day not in days:
        return False
    if apart(at, read(query["departureTimeOfDay"])) > query["timeDelta"]:
        return False
    low, high = query.get("minDepartureDate"), query.get("maxDepartureDate")
    if low is None and high is None:
        return True
    since = local(low, PARIS) if low is not None else None
    start = within_reason(max(first, since.date()) if since is not None else first)
    number = next(n for n, name in enumerate(WEEK) if name[:3].upper() == day)
    on = start + timedelta(days=(number - start.weekday()) % 7)
    if low is not None and instant(on, at, PARIS) < low:
        on += timedelta(days=7)
    return (
        on <= last
        and (low is None or instant(on, at, PARIS) >= low)
        and (high is None or instant(on, at, PARIS) <= high)
    )


def ad_fits(ad: Journey, search: Search) -> bool:
    """Say whether an ad is one that a legacy search asks for, by its days and times."""
    if search.frequency and ad.frequency != search.frequency:
        return False
    outward = ad.outward
    if search.mindate and outward.maxdate < search.mindate:
        return False
    if search.maxdate and outward.mindate > search.maxdate:
        return False
    days = [day for day in WEEK if getattr(ad.days, day) == 1]
    if ad.frequency == "punctual":
        days = [day_name(outward.mindate)]
    if search.days:
        days = [day for day in days if day in search.days]
    return any(_within(ad, day, search) for day in days)


def _within(ad: Journey, day: str, search: Search) -> bool:
    earliest, latest = search.times.get(day, (None, None))
    at = middle(getattr(ad.outward, day))
    if at is None or (earliest is None and latest is None):
        return day in search.times or not search.times or ad.frequency == "punctual"
    low = read(earliest.isoformat()) if earliest else 0
    high = read(latest.isoformat()) if latest else 86_399
    return low <= at <= high if low <= high else at >= low or at <= high
