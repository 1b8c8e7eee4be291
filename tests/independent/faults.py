"""Mistakes that programmers make, one each: ``FAULTS[name].rows`` may legitimately be blamed.

A fault is a function that replaces methods of one operator. Its docstring says what goes wrong.
``equivalent`` says why nobody can hold it against the operator; ``profile`` and ``setting`` say
what has to be so for it to be seen (``key``: the operator asks for one).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from .cleanroom import (
    DAY,
    DRIVERS,
    HABITS,
    HEALTH,
    JOURNEYS,
    OFFERS,
    RHYTHMS,
    TRIPS,
    WEEK,
    WISHES,
    Bad,
    encoded,
    local,
    paris,
    spoken,
)


@dataclass(frozen=True)
class Fault:
    rows: tuple[str, ...]
    change: Callable[[Any], None]
    how: str
    equivalent: str = ""
    setting: str = ""
    profile: dict[str, Any] = field(default_factory=dict)


FAULTS: dict[str, Fault] = {}


def fault(rows: str, **more: Any) -> Callable[[Any], Any]:
    def add(change):
        name = change.__name__.rstrip("_")
        assert name not in FAULTS, name
        ids = tuple(f"OCSS-{row}" for row in rows.split())
        FAULTS[name] = Fault(ids, change, " ".join((change.__doc__ or name).split()), **more)
        return change

    return add


def each_item(op, edit, paths=JOURNEYS + TRIPS):
    """Let ``edit(item, ride)`` change each item that is shown by these paths."""
    show = op.show

    def shown(path, ride, ask):
        item = show(path, ride, ask)
        if path not in paths:
            return item
        item = deepcopy(item)
        new = edit(item, ride)
        return new if isinstance(new, dict) else item

    op.show = shown


def people(item):
    return item.get("driver") or item.get("passenger") or {}


def slots(item):
    return item.get("schedules") or []


def dated(item):
    return [j for s in slots(item) for j in s.get("journeySchedules", ())]


def one_in(n, ride):
    return ride["n"] * 7919 % 1009 % n == 0


# --- schema --------------------------------------------------------------------------------


def setter(rows, name, value, paths=JOURNEYS + TRIPS, how=""):
    """A member of the item always has this value; ``None`` as a function: it is left out."""

    def change(op):
        def edit(item, ride):
            if callable(value):
                if name in item:
                    item[name] = value(item[name])
            else:
                item[name] = value

        each_item(op, edit, paths)

    change.__name__, change.__doc__ = how.split(":")[0], how
    fault(rows)(change)


def remover(rows, name, how, paths=JOURNEYS + TRIPS):
    def change(op):
        each_item(op, lambda item, ride: item.pop(name, None) and None, paths)

    change.__name__, change.__doc__ = how.split(":")[0], how
    fault(rows)(change)


remover("SCHEMA-01", "duration", "no_duration: duration is not sent")
remover("SEARCH-17", "type", "no_type: type is not sent", JOURNEYS)
remover("SEARCH-17 GEN-07", "passengerPickupLat", "no_pickup_lat: a coordinate is not sent")
remover("SEARCH-17 GEN-07", "operator", "no_operator: operator is not sent")
remover("SEARCH-21", "driverDepartureDate", "no_driver_departure: of passengers", (WISHES,))
setter("SCHEMA-01", "duration", str, how="duration_text: duration is a string")
setter("SCHEMA-01", "duration", lambda v: v / 60 + 0.01, how="duration_fraction: minutes, decimal")
setter("SEARCH-17 GEN-07", "passengerDropLng", str, how="lng_text: a longitude is a string")
setter("SCHEMA-08", "availableSeats", str, how="seats_text: seats are a string")
setter("SCHEMA-06", "type", "planned", JOURNEYS, "type_lower: type in lower case")
setter("SEARCH-19", "id", lambda v: int(re.sub(r"\D", "", v)), JOURNEYS, "id_number: a number")
setter("SEARCH-19", "id", "", (WISHES,), "id_empty: every id is empty")
setter("SEARCH-19", "id", lambda v: v.rjust(300, "0"), JOURNEYS, "id_long: 300 characters")
setter("SCHEMA-09", "car", None, DRIVERS, "null_car: null where there is no car")
setter("SCHEMA-09", "webUrl", None, (WISHES,), "null_link: null where there is no link")
setter("PRICE-01 SEARCH-17 GEN-07", "price", 3.5, (OFFERS,), "price_number: a number for a price")


@fault("OP-06")
def no_alias(op):
    """People have no alias."""
    each_item(op, lambda item, ride: people(item).pop("alias") and None)


@fault("OP-06")
def grade_zero(op):
    """An unknown grade is 0."""
    each_item(op, lambda item, ride: people(item).setdefault("grade", 0) and None)


@fault("OP-06")
def grade_decimal(op):
    """The average grade, with decimals."""
    each_item(op, lambda item, ride: people(item).update(grade=4.3))


@fault("SCHEMA-09")
def null_grade(op):
    """An unknown grade is null."""
    each_item(op, lambda item, ride: people(item).setdefault("grade", None) and None)


@fault("OP-06")
def gender_word(op):
    """Words for the gender."""
    words = {"F": "female", "M": "male", "O": "other"}

    def edit(item, ride):
        if "gender" in people(item):
            people(item)["gender"] = words[people(item)["gender"]]

    each_item(op, edit)


@fault("OP-08")
def verified_text(op):
    """verifiedIdentity is the string "true"."""
    each_item(op, lambda item, ride: people(item).update(verifiedIdentity="true"))


@fault("SCHEMA-07")
def preference_text(op):
    """Preferences are "yes" and "no"."""
    each_item(op, lambda item, ride: item.update(preferences={"smoking": "no"}))


@fault("SCHEMA-07")
def luggage_six(op):
    """A size of luggage beyond the scale."""
    each_item(op, lambda item, ride: item.update(preferences={"luggageSize": 6}))


@fault("PRICE-01")
def price_word(op):
    """A type of price of their own."""
    each_item(op, lambda item, ride: item.update(price={"type": "PAID"}), (OFFERS,))


@fault("PRICE-04 PRICE-01 SEARCH-17 GEN-07")
def amount_text(op):
    """The amount is a string."""

    def edit(item, ride):
        if "amount" in item.get("price", {}):
            item["price"]["amount"] = str(item["price"]["amount"])

    each_item(op, edit, (OFFERS,))


@fault("REG-16")
def capital_journeys(op):
    """JourneySchedules, the spelling of the old draft."""

    def edit(item, ride):
        for slot in slots(item):
            if "journeySchedules" in slot:
                slot["JourneySchedules"] = slot.pop("journeySchedules")

    each_item(op, edit, TRIPS)


@fault("REG-16")
def day_word(op):
    """Weekdays in lower case."""

    def edit(item, ride):
        for slot in slots(item):
            if "passengerPickupDay" in slot:
                slot["passengerPickupDay"] = slot["passengerPickupDay"].lower()

    each_item(op, edit, TRIPS)


@fault("REG-16")
def time_short(op):
    """Times of day without seconds."""

    def edit(item, ride):
        for slot in slots(item):
            if "passengerPickupTimeOfDay" in slot:
                slot["passengerPickupTimeOfDay"] = slot["passengerPickupTimeOfDay"][:5]

    each_item(op, edit, TRIPS)


@fault("REG-16 GEN-07")
def slots_by_day(op):
    """schedules is an object by weekday."""

    def edit(item, ride):
        item["schedules"] = {s.get("passengerPickupDay", "?"): s for s in slots(item)}

    each_item(op, edit, TRIPS)


@fault("REG-13 SCHEMA-06")
def bare_dates(op):
    """The journeys of a slot are bare instants with an id, without type."""

    def edit(item, ride):
        for journey in dated(item):
            journey.pop("type")

    each_item(op, edit, TRIPS)


@fault("SEARCH-20")
def user_not_driver(op):
    """The driver stands under ``user``."""

    def edit(item, ride):
        item["user"] = item.pop("driver")

    each_item(op, edit, DRIVERS)


@fault("SEARCH-17 SEARCH-20 SEARCH-21 SCHEMA-01 GEN-07 GEN-06 SEARCH-12 SEARCH-16")
def snake_case(op):
    """All names in snake_case."""

    def renamed(value):
        if isinstance(value, dict):
            return {re.sub("([A-Z])", r"_\1", k).lower(): renamed(v) for k, v in value.items()}
        return [renamed(v) for v in value] if isinstance(value, list) else value

    each_item(op, lambda item, ride: renamed(item))


@fault("SEARCH-16")
def wrapped(op):
    """The list stands in an object, with a total."""
    search = op.search
    op.search = lambda path, ask: {"total": len(found := search(path, ask)), "items": found}


@fault("SEARCH-16")
def one_bare(op):
    """A list of one is sent as its item (as XML converters do)."""
    search = op.search
    op.search = lambda path, ask: found[0] if len(found := search(path, ask)) == 1 else found


@fault("SEARCH-16")
def null_for_none(op):
    """null where nothing is found."""
    search = op.search

    def changed(path, ask):
        return search(path, ask) or None

    op.search = changed
    reply = op.reply
    op.reply = lambda status, body=None, **more: (
        Response(b"null", 200, media_type="application/json")
        if status == 200 and body is None and op.path != HEALTH
        else reply(status, body, **more)
    )
    remember_path(op)


def remember_path(op):
    answer = op.answer

    def changed(path, pairs, headers):
        op.path = path
        return answer(path, pairs, headers)

    op.answer = changed


# --- places --------------------------------------------------------------------------------

PLACES = "SEARCH-12 SEARCH-13 REG-10"
FEWER = "SEARCH-08 REG-08 " + PLACES


def geo(op, near):
    """Both ends by this test: ``near(point, asked, radius)``."""
    op.starts_near = lambda ride, ask: near(ride["a"], ask["from"], ask["near"])
    op.ends_near = lambda ride, ask: near(ride["b"], ask["to"], ask["far"])


@fault(PLACES)
def radius_ignored(op):
    """Whatever the radius, 20 km are searched."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap(p, q) <= 20)


