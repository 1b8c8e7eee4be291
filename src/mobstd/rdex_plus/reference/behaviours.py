"""Wrong ways to take, to show and to change bookings, and legal ones that the reference has not.

Each function stands in place of a method of the service: ``right`` is that method, what follows is
what it is called with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from mobstd.ocss.lifecycle import Transition, lifecycle
from mobstd.ocss.reference.behaviours import Act, Behaviour
from mobstd.ocss.reference.habits import HABITS
from mobstd.ocss.reference.wrong_bookings import Right, anyone
from mobstd.ocss.reference.wrong_changes import MERGES
from mobstd.rdex_plus.reference.world import Item
from mobstd.serving.answers import Refuse
from mobstd.serving.caller import caller

__all__ = ["BEHAVIOURS"]

BEHAVIOURS: dict[str, Behaviour] = {}
"""Each by its name, with the requirements that it violates."""

_TABLE = lifecycle("rdex-plus@2.0")


def _acting(operation: str, *rows: str) -> Callable[[Act], Act]:
    def register(function: Act) -> Act:
        name = function.__name__.replace("_", "-")
        violates = tuple(f"RDEXPLUS-{row}" for row in rows)
        BEHAVIOURS[name] = Behaviour(name, violates, acts={operation: function})
        return function

    return register


@_acting("getJourneys", "REG-01")
async def first_day_only(right: Right, service: Any, query: Mapping[str, Any]) -> Any:
    """Reads the first day of a week schedule, and stops."""
    text = query.get("regularSchedule")
    weeks = json.loads(text) if text and text.startswith("[{") else None
    if weeks:
        name = next(iter(weeks[0]), "")
        day = name.partition("Time")[0]
        weeks[0] = {key: value for key, value in weeks[0].items() if key.startswith(day)}
        query = {**query, "regularSchedule": json.dumps(weeks)}
    return await right(query)


@_acting("postBookings", "BOOK-02")
def any_first_status(right: Right, service: Any, asked: Any, booking: Item) -> None:
    """Takes a booking with whatever status it comes."""
    right(asked, {**booking, "status": _TABLE.first[0]})
    if "status" in booking:
        service.ledger.amend(booking["bookingId"], lambda found: {**found, **booking})


def _trusting(right: Right, service: Any, asked: Any, booking: Item, *, codes: str) -> None:
    """Take a booking also where it is refused as gone, with one of these codes."""
    try:
        right(asked, booking)
    except Refuse as error:
        if error.status != 404 or error.reason not in codes:
            raise
        service.ledger.create({"status": _TABLE.first[0], **booking}, caller())


for _name, _codes in (
    ("books-what-is-gone", "missing_journey missing_user"),
    ("books-any-journey", "missing_journey"),
    ("books-with-anybody", "missing_user"),
):
    BEHAVIOURS[_name] = Behaviour(
        _name, ("RDEXPLUS-BOOK-06",), acts={"postBookings": partial(_trusting, codes=_codes)}
    )


def _second(change: Callable[[Item, Item], Item]) -> Act:
    def act(right: Right, service: Any, asked: Any, booking: Item) -> None:
        try:
            right(asked, booking)
        except Refuse as error:
            if error.status != 409:
                raise
            service.ledger.amend(booking["bookingId"], lambda found: change(found, booking))

    return act


for _name, _change in {
    "second-booking-overwrites": lambda first, second: {"status": first["status"], **second},
    "second-booking-is-merged": lambda first, second: {**first, **second},
    "second-booking-seems-taken": lambda first, _: first,
    "second-booking-reopens": lambda first, _: {**first, "status": _TABLE.first[0]},
}.items():
    BEHAVIOURS[_name] = Behaviour(
        _name, ("RDEXPLUS-BOOK-07",), acts={"postBookings": _second(_change)}
    )


@_acting("postBookings")
def repetition_is_taken(right: Right, service: Any, asked: Any, booking: Item) -> None:
    """Takes the same booking, word for word, again."""
    known = service.ledger.booking(booking["bookingId"], caller())
    if known is None or {**known, "status": ""} != {**booking, "status": ""}:
        right(asked, booking)


@_acting("postBookings")
def accepts_by_itself(right: Right, service: Any, asked: Any, booking: Item) -> None:
    """Accepts right after the booking, as if a person had done so."""
    right(asked, booking)
    service.ledger.change(booking["bookingId"], "accepted")


@_acting("getBookings")
def forgets_what_is_over(right: Right, service: Any, asked: Mapping[str, Any]) -> Item:
    """Keeps no booking that was cancelled."""
    found: Item = right(asked)
    if found["status"] == "cancelled":
        raise Refuse(404, "missing_booking")
    return found


_SHOWN: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""By service, the status of each booking when it was read last."""


