"""Bookings, messages and refusals of RDEX+ as those of OCSS."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from typing import Any

from mobstd.judging.mapping import Mapped, Source
from mobstd.rdex_plus.generated.v2_0 import STANDARD
from mobstd.rdex_plus.mapping.journeys import domain, ends

__all__ = [
    "STATUSES",
    "booking_id",
    "booking_to_ocss",
    "error_to_ocss",
    "message_to_ocss",
    "uuid_of",
]

STATUSES: Mapping[str, str] = {
    "pending": "WAITING_CONFIRMATION",
    "accepted": "CONFIRMED",
    "rejected": "CANCELLED",
    "cancelled": "CANCELLED",
}
"""The status of a booking, in RDEX+ and in OCSS."""

_MD5 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_SIDES = ("driver", "passenger")


def booking_id(driver_journey: str, passenger_journey: str, at: int) -> str:
    """Return the id of a new booking: the MD5 of both journeys and the UNIX seconds ``at``."""
    text = f"{driver_journey}{passenger_journey}{at}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def uuid_of(identity: Any) -> str | None:
    """Return the id of a booking as a UUID: the same 128 bits, whose version says nothing.

    ``uuid.UUID(text).hex`` gives it back. ``None`` where it is no MD5.
    """
    if not isinstance(identity, str) or not _MD5.fullmatch(identity):
        return None
    return str(uuid.UUID(hex=identity))


def booking_to_ocss(booking: Mapping[str, Any], journey: Mapping[str, Any]) -> Mapped:
    """Return a booking of OCSS.

    Args:
        booking: an RDEX+ ``booking``.
        journey: the RDEX+ ``journey`` that is booked, which knows the places.

    Returns:
        ``None`` for the document where the id is no MD5, where the booking is for every week
        (OCSS books single rides), or where a person's operator has no domain.
    """
    source = Source({"booking": booking, "journey": journey}, STANDARD)
    found = ends(source, "from", "/journey")
    source.note("mapping-booking-journey", "lost", "/journey")
    identity = uuid_of(source.take("/booking/bookingId"))
    if identity is None:
        source.note("mapping-no-md5", "missing", "/booking/bookingId")
    else:
        found["id"] = identity
        source.note("mapping-md5", "approximated", "/booking/bookingId")
    own = Source(booking, STANDARD)
    found |= _people(source, own, "/booking")
    once = booking.get("frequency") == "punctual"
    source.take("/booking/frequency")
    if not once:
        source.note("mapping-weekly-booking", "lost", "/booking/frequency")
    found["passengerPickupDate"] = source.take("/booking/outwardSchedule/departureDate")
    if booking.get("returnSchedule") is not None:
        source.note("mapping-return-booking", "lost", "/booking/returnSchedule")
    status = booking.get("status", "pending")
    source.take("/booking/status")
    found["status"] = STATUSES.get(str(status))
    if status in ("rejected", "cancelled"):
        source.note("mapping-cancelled", "approximated", "/booking/status")
    found["price"] = _price(source, booking, journey)
    for side in _SIDES:
        found[f"{side}JourneyId"] = source.take(f"/booking/{side}JourneyId")
    for name in ("duration", "distance", "webUrl"):
        if journey.get(name) is not None:
            found[name] = journey[name]
    whole = identity is not None and once and all(v is not None for v in found.values())
    return Mapped("booking", found if whole else None, source.losses())


def message_to_ocss(message: Mapping[str, Any]) -> Mapped:
    """Return a message of OCSS, from the side that is not the recipient.

    ``None`` for the document where there is no text, or a person's operator has no domain.
    """
    source = Source({"message": message}, STANDARD)
    recipient = source.take("/message/recipientCarpoolerType")
    people = _people(source, Source(message, STANDARD), "/message")
    found: dict[str, Any] = {
        "from": people["passenger" if recipient == "driver" else "driver"],
        "to": people.get(str(recipient)),
        "message": source.take("/message/details"),
        "recipientCarpoolerType": recipient.upper() if recipient in _SIDES else None,
    }
    for side in _SIDES:
        found[f"{side}JourneyId"] = source.take(f"/message/{side}JourneyId")
    if found["message"] is None:
        source.note("mapping-no-text", "missing", "/message/details")
    whole = all(value is not None for value in found.values())
    return Mapped("message", found if whole else None, source.losses())


def error_to_ocss(error: Mapping[str, Any]) -> Mapped:
    """Return a refusal of OCSS, whose text begins with the code (A25 of OCSS)."""
    source = Source(error, STANDARD)
    code, message = source.take("/errorCode"), source.take("/errorMessage")
    if message is not None:
        source.note("mapping-error-text", "approximated", "/errorMessage")
    text = ": ".join(str(part) for part in (code, message) if part is not None)
    return Mapped("error", {"error": text} if text else {}, source.losses())


def _people(source: Source, own: Source, at: str) -> dict[str, Any]:
    """Return driver and passenger, ``None`` for one whose operator has no domain."""
    found: dict[str, Any] = {}
    for side in _SIDES:
        host = domain(own, side)
        if host is None:
            source.note("mapping-operator", "missing", f"{at}/{side}Operator")
        elif own.look(f"/{side}OperatorUrl") is not None:
            source.take(f"{at}/{side}OperatorUrl")
            source.note("mapping-operator-site", "approximated", f"{at}/{side}OperatorUrl")
        else:
            source.take(f"{at}/{side}Operator")
        alias = source.take(f"{at}/{side}Alias")
        if alias is None:
            source.note("mapping-alias", "missing", f"{at}/{side}Alias")
        person = {
            "id": source.take(f"{at}/{side}Userid"),
            "operator": host,
            "alias": alias,
        }
        found[side] = person if None not in person.values() else None
    return found


def _price(source: Source, booking: Mapping[str, Any], journey: Mapping[str, Any]) -> Any:
    """Return the price: free at zero, else to be paid in the currency of the journey."""
    amount = source.take("/booking/price")
    if amount is None:
        return None
    if amount == 0:
        source.note("mapping-zero-price", "approximated", "/booking/price")
        return {"type": "FREE"}
    found = {"type": "PAYING", "amount": amount}
    known = journey.get("price")
    currency = known.get("currency") if isinstance(known, Mapping) else None
    if currency is None:
        source.note("mapping-currency", "missing", "/booking/price")
    else:
        found["currency"] = currency
    return found
