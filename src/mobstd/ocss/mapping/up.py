"""A document of 1.0-alpha as one of 2.0-proposal, which asks for more."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal

from mobstd.canon.schemas import schema_names, validator_of
from mobstd.errors import UnknownName
from mobstd.judging.mapping import Mapped
from mobstd.ocss.editions import ALPHA, PROPOSAL
from mobstd.ocss.mapping.notes import Notes, objects

__all__ = ["Side", "status_up", "up"]

Side = Literal["driver", "passenger"]

_OTHER: Mapping[Side, Side] = {"driver": "passenger", "passenger": "driver"}
_WAITING = ALPHA.lifecycle.first[0]
_MOST = 255

_NEW: Mapping[str, tuple[str, ...]] = {
    "driver-regular-trip": ("availableSeats",),
    "passenger-regular-trip": ("requestedSeats",),
    "error": ("message",),
    "carpool-booking": ("driverJourneyId", "passengerJourneyId"),
    "driver-carpool-booking": ("driverJourneyId", "passengerJourneyId"),
    "passenger-carpool-booking": ("driverJourneyId", "passengerJourneyId"),
    "carpool-booking-event": ("message",),
}
"""Members that the draft leaves to anybody's use and the proposal gives a meaning."""


def status_up(status: str, initiator: Side | None) -> str | None:
    """Return the status of a booking that ``initiator`` asked for (A29).

    Who did not ask is waited for. ``None`` where nobody knows who asked.
    """
    if status != _WAITING:
        return status
    return None if initiator is None else PROPOSAL.waiting_for(_OTHER[initiator])


def up(schema: str, document: Any, *, initiator: Side | None = None) -> Mapped:
    """Return a document of 2.0-proposal.

    Args:
        schema: the schema of 1.0-alpha that the document is of, such as ``booking``.
        document: the document; it stays as it is.
        initiator: who asked for the booking; only needed where it waits.

    Raises:
        UnknownName: where 1.0-alpha has no such schema.
    """
    known = schema_names(ALPHA.version)
    if schema not in known:
        params = {"wanted": schema, "version": ALPHA.standard, "known": ", ".join(known)}
        raise UnknownName("canon.unknown-schema", **params)
    mapper = _Up(initiator)
    made = mapper.mapped(schema, deepcopy(document), "")
    return Mapped(schema, made, tuple(mapper.losses))