@fault(FEWER + " SEARCH-07 REG-20")
def radius_metres(op):
    """The radius is read as metres."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap(p, q) * 1000 <= radius)


@fault(PLACES)
def radius_degrees(op):
    """The radius is compared with degrees."""
    geo(op, lambda p, q, radius: math.dist(p, q) <= radius)


@fault(PLACES)
def radius_miles(op):
    """The radius is read as miles."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap(p, q) / 1.609344 <= radius)


@fault("SEARCH-13 REG-10")
def only_departure(op):
    """The point of arrival is not looked at."""
    op.ends_near = lambda ride, ask: True


@fault("SEARCH-12 REG-10")
def only_arrival(op):
    """The point of departure is not looked at."""
    op.starts_near = lambda ride, ask: True


@fault(PLACES)
def either_end(op):
    """One end near is enough."""
    starts, ends = op.starts_near, op.ends_near
    op.starts_near = lambda ride, ask: starts(ride, ask) or ends(ride, ask)
    op.ends_near = lambda ride, ask: True


@fault("SEARCH-13 REG-10 SEARCH-08 REG-08 SEARCH-07 REG-20")
def one_radius(op):
    """departureRadius serves both ends."""
    gap = op.gap
    op.ends_near = lambda ride, ask: gap(ride["b"], ask["to"]) <= ask["near"]


@fault(PLACES)
def box(op):
    """A box of the right width: its corners are too far."""

    def near(p, q, radius):
        width = 111.2 * math.cos(math.radians(q[0]))
        return abs(p[0] - q[0]) * 111.2 <= radius and abs(p[1] - q[1]) * width <= radius

    geo(op, near)


@fault(FEWER)
def no_cosine(op):
    """A degree of longitude is taken for 111 km: east and west are lost."""
    geo(op, lambda p, q, radius: math.dist(p, q) * 111.2 <= radius)


@fault(FEWER)
def cosine_of_degrees(op):
    """math.cos is given degrees."""

    def near(p, q, radius):
        east = (p[1] - q[1]) * math.cos(q[0])
        return math.hypot(p[0] - q[0], east) * 111.2 <= radius

    geo(op, near)


@fault(FEWER)
def manhattan(op):
    """Along the axes instead of straight."""

    def near(p, q, radius):
        width = 111.2 * math.cos(math.radians(q[0]))
        return abs(p[0] - q[0]) * 111.2 + abs(p[1] - q[1]) * width <= radius

    geo(op, near)


@fault(FEWER)
def rounded(op):
    """Coordinates are rounded to two decimals before they are compared."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap([round(x, 2) for x in p], [round(x, 2) for x in q]) <= radius)


@fault(FEWER)
def integer_radius(op):
    """The radius is cut to whole kilometres."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap(p, q) <= int(radius))


@fault(FEWER)
def text_radius(op):
    """Distance and radius are compared as strings."""
    gap = op.gap
    geo(op, lambda p, q, radius: f"{gap(p, q):.1f}" <= str(radius))


@fault(FEWER)
def diameter(op):
    """The radius is taken for a diameter."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap(p, q) <= radius / 2)


@fault(FEWER)
def swapped_query(op):
    """Latitude and longitude of the query are swapped: nothing is ever found."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap(p, q[::-1] if abs(q[1]) <= 90 else q) <= radius)


