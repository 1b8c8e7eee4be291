"""Wrong ways to take and to show bookings, and legal ones that the reference has not.

Each function stands in place of a method of a service: ``right`` is that method, what follows is
what it is called with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from mobstd.ocss.booking import LADDER
from mobstd.ocss.reference.people import Item
from mobstd.serving.answers import Refuse, Reply
from mobstd.serving.caller import caller, calling

__all__ = ["BOOKINGS", "Act", "Acts", "Right", "anyone"]

Act = Callable[..., Any]
Acts = Mapping[str, Act]
Right = Callable[..., Any]
BOOKINGS: dict[str, tuple[tuple[str, ...], Acts]] = {}
"""Each by its name, with the requirements that it violates."""

_SIDES = ("driver", "passenger")


def _posting(*violates: str) -> Callable[[Act], Act]:
    return _acting("postBookings", *violates)


def _acting(operation: str, *violates: str) -> Callable[[Act], Act]:
    def register(function: Act) -> Act:
        BOOKINGS[function.__name__.replace("_", "-")] = (violates, {operation: function})
        return function

    return register


@_posting("OCSS-BOOK-02")
def any_first_status(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Takes a booking with whatever status it comes."""
    if booking["status"] in service.ledger.lifecycle.first:
        return right(asked, booking)
    return _disguised(right, service, asked, booking, status=_begun(service))


