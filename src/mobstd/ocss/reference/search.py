"""What a search means: inclusive bounds, great circles, clocks that go round at midnight."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.places import kilometres
from mobstd.ocss.reference.routes import walk
from mobstd.ocss.reference.store import DAY, Disc, Entry, Store
from mobstd.ocss.reference.world import ZONE

__all__ = ["EVERY_DAY", "Search", "around", "run"]

EVERY_DAY = frozenset(range(7))
_TOO_FAR_TO_WALK = 5.0
_INT64 = 2**62


@dataclass(frozen=True)
class Search:
    """One search, of journeys (``moment`` is an instant) or of trips (seconds of the day)."""

    kind: str
    departure: Disc
    arrival: Disc
    moment: float
    delta: float
    count: int | None = None
    weekdays: frozenset[int] = EVERY_DAY
    earliest: int | None = None
    latest: int | None = None

    @property
    def regular(self) -> bool:
        """Whether trips are searched."""
        return self.kind.endswith("trip")

    def but(self, **changes: Any) -> Search:
        """Return the same search with some changes."""
        return replace(self, **changes)


def around(one: float, other: float) -> float:
    """Return how far two times of day are apart, the short way round the clock."""
    apart = abs(one - other) % DAY
    return min(apart, DAY - apart)


def run(store: Store, search: Search) -> list[Item]:
    """Return the items that match, nearest first, at most ``count``."""
    if search.count is not None and search.count <= 0:
        return []
    best: dict[int, tuple[float, Entry]] = {}
    walks: dict[int, float | None] = {}
    for entry in _candidates(store, search):
        if entry.item not in walks:
            walks[entry.item] = _off(search, entry)
        off = walks[entry.item]
        if off is None:
            continue
        if search.regular:
            if not _runs(search, entry):
                continue
            apart = around(entry.moment, search.moment)
        else:
            apart = abs(entry.moment - search.moment)
        score = off + apart / 600
        if entry.item not in best or score < best[entry.item][0]:
            best[entry.item] = (score, entry)
    ranked = sorted(best.items(), key=lambda found: (found[1][0], found[0]))
    return [
        _seen_from(search, store.item(number), hit) for number, (_, hit) in ranked[: search.count]
    ]


def _off(search: Search, entry: Entry) -> float | None:
    """Return the kilometres from both ends together, or ``None`` outside of a radius."""
    start = kilometres(search.departure.centre, entry.pickup)
    if start > search.departure.radius:
        return None
    end = kilometres(search.arrival.centre, entry.drop)
    return None if end > search.arrival.radius else start + end


def _candidates(store: Store, search: Search) -> list[Entry]:
    moment = max(-_INT64, min(_INT64, search.moment))
    delta = min(_INT64, search.delta)
    if not search.regular:
        return store.near(
            search.kind, search.departure, search.arrival, moment - delta, moment + delta
        )
    if delta < 0:
        return []
    windows = [(moment - delta, moment + delta)]
    if delta >= DAY / 2:
        windows = [(0.0, DAY)]
    elif windows[0][0] < 0:
        windows = [(0.0, windows[0][1]), (windows[0][0] + DAY, DAY)]
    elif windows[0][1] >= DAY:
        windows = [(windows[0][0], DAY), (0.0, windows[0][1] - DAY)]
    return [
        entry
        for since, until in windows
        for entry in store.near(search.kind, search.departure, search.arrival, since, until)
        if entry.day in search.weekdays
    ]


def _runs(search: Search, entry: Entry) -> bool:
    """Say whether a slot has a journey between the dates; one without a list goes on for ever."""
    earliest, latest = search.earliest, search.latest
    if earliest is None and latest is None:
        return True
    low = -_INT64 if earliest is None else earliest
    high = _INT64 if latest is None else latest
    if entry.runs is not None:
        return any(low <= at <= high for at in json.loads(entry.runs))
    if low > high:
        return False
    return (
        earliest is None or latest is None or latest - earliest >= 8 * DAY or _week(search, entry)
    )


def _week(search: Search, entry: Entry) -> bool:
    """Say whether a weekly slot falls between two dates that are less than eight days apart."""
    assert search.earliest is not None and search.latest is not None  # noqa: PT018
    try:
        first = datetime.fromtimestamp(search.earliest, ZONE)
    except (ValueError, OverflowError, OSError):
        return False
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    for days in range(10):
        day = midnight + timedelta(days=days)
        if day.weekday() == entry.day:
            hour, rest = divmod(int(entry.moment), 3600)
            at = day.replace(hour=hour, minute=rest // 60, second=rest % 60).timestamp()
            if search.earliest <= at <= search.latest:
                return True
    return False


def _seen_from(search: Search, item: Item, entry: Entry) -> Item:
    """Return a copy of the item, with the walks to and from it where somebody walks."""
    found = dict(item)
    if search.kind.startswith("passenger"):
        return found
    shown = entry.item % 8
    if shown & 1 and kilometres(search.departure.centre, entry.pickup) < _TOO_FAR_TO_WALK:
        prefix, drawn = "departureToPickup", bool(shown & 4)
        found.update(walk(search.departure.centre, entry.pickup, prefix, drawn=drawn))
    if shown & 2 and kilometres(search.arrival.centre, entry.drop) < _TOO_FAR_TO_WALK:
        prefix, drawn = "dropoffToArrival", bool(shown & 4)
        found.update(walk(entry.drop, search.arrival.centre, prefix, drawn=drawn))
    return found
