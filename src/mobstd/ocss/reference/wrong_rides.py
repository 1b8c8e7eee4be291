"""Wrong ways to search, to book and to call off, of the front end of the reference MaaS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mobstd.errors import ApiError
from mobstd.judging.exchange import Request
from mobstd.ocss.reference.people import Item
from mobstd.transport.retry import NEVER

if TYPE_CHECKING:
    from mobstd.ocss.reference.front import Front

__all__ = ["RIDES", "Ride"]

Ride = Callable[["Front"], None]
"""Puts what is wrong in place of what a front end does."""

RIDES: dict[str, tuple[tuple[str, ...], Ride]] = {}
"""Each by its name, with the requirements that it violates."""


def _riding(*violates: str) -> Callable[[Ride], Ride]:
    def register(function: Ride) -> Ride:
        RIDES[function.__name__.replace("_", "-")] = (violates, function)
        return function

    return register


@_riding("OCSS-BOOK-08")
def books_what_was_not_shown(front: Front) -> None:
    """Gives the journey an id of its own."""
    right = front.booking

    def booking(journey: Any) -> Item:
        made = right(journey)
        side = "driver" if "driverJourneyId" in made else "passenger"
        return {**made, f"{side}JourneyId": f"own-{made[f'{side}JourneyId'][:8]}"}

    front.booking = booking  # type: ignore[method-assign]


@_riding("OCSS-BOOK-08")
def books_without_the_journey(front: Front) -> None:
    """Does not say which journey is booked."""
    right = front.booking

    def booking(journey: Any) -> Item:
        return {k: v for k, v in right(journey).items() if not k.endswith("JourneyId")}

    front.booking = booking  # type: ignore[method-assign]


@_riding("OCSS-BOOK-03")
def books_twice(front: Front) -> None:
    """Books the same ride again under another id."""
    right = front.post

    def post(booking: Item) -> Item:
        made = right(booking)
        right({**booking, "id": str(uuid4())})
        return made

    front.post = post  # type: ignore[method-assign]


@_riding("OCSS-BOOK-11")
def changes_by_booking(front: Front) -> None:
    """Sends a booking again under its id with another instant, to change it."""
    right = front.post

    def post(booking: Item) -> Item:
        made = right(booking)
        later = booking["passengerPickupDate"] + 600
        with suppress(ApiError):
            right({**booking, "passengerPickupDate": later})
        return made

    front.post = post  # type: ignore[method-assign]


@_riding("OCSS-LIFE-05")
def keeps_what_was_refused(front: Front) -> None:
    """Keeps a booking whatever the operator says of it."""
    right = front.post

    def post(booking: Item) -> Item:
        front.ledger.create(booking)
        return right(booking)

    front.post = post  # type: ignore[method-assign]


@_riding("OCSS-LIFE-05")
def calls_off_what_was_refused(front: Front) -> None:
    """Cancels at the operator what it never took."""
    right = front.post

    def post(booking: Item) -> Item:
        try:
            return right(booking)
        except ApiError:
            front.client.patch_bookings(booking["id"], status="CANCELLED")
            raise

    front.post = post  # type: ignore[method-assign]


@_riding("OCSS-BOOK-07")
def keeps_no_bookings(front: Front) -> None:
    """Leaves it to the operator to know what was booked."""
    right = front.ledger.create

    def create(booking: Item, *args: Any, **options: Any) -> Any:
        return (booking, True) if not args and not options else right(booking, *args, **options)

    front.ledger.create = create  # type: ignore[method-assign]


@_riding("OCSS-LIFE-01")
def calls_back_what_was_confirmed(front: Front) -> None:
    """Asks for the beginning of what it was told is confirmed, and then calls it off."""
    right = front.change

    def change(key: str, state: str) -> None:
        with suppress(ApiError):
            front.client.patch_bookings(key, status=front.spoken.lifecycle.first[-1])
        right(key, state)

    front.change = change  # type: ignore[method-assign]


@_riding("OCSS-LIFE-09")
def confirms_what_it_called_off(front: Front) -> None:
    """Calls a booking off, and then wants it confirmed."""
    right = front.change

    def change(key: str, state: str) -> None:
        right(key, state)
        with suppress(ApiError):
            front.client.patch_bookings(key, status="CONFIRMED")

    front.change = change  # type: ignore[method-assign]


@_riding("OCSS-LIFE-04")
def calls_off_twice(front: Front) -> None:
    """Calls a booking off again."""
    right = front.change

    def change(key: str, state: str) -> None:
        right(key, state)
        with suppress(ApiError):
            front.client.patch_bookings(key, status=state)

    front.change = change  # type: ignore[method-assign]


@_riding("OCSS-BOOK-16")
def calls_off_here_alone(front: Front) -> None:
    """Calls a booking off without telling the operator."""

    def change(key: str, state: str) -> None:
        front.ledger.change(key, state)

    front.change = change  # type: ignore[method-assign]


@_riding("OCSS-RATE-03")
def asks_again_at_once(front: Front) -> None:
    """Does not wait when it is asked to."""
    front.connect(front.key, NEVER)
    right = front.find

    def find(search: str, query: Mapping[str, Any]) -> list[Any]:
        try:
            return right(search, query)
        except ApiError:
            return right(search, query)

    front.find = find  # type: ignore[method-assign]


@_riding("OCSS-AUTH-01")
def calls_without_its_key(front: Front) -> None:
    """Presents no key."""
    front.connect(None)


@_riding("OCSS-AUTH-01")
def calls_with_another_key(front: Front) -> None:
    """Presents a key that it was never given."""
    front.connect("yesterday")


@_riding()
def searches_again_before_it_books(front: Front) -> None:
    """Looks once more whether the ride is there: legal, and wise."""
    right = front.find

    def find(search: str, query: Mapping[str, Any]) -> list[Any]:
        right(search, {**query, "timeDelta": 3600, "departureRadius": 2.5, "count": 20})
        return right(search, query)

    front.find = find  # type: ignore[method-assign]


@_riding()
def calls_off_with_words(front: Front) -> None:
    """Says why it calls a booking off."""

    def change(key: str, state: str) -> None:
        front.client.patch_bookings(key, status=state, message="Train annulé, désolé !")
        front.ledger.change(key, state)

    front.change = change  # type: ignore[method-assign]


@_riding()
def books_the_last_that_it_found(front: Front) -> None:
    """Prefers the last of the answer."""
    right = front.choose
    front.choose = lambda found: right(found[::-1])  # type: ignore[method-assign]


Rewording = Callable[[Request], Request]


def _rewording(*violates: str) -> Callable[[Rewording], Rewording]:
    def register(function: Rewording) -> Rewording:
        def ride(front: Front) -> None:
            front.reword = function

        RIDES[function.__name__.replace("_", "-")] = (violates, ride)
        return function

    return register


@_rewording("OCSS-SEARCH-03")
def searches_without_a_date(request: Request) -> Request:
    """Leaves out when the ride is to begin."""
    return replace(request, query=_without(request, "departureDate"))


@_rewording("OCSS-GEN-10")
def searches_in_milliseconds(request: Request) -> Request:
    """Asks for an instant in milliseconds."""
    return _asking(request, {"departureDate": lambda value: f"{value}000"})


@_rewording("OCSS-SEARCH-04")
def searches_with_decimal_commas(request: Request) -> Request:
    """Writes coordinates as the French do."""
    return _asking(request, {"departureLat": lambda value: value.replace(".", ",")})


@_rewording("OCSS-GEN-06")
def books_as_text(request: Request) -> Request:
    """Says that what it sends is plain text."""
    headers = tuple(
        (name, "text/plain" if name.lower() == "content-type" else value)
        for name, value in request.headers
    )
    return replace(request, headers=headers)


def _without(request: Request, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in request.query if pair[0] != name)


def _asking(request: Request, edits: Mapping[str, Callable[[str], str]]) -> Request:
    query = tuple((name, edits.get(name, str)(value)) for name, value in request.query)
    return replace(request, query=query)
