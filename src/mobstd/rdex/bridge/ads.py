"""OCSS journeys and regular trips as legacy ads, plain documents as they stand on the wire."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping
from datetime import date, timedelta, tzinfo
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
    within_reason,
)
from mobstd.rdex.bridge.globe import kilometres
from mobstd.rdex.bridge.items import Side
from mobstd.rdex.bridge.loss import Loss
from mobstd.rdex.search import WEEK

__all__ = ["ad_of_journey", "ads_of_trip"]

Ad = dict[str, Any]
Losses = tuple[Loss, ...]

FOREVER = 365
"""Days that a trip is said to go on where nothing says until when."""

_NAMES = uuid.UUID("5f2a4c0e-8d8e-4d3b-9a55-2f6f2a0f6f12")
_GENDERS = {"M": "male", "F": "female"}
_KEPT = {
    *("operator", "duration", "distance", "driver", "passenger", "webUrl", "car", "price", "type"),
    *("id", "passengerPickupDate", "availableSeats", "requestedSeats", "schedules"),
    *(f"passenger{end}{what}" for end in ("Pickup", "Drop") for what in ("Lat", "Lng", "Address")),
}
_KEPT_OF_USERS = {"id", "operator", "alias", "gender", "picture"}


def ad_of_journey(item: Mapping[str, Any], side: Side, zone: tzinfo) -> tuple[Ad | None, Losses]:
    """Return a dated journey as a punctual ad, ``None`` where no calendar has its date.

    Its window is a quarter of an hour both ways, so that its middle is the instant again.

    Args:
        item: a journey that its schema accepts.
        side: whether its author drives.
        zone: the clock that the times of day are written on.
    """
    shown = local(item["passengerPickupDate"], zone)
    if shown is None:
        return None, (Loss("passengerPickupDate", "unusable"),)
    day, at = shown.date(), seconds(shown.time())
    ad, lost = _ad(item, side)
    outward = {"mindate": str(day), "maxdate": str(day), day_name(day): _window(at)}
    ad["uuid"] = item.get("id") or _made_up(item, lost)
    ad["real_time"] = int(item["type"] == "DYNAMIC")
    if item["type"] == "LINE":
        lost.append(Loss("type", "no-place"))
    lost += [Loss("passengerPickupDate", "widened"), Loss("passengerPickupDate", "clock")]
    return _timed(ad, "punctual", {day_name(day)}, outward), tuple(lost)


def ads_of_trip(
    item: Mapping[str, Any], side: Side, zone: tzinfo, now: float
) -> tuple[tuple[Ad, ...], Losses]:
    """Return a regular trip as regular ads: one, or as many as it has slots on one day.

    Arguments as of ``ad_of_journey``, and ``now``: the current time in UNIX seconds, from which a
    trip without dates is valid.
    """
    ad, lost = _ad(item, side)
    ad["uuid"] = _made_up(item, lost)
    first, last = _validity(item, zone, now, lost)
    weeks: list[dict[str, int]] = []
    for slot in item.get("schedules", ()):
        placed = _placed(slot, zone, first)
        if placed is None:
            lost.append(Loss("schedules", "unusable"))
            continue
        day, at = placed
        week = next((week for week in weeks if day not in week), None)
        if week is None:
            weeks.append(week := {})
        week[day] = at
        if slot.get("journeySchedules"):
            lost.append(Loss("journeySchedules", "merged"))
    if len(weeks) > 1:
        lost.append(Loss("schedules", "split"))
    lost += [Loss("schedules", "widened"), Loss("schedules", "clock")] if weeks else []
    found = []
    for number, week in enumerate(weeks):
        outward: Ad = {"mindate": str(first), "maxdate": str(last)}
        outward |= {day: _window(week[day]) for day in WEEK if day in week}
        name = ad["uuid"] if number == 0 else f"{ad['uuid']}-{number + 1}"
        found.append(_timed({**ad, "uuid": name}, "regular", set(week), outward))
    return tuple(found), tuple(dict.fromkeys(lost))


def _placed(slot: Mapping[str, Any], zone: tzinfo, first: date) -> tuple[str, int] | None:
    """Return the day and the time of a slot on the partner's clock."""
    name, text = slot.get("passengerPickupDay"), slot.get("passengerPickupTimeOfDay")
    number = next((n for n, day in enumerate(WEEK) if day[:3].upper() == name), None)
    if number is None or text is None:
        return None
    if zone is PARIS:
        return WEEK[number], read(text)
    on = first + timedelta(days=(number - first.weekday()) % 7)
    shown = local(instant(on, read(text), PARIS), zone)
    assert shown is not None
    return day_name(shown.date()), seconds(shown.time())


