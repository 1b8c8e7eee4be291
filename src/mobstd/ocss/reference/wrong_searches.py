"""Wrong searches of the reference operator: what no edit of an exchange can express."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from datetime import datetime

from mobstd.ocss.reference.habits import Setting
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.places import Point, kilometres
from mobstd.ocss.reference.search import Search, around
from mobstd.ocss.reference.store import DAY, Disc, slots
from mobstd.ocss.reference.world import ZONE
from mobstd.serving.answers import Refuse

__all__ = ["SEARCHES", "Find", "Wrong"]

Find = Callable[[Search], list[Item]]
Wrong = Callable[[Search, Find, Setting], list[Item]]


SEARCHES: dict[str, tuple[tuple[str, ...], Wrong]] = {}
"""Each wrong search by its name, with the requirements that it violates."""


def _wrong(*violates: str) -> Callable[[Wrong], Wrong]:
    def register(function: Wrong) -> Wrong:
        SEARCHES[function.__name__.replace("_", "-")] = (violates, function)
        return function

    return register


def _kept(search: Search, find: Find, keep: Callable[[Item], bool]) -> list[Item]:
    """Return the results that are kept, cut to ``count`` only then."""
    if search.count == 0:
        return []
    items = [item for item in find(search.but(count=None)) if keep(item)]
    return items[: search.count]


def _wider(disc: Disc, factor: float = 1.0, more: float = 0.0) -> Disc:
    return Disc(disc.lat, disc.lng, disc.radius * factor + more)


def _pickup(item: Item) -> Point:
    return item["passengerPickupLat"], item["passengerPickupLng"]


def _drop(item: Item) -> Point:
    return item["passengerDropLat"], item["passengerDropLng"]


def _hash(*parts: object) -> int:
    return zlib.crc32(" ".join(map(str, parts)).encode())


def _key(item: Item) -> str:
    return f"{item['operator']} {item.get('id') or item.get('webUrl')}"


def _times(search: Search, item: Item) -> list[tuple[int, float]]:
    return [(day, time) for day, time, _ in slots(item)]


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def cap_results_at_20(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Shows a first page of 20 and no way to the next."""
    return find(search)[:20]


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def cap_results_at_2(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Shows the two best results only."""
    return find(search)[:2]


@_wrong("OCSS-SEARCH-09", "OCSS-REG-08")
def count_zero_is_no_limit(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Takes ``count=0`` for no count at all."""
    return find(search.but(count=search.count or None))


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def drops_on_wide_radius(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Loses some results when a radius grows."""
    radii = (search.departure.radius, search.arrival.radius)
    if max(radii) <= 1:
        return find(search)
    return _kept(search, find, lambda item: _hash(_key(item), *radii) % 3 > 0)


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def drops_on_wide_window(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Loses some results when the time window grows."""
    if search.delta <= 900:
        return find(search)
    return _kept(search, find, lambda item: _hash(_key(item), search.delta) % 3 > 0)


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def window_only_after(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Finds what leaves after the wanted time, never before."""

    def after(item: Item) -> bool:
        if not search.regular:
            return bool(item["passengerPickupDate"] >= search.moment)
        return any(
            day in search.weekdays and 0 <= (time - search.moment) % DAY <= search.delta
            for day, time in _times(search, item)
        )

    return _kept(search, find, after)


@_wrong("OCSS-SEARCH-12", "OCSS-SEARCH-13", "OCSS-REG-10")
def square_instead_of_circle(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Searches in a square around each end."""

    def inside(disc: Disc, point: Point) -> bool:
        north = abs(point[0] - disc.lat) * 111.195
        east = abs(point[1] - disc.lng) * 111.195 * math.cos(math.radians(disc.lat))
        return north <= disc.radius and east <= disc.radius

    wide = search.but(departure=_wider(search.departure, 1.5), arrival=_wider(search.arrival, 1.5))
    return _kept(
        wide,
        find,
        lambda item: (
            inside(search.departure, _pickup(item)) and inside(search.arrival, _drop(item))
        ),
    )


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def flat_earth(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Takes a degree of longitude for as long as one of latitude."""

    def near(disc: Disc, point: Point) -> bool:
        return math.dist(disc.centre, point) * 111.195 <= disc.radius

    return _kept(
        search,
        find,
        lambda item: near(search.departure, _pickup(item)) and near(search.arrival, _drop(item)),
    )


@_wrong("OCSS-SEARCH-12", "OCSS-SEARCH-13", "OCSS-REG-10")
def snaps_to_grid(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Rounds the searched points to a tenth of a degree."""

    def snapped(disc: Disc) -> Disc:
        return Disc(round(disc.lat, 1), round(disc.lng, 1), disc.radius + 6)

    return find(search.but(departure=snapped(search.departure), arrival=snapped(search.arrival)))


@_wrong("OCSS-SEARCH-12", "OCSS-REG-10")
def departure_of_the_driver(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Finds who sets off near the searched point, wherever they take the passenger in."""

    def near(item: Item) -> bool:
        points = [_pickup(item)]
        if "driverDepartureLat" in item and "driverDepartureLng" in item:
            points.append((item["driverDepartureLat"], item["driverDepartureLng"]))
        return any(
            kilometres(search.departure.centre, p) <= search.departure.radius for p in points
        )

    return _kept(search.but(departure=_wider(search.departure, more=6)), find, near)


@_wrong("OCSS-SEARCH-13", "OCSS-REG-10")
def one_radius_for_both(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Takes the departure radius for both ends."""
    arrival = Disc(search.arrival.lat, search.arrival.lng, search.departure.radius)
    return find(search.but(arrival=arrival))


@_wrong("OCSS-SEARCH-12", "OCSS-SEARCH-14", "OCSS-REG-07", "OCSS-REG-10")
def zero_means_default(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Takes a radius or a margin of zero for an absent one."""

    def filled(disc: Disc) -> Disc:
        return Disc(disc.lat, disc.lng, disc.radius or 1.0)

    return find(
        search.but(
            departure=filled(search.departure),
            arrival=filled(search.arrival),
            delta=search.delta or 900,
        )
    )


@_wrong("OCSS-REG-07")
def time_of_day_in_utc(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Reads the wanted time of day on the clock of Greenwich."""
    offset = datetime.fromtimestamp(setting.now, ZONE).utcoffset()
    shift = offset.total_seconds() if offset and search.regular else 0
    moment = (search.moment + shift) % DAY if search.regular else search.moment
    return find(search.but(moment=moment))


@_wrong("OCSS-REG-07")
def no_midnight_wrap(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Doesn't know that five to midnight is near five past."""
    if not search.regular:
        return find(search)
    return _kept(
        search,
        find,
        lambda item: any(
            day in search.weekdays and abs(time - search.moment) <= search.delta
            for day, time in _times(search, item)
        ),
    )


@_wrong("OCSS-REG-07")
def whole_minutes(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Drops the seconds of the time of day."""
    return find(search.but(moment=search.moment // 60 * 60) if search.regular else search)


@_wrong("OCSS-REG-07")
def day_and_time_apart(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Is content with one slot on the day and another one at the time."""
    if not search.regular:
        return find(search)
    wide = search.but(delta=DAY, weekdays=frozenset(range(7)))

    def fits(item: Item) -> bool:
        times = _times(search, item)
        days = any(day in search.weekdays for day, _ in times)
        return days and any(around(t, search.moment) <= search.delta for _, t in times)

    return _kept(wide, find, fits)


@_wrong("OCSS-REG-08")
def every_weekday_needed(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Wants a trip to run on all the wanted weekdays instead of one of them."""
    if not search.regular:
        return find(search)
    return _kept(
        search,
        find,
        lambda item: search.weekdays <= {day for day, _ in _times(search, item)},
    )


@_wrong("OCSS-REG-07")
def bounds_on_first_journey(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Compares the least and greatest date with the first journey of a trip only."""
    if not search.regular or (search.earliest is None and search.latest is None):
        return find(search)

    def fits(item: Item) -> bool:
        dates = [date for _, _, runs in slots(item) for date in runs or ()]
        return bool(dates) and (search.earliest or 0) <= dates[0] <= (search.latest or 2**62)

    return _kept(search, find, fits)


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def random_sample(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Shows another part of the results each time."""
    turn = setting.next_turn()
    return _kept(search, find, lambda item: _hash(_key(item), turn) % 3 > 0)


@_wrong("OCSS-SEARCH-08", "OCSS-REG-08")
def unstable_ids(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Gives every journey a new id in each answer."""
    turn = setting.next_turn()
    return [_renamed(item, lambda identity: f"{identity}.{turn}") for item in find(search)]


@_wrong("OCSS-SEARCH-18", "OCSS-REG-18")
def few_ids(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Gives the same id to different journeys."""
    return [_renamed(item, lambda identity: str(_hash(identity) % 25)) for item in find(search)]


def _renamed(item: Item, rename: Callable[[str], str]) -> Item:
    out = {**item, "id": rename(item["id"])} if "id" in item else dict(item)
    if "schedules" in out:
        out["schedules"] = [
            {
                **slot,
                "journeySchedules": [
                    _renamed(journey, rename) for journey in slot["journeySchedules"]
                ],
            }
            if "journeySchedules" in slot
            else slot
            for slot in out["schedules"]
        ]
    return out


@_wrong("OCSS-OP-03")
def operator_alternates(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Writes its own domain in capitals on every second item."""
    return [
        {**item, "operator": item["operator"].upper()} if _hash(_key(item)) % 2 else item
        for item in find(search)
    ]


@_wrong("OCSS-SEARCH-20", "OCSS-SEARCH-17")
def mixes_sides(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Shows drivers and passengers together, whoever asks."""
    ours, other = ("driver", "passenger")[:: 1 if search.kind.startswith("driver") else -1]
    items = find(search) + find(search.but(kind=search.kind.replace(ours, other, 1)))
    return items[: search.count]


@_wrong("OCSS-SEARCH-16")
def not_found_when_empty(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Answers 404 where nothing matches."""
    items = find(search)
    if not items and search.count != 0:
        raise Refuse(404, "nothing found")
    return items


@_wrong("OCSS-SEARCH-26")
def refuses_the_past(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Answers 400 to dates gone by."""
    if not search.regular and search.moment < setting.now - DAY:
        raise Refuse(400, "departureDate is in the past")
    return find(search)


@_wrong("OCSS-ERR-03")
def fails_on_extremes(search: Search, find: Find, setting: Setting) -> list[Item]:
    """Answers 500 where a number is larger than it expected."""
    numbers = (search.departure.lat, search.departure.lng, search.arrival.lat, search.arrival.lng)
    if max(map(abs, numbers)) > 180 or max(abs(search.moment), search.delta) > 2**31:
        raise Refuse(500)
    return find(search)
