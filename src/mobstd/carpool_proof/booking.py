"""A booking that was carried out, as the journey that the registry wants.

    from mobstd.carpool_proof.booking import Person, Ride, from_booking

    drafted = from_booking(booking, Ride(trip_id="t42", proof_class="C", revenue=250,
                           driver=Person(phone=..., last_name=...), passenger=...))
    drafted.document, drafted.missing, drafted.assumed

A booking of OCSS knows the plan: who, from where, when, for how much. What the registry asks about
is what happened, and who the persons are; only the operator knows that. What is neither in the
booking nor told is in ``missing``; where the plan stands in for the fact, ``assumed`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from mobstd.carpool_proof.classes import Evidence, ProofClass, highest
from mobstd.carpool_proof.identity import identity_key, operator_journey_id, phone_trunc
from mobstd.errors import UsageError
from mobstd.messages import render

__all__ = ["Drafted", "Gap", "Person", "Place", "Ride", "from_booking"]

_DONE = "VALIDATED"
_OVER = "COMPLETED_PENDING_VALIDATION"


@dataclass(frozen=True)
class Person:
    """What the operator knows of one occupant; nothing of it shows in ``repr``.

    Attributes:
        phone: the whole number; with ``last_name`` it gives the key.
        last_name: the whole last name.
        key: the key itself, where the operator keeps no name.
        truncated_phone: where the operator keeps no whole number.
        user_id: the operator's id of the person; the booking's where it is left out.
        over_18: whether an adult; left out where it is not known.
        travel_pass: the member of that name, as it is sent.
    """

    phone: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    truncated_phone: str | None = field(default=None, repr=False)
    user_id: str | None = field(default=None, repr=False)
    over_18: bool | None = field(default=None, repr=False)
    travel_pass: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Place:
    """Where and when the passenger really got in or out; what is left out is as planned."""

    at: datetime | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Ride:
    """What only the operator knows of a ride. Money is in euro cents, distance in metres.

    Attributes:
        trip_id: what the journeys of all passengers of one car share.
        proof_class: the class to declare; the highest that ``evidence`` supports where left out.
        evidence: what is held of the trips.
        driver: who drove.
        passenger: who was driven.
        start: where the passenger got in.
        end: where the passenger got out.
        distance: of the ride.
        revenue: what the driver got in the end, without incentives.
        contribution: what the passenger paid in the end; else price less incentives.
        incentives: as they are sent; none is an empty list.
        seats: that the passenger took; one where left out.
        licence_plate: of the car.
    """

    trip_id: str | None = None
    proof_class: ProofClass | None = None
    evidence: Evidence | None = None
    driver: Person = Person()
    passenger: Person = Person()
    start: Place = Place()
    end: Place = Place()
    distance: int | None = None
    revenue: int | None = None
    contribution: int | None = None
    incentives: Sequence[Mapping[str, Any]] | None = None
    seats: int | None = None
    licence_plate: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Gap:
    """A member of the journey that is missing, or that the plan stands in for.

    Attributes:
        pointer: into the journey.
        code: of the message that says why.
    """

    pointer: str
    code: str

    def text(self, lang: str = "en") -> str:
        """Return it in words."""
        return render(self.code, {"member": self.pointer}, lang)


@dataclass(frozen=True)
class Drafted:
    """A journey, as far as it could be made.

    Attributes:
        document: the journey; ``None`` where something is missing.
        draft: the members that could be filled in.
        missing: what the registry requires and nobody told.
        assumed: what is as planned, not as it happened.
    """

    document: dict[str, Any] | None = field(repr=False)
    draft: dict[str, Any] = field(repr=False)
    missing: tuple[Gap, ...] = ()
    assumed: tuple[Gap, ...] = ()


def from_booking(booking: Mapping[str, Any], ride: Ride) -> Drafted:
    """Return the journey of a booking.

    Args:
        booking: a ``booking`` of OCSS, as JSON has it.
        ride: what only the operator knows.

    Raises:
        PhoneRefused, NameRefused: for a person whose number or name is none.
        MissingExtra: where a key has to be derived without the extra ``sign``.
    """
    return _Draft(booking, ride).drafted()


class _Draft:
    def __init__(self, booking: Mapping[str, Any], ride: Ride) -> None:
        self._booking = booking
        self._ride = ride
        self._missing: list[Gap] = []
        self._assumed: list[Gap] = []

    def drafted(self) -> Drafted:
        booking, ride = self._booking, self._ride
        status = booking.get("status")
        if status == _OVER:
            self._assume("", "proof.gap.not-validated")
        elif status != _DONE:
            self._miss("", "proof.gap.not-carried-out")
        incentives = ride.incentives
        if incentives is None:
            self._miss("/incentives", "proof.gap.untold")
        found = {
            "operator_journey_id": self._journey_id(),
            "operator_trip_id": self._told("/operator_trip_id", ride.trip_id),
            "operator_class": self._class(),
            "incentives": None if incentives is None else [dict(one) for one in incentives],
            **self._ends(),
            "distance": self._planned("/distance", ride.distance, booking.get("distance")),
            "licence_plate": ride.licence_plate,
            "driver": {
                "identity": self._identity("driver", ride.driver),
                "revenue": self._told("/driver/revenue", ride.revenue),
            },
            "passenger": {
                "identity": self._identity("passenger", ride.passenger),
                "contribution": self._contribution(),
                "seats": ride.seats,
            },
        }
        draft = _without_none(found)
        whole = None if self._missing else draft
        return Drafted(whole, draft, tuple(self._missing), tuple(self._assumed))

    def _miss(self, pointer: str, code: str) -> None:
        self._missing.append(Gap(pointer, code))

    def _assume(self, pointer: str, code: str) -> None:
        self._assumed.append(Gap(pointer, code))

    def _told(self, pointer: str, value: Any) -> Any:
        if value is None:
            self._miss(pointer, "proof.gap.untold")
        return value

    def _planned(self, pointer: str, fact: Any, plan: Any) -> Any:
        if fact is not None:
            return fact
        if plan is None:
            self._miss(pointer, "proof.gap.unplanned")
            return None
        self._assume(pointer, "proof.gap.planned")
        return plan

    def _journey_id(self) -> str | None:
        own = self._booking.get("id")
        if not own:
            self._miss("/operator_journey_id", "proof.gap.unplanned")
            return None
        return operator_journey_id(str(own))

    def _class(self) -> ProofClass | None:
        ride = self._ride
        supported = highest(ride.evidence) if ride.evidence else None
        if ride.evidence and not supported:
            self._miss("/operator_class", "proof.gap.unproven")
            return None
        wanted = ride.proof_class or supported
        if supported and wanted and wanted > supported:
            self._miss("/operator_class", "proof.gap.class-too-high")
            return None
        return self._told("/operator_class", wanted)  # type: ignore[no-any-return]

    def _ends(self) -> dict[str, Any]:
        booking, ride = self._booking, self._ride
        pickup, duration = booking.get("passengerPickupDate"), booking.get("duration")
        leaves = None if pickup is None else datetime.fromtimestamp(pickup, UTC)
        start = self._planned("/start/datetime", ride.start.at, leaves)
        arrives = start + timedelta(seconds=duration) if start and duration is not None else None
        end = self._planned("/end/datetime", ride.end.at, arrives)
        return {
            "start": self._end("start", ride.start, start, "passengerPickup"),
            "end": self._end("end", ride.end, end, "passengerDrop"),
        }

    def _end(self, name: str, place: Place, at: datetime | None, plan: str) -> dict[str, Any]:
        return {
            "datetime": None if at is None else _instant(at),
            "lat": self._planned(f"/{name}/lat", place.lat, self._booking.get(f"{plan}Lat")),
            "lon": self._planned(f"/{name}/lon", place.lon, self._booking.get(f"{plan}Lng")),
        }

    def _identity(self, role: str, person: Person) -> dict[str, Any]:
        at = f"/{role}/identity"
        key, truncated = person.key, person.truncated_phone
        if key is None and person.phone is not None and person.last_name is not None:
            key = identity_key(person.phone, person.last_name)
        if truncated is None and person.phone is not None:
            truncated = phone_trunc(person.phone)
        user = self._booking.get(role)
        own = user.get("id") if isinstance(user, Mapping) else None
        found = {
            "identity_key": self._told(f"{at}/identity_key", key),
            "operator_user_id": self._told(f"{at}/operator_user_id", person.user_id or own),
            "phone_trunc": self._told(f"{at}/phone_trunc", truncated),
            "over_18": person.over_18,
        }
        if person.travel_pass is not None:
            found["travel_pass"] = dict(person.travel_pass)
        return found

    def _contribution(self) -> int | None:
        at = "/passenger/contribution"
        if self._ride.contribution is not None:
            return self._ride.contribution
        price = self._booking.get("price") or {}
        cents = _cents(price)
        if cents is None:
            self._miss(at, "proof.gap.price-unknown")
            return None
        self._assume(at, "proof.gap.price-less-incentives")
        given = sum(int(one.get("amount", 0)) for one in self._ride.incentives or ())
        return max(0, cents - given)


def _cents(price: Mapping[str, Any]) -> int | None:
    if price.get("type") == "FREE":
        return 0
    amount = price.get("amount")
    if amount is None or price.get("type") == "UNKNOWN" or price.get("currency") != "EUR":
        return None
    return int((Decimal(str(amount)) * 100).quantize(Decimal(1), ROUND_HALF_EVEN))


def _instant(at: datetime) -> str:
    if at.utcoffset() is None:
        raise UsageError("proof.gap.naive")
    exact = "milliseconds" if at.microsecond >= 1000 else "seconds"
    return at.astimezone(UTC).isoformat(timespec=exact).replace("+00:00", "Z")


def _without_none(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _without_none(item) for key, item in value.items() if item is not None}