@fault("SEARCH-12 SEARCH-13 REG-10 SCHEMA-03 SCHEMA-04")
def swapped_answer(op):
    """Latitude and longitude of the answer are swapped."""

    def edit(item, ride):
        for end in ("passengerPickup", "passengerDrop"):
            lat, lng = item[f"{end}Lat"], item[f"{end}Lng"]
            item[f"{end}Lat"], item[f"{end}Lng"] = lng, lat

    each_item(op, edit)


@fault(PLACES)
def first_only(op):
    """Only the first item is filtered by place; the others come with it."""
    found = op.found

    def changed(path, ask):
        first = found(path, ask)[:1]
        if not first:
            return first
        rest = [
            r
            for r in op.stock(path)
            if r is not first[0]
            and (op.in_time(r, ask) if path in JOURNEYS else op.runs(r, ask))
            and op.gap(r["a"], ask["from"]) < 30
        ]
        return first + rest

    op.found = changed


@fault("SEARCH-08 REG-08 SEARCH-12 SEARCH-13 REG-10")
def radius_clamped(op):
    """More than 5 km are silently 5 km."""
    gap = op.gap
    geo(op, lambda p, q, radius: gap(p, q) <= min(radius, 5))


@fault("SEARCH-07 REG-20")
def radius_default_two(op):
    """The default radius is 2 km."""
    op.radius = 2.0


@fault("SEARCH-07 REG-20 SEARCH-08 REG-08")
def radius_default_half(op):
    """The default radius is 500 m."""
    op.radius = 0.5


@fault("SEARCH-07 REG-20 SEARCH-08")
def radius_default_infinite(op):
    """Without a radius, places are not looked at."""
    op.radius = 1e9


@fault("SEARCH-13 REG-10")
def by_driver_ends(op):
    """The driver's way is searched instead of where the passenger gets in and out."""
    gap = op.gap
    op.starts_near = lambda ride, ask: gap(ride["start"], ask["from"]) <= ask["near"]
    op.ends_near = lambda ride, ask: gap(ride["finish"], ask["to"]) <= ask["far"]


FAULTS["by_driver_ends"] = Fault(
    tuple(f"OCSS-{r}" for r in FEWER.split()), by_driver_ends, FAULTS["by_driver_ends"].how
)

# --- instants ------------------------------------------------------------------------------

TIMES = "SEARCH-14 REG-07"
LATER = "SEARCH-08 REG-08 SEARCH-14 REG-07"


def margin(op, change):
    """Both time filters with another margin: ``change(seconds)``."""
    in_time, at_clock = op.in_time, op.at_clock
    op.in_time = lambda ride, ask: in_time(ride, {**ask, "delta": change(ask["delta"])})
    op.at_clock = lambda slot, ask: at_clock(slot, {**ask, "delta": change(ask["delta"])})


@fault(TIMES)
def delta_minutes(op):
    """timeDelta is read as minutes."""
    margin(op, lambda delta: delta * 60)


@fault(LATER + " SEARCH-06 REG-20")
def delta_ms(op):
    """timeDelta is read as milliseconds."""
    margin(op, lambda delta: delta / 1000)


@fault(LATER + " SEARCH-06 REG-20")
def delta_halved(op):
    """timeDelta is the whole width of the window."""
    margin(op, lambda delta: delta / 2)


@fault(LATER + " SEARCH-06 REG-20")
def delta_only_after(op):
    """Only what leaves after the asked instant."""
    in_time, at_clock = op.in_time, op.at_clock
    op.in_time = lambda ride, ask: in_time(ride, ask) and op.instant(ride) >= ask["when"]
    op.at_clock = lambda slot, ask: (
        at_clock(slot, ask) and (slot.clock - ask["clock"]) % DAY < DAY / 2
    )


@fault(TIMES + " SEARCH-06 REG-20")
def delta_ignored(op):
    """timeDelta is not read: three hours are searched."""
    margin(op, lambda delta: 10_800)


@fault("SEARCH-14 SEARCH-06 SEARCH-08")
def same_day(op):
    """The whole day of the asked instant."""
    op.in_time = lambda ride, ask: local(op.instant(ride))[0] == local(ask["when"])[0]


@fault(LATER + " SEARCH-06 REG-20")
def delta_capped(op):
    """More than an hour is silently an hour."""
    margin(op, lambda delta: min(delta, 3600))


for seconds in (600, 1800, 3600):

    def default(op, seconds=seconds):
        op.delta = seconds

    default.__name__ = f"delta_default_{seconds}"
    default.__doc__ = f"timeDelta is {seconds} where it is left out."
    fault("SEARCH-06 REG-20")(default)


@fault(LATER)
def delta_text(op):
    """Seconds apart and timeDelta are compared as strings."""
    op.in_time = lambda ride, ask: str(abs(op.instant(ride) - ask["when"])) <= str(ask["delta"])


@fault("SEARCH-14 SEARCH-08 SEARCH-06")
def by_arrival(op):
    """The arrival is compared with departureDate."""
    op.instant = lambda ride: ride["at"] + ride["seconds"]


@fault("SEARCH-14 SEARCH-08 SEARCH-06")
def instants_local(op):
    """The database holds local times and is asked in UTC."""
    op.instant = lambda ride: ride["at"] + paris(ride["at"])


@fault("SEARCH-14 SEARCH-06 SEARCH-08 REG-07 REG-20 REG-08 SEARCH-09 SEARCH-12 SEARCH-13 REG-10")
def zero_is_default(op):
    """``timeDelta or 900``, ``radius or 1``: zero is taken for left out."""
    optional = op.optional

    def changed(given, name, reader, default):
        return optional(given, name, reader, default) or default

    op.optional = changed


# --- times of day, weekdays, dates ---------------------------------------------------------


@fault("REG-06 REG-07")
def days_ignored(op):
    """departureWeekdays is not read."""
    op.on_day = lambda slot, ask: True


@fault("REG-04 REG-08 REG-07")
def days_default_work(op):
    """Without departureWeekdays, Monday to Friday."""
    op.days = frozenset(WEEK[:5])


@fault("REG-06 REG-07 REG-08")
def days_off_by_one(op):
    """Weekdays count from 1 on one side, from 0 on the other."""
    op.on_day = lambda slot, ask: WEEK[(WEEK.index(slot.day) + 1) % 7] in ask["days"]


@fault("REG-06 REG-07 REG-08")
def sunday_zero(op):
    """Sunday is 0 on one side and 7 on the other: it is never found."""
    op.on_day = lambda slot, ask: slot.day in ask["days"] - {"SUN"}


@fault("REG-06 REG-07 REG-08 REG-04")
def first_day_only(op):
    """Only the first weekday of the list counts."""
    weekdays = op.weekdays
    op.weekdays = lambda texts: weekdays([texts[0].split(",")[0]])


@fault("REG-07 REG-06 REG-08")
def all_days_needed(op):
    """A trip must run on every asked weekday."""
    runs = op.runs

    def changed(ride, ask):
        return runs(ride, ask) and ask["days"] <= {s.day for s in ride["slots"]}

    op.runs = changed


