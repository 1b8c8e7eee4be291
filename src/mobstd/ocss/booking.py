"""Bookings: made from a journey, moved from status to status, told as events, reached by links.

Pure functions. What they give is valid: it is judged by the schemas of the standard before it is
returned. The sides of a booking are the driver and the passenger; a *traveller* is the one of them
whom a MaaS speaks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import uuid4

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Problem, validator
from mobstd.errors import RefusedDocument
from mobstd.judging.pointer import join
from mobstd.ocss.generated.v1_0_alpha import STANDARD
from mobstd.ocss.generated.v1_0_alpha.models import (
    Booking,
    CarpoolBookingEvent,
    DriverJourney,
    PassengerJourney,
    Price,
    User,
)

__all__ = [
    "LADDER",
    "Transition",
    "booking_of",
    "deep_link",
    "event_of",
    "link_parameters",
    "transition",
]

LADDER = (
    "WAITING_CONFIRMATION",
    "CONFIRMED",
    "COMPLETED_PENDING_VALIDATION",
    "VALIDATED",
    "CANCELLED",
)
"""The statuses in their order: each gives way to a later one only (SD 3.2.1)."""

_RIDE = (
    *("passengerPickupDate", "passengerPickupLat", "passengerPickupLng"),
    *("passengerDropLat", "passengerDropLng", "passengerPickupAddress", "passengerDropAddress"),
    *("distance", "duration"),
)
_TOLD = ("id", *_RIDE, "status", "webUrl")
_SHOWN = {"passenger": ("driver", "price", "car"), "driver": ("passenger",)}


class Transition(StrEnum):
    """What becomes of a wanted status.

    ``OK``: it is set. ``SAME``: the booking has it already (409, ``status_already_set``).
    ``DISMISSED``: it goes backwards, or is none of the five; the booking stays as it is.
    """

    OK = "ok"
    SAME = "same"
    DISMISSED = "dismissed"


def transition(now: str | None, wanted: str) -> Transition:
    """Return what becomes of ``wanted`` where a booking is ``now``; ``None``: it does not exist.

    A booking begins as ``WAITING_CONFIRMATION``. Statuses may be skipped, nothing follows
    ``CANCELLED``, and ``VALIDATED`` may still be cancelled (A19, A20, A21).
    """
    if now is None:
        return Transition.OK if wanted == LADDER[0] else Transition.DISMISSED
    if now == wanted:
        return Transition.SAME
    if now not in LADDER or wanted not in LADDER:
        return Transition.DISMISSED
    later = LADDER.index(wanted) > LADDER.index(now)
    return Transition.OK if later else Transition.DISMISSED


def booking_of(
    journey: DriverJourney | PassengerJourney,
    other: User,
    *,
    price: Price | None = None,
    booking_id: str | None = None,
    journey_id: str | None = None,
) -> Booking:
    """Return the booking of a journey that was found, ready to be posted.

    Args:
        journey: what is booked: a driver's journey by a passenger, or the other way round.
        other: who books.
        price: what the passenger pays, in place of the journey's own price. A passenger's journey
            has none, and one of type ``UNKNOWN`` can't be booked (VP, search).
        booking_id: a UUID; a random one (version 4) when ``None``.
        journey_id: the journey of the one who books, if there is one.

    Raises:
        RefusedDocument: where there is no known price, or anything that the standard forbids.
    """
    found = journey.dump()
    booked, books = ("driver", "passenger")
    if isinstance(journey, PassengerJourney):
        booked, books = books, booked
    made: dict[str, Any] = {
        "id": str(uuid4()) if booking_id is None else booking_id,
        booked: found[booked],
        books: other.dump(),
        "status": LADDER[0],
        **{name: found[name] for name in (*_RIDE, "car") if name in found},
    }
    known = found.get("price") if price is None else price.dump()
    if known is not None and known.get("type") != "UNKNOWN":
        made["price"] = known
    ids = {booked: found.get("id"), books: journey_id}
    made.update({f"{side}JourneyId": id_ for side, id_ in ids.items() if id_ is not None})
    return Booking.read(_judged("booking", "postBookings", made))


def event_of(
    booking: Booking,
    traveller: Literal["driver", "passenger"],
    id_token: str,
    *,
    web_url: str | None = None,
    event_id: str | None = None,
) -> CarpoolBookingEvent:
    """Return the event that tells a MaaS of a booking; it shows the other person, and only that.

    Args:
        booking: as it is now; the event repeats the whole of it.
        traveller: whom the MaaS speaks for. A passenger is shown the driver and the price, a driver
            the passenger, so that an event never has both (A33).
        id_token: the traveller's OpenID Connect token.
        web_url: the page of the booking at the operator, where the booking has none.
        event_id: a UUID; a random one (version 4) when ``None``. News that is sent again keeps its
            id, so that it counts once.

    Raises:
        RefusedDocument: where there is no page, or anything else that the standard forbids.
    """
    known = booking.dump()
    if web_url is not None:
        known["webUrl"] = web_url
    data = {name: known[name] for name in (*_TOLD, *_SHOWN[traveller]) if name in known}
    operation = "postBookingEvents"
    kind = "driver" if traveller == "passenger" else "passenger"
    event = {
        "id": str(uuid4()) if event_id is None else event_id,
        "idToken": id_token,
        "data": _judged(f"{kind}-carpool-booking", operation, data),
    }
    return CarpoolBookingEvent.read(_judged("carpool-booking-event", operation, event))


def deep_link(page: str, parameters: Mapping[str, str]) -> str:
    """Return the ``webUrl`` of a journey: a page of the operator, with these parameters added.

    The standard says that the link is a full URL with all that booking needs, and not how the
    parameters are called: that is the operator's affair (SD 3.2.3).

    Raises:
        RefusedDocument: where ``page`` is not an absolute URL of http or https.
    """
    parts = urlsplit(_full(page))
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))


def link_parameters(web_url: str) -> dict[str, str]:
    """Return the parameters of a link; of one that is given twice, the last.

    Raises:
        RefusedDocument: where it is not an absolute URL of http or https.
    """
    return dict(parse_qsl(urlsplit(_full(web_url)).query, keep_blank_values=True))


def _full(url: str) -> str:
    judge = validator({"type": "string", "format": "http-url"}, {})
    problem = next(judge.problems(url), None)
    if problem is not None:
        raise _refused("getDriverJourneys", "/webUrl", (problem,))
    return url


def _judged(schema: str, operation: str, document: dict[str, Any]) -> dict[str, Any]:
    problems = tuple(validator_of(find(STANDARD), schema).problems(document))
    if problems:
        first = problems[0]
        where = join([*first.path, *([first.member] if first.member else [])])
        raise _refused(operation, where, problems)
    return document


def _refused(operation: str, where: str, problems: tuple[Problem, ...]) -> RefusedDocument:
    """Return the error for a document that must not leave; it repeats no value."""
    quiet = tuple(
        Problem(p.path, p.keyword, p.member, None, p.expected, p.keyword) for p in problems
    )
    return RefusedDocument(
        "client.request-refused",
        quiet,
        operation=operation,
        where=where or "/",
        keyword=quiet[0].keyword,
    )
