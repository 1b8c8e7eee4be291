"""Invented journeys, many of them at the boundaries of the rules."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import find

__all__ = ["EXAMPLE", "journey", "key", "world", "write"]

EXAMPLE: dict[str, Any] = load(find("carpool-proof@3.4").folder / "journey.schema.json")[
    "examples"
][0]
NOON = datetime(2026, 7, 6, 12, tzinfo=UTC)
_PLACES = [(45.19, 5.71), (-21.0, 55.45), (16.2, -61.55), (52.5, 13.4)]


def key(person: object) -> str:
    return hashlib.sha256(str(person).encode()).hexdigest()


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def journey(
    number: object = 0,
    driver: object = "d",
    passenger: object = "p",
    start: datetime = NOON,
    minutes: float = 20,
    trip: object = None,
    place: tuple[float, float] = _PLACES[0],
    **changes: Any,
) -> dict[str, Any]:
    """Return a journey that nothing is wrong with."""
    one = copy.deepcopy(EXAMPLE)
    one["operator_journey_id"] = f"j{number}"
    one["operator_trip_id"] = f"t{number if trip is None else trip}"
    one["operator_class"] = "B"
    one["distance"] = 12_000
    lat, lon = place
    one["start"] = {"datetime": instant(start), "lat": lat, "lon": lon}
    end = start + timedelta(minutes=minutes)
    one["end"] = {"datetime": instant(end), "lat": lat + 0.1, "lon": lon}
    for role, person in (("driver", driver), ("passenger", passenger)):
        identity = one[role]["identity"]
        identity |= {"identity_key": key(person), "operator_user_id": f"u-{person}"}
        identity |= {"phone_trunc": "+336399801", "over_18": True}
        identity.pop("phone", None)
    return one | changes


def world(count: int, seed: int = 0, people: int = 40) -> Iterator[dict[str, Any]]:
    """Yield journeys of few people in few days, in no order, with their reception."""
    dice = random.Random(seed)
    for number in range(count):
        day = dice.randrange(3)
        at = NOON + timedelta(days=day, minutes=dice.choice((0, 10, 15)) * dice.randrange(40))
        at += timedelta(milliseconds=dice.choice((0, 0, 1, -1)))
        driver, passenger = dice.sample(range(people), 2)
        if dice.random() < 0.5:
            passenger = driver ^ 1
        one = journey(
            number if dice.random() > 0.02 else max(0, number - dice.randrange(20)),
            driver,
            passenger,
            at,
            dice.choice((5, 15, 30, 30, 90, 0.5)),
            trip=dice.randrange(count // 2),
            place=dice.choice(_PLACES),
            distance=dice.choice((999, 1000, 1999, 2000, 12_000)),
        )
        late = dice.choice((3_600_000 * 2, 86_400_000, 86_400_001, 3_600_000 * 20))
        one["received"] = instant(at + timedelta(milliseconds=late))
        yield one


def write(path: Path, journeys: Any) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in journeys), "utf-8")
    return str(path)