@fault("REG-07 REG-08")
def clock_no_wrap(op):
    """Times of day do not go around midnight."""
    op.at_clock = lambda slot, ask: abs(slot.clock - ask["clock"]) <= ask["delta"]


@fault("REG-07 REG-08 REG-20 REG-06")
def clock_utc(op):
    """The asked time of day is taken for UTC, and local times are shown."""
    at_clock = op.at_clock
    op.at_clock = lambda slot, ask: at_clock(slot, {**ask, "clock": (ask["clock"] + 7200) % DAY})


@fault("REG-07 REG-08")
def clock_hours(op):
    """Only the hour is compared, when the margin is short."""
    op.at_clock = lambda slot, ask: (
        abs(slot.clock // 3600 - ask["clock"] // 3600) <= ask["delta"] // 3600
    )


@fault("REG-07")
def min_ignored(op):
    """minDepartureDate is not read."""
    op.dated = lambda when, ask: ask["max"] is None or when <= ask["max"]


@fault("REG-07")
def max_ignored(op):
    """maxDepartureDate is not read."""
    op.dated = lambda when, ask: ask["min"] is None or when >= ask["min"]


@fault("REG-07 REG-08")
def min_exclusive(op):
    """A journey at minDepartureDate is not found."""
    dated = op.dated
    op.dated = lambda when, ask: dated(when, ask) and when != ask["min"]


@fault("REG-07 REG-08")
def max_exclusive(op):
    """A journey at maxDepartureDate is not found."""
    dated = op.dated
    op.dated = lambda when, ask: dated(when, ask) and when != ask["max"]


@fault("REG-07 REG-08")
def min_max_swapped(op):
    """minDepartureDate and maxDepartureDate are exchanged."""
    dated = op.dated
    op.dated = lambda when, ask: dated(when, {**ask, "min": ask["max"], "max": ask["min"]})


@fault("REG-07")
def apart(op):
    """One slot may fit the day, another the time."""
    op.runs = lambda ride, ask: (
        any(op.on_day(s, ask) for s in ride["slots"])
        and any(op.at_clock(s, ask) for s in ride["slots"])
        and any(op.in_dates(s, ask) for s in ride["slots"])
    )


@fault("REG-07 REG-08")
def first_slot_only(op):
    """Only the first slot of a trip is searched."""
    runs = op.runs
    op.runs = lambda ride, ask: runs({**ride, "slots": ride["slots"][:1]}, ask)


@fault("REG-17")
def slots_utc(op):
    """Times of day are shown in UTC, the dates are right and so are the days: off in summer."""

    def edit(item, ride):
        for slot in slots(item):
            if "passengerPickupTimeOfDay" in slot:
                hour = int(slot["passengerPickupTimeOfDay"][:2])
                rest = slot["passengerPickupTimeOfDay"][2:]
                slot["passengerPickupTimeOfDay"] = f"{(hour - 2) % 24:02}{rest}"

    each_item(op, edit, TRIPS)


FAULTS["slots_utc"] = Fault(
    ("OCSS-REG-17", "OCSS-REG-07", "OCSS-REG-08", "OCSS-REG-20"), slots_utc, slots_utc.__doc__
)


@fault("REG-17 REG-06 REG-07")
def dates_off_by_a_day(op):
    """The dated journeys of a slot are a day late."""

    def edit(item, ride):
        for journey in dated(item):
            journey["passengerPickupDate"] += DAY

    each_item(op, edit, TRIPS)


# --- count ---------------------------------------------------------------------------------

COUNT = "SEARCH-09 REG-08"


@fault(COUNT)
def count_ignored(op):
    """count is not read."""
    op.cut = lambda items, ask: items


@fault(COUNT)
def count_plus_one(op):
    """One more than asked for."""
    op.cut = lambda items, ask: items if ask["count"] is None else items[: ask["count"] + 1]


@fault(COUNT)
def count_zero_all(op):
    """count=0 gives everything."""
    op.cut = lambda items, ask: items[: ask["count"]] if ask["count"] else items


@fault("SEARCH-08 REG-08")
def ten_at_most(op):
    """Ten results at most without count."""
    op.cut = lambda items, ask: items[: 10 if ask["count"] is None else ask["count"]]


@fault("SEARCH-08 REG-08")
def twenty_five_at_most(op):
    """25 results at most, whatever is asked for."""
    op.cut = lambda items, ask: items[: min(25, 1000 if ask["count"] is None else ask["count"])]


@fault(COUNT)
def count_per_region(op):
    """count cuts each region's list, then the lists are joined."""

    def cut(items, ask):
        if ask["count"] is None:
            return items
        lists = [[r for r in items if r["domain"] == d] for d in op.world.domains]
        return [r for part in lists for r in part[: ask["count"]]]

    op.cut = cut


@fault("SEARCH-08 REG-08", equivalent="fewer than count is what 'at most' allows")
def count_before_filter(op):
    """count cuts the candidates before they are filtered."""
    found = op.found

    def changed(path, ask):
        return [r for r in op.stock(path)[: ask["count"]] if op.fits(path, r, ask)]

    op.found = changed
    assert found


# --- identity ------------------------------------------------------------------------------


@fault("SEARCH-18 REG-18")
def sent_twice(op):
    """A join sends some items twice."""
    search = op.search

    def changed(path, ask):
        items = search(path, ask)
        return items if ask["count"] is not None else items + items[:1]

    op.search = changed


@fault("SEARCH-18")
def double_ids(op):
    """Two journeys in ten share the id of another."""

    def edit(item, ride):
        if "id" in item:
            item["id"] = f"x{ride['n'] // 2}"

    each_item(op, edit, JOURNEYS)


@fault("SEARCH-18 SEARCH-08")
def id_per_query(op):
    """Ids are made anew for each answer."""
    state = {"n": 0}

    def edit(item, ride):
        if "id" in item:
            state["n"] += 1
            item["id"] = f"r{state['n']}"

    each_item(op, edit, JOURNEYS)


@fault("SEARCH-18")
def id_by_place(op):
    """The id is the place in the answer."""
    search = op.search

    def changed(path, ask):
        items = search(path, ask)
        if path in TRIPS:
            return items
        return [{**item, "id": str(place)} for place, item in enumerate(items)]

    op.search = changed


@fault("SEARCH-18")
def ids_of_two_tables(op):
    """Drivers' and passengers' journeys are numbered apart, with the same numbers."""
    places = {id(r): k for p in JOURNEYS for k, r in enumerate(op.world.rides[p])}

    def edit(item, ride):
        if id(ride) in places:
            item["id"] = str(places[id(ride)])

    each_item(op, edit, JOURNEYS)


@fault("OP-05")
def alias_changes(op):
    """The alias is made up for each answer."""
    each_item(op, lambda item, ride: people(item).update(alias=f"User {op.calls}"))


@fault("OP-05")
def nobody(op):
    """Everybody has the same id."""
    each_item(op, lambda item, ride: people(item).update(id="0"))


@fault("REG-18")
def slot_ids(op):
    """The journeys of a slot have the id of the trip."""

    def edit(item, ride):
        for journey in dated(item):
            journey["id"] = f"t{ride['n']}"

    each_item(op, edit, TRIPS)


@fault("REG-18 SEARCH-18")
def slot_ids_of_others(op):
    """Two trips share the ids of their journeys."""

    def edit(item, ride):
        for place, journey in enumerate(dated(item)):
            journey["id"] = f"{ride['n'] % 12}-{place}"

    each_item(op, edit, TRIPS)


# --- roles ---------------------------------------------------------------------------------


@fault("SEARCH-20")
def all_in_one(op):
    """Passengers are among the drivers."""
    stock = op.stock
    mixed = {OFFERS: (OFFERS, WISHES), HABITS: (HABITS, RHYTHMS)}
    op.stock = lambda path: [r for p in mixed.get(path, (path,)) for r in stock(p)]


@fault("SEARCH-20")
def roles_exchanged(op):
    """The searches answer for each other."""
    stock = op.stock
    other = {OFFERS: WISHES, WISHES: OFFERS, HABITS: RHYTHMS, RHYTHMS: HABITS}
    op.stock = lambda path: stock(other[path])


# --- status, media type, encoding ----------------------------------------------------------


def on_search(op, change):
    """Let ``change(response, items)`` replace the answer of a search."""
    reply = op.reply

    def changed(status, body=None, **more):
        response = reply(status, body, **more)
        return change(response, body) if status == 200 and body is not None else response

    op.reply = changed


@fault("SEARCH-16 GEN-05")
def not_found(op):
    """404 where nothing is found."""
    on_search(op, lambda response, items: response if items else op.reply(404))


@fault("SEARCH-16 GEN-05")
def no_content(op):
    """204 where nothing is found."""
    on_search(op, lambda response, items: response if items else Response(status_code=204))


@fault("GEN-05 SEARCH-16")
def partial(op):
    """206 for an answer of many items."""

    def change(response, items):
        response.status_code = 206 if len(items) > 5 else 200
        return response

    on_search(op, change)


@fault("SEARCH-03 SEARCH-04 REG-02 REG-03 REG-05 GEN-05 REG-21")
def unprocessable(op):
    """422 for a bad request, as a framework does."""
    op.refuse = lambda why: op.reply(422, {"detail": [{"msg": why}]})


@fault("ERR-03")
def crash(op):
    """500 for a bad request."""
    op.refuse = lambda why: op.reply(500, {"error": why})


@fault("ERR-03")
def crash_on_mistyped(op):
    """500 where a number cannot be read; what is missing gives 400."""

    def changed(why):
        return op.reply(500 if why.startswith("not a") else 400, {"error": why})

    op.refuse = changed


@fault("SEARCH-03 SEARCH-04 SEARCH-16 REG-02 REG-03 REG-05")
def error_with_200(op):
    """200 with an error in it."""
    op.refuse = lambda why: op.reply(200, {"error": why})


@fault("SEARCH-03 SEARCH-04 REG-02 REG-03 REG-05")
def refuses_quietly(op):
    """200 and an empty list for a bad request."""
    op.refuse = lambda why: op.reply(200, [])


@fault("GEN-06")
def html_type(op):
    """JSON sent as text/html."""
    reply = op.reply
    op.reply = lambda status, body=None, media="": reply(status, body, "text/html")


@fault("GEN-06")
def no_type_header(op):
    """No Content-Type at all."""

    def change(response, items):
        del response.headers["content-type"]
        return response

    on_search(op, change)


@fault("GEN-06")
def latin(op):
    """Bytes of ISO 8859-1."""
    op.written = lambda body: json.dumps(body, ensure_ascii=False).encode("latin-1")


@fault("GEN-06")
def nan(op):
    """NaN for an unknown distance."""
    each_item(op, lambda item, ride: item.setdefault("distance", math.nan) and None)


@fault("GEN-06")
def debug_tail(op):
    """A debug line after the JSON."""
    written = op.written
    op.written = lambda body: written(body) + b"\n<!-- 12 ms -->"


@fault("GEN-06 SEARCH-05 ERR-01")
def refusal_text(op):
    """400 with a line of text."""
    op.refuse = lambda why: Response(why, 400, media_type="text/plain")


@fault("SEARCH-05 ERR-01")
def refusal_object(op):
    """error is an object with a code."""
    op.refuse = lambda why: op.reply(400, {"error": {"code": 12, "message": why}})


@fault("SEARCH-05 ERR-01")
def refusal_list(op):
    """400 with a list of errors."""
    op.refuse = lambda why: op.reply(400, [{"error": why}])


@fault("SEARCH-05 ERR-01")
def refusal_message(op):
    """The reason stands under ``message``."""
    op.refuse = lambda why: op.reply(400, {"message": why})


@fault("SCHEMA-09 SEARCH-05 ERR-01")
def refusal_null(op):
    """error is null."""
    op.refuse = lambda why: op.reply(400, {"error": None})


# --- parameters ----------------------------------------------------------------------------


@fault("SEARCH-03 REG-02")
def lat_optional(op):
    """Without departureLat, 0 is taken."""
    read = op.read
    op.read = lambda path, pairs: read(path, [*pairs, ("departureLat", "0")])


@fault("SEARCH-03 REG-02")
def arrival_optional(op):
    """Without arrivalLng, the arrival is not looked at."""
    read = op.read
    op.read = lambda path, pairs: read(path, [*pairs, ("arrivalLng", "2")])


@fault("SEARCH-03")
def date_optional(op):
    """Without departureDate, now."""
    read = op.read
    op.read = lambda path, pairs: read(path, [*pairs, ("departureDate", str(op.world.now))])


@fault("REG-02")
def clock_optional(op):
    """Without departureTimeOfDay, noon."""
    read = op.read
    op.read = lambda path, pairs: read(path, [*pairs, ("departureTimeOfDay", "12:00:00")])


@fault("SEARCH-04")
def mistyped_default(op):
    """What cannot be read is taken for left out."""
    optional = op.optional

    def changed(given, name, reader, default):
        try:
            return optional(given, name, reader, default)
        except Bad:
            return default

    op.optional = changed


@fault("SEARCH-04")
def parse_int(op):
    """Integers are read as far as they go: 1.5 is 1, 2022-01-01 is 2022."""

    def whole(text):
        found = re.match(r"[+-]?[0-9]+", text)
        if not found:
            raise Bad("not an integer")
        return int(found[0])

    op.whole = whole


@fault("SEARCH-04")
def not_a_number(op):
    """A coordinate that cannot be read is 0."""
    real = op.real

    def changed(text):
        try:
            return real(text)
        except Bad:
            return 0.0

    op.real = changed


@fault("GEN-04")
def unknown_refused(op):
    """An unknown parameter is refused."""
    read = op.read
    known = {"timeDelta", "departureRadius", "arrivalRadius", "count", "departureWeekdays"}
    known |= {"minDepartureDate", "maxDepartureDate"}

    def changed(path, pairs):
        for name, _ in pairs:
            if name not in known and name not in op.required(path):
                raise Bad(f"unknown parameter {name}")
        return read(path, pairs)

    op.read = changed


def demanding(name):
    def change(op):
        read = op.read

        def changed(path, pairs):
            if name not in dict(pairs):
                raise Bad(f"{name} is missing")
            return read(path, pairs)

        op.read = changed

    return change


for name in ("count", "timeDelta", "departureRadius"):
    needy = demanding(name)
    needy.__name__, needy.__doc__ = f"requires_{name}", f"{name} is mandatory."
    fault("SEARCH-02 REG-02 SEARCH-06 SEARCH-07 REG-20")(needy)


@fault("REG-02 REG-04")
def requires_days(op):
    """departureWeekdays is mandatory."""
    read = op.read

    def changed(path, pairs):
        if path in TRIPS and "departureWeekdays" not in dict(pairs):
            raise Bad("departureWeekdays is missing")
        return read(path, pairs)

    op.read = changed


@fault("SEARCH-26")
def no_decimals(op):
    """A radius with decimals is refused."""
    optional = op.optional

    def changed(given, name, reader, default):
        if "Radius" in name and "." in given.get(name, "").removesuffix(".0"):
            raise Bad("not an integer")
        return optional(given, name, reader, default)

    op.optional = changed


@fault("SEARCH-26")
def below_one(op):
    """A radius below 1 is refused."""
    optional = op.optional

    def changed(given, name, reader, default):
        if "Radius" in name and given.get(name, "1").startswith("0."):
            raise Bad("too small")
        return optional(given, name, reader, default)

    op.optional = changed


@fault("SEARCH-26 SEARCH-12 SEARCH-13 REG-10 SEARCH-08")
def zero_is_missing(op):
    """``if not lng``: a longitude of 0 is taken for missing."""
    read = op.read

    def changed(path, pairs):
        ask = read(path, pairs)
        if not all(ask["from"] + ask["to"]):
            raise Bad("a coordinate is missing")
        return ask

    op.read = changed


@fault("REG-04 SEARCH-16")
def commas_refused(op):
    """Only repeated weekdays are read, MON,FRI is refused."""
    weekdays = op.weekdays

    def changed(texts):
        if any("," in text for text in texts):
            raise Bad("unknown day")
        return weekdays(texts)

    op.weekdays = changed


@fault("REG-03")
def seconds_refused(op):
    """Only HH:MM is read."""

    def clock(text):
        found = re.fullmatch("([0-9]{2}):([0-9]{2})", text)
        if not found:
            raise Bad("not a time as 07:30")
        return int(found[1]) * 3600 + int(found[2]) * 60

    op.clock = clock


@fault("REG-03")
def clock_wraps(op):
    """25:00:00 is one o'clock."""

    def clock(text):
        found = re.fullmatch("([0-9]{2}):([0-9]{2}):([0-9]{2})", text)
        if not found:
            raise Bad("not a time as 07:30:00")
        return (int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])) % DAY

    op.clock = clock


