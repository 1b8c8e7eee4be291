"""Wrong ways to tell of bookings, to hear of them, and to take messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from mobstd.ocss.booking import Transition
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.wrong_bookings import Act, Acts, Right, anyone
from mobstd.serving.answers import Refuse

__all__ = ["NEWS", "RETOLD", "Retelling"]

Retelling = Callable[[Item, Item], Item | None]
"""Takes a booking and the event about it, and returns the event that is kept, if any."""

NEWS: dict[str, tuple[tuple[str, ...], Acts]] = {
    "anyone-writes": (("OCSS-MSG-08",), {"postMessages": anyone}),
    "anyone-tells": (("OCSS-AUTH-05",), {"postBookingEvents": anyone}),
}
"""By name, what stands in place of taking news and messages."""


def _hearing(*violates: str) -> Callable[[Act], Act]:
    def register(function: Act) -> Act:
        name = function.__name__.replace("_", "-")
        NEWS[name] = (violates, {"postBookingEvents": function})
        return function

    return register


@_hearing("OCSS-HOOK-06")
def first_news_must_wait(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Refuses news of a booking whose beginning it has not heard of."""
    if _is_new(service, event) and event["data"]["status"] not in service.ledger.lifecycle.first:
        raise Refuse(400, "missing_booking")
    return right(asked, event)


@_hearing("OCSS-HOOK-06")
def first_news_is_lost(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Forgets news of a booking whose beginning it has not heard of."""
    if _is_new(service, event) and event["data"]["status"] not in service.ledger.lifecycle.first:
        return None
    return right(asked, event)


@_hearing("OCSS-HOOK-06")
def first_news_begins(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Lets every booking that it hears of begin by waiting."""
    new = _is_new(service, event)
    said = right(asked, event)
    if new:
        service.ledger.amend(
            event["data"]["id"],
            lambda found: {**found, "status": service.ledger.lifecycle.first[-1]},
        )
    return said


@_hearing("OCSS-HOOK-08")
def late_news_counts(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Gives a booking whatever status comes last."""
    late = _is_late(service, event)
    said = right(asked, event)
    if late:
        status = event["data"]["status"]
        service.ledger.amend(event["data"]["id"], lambda found: {**found, "status": status})
    return said


@_hearing()
def late_news_is_400(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Refuses news that comes late, which changes nothing (A20)."""
    if _is_late(service, event):
        raise Refuse(400, "The booking has come further than that.")
    return right(asked, event)


@_hearing("OCSS-HOOK-11")
def event_ids_do_not_count(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Takes an event whose id it knows for another one."""
    return right(asked, {**event, "id": str(uuid4())})


_HEARD: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def _repeated(status: int) -> Act:
    def act(right: Right, service: Any, asked: Any, event: Item) -> Any:
        heard = _HEARD.setdefault(service, set())
        if event["id"] in heard:
            raise Refuse(status, "event_already_known")
        said = right(asked, event)
        heard.add(event["id"])
        return said

    return act


for _status in (400, 409, 500):
    NEWS[f"repeated-news-is-{_status}"] = (
        ("OCSS-HOOK-11",),
        {"postBookingEvents": _repeated(_status)},
    )


def _wrong_side(booking: Item, event: Item) -> Item | None:
    """Show travellers themselves."""
    data = dict(event["data"])
    shown = "driver" if "driver" in data else "passenger"
    data.pop(shown)
    data.pop("price", None)
    data.pop("car", None)
    if shown == "driver":
        data["passenger"] = booking["passenger"]
    else:
        data |= {"driver": booking["driver"], "price": booking["price"]}
    return {**event, "data": data}


def _itself(booking: Item, event: Item) -> Item | None:
    """Show travellers themselves, in the place of the other person."""
    data = event["data"]
    shown, other = ("driver", "passenger") if "driver" in data else ("passenger", "driver")
    return {**event, "data": {**data, shown: booking[other]}}


def _only_found(booking: Item, event: Item) -> Item | None:
    """Tell only of rides that were found by a search."""
    named = any(f"{side}JourneyId" in booking for side in ("driver", "passenger"))
    return event if named else None


RETOLD: dict[str, tuple[tuple[str, ...], Retelling]] = {
    "tells-the-wrong-side": (("OCSS-HOOK-13",), _wrong_side),
    "tells-travellers-of-themselves": (("OCSS-HOOK-13",), _itself),
    "tells-only-of-found-rides": (("OCSS-HOOK-17",), _only_found),
}
"""By name, what becomes of an event before it is kept."""


def _is_new(service: Any, event: Item) -> bool:
    return service.ledger.booking(event["data"]["id"]) is None


def _is_late(service: Any, event: Item) -> bool:
    known = service.ledger.booking(event["data"]["id"])
    if known is None or service.ledger.heard(event["id"]):
        return False
    return (
        service.ledger.lifecycle.transition(known["status"], event["data"]["status"])
        is Transition.DISMISSED
    )
