"""The reference operator: one method per operation, a search in the store or a booking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from mobstd.ocss.info import info_of
from mobstd.ocss.reference.behaviours import Behaviour, Find
from mobstd.ocss.reference.desk import BookingDesk
from mobstd.ocss.reference.habits import Setting
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.search import EVERY_DAY, Search, run
from mobstd.ocss.reference.store import Disc, Store, seconds_of_day, slots
from mobstd.ocss.reference.world import DAYS
from mobstd.ocss.reference.wrong_news import Retelling
from mobstd.serving.answers import Refuse, Reply
from mobstd.serving.caller import caller

__all__ = ["SEARCHES", "ReferenceOperator"]

SEARCHES = {
    "getDriverJourneys": "driver-journey",
    "getPassengerJourneys": "passenger-journey",
    "getDriverRegularTrips": "driver-regular-trip",
    "getPassengerRegularTrips": "passenger-regular-trip",
}
"""By search, the kind of items that it finds."""


class ReferenceOperator:
    """An operator that answers as mobstd reads the standard.

    Journeys are compared by the instant at which the passenger gets in, on both sides; times of
    day on the clock of France; a trip is answered whole as soon as one of its slots matches.
    """

    def __init__(
        self,
        store: Store,
        setting: Setting,
        behaviours: Iterable[Behaviour] = (),
        desk: BookingDesk | None = None,
    ) -> None:
        self.store = store
        self.desk = BookingDesk(store, Ledger(), setting.now) if desk is None else desk
        self._finds = {name: self._find(name, setting, behaviours) for name in SEARCHES}

    @property
    def ledger(self) -> Ledger:
        """Where bookings are kept."""
        return self.desk.ledger

    def retell(self, retelling: Retelling) -> None:
        """Let a wrong behaviour change the news that is told."""
        self.desk.retell = retelling

    def _find(self, operation: str, setting: Setting, behaviours: Iterable[Behaviour]) -> Find:
        def right(search: Search) -> list[Item]:
            return run(self.store, search)

        find: Find = right
        for behaviour in behaviours:
            if behaviour.search and behaviour.concerns(operation):
                find = _wrapped(behaviour, find, setting)
        return find

    async def get_driver_journeys(self, query: Mapping[str, Any]) -> list[Item]:
        """Return the drivers that a passenger looks for."""
        return self._journeys("getDriverJourneys", query)

    async def get_passenger_journeys(self, query: Mapping[str, Any]) -> list[Item]:
        """Return the passengers that a driver looks for."""
        return self._journeys("getPassengerJourneys", query)

    async def get_driver_regular_trips(self, query: Mapping[str, Any]) -> list[Item]:
        """Return the weekly drivers that a passenger looks for."""
        return self._trips("getDriverRegularTrips", query)

    async def get_passenger_regular_trips(self, query: Mapping[str, Any]) -> list[Item]:
        """Return the weekly passengers that a driver looks for."""
        return self._trips("getPassengerRegularTrips", query)

    def post_bookings(self, _: Mapping[str, Any], booking: Item) -> Reply:
        """Take a booking."""
        return self.desk.take(booking, caller())

    def patch_bookings(self, asked: Mapping[str, Any]) -> None:
        """Change the status of a booking."""
        self.desk.change(asked, caller())

    def get_bookings(self, asked: Mapping[str, Any]) -> Item:
        """Return a booking to who made it."""
        return self.desk.read(asked["bookingId"], caller())

    def post_messages(self, _: Mapping[str, Any], message: Item) -> None:
        """Take a message."""
        self.desk.pass_on(message, caller())

    def startup(self) -> None:
        """Send the news that waited while nobody ran."""
        self.desk.open()

    async def shutdown(self) -> None:
        """Stop sending news; it may take as long as one answer does."""
        await asyncio.to_thread(self.desk.close)

    async def get_status(self) -> None:
        """Say that the service is up."""

    async def get_api_info(self) -> Item:
        """Say which version this is, and what is there."""
        return info_of(self, "operator").dump()

    def example_query(self, operation: str) -> dict[str, Any] | None:
        """Return a query that finds the first item of an operation, where there is one."""
        kind = SEARCHES.get(operation)
        if kind is None:
            return {}
        for item in self.store.some(kind):
            ends = ("PickupLat", "PickupLng", "DropLat", "DropLng")
            places = ("departureLat", "departureLng", "arrivalLat", "arrivalLng")
            query = {p: item[f"passenger{e}"] for p, e in zip(places, ends, strict=True)}
            if kind.endswith("journey"):
                return {**query, "departureDate": item["passengerPickupDate"]}
            for _, seconds, _ in slots(item):
                clock = f"{time(*divmod(int(seconds) // 60, 60), int(seconds) % 60)}"
                return {**query, "departureTimeOfDay": clock}
        return None

    def _journeys(self, operation: str, query: Mapping[str, Any]) -> list[Item]:
        search = _search(operation, query, float(query["departureDate"]))
        return self._finds[operation](search)

    def _trips(self, operation: str, query: Mapping[str, Any]) -> list[Item]:
        search = _search(operation, query, seconds_of_day(query["departureTimeOfDay"])).but(
            weekdays=frozenset(map(DAYS.index, query["departureWeekdays"])) or EVERY_DAY,
            earliest=query.get("minDepartureDate"),
            latest=query.get("maxDepartureDate"),
        )
        return self._finds[operation](search)


def _search(operation: str, query: Mapping[str, Any], moment: float) -> Search:
    count = query.get("count")
    if count is not None and count < 0:
        raise Refuse(400, "count must not be negative.")
    return Search(
        SEARCHES[operation],
        Disc(query["departureLat"], query["departureLng"], query["departureRadius"]),
        Disc(query["arrivalLat"], query["arrivalLng"], query["arrivalRadius"]),
        moment,
        float(query["timeDelta"]),
        count,
    )


def _wrapped(behaviour: Behaviour, find: Find, setting: Setting) -> Find:
    wrong = behaviour.search
    assert wrong is not None
    return lambda search: wrong(search, find, setting)