@fault("REG-21 ERR-03")
def min_after_max_crash(op):
    """500 where minDepartureDate is after maxDepartureDate."""
    refuse = op.refuse
    op.refuse = lambda why: op.reply(500) if "after" in why else refuse(why)


@fault("SEARCH-26 ERR-03")
def past_refused(op):
    """A date in the past is refused."""
    read = op.read

    def changed(path, pairs):
        ask = read(path, pairs)
        if "when" in ask and ask["when"] < op.world.now - DAY:
            raise Bad("in the past")
        return ask

    op.read = changed


# --- prices --------------------------------------------------------------------------------


def priced(op, edit):
    """Let ``edit(price)`` change each price."""

    def change(item, ride):
        if "price" in item:
            edit(item["price"])

    each_item(op, change, (OFFERS,))


@fault("PRICE-04")
def no_currency(op):
    """PAYING without a currency."""
    priced(op, lambda price: price.pop("currency", None) and None)


@fault("PRICE-04")
def no_amount(op):
    """PAYING without an amount."""
    priced(op, lambda price: price.pop("amount", None) and None)


@fault("PRICE-05")
def euro_sign(op):
    """€ for a currency."""
    priced(op, lambda price: price.update(currency="€") if "currency" in price else None)


@fault("PRICE-05")
def currency_lower(op):
    """eur for a currency."""
    priced(op, lambda price: price.update(currency="eur") if "currency" in price else None)


