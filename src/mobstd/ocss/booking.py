"""Bookings: made from a journey, moved from status to status, told as events, reached by links.

Pure functions. What they give is valid: it is judged by the schemas of the standard before it is
returned. The sides of a booking are the driver and the passenger; a *traveller* is the one of them
whom a MaaS speaks for.
"""

from __future__ import annotations

from typing import Any, Literal, overload
from uuid import uuid4

from mobstd.canon.schemas import validator_of
from mobstd.canon.validator import Problem
from mobstd.errors import RefusedDocument
from mobstd.judging.pointer import join
from mobstd.ocss.editions import ALPHA, Edition, edition, edition_of
from mobstd.ocss.generated.v1_0_alpha import models as alpha
from mobstd.ocss.generated.v2_0_proposal import models as proposal
from mobstd.ocss.lifecycle import Transition
from mobstd.ocss.links import (
    JOURNEY_PARAMETER,
    deep_link,
    journey_link,
    journey_of_link,
    link_parameters,
)
from mobstd.ocss.refusal import refused

__all__ = [
    "JOURNEY_PARAMETER",
    "LADDER",
    "Transition",
    "booking_of",
    "deep_link",
    "event_of",
    "journey_link",
    "journey_of_link",
    "link_parameters",
    "transition",
]

LADDER = ALPHA.lifecycle.statuses
"""The statuses of 1.0-alpha in their order: each gives way to a later one only (SD 3.2.1)."""

_RIDE = (
    *("passengerPickupDate", "passengerPickupLat", "passengerPickupLng"),
    *("passengerDropLat", "passengerDropLng", "passengerPickupAddress", "passengerDropAddress"),
    *("distance", "duration"),
)
_TOLD = ("id", *_RIDE, "status", "webUrl")
_SHOWN = {"passenger": ("driver", "price", "car"), "driver": ("passenger",)}
_OTHER = {"driver": "passenger", "passenger": "driver"}


def transition(now: str | None, wanted: str, version: str = ALPHA.number) -> Transition:
    """Return what becomes of ``wanted`` where a booking is ``now``; ``None``: it does not exist.

    Statuses may be skipped, nothing follows ``CANCELLED``, and ``VALIDATED`` may still be cancelled
    (A19, A20, A21). The table of each version, with its reasons, is ``lifecycle.yaml``.
    """
    return edition(version).lifecycle.transition(now, wanted)


@overload
def booking_of(
    journey: alpha.DriverJourney | alpha.PassengerJourney,
    other: alpha.User,
    *,
    price: alpha.Price | None = None,
    booking_id: str | None = None,
    journey_id: str | None = None,
) -> alpha.Booking: ...


@overload
def booking_of(
    journey: proposal.DriverJourney | proposal.PassengerJourney,
    other: proposal.User,
    *,
    price: proposal.Price | None = None,
    booking_id: str | None = None,
    journey_id: str | None = None,
    status: str | None = None,
    message: str | None = None,
) -> proposal.BookingRequest: ...