def _validity(
    item: Mapping[str, Any], zone: tzinfo, now: float, lost: list[Loss]
) -> tuple[date, date]:
    """Return the first and the last day: of what is listed, else from today for a year."""
    slots = item.get("schedules", ())
    listed = [one["passengerPickupDate"] for s in slots for one in s.get("journeySchedules", ())]
    shown = [local(at, zone) for at in listed]
    days = [within_reason(moment.date()) for moment in shown if moment is not None]
    today = local(now, zone)
    assert today is not None
    if days and all(slot.get("journeySchedules") for slot in slots):
        return min(days), max(days)
    lost.append(Loss("outward.maxdate", "defaulted"))
    first = min([today.date(), *days])
    return first, max([first + timedelta(days=FOREVER), *days])


def _window(at: int) -> Ad:
    margin = min(MARGIN, at, DAY - 1 - at)
    return {"mintime": spoken(at - margin), "maxtime": spoken(at + margin)}


def _timed(ad: Ad, frequency: str, days: set[str], outward: Ad) -> Ad:
    flags = {day: int(day in days) for day in WEEK}
    return {**ad, "frequency": frequency, "type": "one-way", "days": flags, "outward": outward}


def _ad(item: Mapping[str, Any], side: Side) -> tuple[Ad, list[Loss]]:
    """Return what journeys and trips share."""
    user = item[side]
    lost = [Loss(name, "no-place") for name in item if name not in _KEPT]
    lost += [Loss(f"{side}.{name}", "no-place") for name in user if name not in _KEPT_OF_USERS]
    if user.get("operator") != item["operator"]:
        lost.append(Loss(f"{side}.operator", "no-place"))
    gender = _GENDERS.get(user.get("gender", ""), "")
    if user.get("gender") and not gender:
        lost.append(Loss(f"{side}.gender", "no-place"))
    person = {"uuid": user["id"], "alias": user["alias"], "image": user.get("picture", "")}
    person["gender"] = gender
    driving = side == "driver"
    ad: Ad = {
        "operator": item["operator"],
        "origin": item["operator"],
        "url": item.get("webUrl", ""),
        "driver": {**person, "seats": item.get("availableSeats", 0), "state": int(driving)},
        "passenger": {
            **person,
            "persons": item.get("requestedSeats", 0),
            "state": int(not driving),
        },
        "from": _place(item, "Pickup"),
        "to": _place(item, "Drop"),
        "distance": _distance(item, lost),
        "duration": item["duration"],
        "number_of_waypoints": 0,
        "waypoints": {},
        "cost": _cost(item.get("price", {}), lost),
        "details": "",
        "real_time": 0,
        "stopped": 0,
    }
    if driving and "availableSeats" not in item:
        del ad["driver"]["seats"]
    if not driving and "requestedSeats" not in item:
        del ad["passenger"]["persons"]
    if item.get("car"):
        names = (item["car"].get("brand"), item["car"].get("model"))
        ad["vehicle"] = {"model": " ".join(filter(None, names))}
    return ad, lost


def _place(item: Mapping[str, Any], end: str) -> Ad:
    return {
        "address": item.get(f"passenger{end}Address", ""),
        "city": "",
        "postalcode": "",
        "country": "",
        "latitude": item[f"passenger{end}Lat"],
        "longitude": item[f"passenger{end}Lng"],
    }


def _distance(item: Mapping[str, Any], lost: list[Loss]) -> int:
    """Return the metres of the way; of the great circle where nothing else is known."""
    if "distance" in item:
        return int(item["distance"])
    lost.append(Loss("distance", "estimated"))
    start, end = (
        (item[f"passenger{end}Lat"], item[f"passenger{end}Lng"]) for end in ("Pickup", "Drop")
    )
    metres = kilometres(start, end) * 1000
    return math.ceil(metres) if math.isfinite(metres) else 0


def _cost(price: Mapping[str, Any], lost: list[Loss]) -> Ad:
    """Return what is paid for the whole way; empty where it is not known."""
    if price.get("type") == "FREE":
        return {"fixed": 0}
    if price.get("amount") is None:
        return {"fixed": ""}
    if price.get("currency", "EUR") != "EUR":
        lost.append(Loss("price", "foreign-currency"))
        return {"fixed": ""}
    return {"fixed": price["amount"]}


def _made_up(item: Mapping[str, Any], lost: list[Loss]) -> str:
    """Return an id that is the same as long as the item is."""
    lost.append(Loss("uuid", "made-up"))
    text = item.get("webUrl") or json.dumps(item, sort_keys=True)
    return str(uuid.uuid5(_NAMES, f"{item['operator']} {text}"))