@fault("PRICE-05")
def only_francs(op):
    """CHF is written Fr. and euros are right."""
    priced(
        op, lambda price: price.update(currency="Fr.") if price.get("currency") == "CHF" else None
    )


@fault("PRICE-04", equivalent="no bound on an amount; 412 EUR is a legal price")
def cents(op):
    """Amounts in cents."""
    priced(op, lambda price: price.update(amount=price.get("amount", 0) * 100))


FAULTS["cents"] = Fault(
    ("OCSS-PRICE-04",), cents, "Amounts in cents.", "nothing in the text bounds an amount"
)


@fault("PRICE-04")
def negative(op):
    """What the driver gets is negative."""
    priced(op, lambda price: "amount" in price and price.update(amount=-1 - price["amount"]))


@fault("PRICE-01")
def free_with_amount(op):
    """FREE, and 3 EUR."""
    priced(
        op,
        lambda price: (
            price.update(amount=3, currency="EUR") if price.get("type") == "FREE" else None
        ),
    )


@fault("PRICE-03")
def unknown_with_amount(op):
    """UNKNOWN with an amount."""
    priced(
        op,
        lambda price: (
            price.update(amount=3, currency="EUR") if price.get("type") == "UNKNOWN" else None
        ),
    )


@fault("PRICE-10")
def passenger_price(op):
    """Passengers have a price."""
    each_item(op, lambda item, ride: item.update(price={"type": "UNKNOWN"}), (WISHES,))


# --- domains, links, lines -----------------------------------------------------------------


def branded(op, change):
    def edit(item, ride):
        item["operator"] = change(item["operator"])
        people(item)["operator"] = change(people(item)["operator"])

    each_item(op, edit)


@fault("OP-01 OP-04")
def brand(op):
    """The name of the brand for a domain."""
    branded(op, lambda domain: "Covoit'Armor")


