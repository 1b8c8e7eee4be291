"""The world that a reference operator publishes: the same for the same seed, instant and count."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from mobstd.ocss.editions import ALPHA
from mobstd.ocss.reference.additions import added
from mobstd.ocss.reference.people import OPERATORS, Item, users
from mobstd.ocss.reference.places import Corridor, Point, corridors, kilometres, moved, spots
from mobstd.ocss.reference.routes import drive, line

__all__ = ["DAYS", "KINDS", "ZONE", "Recipe", "items"]

ZONE = ZoneInfo("Europe/Paris")
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
KINDS = ("driver-journey", "passenger-journey", "driver-regular-trip", "passenger-regular-trip")
_SHARES = (0.45, 0.25, 0.18, 0.12)
_GENEVA = (46.2044, 6.1432)
_CARS = (
    ("Renault", "Zoé"), ("Peugeot", "208"), ("Citroën", "ë-C3"), ("Dacia", "Sandero"),
    ("Škoda", "Octavia"), ("Volkswagen", "ID.3"), ("Toyota", "Yaris"), ("Fiat", "500 électrique"),
)  # fmt: skip
_WEEKS = (
    ("MON TUE WED THU FRI", 9), ("MON TUE THU FRI", 4), ("TUE THU", 3), ("MON WED FRI", 2),
    ("MON", 1), ("FRI", 1), ("FRI SUN", 2), ("SAT SUN", 1), ("WED", 1),
    ("MON TUE WED THU FRI SAT SUN", 1),
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What a world is made from.

    Attributes:
        seed: another seed, another world.
        now: the instant around which journeys lie, in UNIX seconds.
        count: how many journeys and trips there are in all.
        area: a department or a region that nothing leaves, or all of metropolitan France.
        operators: how many operators publish together, one to three.
        version: as which version of the standard has them.
    """

    seed: int = 0
    now: int = 0
    count: int = 5000
    area: str | None = None
    operators: int = len(OPERATORS)
    version: str = ALPHA.number


def items(recipe: Recipe) -> Iterator[tuple[str, Item]]:
    """Yield every journey and trip of a world, with the name of its schema."""
    left = recipe.count
    for kind, share in zip(KINDS, _SHARES, strict=True):
        number = left if kind == KINDS[-1] else min(left, round(recipe.count * share))
        left -= number
        maker = _Maker(recipe, kind)
        later = recipe.version != ALPHA.number
        yield from ((kind, added(kind, item) if later else item) for item in maker.make(number))