class _Up(Notes):
    """Maps one document; ``at`` is where in it a part stands. ``None``: the part can't be."""

    def __init__(self, initiator: Side | None) -> None:
        super().__init__()
        self._initiator = initiator

    def mapped(self, schema: str, part: Any, at: str) -> Any:
        if schema == "booking-status":
            return self._status(part, at)
        if not isinstance(part, dict):
            return part
        self._taken(schema, part, at)
        if schema == "price":
            return self._price(part, at)
        if schema in ("journey-schedule", "driver-journey", "passenger-journey"):
            return self._journey(part, at)
        if schema == "schedule":
            return self._slot(part, at)
        if schema.endswith("regular-trip"):
            return self._trip(schema, part, at)
        if schema == "booking" or schema.endswith("carpool-booking"):
            return self._booking(schema, part, at)
        if schema == "carpool-booking-event":
            return self._event(part, at)
        if schema == "message" and "bookingId" not in part:
            self.note("no-booking", "missing", f"{at}/bookingId")
            return None
        return part

    def _taken(self, schema: str, part: dict[str, Any], at: str) -> None:
        """Drop what somebody put where the proposal now has something else."""
        names = [name for name in _NEW.get(schema, ()) if name in part]
        if names:
            judge = validator_of(PROPOSAL.version, schema)
            wrong = {problem.path[0] for problem in judge.problems(part) if problem.path}
            for name in names:
                if name in wrong:
                    self.drop(part, name, at, "taken")

    def _status(self, status: Any, at: str) -> Any:
        found = status_up(status, self._initiator) if isinstance(status, str) else status
        if found is None:
            self.note("initiator", "missing", at)
        return found

    def _price(self, price: dict[str, Any], at: str) -> dict[str, Any] | None:
        """Return the price; what is to be paid and does not say how much, is not known yet."""
        kind, amount = price.get("type"), price.get("amount")
        negative = isinstance(amount, (int, float)) and amount < 0
        if kind is None:
            self.note("price-type", "missing", at or "/type")
            return None
        if kind == "PAYING" and (negative or not {"amount", "currency"} <= price.keys()):
            price["type"] = "UNKNOWN"
            self.note("price-incomplete", "approximated", f"{at}/type")
            self.drop(price, "amount", at, "amount")
        elif kind == "UNKNOWN" or negative or (kind == "FREE" and amount):
            self.drop(price, "amount", at, "amount")
        return price

    def _priced(self, part: dict[str, Any], at: str, name: str = "price") -> bool:
        """Map the price of a document; say whether there is none left."""
        price = part.get(name)
        if isinstance(price, dict) and self.mapped("price", price, f"{at}/{name}") is None:
            del part[name]
            return True
        return False

    def _journey(self, journey: dict[str, Any], at: str) -> dict[str, Any] | None:
        if "driver" in journey:
            self._priced(journey, at)
        if "id" not in journey:
            self.note("journey-id", "missing", at or "/id")
            return None
        return journey

    def _slot(self, slot: dict[str, Any], at: str) -> dict[str, Any] | None:
        listed = slot.get("journeySchedules")
        if isinstance(listed, list):
            slot["journeySchedules"] = [
                one
                for place, one in enumerate(listed)
                if self.mapped("journey-schedule", one, f"{at}/journeySchedules/{place}")
                is not None
            ]
        timed = {"passengerPickupDay", "passengerPickupTimeOfDay"} <= slot.keys()
        if timed or slot.get("journeySchedules"):
            return slot
        self.note("slot-without-time", "missing", at)
        return None

    def _trip(self, schema: str, trip: dict[str, Any], at: str) -> dict[str, Any] | None:
        if schema.startswith("driver") and "price" in trip:
            judge = validator_of(ALPHA.version, "price")
            if not judge.is_valid(trip["price"]):
                self.drop(trip, "price", at, "taken")
            self._priced(trip, at)
        slots = [
            slot
            for place, slot in objects(trip.get("schedules"))
            if self.mapped("schedule", slot, f"{at}/schedules/{place}") is not None
        ]
        if not slots:
            self.note("no-slot", "missing", f"{at}/schedules")
            return None
        trip["schedules"] = slots
        return trip

    def _booking(self, schema: str, booking: dict[str, Any], at: str) -> dict[str, Any] | None:
        whole = True
        if "status" in booking:
            booking["status"] = self.mapped("booking-status", booking["status"], f"{at}/status")
            whole = booking["status"] is not None
        if schema in ("booking", "driver-carpool-booking") and self._priced(booking, at):
            whole = False
        if schema.endswith("carpool-booking"):
            id_ = booking.get("id")
            if isinstance(id_, str) and not 0 < len(id_) <= _MOST:
                self.note("id-length", "missing", f"{at}/id")
                whole = False
            side, _, kind = schema.partition("-")
            if kind == "carpool-booking":
                other: Side = "passenger" if side == "driver" else "driver"
                self.drop(booking, other, at, "both-sides")
        return booking if whole else None

    def _event(self, event: dict[str, Any], at: str) -> dict[str, Any] | None:
        """Map an event as the draft reads its data: by the one schema that accepts it."""
        data = event.get("data")
        drives = validator_of(ALPHA.version, "driver-carpool-booking").is_valid(data)
        side = "driver" if drives else "passenger"
        event["data"] = self.mapped(f"{side}-carpool-booking", data, f"{at}/data")
        return None if event["data"] is None else event
