"""What 2.0-proposal adds to an item of the world: links that name their journey, prices of trips.

It follows from the item alone, so that both versions publish the same world.
"""

from __future__ import annotations

import math
from random import Random
from urllib.parse import urlencode

from mobstd.ocss.links import JOURNEY_PARAMETER
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.places import kilometres

__all__ = ["added"]

_CENTS_PER_KM = 9


def added(kind: str, item: Item) -> Item:
    """Return the item as the proposal has it; the item itself is changed."""
    listed = [j for s in item.get("schedules", ()) for j in s.get("journeySchedules", ())]
    for journey in (item, *listed):
        if "id" in journey:
            journey["webUrl"] += f"?{urlencode({JOURNEY_PARAMETER: journey['id']})}"
    if kind.endswith("trip"):
        _priced(kind, item)
    return item


def _priced(kind: str, trip: Item) -> None:
    random = Random(trip["webUrl"])
    shown = random.random() < 0.75
    if kind == "passenger-regular-trip":
        if shown:
            trip["requestedSeats"] = random.choice((1, 1, 2))
        return
    if shown:
        trip["availableSeats"] = random.choice((1, 2, 3, 3, 4))
    part = random.random()
    start = (trip["passengerPickupLat"], trip["passengerPickupLng"])
    end = (trip["passengerDropLat"], trip["passengerDropLng"])
    cents = max(50, math.ceil(kilometres(start, end) * _CENTS_PER_KM))
    if part < 0.6:
        trip["price"] = {"type": "PAYING", "amount": cents / 100, "currency": "EUR"}
    elif part < 0.8:
        trip["price"] = {"type": "FREE"}