@_acting("getBookings", "BOOK-13")
def reads_are_one_behind(right: Right, service: Any, asked: Mapping[str, Any]) -> Item:
    """Shows the status that a booking had when it was read before."""
    found: Item = right(asked)
    shown = _SHOWN.setdefault(service, {})
    before = shown.get(asked["bookingId"], _TABLE.first[0])
    shown[asked["bookingId"]] = found["status"]
    return {**found, "status": before}


for _name, _row, _operation in (
    ("anyone-reads", "RDEXPLUS-BOOK-12", "getBookings"),
    ("anyone-changes", "RDEXPLUS-BOOK-15", "patchBookings"),
):
    BEHAVIOURS[_name] = Behaviour(_name, (_row,), acts={_operation: anyone})


def _forgets(right: Right, service: Any, asked: Mapping[str, Any], *, status: str) -> None:
    """Say that a status is set, and forget it."""
    known = service.ledger.booking(asked["bookingId"], caller())
    leads = known is not None and (known["status"], asked["status"]) in _TABLE.moves
    if not leads or asked["status"] != status:
        right(asked)


def _changing(
    right: Right, service: Any, asked: Mapping[str, Any], *, change: Callable[[Item, Any], Item]
) -> None:
    right(asked)
    service.ledger.amend(asked["bookingId"], lambda found: change(found, asked))


def _erased(found: Item, asked: Mapping[str, Any]) -> Item:
    if asked["status"] != "cancelled":
        return found
    return {name: value for name, value in found.items() if not name.endswith("Alias")}


_AMENDED: dict[str, Callable[[Item, Any], Item]] = {
    "change-makes-free": lambda found, _: {**found, "price": 0},
    "change-erases-persons": _erased,
    "change-loses-words": lambda found, _: {n: v for n, v in found.items() if n != "details"},
    "change-delays": lambda found, _: {
        **found,
        "outwardSchedule": {
            **found["outwardSchedule"],
            "departureDate": found["outwardSchedule"]["departureDate"] + 600,
        },
    },
}
_FORGOTTEN = {
    f"forgets-{status}": partial(_forgets, status=status) for status in ("accepted", "cancelled")
}
for _name, _act in (
    *((name, partial(_changing, change=change)) for name, change in _AMENDED.items()),
    *_FORGOTTEN.items(),
):
    BEHAVIOURS[_name] = Behaviour(_name, ("RDEXPLUS-BOOK-13",), acts={"patchBookings": _act})
for _name in ("body-is-merged", "body-sets-price", "body-status-wins"):
    BEHAVIOURS[_name] = Behaviour(_name, ("RDEXPLUS-BOOK-13",), habit=MERGES[_name][1])


def _moved(right: Any, now: str | None, wanted: str, *, pair: Any, verdict: Transition) -> Any:
    return verdict if (now, wanted) == pair else right(now, wanted)


def _any_way(right: Any, now: str | None, wanted: str) -> Any:
    """Take every other status at any time, which no sentence forbids (A119)."""
    return Transition.SAME if now == wanted else Transition.OK


for _pair in _TABLE.moves:
    if _pair[0] is not None:
        _name = f"refuses-{_pair[0]}-to-{_pair[1]}"
        _move = partial(_moved, pair=_pair, verdict=Transition.DISMISSED)
        BEHAVIOURS[_name] = Behaviour(_name, ("RDEXPLUS-BOOK-09",), move=_move)
BEHAVIOURS["takes-any-change"] = Behaviour("takes-any-change", (), move=_any_way)
for _name in ("accepts-any-key", "accepts-no-key"):
    BEHAVIOURS[_name] = Behaviour(_name, ("RDEXPLUS-AUTH-01",), habit=HABITS[_name][1])