@_posting("OCSS-BOOK-19")
def takes_what_is_over(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Takes a booking of a ride that is over."""
    later = max(booking["passengerPickupDate"], service.desk.now + 3600)
    return _disguised(right, service, asked, booking, passengerPickupDate=later)


@_posting("OCSS-PRICE-08")
def books_unknown_prices(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Takes a booking of a journey whose price nobody knows."""
    return _trusting(right, service, asked, booking, "no known price")


@_posting("OCSS-REG-14")
def knows_no_journeys_of_trips(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Does not find the journeys that its regular trips list."""
    for side in _SIDES:
        journey = _journey(service, booking, side)
        if journey is not None and "passengerPickupDate" not in journey:
            raise Refuse(400, "missing_journey")
    return right(asked, booking)


@_posting("OCSS-REG-14")
def knows_no_journeys_of_drivers_trips(
    right: Right, service: Any, asked: Any, booking: Item
) -> Any:
    """Does not find the journeys that the regular trips of drivers list."""
    journey = _journey(service, booking, "driver")
    if journey is not None and "passengerPickupDate" not in journey:
        raise Refuse(400, "missing_journey")
    return right(asked, booking)


@_posting()
def takes_listed_journeys_for_nothing(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Refuses any price for a journey that a trip lists: nobody pays there (A10)."""
    journey = _journey(service, booking, "driver")
    listed = journey is not None and "passengerPickupDate" not in journey
    if listed and booking["price"]["type"] != "FREE":
        raise Refuse(400, "The price is not up to date.")
    return right(asked, booking)


@_posting("OCSS-PRICE-06")
def wants_more_than_shown(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Refuses the price that its search shows."""
    journey = _journey(service, booking, "driver")
    if journey is not None and booking["price"] == journey.get("price"):
        raise Refuse(400, "The price is not up to date.")
    return right(asked, booking)


@_posting("OCSS-PRICE-06")
def adds_a_fee(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Adds a fee to the price that its search shows."""
    price = booking["price"]
    if not price.get("amount"):
        return right(asked, booking)
    return right(asked, {**booking, "price": {**price, "amount": price["amount"] + 0.5}})


@_posting("OCSS-BOOK-20")
def second_booking_overwrites(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Writes a second booking under a known id over the first."""
    return _second(right, service, asked, booking, lambda first: booking)


@_posting("OCSS-BOOK-20")
def second_booking_is_merged(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Writes the members of a second booking into the first."""
    return _second(right, service, asked, booking, lambda first: {**first, **booking})


@_posting("OCSS-BOOK-20")
def second_booking_seems_taken(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Answers a second booking under a known id as if it were taken."""
    reply = right(asked, booking)
    return Reply(booking) if reply.status == 409 else reply


@_posting("OCSS-BOOK-20")
def second_booking_gets_the_first(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Answers a second booking under a known id with the first, as if it were taken."""
    reply = right(asked, booking)
    known = service.ledger.booking(booking["id"], caller())
    return Reply(known) if reply.status == 409 and known is not None else reply


@_posting("OCSS-BOOK-20")
def second_booking_reopens(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Begins a booking anew where it is posted again, whatever became of it."""
    known = service.ledger.booking(booking["id"], caller())
    reply = right(asked, booking)
    if known is None or reply.status == 409:
        return reply
    service.ledger.amend(booking["id"], lambda found: {**found, "status": _begun(service)})
    return Reply({**known, "status": _begun(service)})


def _repeated(status: int) -> Act:
    def act(right: Right, service: Any, asked: Any, booking: Item) -> Any:
        known = service.ledger.booking(booking["id"], caller()) is not None
        reply = right(asked, booking)
        if not known or reply.status is not None:
            return reply
        if status < 400:
            return Reply(reply.body, status=status)
        return Reply({"error": "booking_already_exists"}, status=status)

    return act


for _status in (200, 400, 409):
    BOOKINGS[f"repetition-is-{_status}"] = ((), {"postBookings": _repeated(_status)})


@_posting()
def ignores_ids_of_journeys(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Takes a booking whatever journey it names, as long as a price is known (BOOK-09)."""
    with suppress(Refuse):
        return right(asked, booking)
    return _trusting(right, service, asked, booking, "missing_journey", "missing_user")


@_posting()
def confirms_by_itself(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Confirms right after the booking, as if a person had done so."""
    known = service.ledger.booking(booking["id"])
    reply = right(asked, booking)
    if known is None and reply.status is None:
        shown = dict(reply.body)
        service.desk.change({"bookingId": booking["id"], "status": LADDER[1]}, caller())
        return Reply(shown)
    return reply


@_posting("OCSS-BOOK-16")
def confirms_in_silence(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Confirms right after the booking, and tells nobody."""
    known = service.ledger.booking(booking["id"])
    reply = right(asked, booking)
    if known is None and reply.status is None:
        shown = dict(reply.body)
        service.ledger.amend(booking["id"], lambda found: {**found, "status": LADDER[1]})
        return Reply(shown)
    return reply


@_posting()
def cancels_what_it_cannot_take(right: Right, service: Any, asked: Any, booking: Item) -> Any:
    """Takes a booking of a ride that is over, and cancels it at once (A23)."""
    reply = takes_what_is_over(right, service, asked, booking)
    if booking["passengerPickupDate"] < service.desk.now and reply.status is None:
        with suppress(Refuse):
            service.desk.change({"bookingId": booking["id"], "status": LADDER[4]}, caller())
    return reply


def anyone(right: Right, service: Any, *given: Any) -> Any:
    """Does not look at who asks."""
    calling(None)
    return right(*given)


BOOKINGS["anyone-reads"] = (("OCSS-BOOK-13",), {"getBookings": anyone})


def _stranger(right: Right, service: Any, asked: Mapping[str, Any]) -> Any:
    """Says 401 to a stranger in place of hiding the booking (A27)."""
    try:
        return right(asked)
    except Refuse as error:
        if error.status == 404 and service.ledger.booking(asked["bookingId"]) is not None:
            raise Refuse(401) from None
        raise


BOOKINGS["stranger-gets-401"] = ((), {"getBookings": _stranger, "patchBookings": _stranger})

_SHOWN: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""By service, the status of each booking when it was read last."""


@_acting("getBookings", "OCSS-BOOK-14")
def reads_are_one_behind(right: Right, service: Any, asked: Mapping[str, Any]) -> Any:
    """Shows the status that a booking had when it was read before."""
    found = right(asked)
    shown = _SHOWN.setdefault(service, {})
    before = shown.get(asked["bookingId"], _begun(service))
    shown[asked["bookingId"]] = found["status"]
    return {**found, "status": before}


def _begun(service: Any) -> str:
    """Return a status that a booking may begin in."""
    found: str = service.ledger.lifecycle.first[-1]
    return found


def _disguised(right: Right, service: Any, asked: Any, booking: Item, **members: Any) -> Any:
    """Have a booking taken with other members, and then write it as it came."""
    told = {name: booking[name] for name in members}
    changed = {name: value for name, value in members.items() if value != told[name]}
    reply = right(asked, {**booking, **changed})
    if not changed or reply.status is not None:
        return reply
    service.ledger.amend(booking["id"], lambda found: {**found, **told})
    return Reply({**reply.body, **told})


def _trusting(right: Right, service: Any, asked: Any, booking: Item, *reasons: str) -> Any:
    """Take a booking without its journeys where it is refused for one of these reasons."""
    try:
        return right(asked, booking)
    except Refuse as error:
        if not any(reason in error.reason for reason in reasons) or "over" in error.reason:
            raise
    ids = {name: booking[name] for side in _SIDES if (name := f"{side}JourneyId") in booking}
    reply = right(asked, {name: value for name, value in booking.items() if name not in ids})
    if reply.status is not None:
        return reply
    service.ledger.amend(booking["id"], lambda found: {**found, **ids})
    return Reply({**reply.body, **ids})


def _second(
    right: Right, service: Any, asked: Any, booking: Item, change: Callable[[Item], Item]
) -> Any:
    reply = right(asked, booking)
    known = service.ledger.booking(booking["id"], caller())
    if reply.status != 409 or known is None:
        return reply
    service.ledger.amend(booking["id"], change)
    return Reply(change(known))


def _journey(service: Any, booking: Item, side: str) -> Item | None:
    """Return the journey, or the trip, that a booking names."""
    id_ = booking.get(f"{side}JourneyId")
    found: Item | None = (
        None if id_ is None else service.store.journey(booking[side]["operator"], id_)
    )
    return found