class _Maker:
    """Makes the items of one kind; a group of them shares a corridor, a day and an hour."""

    def __init__(self, recipe: Recipe, kind: str) -> None:
        self.recipe = recipe
        self.kind = kind
        self.driving = kind.startswith("driver")
        self.regular = kind.endswith("trip")
        self.random = Random(f"{recipe.seed} {recipe.operators} {kind}")
        self.corridors = corridors(recipe.area)
        self.weights = list(accumulate(c.weight**1.2 for c in self.corridors))
        self.today = datetime.fromtimestamp(recipe.now, ZONE).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        self.issued: dict[str, int] = {}
        self.trips = 0

    @cached_property
    def people(self) -> int:
        """How many people each operator knows."""
        return max(20, self.recipe.count // 6)

    def make(self, number: int) -> Iterator[Item]:
        random = self.random
        while number > 0:
            corridor = (
                random.choice(self.corridors)
                if random.random() < 0.15
                else random.choices(self.corridors, cum_weights=self.weights)[0]
            )
            outward, minute = self._when()
            ends = (corridor.home, corridor.work) if outward else (corridor.work, corridor.home)
            spot = [random.choice(spots(end)) for end in ends]
            day = self._day(minute)
            for _ in range(min(number, random.choices((1, 2, 3, 5), (4, 3, 2, 1))[0])):
                number -= 1
                start, end = (moved(s.point, random.random() * 0.35, random.random()) for s in spot)
                if start == end or (
                    corridor.home is corridor.work and kilometres(start, end) < 0.5
                ):
                    end = moved(start, 1.5, random.random())
                late = (minute + random.randrange(-6, 7)) % 1440
                seconds = late * 60 if random.random() < 0.8 else late * 60 + random.randrange(60)
                item = self._trip(start, end, (spot[0].name, spot[1].name))
                if self.regular:
                    self._repeat(item, seconds)
                else:
                    self._once(item, corridor, day, seconds)
                yield item

    def _when(self) -> tuple[bool, int]:
        """Return whether people go to work, and the minute of the day."""
        random = self.random
        part = random.random()
        if part < 0.46:
            return True, round(random.gauss(465, 40) / 5) * 5 % 1440
        if part < 0.88:
            return False, round(random.gauss(1065, 50) / 5) * 5 % 1440
        if part < 0.94:
            return random.random() < 0.5, random.randrange(600, 900, 5)
        return random.random() < 0.5, random.choice(
            (1290, 1320, 1415, 1430, 1439, 0, 5, 25, 240, 300)
        )

    def _day(self, minute: int) -> datetime:
        random = self.random
        day = self.today + timedelta(
            days=int(random.random() ** 1.8 * 21) - (random.random() < 0.04)
        )
        if day.weekday() > 4 and 360 < minute < 540 and random.random() < 0.7:
            day += timedelta(days=7 - day.weekday())
        return day

    def _trip(self, start: Point, end: Point, names: tuple[str, str]) -> Item:
        random = self.random
        operator = OPERATORS[random.randrange(self.recipe.operators)]
        metres, seconds = drive(random, start, end)
        item: Item = {
            "operator": operator,
            "passengerPickupLat": start[0],
            "passengerPickupLng": start[1],
            "passengerDropLat": end[0],
            "passengerDropLng": end[1],
            "duration": seconds,
            "driver" if self.driving else "passenger": random.choice(users(operator, self.people)),
        }
        shown = random.getrandbits(8)
        if shown & 1:
            item["passengerPickupAddress"] = names[0]
        if shown & 2:
            item["passengerDropAddress"] = names[1]
        if shown & 12:
            item["distance"] = metres
        if shown & 48:
            item["journeyPolyline"] = line(random, start, end)
        if shown & 64:
            item["preferences"] = self._preferences()
        if self.driving:
            self._drive(item, start, end, names)
        return item

    def _drive(self, item: Item, start: Point, end: Point, names: tuple[str, str]) -> None:
        random = self.random
        shown = random.getrandbits(3)
        if shown & 1:
            brand, model = random.choice(_CARS)
            item["car"] = {"brand": brand, "model": model} if shown & 2 else {"model": model}
        if random.random() < 0.6:
            far = random.random() * 4
            origin = moved(start, far, random.random())
            target = moved(end, random.random() * 4, random.random())
            item["driverDepartureLat"], item["driverDepartureLng"] = origin
            item["driverArrivalLat"], item["driverArrivalLng"] = target
            if shown & 4:
                item["driverDepartureAddress"] = names[0].partition(", ")[2]
                item["driverArrivalAddress"] = names[1].partition(", ")[2]

    def _preferences(self) -> Item:
        random = self.random
        bits = random.getrandbits(8)
        found: Item = {
            name: bool(bits & 1 << place)
            for place, name in enumerate(("smoking", "animals", "music", "isTalker"))
            if bits & 16 << place
        }
        if random.random() < 0.5:
            found["luggageSize"] = random.randrange(1, 6)
        return found

    def _next_id(self, operator: str) -> str:
        """Return a new id; two operators may well have the same one."""
        if operator == OPERATORS[0]:
            return str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        number = self.issued[operator] = self.issued.get(operator, 0) + 1
        letter = "dpDP"[KINDS.index(self.kind)]
        return (
            f"{letter}{number}" if number % 2 or operator == OPERATORS[1] else f"{letter}/{number}"
        )

    def _journey(self, operator: str, at: int, *, driver_date: bool) -> Item:
        identity = self._next_id(operator)
        page = identity.replace("/", "-")
        found: Item = {"id": identity, "passengerPickupDate": at, "type": "PLANNED"}
        if driver_date:
            found["driverDepartureDate"] = at - 60 * self.random.randrange(0, 16)
        found["webUrl"] = f"https://{operator}/journeys/{page}"
        return found

    def _once(self, item: Item, corridor: Corridor, day: datetime, seconds: int) -> None:
        random = self.random
        shown = random.random() < 0.75
        date = _instant(day, seconds)
        item.update(self._journey(item["operator"], date, driver_date=shown or not self.driving))
        if not self.driving:
            if shown:
                item["requestedSeats"] = random.choice((1, 1, 1, 2, 3))
            return
        if shown:
            item["availableSeats"] = random.choice((1, 2, 3, 3, 4))
        start = (item["passengerPickupLat"], item["passengerPickupLng"])
        end = (item["passengerDropLat"], item["passengerDropLng"])
        swiss = max(kilometres(start, _GENEVA), kilometres(end, _GENEVA)) < 45
        item["price"] = self._price(kilometres(start, end), swiss=swiss)

    def _price(self, km: float, *, swiss: bool) -> Item:
        random = self.random
        part = random.random()
        currency = "CHF" if swiss and random.random() < 0.6 else "EUR"
        if part < 0.2:
            return {"type": "UNKNOWN"}
        if part < 0.32:
            return {"type": "FREE"}
        if part < 0.38:
            return {"type": "FREE", "amount": 0, "currency": currency}
        cents = max(50, math.ceil(km * (7 + 5 * random.random())))
        amount = cents / 100 if part < 0.8 else math.ceil(cents / 50) / 2
        return {"type": "PAYING", "amount": amount, "currency": currency}

    def _repeat(self, item: Item, seconds: int) -> None:
        random = self.random
        self.trips += 1
        operator = item["operator"]
        item["webUrl"] = f"https://{operator}/trips/{self.kind[0]}{self.trips}"
        days = random.choices([w for w, _ in _WEEKS], [n for _, n in _WEEKS])[0].split()
        weeks = random.choice((0, 1, 1, 2, 2, 3))
        moving = random.random() < 0.15
        short = random.choice(days) if random.random() < 0.35 else None
        item["schedules"] = []
        for day in days:
            if moving:
                seconds = (seconds + 300 * random.randrange(-4, 5)) % 86400
            at = (seconds + (10_800 if seconds < 43_200 else -9_000) * (day == short)) % 86400
            clock = f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"
            slot: Item = {"passengerPickupDay": day, "passengerPickupTimeOfDay": clock}
            if weeks and random.random() < 0.85:
                shown = random.random() < 0.6
                slot["journeySchedules"] = [
                    self._journey(operator, date, driver_date=shown)
                    for date in self._dates(DAYS.index(day), at, weeks)
                ]
            item["schedules"].append(slot)

    def _dates(self, weekday: int, seconds: int, weeks: int) -> list[int]:
        first = self.today + timedelta(days=(weekday - self.today.weekday()) % 7)
        return [_instant(first + timedelta(days=7 * week), seconds) for week in range(weeks)]


def _instant(day: datetime, seconds: int) -> int:
    """Return the instant at which clocks in France show these seconds of that day."""
    hour, rest = divmod(seconds, 3600)
    minute, second = divmod(rest, 60)
    clock: Any = day.replace(hour=hour, minute=minute, second=second)
    return int(clock.timestamp())