def booking_of(
    journey: Any,
    other: Any,
    *,
    price: Any = None,
    booking_id: str | None = None,
    journey_id: str | None = None,
    status: str | None = None,
    message: str | None = None,
) -> Any:
    """Return the booking of a journey that was found, ready to be posted, in the journey's version.

    Args:
        journey: what is booked: a driver's journey by a passenger, or the other way round.
        other: who books.
        price: what the passenger pays, in place of the journey's own price. A passenger's journey
            has none, and one of type ``UNKNOWN`` can't be booked (VP, search).
        booking_id: a UUID; a random one (version 4) when ``None``.
        journey_id: the journey of the one who books, if there is one.
        status: what it begins as; the one of the journey is waited for when ``None``. From 2.0 on,
            ``INITIATED`` where the two only begin to talk.
        message: words for the one of the journey, from 2.0 on.

    Raises:
        RefusedDocument: where there is no known price, or anything that the standard forbids.
    """
    spoken, found = edition_of(journey), journey.dump()
    booked = "passenger" if isinstance(journey, spoken.models.PassengerJourney) else "driver"
    books = _OTHER[booked]
    made: dict[str, Any] = {
        "id": str(uuid4()) if booking_id is None else booking_id,
        booked: found[booked],
        books: other.dump(),
        "status": spoken.waiting_for(booked) if status is None else status,
        **{name: found[name] for name in (*_RIDE, "car") if name in found},
    }
    known = found.get("price") if price is None else price.dump()
    if known is not None and known.get("type") != "UNKNOWN":
        made["price"] = known
    ids = {booked: found.get("id"), books: journey_id}
    made.update({f"{side}JourneyId": id_ for side, id_ in ids.items() if id_ is not None})
    if made["status"] not in spoken.lifecycle.first:
        raise _forbidden("postBookings", "status", "enum")
    if message is not None:
        if not spoken.with_words:
            raise _forbidden("postBookings", "message", "additionalProperties")
        made["message"] = message
    kind = spoken.models.BookingRequest if spoken.with_words else spoken.models.Booking
    return kind.read(_judged(spoken, spoken.request, "postBookings", made))


@overload
def event_of(
    booking: alpha.Booking,
    traveller: Literal["driver", "passenger"],
    id_token: str,
    *,
    web_url: str | None = None,
    event_id: str | None = None,
) -> alpha.CarpoolBookingEvent: ...


@overload
def event_of(
    booking: proposal.Booking,
    traveller: Literal["driver", "passenger"],
    id_token: str,
    *,
    web_url: str | None = None,
    event_id: str | None = None,
    message: str | None = None,
) -> proposal.CarpoolBookingEvent: ...


def event_of(
    booking: Any,
    traveller: Literal["driver", "passenger"],
    id_token: str,
    *,
    web_url: str | None = None,
    event_id: str | None = None,
    message: str | None = None,
) -> Any:
    """Return the event that tells a MaaS of a booking; it shows the other person, and only that.

    Args:
        booking: as it is now; the event repeats the whole of it, from 2.0 on with the ids of the
            searched journeys.
        traveller: whom the MaaS speaks for. A passenger is shown the driver and the price, a driver
            the passenger, so that an event never has both (A33).
        id_token: the traveller's OpenID Connect token.
        web_url: the page of the booking at the operator, where the booking has none.
        event_id: a UUID; a random one (version 4) when ``None``. News that is sent again keeps its
            id, so that it counts once.
        message: words that came with the change, from 2.0 on.

    Raises:
        RefusedDocument: where there is no page, or anything else that the standard forbids.
    """
    spoken, known = edition_of(booking), booking.dump()
    if web_url is not None:
        known["webUrl"] = web_url
    told = _TOLD if not spoken.with_words else (*_TOLD, "driverJourneyId", "passengerJourneyId")
    data = {name: known[name] for name in (*told, *_SHOWN[traveller]) if name in known}
    operation = "postBookingEvents"
    event = {
        "id": str(uuid4()) if event_id is None else event_id,
        "idToken": id_token,
        "data": _judged(spoken, f"{_OTHER[traveller]}-carpool-booking", operation, data),
    }
    if message is not None:
        if not spoken.with_words:
            raise _forbidden(operation, "message", "additionalProperties")
        event["message"] = message
    judged = _judged(spoken, "carpool-booking-event", operation, event)
    return spoken.models.CarpoolBookingEvent.read(judged)


def _judged(
    spoken: Edition, schema: str, operation: str, document: dict[str, Any]
) -> dict[str, Any]:
    problems = tuple(validator_of(spoken.version, schema).problems(document))
    if problems:
        first = problems[0]
        where = join([*first.path, *([first.member] if first.member else [])])
        raise refused(operation, where, problems)
    return document


def _forbidden(operation: str, member: str, keyword: str) -> RefusedDocument:
    """Return the error for a member that this version does not take, or not with this value."""
    problem = Problem((member,), keyword, None, None, None, keyword)
    return refused(operation, f"/{member}", (problem,))
