"""Wrong ways to search, to book and to call off, of the front end of the reference MaaS.

Each function stands in place of a method of a front end: ``right`` is that method, what follows is
the front end, and what the method is called with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mobstd.errors import ApiError
from mobstd.judging.exchange import Request
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.wrong_bookings import Act, Right
from mobstd.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from mobstd.ocss.reference.front import Front

__all__ = ["RIDES", "Ride"]

Ride = Callable[["Front"], None]
"""Puts what is wrong in place of what a front end does."""


class _Hasty(RetryPolicy):
    """Does not wait when it is asked to."""

    def wait(self, *args: Any, **options: Any) -> float | None:
        """Return no time at all where something is tried again."""
        return None if super().wait(*args, **options) is None else 0.0


RIDES: dict[str, tuple[tuple[str, ...], Ride]] = {
    "asks-again-at-once": (("OCSS-RATE-03",), lambda front: front.connect(front.key, _Hasty())),
    "calls-without-its-key": (("OCSS-AUTH-01",), lambda front: front.connect(None)),
    "calls-with-another-key": (("OCSS-AUTH-01",), lambda front: front.connect("yesterday")),
}
"""Each by its name, with the requirements that it violates."""


def _instead_of(method: str, *violates: str) -> Callable[[Act], Act]:
    """Register what stands in place of a method of a front end, or of what it has."""

    def register(function: Act) -> Act:
        def ride(front: Front) -> None:
            owner, _, name = method.rpartition(".")
            holder = attrgetter(owner)(front) if owner else front
            setattr(holder, name, partial(function, getattr(holder, name), front))

        RIDES[function.__name__.replace("_", "-")] = (violates, ride)
        return function

    return register


@_instead_of("booking", "OCSS-BOOK-08")
def books_what_was_not_shown(right: Right, front: Front, journey: Any) -> Item:
    """Gives the journey an id of its own."""
    made = right(journey)
    side = "driver" if "driverJourneyId" in made else "passenger"
    return {**made, f"{side}JourneyId": f"own-{made[f'{side}JourneyId'][:8]}"}


@_instead_of("booking", "OCSS-BOOK-08")
def books_without_the_journey(right: Right, front: Front, journey: Any) -> Item:
    """Does not say which journey is booked."""
    return {k: v for k, v in right(journey).items() if not k.endswith("JourneyId")}


@_instead_of("post", "OCSS-BOOK-03")
def books_twice(right: Right, front: Front, booking: Item) -> Any:
    """Books the same ride again under another id."""
    made = right(booking)
    right({**booking, "id": str(uuid4())})
    return made


@_instead_of("post", "OCSS-BOOK-11")
def changes_by_booking(right: Right, front: Front, booking: Item) -> Any:
    """Sends a booking again under its id with another instant, to change it."""
    made = right(booking)
    later = booking["passengerPickupDate"] + 600
    with suppress(ApiError):
        right({**booking, "passengerPickupDate": later})
    return made


@_instead_of("post", "OCSS-LIFE-05")
def keeps_what_was_refused(right: Right, front: Front, booking: Item) -> Any:
    """Keeps a booking whatever the operator says of it."""
    front.ledger.create(booking)
    return right(booking)


@_instead_of("post", "OCSS-LIFE-05")
def calls_off_what_was_refused(right: Right, front: Front, booking: Item) -> Any:
    """Cancels at the operator what it never took."""
    try:
        return right(booking)
    except ApiError:
        front.client.patch_bookings(booking["id"], status="CANCELLED")
        raise


@_instead_of("ledger.create", "OCSS-BOOK-07")
def keeps_no_bookings(right: Right, front: Front, booking: Item, *args: Any, **options: Any) -> Any:
    """Leaves it to the operator to know what was booked."""
    return (booking, True) if not args and not options else right(booking, *args, **options)


@_instead_of("change", "OCSS-LIFE-01")
def calls_back_what_was_confirmed(right: Right, front: Front, key: str, state: str) -> None:
    """Asks for the beginning of what it was told is confirmed, and then calls it off."""
    with suppress(ApiError):
        front.client.patch_bookings(key, status=front.spoken.lifecycle.first[-1])
    right(key, state)


@_instead_of("change", "OCSS-LIFE-09")
def confirms_what_it_called_off(right: Right, front: Front, key: str, state: str) -> None:
    """Calls a booking off, and then wants it confirmed."""
    right(key, state)
    with suppress(ApiError):
        front.client.patch_bookings(key, status="CONFIRMED")


@_instead_of("change", "OCSS-LIFE-04")
def calls_off_twice(right: Right, front: Front, key: str, state: str) -> None:
    """Calls a booking off again."""
    right(key, state)
    with suppress(ApiError):
        front.client.patch_bookings(key, status=state)


@_instead_of("change", "OCSS-BOOK-16")
def calls_off_here_alone(right: Right, front: Front, key: str, state: str) -> None:
    """Calls a booking off without telling the operator."""
    front.ledger.change(key, state)


@_instead_of("find")
def searches_again_before_it_books(
    right: Right, front: Front, search: str, query: Mapping[str, Any]
) -> list[Any]:
    """Looks once more whether the ride is there: legal, and wise."""
    right(search, {**query, "timeDelta": 3600, "departureRadius": 2.5, "count": 20})
    return list(right(search, query))


@_instead_of("change")
def calls_off_with_words(right: Right, front: Front, key: str, state: str) -> None:
    """Says why it calls a booking off."""
    front.client.patch_bookings(key, status=state, message="Train annulé, désolé !")
    front.ledger.change(key, state)


@_instead_of("choose")
def books_the_last_that_it_found(right: Right, front: Front, found: list[Any]) -> Any:
    """Prefers the last of the answer."""
    return right(found[::-1])


@_instead_of("reword", "OCSS-SEARCH-03")
def searches_without_a_date(right: Right, front: Front, request: Request) -> Request:
    """Leaves out when the ride is to begin."""
    query = tuple(pair for pair in request.query if pair[0] != "departureDate")
    return replace(request, query=query)


@_instead_of("reword", "OCSS-GEN-10")
def searches_in_milliseconds(right: Right, front: Front, request: Request) -> Request:
    """Asks for an instant in milliseconds."""
    return _asking(request, "departureDate", lambda value: f"{value}000")


@_instead_of("reword", "OCSS-SEARCH-04")
def searches_with_decimal_commas(right: Right, front: Front, request: Request) -> Request:
    """Writes coordinates as the French do."""
    return _asking(request, "departureLat", lambda value: value.replace(".", ","))


@_instead_of("reword", "OCSS-GEN-06")
def books_as_text(right: Right, front: Front, request: Request) -> Request:
    """Says that what it sends is plain text."""
    headers = tuple(
        (name, "text/plain" if name.lower() == "content-type" else value)
        for name, value in request.headers
    )
    return replace(request, headers=headers)


def _asking(request: Request, name: str, edit: Callable[[str], str]) -> Request:
    query = tuple((one, edit(value) if one == name else value) for one, value in request.query)
    return replace(request, query=query)