@fault("OP-01 OP-04")
def domain_url(op):
    """A URL for a domain."""
    branded(op, lambda domain: f"https://{domain}")


@fault("OP-01 OP-04")
def trailing_dot(op):
    """A dot after the domain."""
    branded(op, lambda domain: f"{domain}.")


@fault("OP-01 OP-04")
def stray_quote(op):
    """A quote of the configuration file is part of the domain."""
    branded(op, lambda domain: f'{domain}"')


@fault("OP-04")
def person_brand(op):
    """The operator of people is the brand."""
    each_item(op, lambda item, ride: people(item).update(operator="Lift"))


@fault("OP-03")
def domain_case(op):
    """One table has the domain in capitals."""

    def edit(item, ride):
        if ride["path"] in TRIPS:
            item["operator"] = people(item)["operator"] = item["operator"].title()

    each_item(op, edit)


@fault("LINK-01")
def link_relative(op):
    """webUrl is a path."""

    def edit(item, ride):
        if "webUrl" in item:
            item["webUrl"] = f"/j/{ride['n']}"

    each_item(op, edit)


@fault("LINK-01 REG-15", profile={"blocks": ("search", "deep-link")})
def link_home(op):
    """With deep links, every journey links to the home page."""
    each_item(op, lambda item, ride: item.update(webUrl="https://covoit-armor.fr/"))


@fault("OP-07")
def picture_relative(op):
    """The picture is a path."""
    each_item(op, lambda item, ride: people(item).update(picture="/img/anonymous.png"))


def drawn(op, line):
    def edit(item, ride):
        if "journeyPolyline" in item:
            item["journeyPolyline"] = line([ride["a"], ride["b"]])

    each_item(op, edit)


@fault("SCHEMA-04")
def line_swapped(op):
    """The line has longitudes first."""
    drawn(op, lambda points: encoded([p[::-1] for p in points]))


@fault("SCHEMA-04")
def line_six(op):
    """The line has six decimals."""
    drawn(op, lambda points: encoded(points, 6))


@fault("SCHEMA-04")
def line_points(op):
    """The line is a list of points as text."""
    drawn(op, lambda points: json.dumps(points))


@fault("SCHEMA-04")
def line_backwards(op):
    """The line runs from the end to the start."""
    drawn(op, lambda points: encoded(points[::-1]))


@fault("SCHEMA-05")
def walk_garbage(op):
    """The line of the walk is a word."""
    each_item(
        op, lambda item, ride: item.update(departureToPickupWalkingPolyline="à pied"), DRIVERS
    )


# --- units ---------------------------------------------------------------------------------


