"""The reference operator: one method per operation, a search in the world or a booking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.judging.body import NotJson, parse_json
from mobstd.ocss.reference.ledger import Ledger
from mobstd.rdex_plus.reference.desk import BookingDesk
from mobstd.rdex_plus.reference.search import run, search_of
from mobstd.rdex_plus.reference.world import Item, World
from mobstd.serving.answers import Refuse
from mobstd.serving.caller import caller

__all__ = ["ReferenceOperator"]


class ReferenceOperator:
    """An operator that answers as mobstd reads the standard.

    Instants and radii are compared with where and when the journey itself begins and ends. The
    number of journeys is told with every answer.
    """

    def __init__(self, world: World, desk: BookingDesk) -> None:
        self.desk = desk
        self._world = world
        self._week = validator_of(find("rdex-plus@2.0"), "week-schedule")

    async def get_journeys(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Return the journeys that somebody looks for."""
        if query.get("count", 0) < 0:
            raise Refuse(400, "count must not be negative.")
        schedules = self._schedules(query.get("regularSchedule"))
        found = run(self._world, search_of(query, schedules, self._world.now))
        return {"journeys": found, "nbJourneys": len(found)}

    def post_bookings(self, _: Mapping[str, Any], booking: Item) -> None:
        """Take a booking."""
        self.desk.take(booking, caller())

    def patch_bookings(self, asked: Mapping[str, Any]) -> None:
        """Change the status of a booking."""
        self.desk.change(asked, caller())

    def get_bookings(self, asked: Mapping[str, Any]) -> Item:
        """Return a booking to who made it."""
        return self.desk.read(asked["bookingId"], caller())

    def post_connections(self, _: Mapping[str, Any], message: Item) -> None:
        """Take a message."""
        self.desk.pass_on(message)

    @property
    def ledger(self) -> Ledger:
        """Where bookings are kept."""
        return self.desk.ledger

    def example_query(self, operation: str) -> dict[str, Any] | None:
        """Return a query that finds something, where there is anything."""
        journey = self._world.first()
        if journey is None or operation != "getJourneys":
            return None
        return {
            "departureLat": journey["from"]["latitude"],
            "departureLng": journey["from"]["longitude"],
            "arrivalLat": journey["to"]["latitude"],
            "arrivalLng": journey["to"]["longitude"],
            "departureDate": journey["outward"]["departureDate"],
        }

    def _schedules(self, text: str | None) -> Any:
        """Return the schedules that stand in a query.

        Raises:
            Refuse: where they are no JSON array of week schedules.
        """
        if text is None:
            return None
        try:
            value = parse_json(text)
        except NotJson:
            value = None
        if not isinstance(value, list) or not all(map(self._week.is_valid, value)):
            raise Refuse(400, "regularSchedule is not a JSON array of week schedules.")
        return value
