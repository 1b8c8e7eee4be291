"""Journeys and trips in SQLite, found through an R*Tree over both ends and the time."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from mobstd.errors import ConfigError
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.places import EARTH_RADIUS, Point
from mobstd.ocss.reference.world import DAYS, KINDS, ZONE
from mobstd.serving.database import connected

__all__ = [
    "DAY",
    "Disc",
    "Entry",
    "Store",
    "seconds_of_day",
    "slots",
]

DAY = 86400
_INT64 = 2**62
_CACHED = 20_000


class Entry(NamedTuple):
    """One thing that a search can hit: a journey, or one weekly slot of a trip.

    ``moment`` is an instant for a journey, seconds of the day for a slot; ``day`` and ``runs``
    (the instants of the slot, ``None`` where the operator names none) are for slots only.
    """

    item: int
    pickup_lat: float
    pickup_lng: float
    drop_lat: float
    drop_lng: float
    moment: float
    day: int
    runs: str | None

    @property
    def pickup(self) -> Point:
        """Where the passenger gets in."""
        return self.pickup_lat, self.pickup_lng

    @property
    def drop(self) -> Point:
        """Where the passenger gets out."""
        return self.drop_lat, self.drop_lng


@dataclass(frozen=True)
class Disc:
    """All points within ``radius`` kilometres of a point."""

    lat: float
    lng: float
    radius: float

    @property
    def centre(self) -> Point:
        """The point in the middle."""
        return self.lat, self.lng

    def box(self) -> tuple[float, float, float, float] | None:
        """Return least and greatest latitude and longitude, or ``None`` where nothing is inside."""
        if self.radius < 0 or not (-90 <= self.lat <= 90 and -180 <= self.lng <= 180):
            return None
        angle = self.radius / EARTH_RADIUS * 1.000001 + 1e-9
        reach = math.degrees(min(angle, math.pi))
        south, north = self.lat - reach, self.lat + reach
        if south <= -90 or north >= 90:
            return max(south, -90.0), min(north, 90.0), -180.0, 180.0
        aside = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(self.lat))))
        if abs(self.lng) + aside >= 180:
            return south, north, -180.0, 180.0
        return south, north, self.lng - aside, self.lng + aside


def seconds_of_day(clock: str) -> float:
    """Return the seconds since midnight of a partial time such as ``07:30:00``."""
    hours, minutes, seconds = clock.split(":")
    return (int(hours) * 3600 + int(minutes) * 60 + float(seconds)) % DAY


def _local(at: float) -> tuple[int, float]:
    moment = datetime.fromtimestamp(at, ZONE)
    return moment.weekday(), moment.hour * 3600 + moment.minute * 60 + moment.second


def slots(item: Item) -> Iterator[tuple[int, float, list[int] | None]]:
    """Yield weekday, seconds of the day and instants of each weekly slot of a trip.

    A schedule that names no day or no time is read off its journeys, where a calendar has them.
    """
    for schedule in item.get("schedules", ()):
        day, clock = schedule.get("passengerPickupDay"), schedule.get("passengerPickupTimeOfDay")
        journeys = schedule.get("journeySchedules")
        dates = None if journeys is None else [int(j["passengerPickupDate"]) for j in journeys]
        if day is not None and clock is not None:
            yield DAYS.index(day), seconds_of_day(clock), dates
            continue
        for date in dates or ():
            with suppress(ValueError, OverflowError, OSError):
                yield (*_local(date), [date])


class Store:
    """A database of items; once filled it is only read."""

    def __init__(self, path: str = ":memory:") -> None:
        try:
            self._db = connected(path)
            there = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
            if there and not there >= {"about", "items", *_TREES.values()}:
                raise ConfigError("serving.foreign-database", path=path)
            self._db.executescript(_SCHEMA)
            if there and not there >= {"journeys", "people"}:
                self._db.execute("DELETE FROM about")
        except sqlite3.Error as error:
            raise ConfigError("serving.database", path=path, reason=str(error)) from None
        self.item = lru_cache(maxsize=_CACHED)(self._item)

    @property
    def made_from(self) -> str | None:
        """What ``fill`` was told that the content comes from, or ``None`` while there is none."""
        row = self._db.execute("SELECT origin FROM about").fetchone()
        return None if row is None else str(row[0])

    def fill(self, items: Iterable[tuple[str, Item]], origin: str) -> None:
        """Replace the content by these items, in one transaction."""
        self._db.execute("BEGIN")
        try:
            for table in ("about", "items", "journeys", "people", *_TREES.values()):
                self._db.execute(f"DELETE FROM {table}")
            docs: list[tuple[int, str, str]] = []
            entries: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in KINDS}
            journeys: list[tuple[str, str, int]] = []
            people: set[tuple[str, str]] = set()
            for number, (kind, item) in enumerate(items):
                text = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
                docs.append((number, kind, text))
                entries[kind] += _rows(number, kind, item)
                journeys += _journeys(number, item)
                people |= {_person(item[side]) for side in ("driver", "passenger") if side in item}
            self._db.executemany("INSERT INTO items VALUES (?, ?, ?)", docs)
            self._db.executemany("INSERT OR IGNORE INTO journeys VALUES (?, ?, ?)", journeys)
            self._db.executemany("INSERT INTO people VALUES (?, ?)", sorted(people))
            for kind, rows in entries.items():
                rows.sort(key=lambda row: (round(row[0]), round(row[2]), row[8]))
                marks = ", ".join("?" * 19)
                self._db.executemany(
                    f"INSERT INTO {_TREES[kind]} VALUES ({marks})",
                    ((place, *row) for place, row in enumerate(rows)),
                )
            self._db.execute("INSERT INTO about VALUES (?)", (origin,))
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self.item.cache_clear()

    def _item(self, number: int) -> Item:
        row = self._db.execute("SELECT document FROM items WHERE id = ?", (number,)).fetchone()
        found: Item = json.loads(row[0])
        return found

    def journey(self, operator: str, id_: str) -> Item | None:
        """Return the journey with this id, or the trip that one of its journeys belongs to."""
        query = "SELECT item FROM journeys WHERE operator = ? AND id = ?"
        row = self._db.execute(query, (operator, id_)).fetchone()
        return None if row is None else self.item(row[0])

    def person(self, operator: str, id_: str) -> bool:
        """Say whether somebody of this name offers or looks for a seat."""
        query = "SELECT 1 FROM people WHERE operator = ? AND id = ?"
        return self._db.execute(query, (operator, id_)).fetchone() is not None

    def speaks_for(self, operator: str) -> bool:
        """Say whether anybody here belongs to this operator."""
        query = "SELECT 1 FROM people WHERE operator = ? LIMIT 1"
        return self._db.execute(query, (operator,)).fetchone() is not None

    def count(self, kind: str) -> int:
        """Return how many items of a kind there are."""
        query = "SELECT count(*) FROM items WHERE kind = ?"
        return int(self._db.execute(query, (kind,)).fetchone()[0])

    def near(self, kind: str, pickup: Disc, drop: Disc, since: float, until: float) -> list[Entry]:
        """Return the entries in the boxes around both discs whose moment lies in between.

        A few more may come than match: the boxes are wider than the discs.
        """
        boxes = pickup.box(), drop.box()
        if boxes[0] is None or boxes[1] is None or not since <= until:
            return []
        rows = self._db.execute(_NEAR[kind], (*boxes[0], *boxes[1], since, until))
        return [Entry(*row) for row in rows if since <= row[5] <= until]

    def some(self, kind: str, limit: int = 1) -> list[Item]:
        """Return a few items, always the same ones."""
        query = "SELECT id FROM items WHERE kind = ? ORDER BY id LIMIT ?"
        return [self.item(number) for (number,) in self._db.execute(query, (kind, limit))]


def _person(user: Item) -> tuple[str, str]:
    return user["operator"], user["id"]


def _journeys(number: int, item: Item) -> Iterator[tuple[str, str, int]]:
    """Yield what every journey of an item is called: its own id, or those of its slots."""
    listed = [j for s in item.get("schedules", ()) for j in s.get("journeySchedules", ())]
    for journey in (item, *listed):
        if "id" in journey:
            yield item["operator"], journey["id"], number


def _rows(number: int, kind: str, item: Item) -> list[tuple[Any, ...]]:
    """Return what the index holds of an item: bounds, then exact values."""
    plat, plng = item["passengerPickupLat"], item["passengerPickupLng"]
    dlat, dlng = item["passengerDropLat"], item["passengerDropLng"]
    ends = (plat, plat, plng, plng, dlat, dlat, dlng, dlng)
    exact = (number, plat, plng, dlat, dlng)
    if not kind.endswith("trip"):
        at = max(-_INT64, min(_INT64, int(item["passengerPickupDate"])))
        return [(*ends, at, at, *exact, at, 0, None)]
    return [
        (*ends, time, time, *exact, time, day, None if runs is None else json.dumps(runs))
        for day, time, runs in slots(item)
    ]


_TREES = {kind: "near_" + kind.replace("-", "_") for kind in KINDS}
_TREE = """
CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING rtree(
  id, plat0, plat1, plng0, plng1, dlat0, dlat1, dlng0, dlng1, t0, t1,
  +item INTEGER, +plat REAL, +plng REAL, +dlat REAL, +dlng REAL, +moment REAL,
  +day INTEGER, +runs TEXT
);"""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (origin TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS items_kind ON items (kind);
CREATE TABLE IF NOT EXISTS journeys (
  operator TEXT NOT NULL, id TEXT NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (operator, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (
  operator TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (operator, id)
) WITHOUT ROWID;
""" + "".join(_TREE.format(name=name) for name in _TREES.values())
_NEAR = {
    kind: f"""SELECT item, plat, plng, dlat, dlng, moment, day, runs FROM {name}
    WHERE plat1 >= ? AND plat0 <= ? AND plng1 >= ? AND plng0 <= ?
    AND dlat1 >= ? AND dlat0 <= ? AND dlng1 >= ? AND dlng0 <= ?
    AND t1 >= ? AND t0 <= ?"""
    for kind, name in _TREES.items()
}