@fault("SCHEMA-01")
def minutes(op):
    """duration in minutes."""
    each_item(op, lambda item, ride: item.update(duration=max(1, item["duration"] // 60)))


@fault("SCHEMA-02 SCHEMA-01")
def kilometres_(op):
    """distance in kilometres."""
    each_item(
        op,
        lambda item, ride: (
            item.update(distance=item["distance"] // 1000) if "distance" in item else None
        ),
    )


@fault("SCHEMA-02")
def fractions(op):
    """distance in kilometres with decimals."""
    each_item(
        op,
        lambda item, ride: (
            item.update(distance=item["distance"] / 1000 + 0.0001) if "distance" in item else None
        ),
    )


def instants(op, change, paths=JOURNEYS + TRIPS):
    def edit(item, ride):
        for place in [item, *dated(item)]:
            for name in ("passengerPickupDate", "driverDepartureDate"):
                if name in place:
                    place[name] = change(place[name])

    each_item(op, edit, paths)


@fault("GEN-10")
def milliseconds(op):
    """Instants in milliseconds."""
    instants(op, lambda value: value * 1000)


@fault("GEN-10")
def slot_milliseconds(op):
    """Instants in milliseconds in the slots of trips only."""
    instants(op, lambda value: value * 1000, TRIPS)


@fault("SCHEMA-10")
def instants_text(op):
    """Instants as strings."""
    instants(op, str)


@fault("SCHEMA-10")
def instants_iso(op):
    """Instants as ISO 8601."""
    instants(op, lambda value: f"2026-10-{20 + local(value)[0] % 9}T{spoken(local(value)[2])}Z")


@fault("GEN-10")
def instants_fraction(op):
    """Instants with milliseconds behind the point."""
    instants(op, lambda value: value + 0.25)


@fault("SEARCH-14 SEARCH-06 SEARCH-08 REG-17 REG-07 REG-08")
def instants_shown_local(op):
    """The shown instants are local times read as UTC."""
    instants(op, lambda value: value + paris(value))


# --- state of the service ------------------------------------------------------------------


@fault("STATUS-01", profile={"blocks": ("search", "status")})
def health_missing(op):
    """/status is declared and not there."""
    op.served = tuple(p for p in op.served if p != HEALTH)


@fault("STATUS-01 ERR-03")
def health_down(op):
    """/status says 503 while the service is up."""
    op.health = lambda: op.reply(503)


@fault("STATUS-01 GEN-05")
def health_empty(op):
    """/status says 204."""
    op.health = lambda: op.reply(204)


@fault("STATUS-02", setting="key")
def health_needs_key(op):
    """/status asks for the key."""
    op.allowed = lambda path, headers: headers.get("x-api-key") == op.key


# --- access --------------------------------------------------------------------------------


@fault("AUTH-01", setting="key")
def any_key(op):
    """Any key will do."""
    op.allowed = lambda path, headers: path == HEALTH or "x-api-key" in headers


@fault("AUTH-01", setting="key")
def forbidden(op):
    """403 instead of 401."""
    op.stranger = lambda: op.reply(403)


@fault("AUTH-01 ERR-03", setting="key")
def key_crash(op):
    """500 without a key."""
    op.stranger = lambda: op.reply(500)


@fault("AUTH-01 SEARCH-16", setting="key")
def stranger_200(op):
    """200 with an error for strangers."""
    op.stranger = lambda: op.reply(200, {"error": "unauthorized"})


@fault("AUTH-01", setting="key")
def stranger_empty(op):
    """200 and an empty list for strangers."""
    op.stranger = lambda: op.reply(200, [])


@fault("AUTH-01", setting="key", equivalent="a search may be open (SEARCH-25, AUTH-06)")
def one_open(op):
    """The key is not asked for by one of the four searches."""
    allowed = op.allowed
    op.allowed = lambda path, headers: path == RHYTHMS or allowed(path, headers)


# --- memory --------------------------------------------------------------------------------

ALL = "SEARCH-08 REG-08"


@fault(ALL)
def every_seventh(op):
    """Every seventh answer lacks an item."""
    found = op.found

    def changed(path, ask):
        rides = found(path, ask)
        return rides[:-1] if op.calls % 7 == 0 else rides

    op.found = changed


@fault(ALL)
def second_differs(op):
    """The same query again gives half of it, from a cache that was filled while reading."""
    found, seen = op.found, set()

    def changed(path, ask):
        rides = found(path, ask)
        key = f"{path}{sorted(ask.items(), key=str)}"
        if key in seen:
            return rides[: len(rides) // 2]
        seen.add(key)
        return rides

    op.found = changed


def cached(op, *left_out, path_too=True):
    """Keep answers by a key that forgets something."""
    search, kept = op.search, {}

    def changed(path, ask):
        key = [(k, v) for k, v in sorted(ask.items()) if k not in left_out]
        key = str((path if path_too else path[-8:], key))
        if key not in kept:
            kept[key] = search(path, ask)
        return kept[key]

    op.search = changed


@fault("SEARCH-09 SEARCH-08 REG-08")
def cache_without_count(op):
    """The cache forgets count."""
    cached(op, "count")


@fault("SEARCH-14 SEARCH-08 SEARCH-06 REG-07 REG-08 REG-20")
def cache_without_delta(op):
    """The cache forgets timeDelta."""
    cached(op, "delta")


@fault("SEARCH-12 SEARCH-13 SEARCH-08 SEARCH-07 REG-10 REG-08 REG-20")
def cache_without_radius(op):
    """The cache forgets the radii."""
    cached(op, "near", "far")


@fault("REG-06 REG-07 REG-08 REG-04")
def cache_without_days(op):
    """The cache forgets departureWeekdays."""
    cached(op, "days")


@fault("REG-07 REG-08")
def cache_without_dates(op):
    """The cache forgets minDepartureDate and maxDepartureDate."""
    cached(op, "min", "max")


@fault("SEARCH-20 SEARCH-08 REG-08")
def cache_without_role(op):
    """Drivers and passengers share a cache."""
    search, kept = op.search, {}

    def changed(path, ask):
        key = str(sorted(ask.items(), key=str))
        if key not in kept:
            kept[key] = search(path, ask)
        return kept[key]

    op.search = changed


@fault("SEARCH-12 SEARCH-13 SEARCH-14 SEARCH-08 REG-10 REG-07 SEARCH-18 SEARCH-16 REG-06 REG-18")
def piling_up(op):
    """A mutable default: what was found before comes again."""
    found, pile = op.found, []

    def changed(path, ask):
        rides = found(path, ask)
        old = [r for r in pile if r not in rides and r["path"] == path][-3:]
        pile.extend(rides)
        return rides + old

    op.found = changed


@fault(ALL)
def lost_when_wide(op):
    """Over 50 km, an approximation by cells loses items at the border of a cell."""
    found = op.found

    def changed(path, ask):
        rides = found(path, ask)
        return [r for r in rides if ask["near"] <= 20 or r["n"] % 6]

    op.found = changed


@fault(ALL)
def lost_when_long(op):
    """Over two hours, every fifth item is lost."""
    found = op.found

    def changed(path, ask):
        return [r for r in found(path, ask) if ask["delta"] <= 7200 or r["n"] % 5]

    op.found = changed


@fault(ALL)
def one_per_place(op):
    """One result for each place of departure."""
    found = op.found

    def changed(path, ask):
        return list({r["a"]: r for r in found(path, ask)}.values())

    op.found = changed


@fault(ALL, equivalent="a shuffled answer is legal")
def shuffled(op):
    """The order changes from answer to answer."""
    found = op.found

    def changed(path, ask):
        rides = found(path, ask)
        op.world.dice.shuffle(rides)
        return rides

    op.found = changed


# --- only sometimes ------------------------------------------------------------------------


@fault(PLACES)
def one_in_ten_far(op):
    """One ride in ten is found within 15 km whatever the radius (sponsored)."""
    gap = op.gap
    near = op.starts_near
    op.starts_near = lambda ride, ask: (
        near(ride, ask) or (one_in(10, ride) and gap(ride["a"], ask["from"]) < 15)
    )


@fault(ALL + " " + PLACES)
def one_in_ten_lost(op):
    """One ride in ten is only found where the radius is over 3 km."""
    fits = op.fits
    op.fits = lambda path, ride, ask: (
        fits(path, ride, ask) and not (one_in(10, ride) and ask["near"] <= 3)
    )


@fault("SCHEMA-01")
def one_in_ten_text(op):
    """One duration in ten is a string."""

    def edit(item, ride):
        if one_in(10, ride):
            item["duration"] = str(item["duration"])

    each_item(op, edit)


@fault("SCHEMA-09")
def weekend_null(op):
    """At weekends, the price is null."""

    def edit(item, ride):
        if local(ride["at"])[1] > 4:
            item["price"] = None

    each_item(op, edit, (OFFERS,))


@fault("OP-01 OP-04")
def one_operator(op):
    """One of the aggregated operators has a brand for a domain."""

    def edit(item, ride):
        if ride["domain"] == op.world.domains[1]:
            item["operator"] = people(item)["operator"] = "Garonne Lift"

    each_item(op, edit)


@fault(ALL)
def large_lose_last(op):
    """Answers of more than 20 items lack the last one."""
    found = op.found

    def changed(path, ask):
        rides = found(path, ask)
        return rides[:-1] if len(rides) > 20 else rides

    op.found = changed


@fault("ERR-03")
def large_crash(op):
    """Answers of more than 30 items time out."""
    on_search(op, lambda response, items: op.reply(500) if len(items) > 30 else response)


@fault(LATER + " SEARCH-06")
def evening_lost(op):
    """Where the margin is short, only rides of the same local day are looked at."""
    in_time = op.in_time
    op.in_time = lambda ride, ask: (
        in_time(ride, ask)
        and (ask["delta"] > 3600 or local(ride["at"])[0] == local(ask["when"])[0])
    )


@fault("SCHEMA-02")
def long_ways(op):
    """Over 20 km, distance has decimals."""

    def edit(item, ride):
        if item.get("distance", 0) > 20_000:
            item["distance"] += 0.5

    each_item(op, edit)


@fault("SEARCH-09")
def count_one_driver_only(op):
    """count is read by three searches of four."""
    search, cut = op.search, op.cut

    def changed(path, ask):
        op.cut = (lambda items, ask: items) if path == WISHES else cut
        return search(path, ask)

    op.search = changed


@fault("REG-10")
def mirror_without_radius(op):
    """The search for passengers' trips was copied without the radius of arrival."""
    ends = op.ends_near
    op.ends_near = lambda ride, ask: ride["path"] == RHYTHMS or ends(ride, ask)


@fault("SEARCH-14")
def mirror_without_time(op):
    """The search for passengers' journeys looks at the day only."""
    in_time = op.in_time
    op.in_time = lambda ride, ask: (
        local(ride["at"])[0] == local(ask["when"])[0]
        if ride["path"] == WISHES
        else in_time(ride, ask)
    )
