"""Wrong ways to change bookings: in the table of statuses, and in what a change changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mobstd.ocss.booking import LADDER, Transition, transition
from mobstd.ocss.reference.habits import Habit, Setting
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.wrong_bookings import Act, Acts, Right, anyone
from mobstd.serving.asgi import Asgi

__all__ = ["CHANGES", "MERGES", "MOVES", "Move"]

Move = Callable[[Callable[[str | None, str], Transition], str | None, str], Transition]
MOVES: dict[str, tuple[tuple[str, ...], Move]] = {}
"""By name, what stands in place of the table of statuses: it gets the right one as well."""

CHANGES: dict[str, tuple[tuple[str, ...], Acts]] = {}
"""By name, what stands in place of changing a booking."""

MERGES: dict[str, tuple[tuple[str, ...], Habit]] = {}
"""By name, what makes of a change more than its parameters say."""

_STEP = {
    "INITIATED": -1,
    "WAITING_DRIVER_CONFIRMATION": 0,
    "WAITING_PASSENGER_CONFIRMATION": 0,
    **{name: step for step, name in enumerate(LADDER)},
}
"""How far each status of any version is from the first that every version has."""

_SHORT = {name: name.partition("_")[0].lower() for name in LADDER}


def _moved(now: str, wanted: str, verdict: Transition) -> Move:
    return lambda right, at, to: verdict if (at, to) == (now, wanted) else right(at, to)


def _row(now: str, wanted: str) -> str:
    if transition(now, wanted) is Transition.OK:
        return "OCSS-LIFE-01"
    return "OCSS-LIFE-09" if now in LADDER[3:] else "OCSS-LIFE-03"


for _now in LADDER:
    for _wanted in LADDER:
        if _now != _wanted:
            _allowed = transition(_now, _wanted) is Transition.OK
            _verb = "refuses" if _allowed else "allows"
            MOVES[f"{_verb}-{_SHORT[_now]}-to-{_SHORT[_wanted]}"] = (
                (_row(_now, _wanted),),
                _moved(_now, _wanted, Transition.DISMISSED if _allowed else Transition.OK),
            )


def _backwards(right: Any, now: str | None, wanted: str) -> Transition:
    """Take every status of a booking that is not over, at any time."""
    verdict: Transition = right(now, wanted)
    back = verdict is Transition.DISMISSED and now in LADDER[:3] and wanted in LADDER
    return Transition.OK if back else verdict


def _no_skipping(right: Any, now: str | None, wanted: str) -> Transition:
    """Take the next status only, or a cancellation (LIFE-02)."""
    verdict: Transition = right(now, wanted)
    if now is None or verdict is not Transition.OK or wanted == LADDER[4]:
        return verdict
    return verdict if _STEP[wanted] == _STEP[now] + 1 else Transition.DISMISSED


def _reopens(right: Any, now: str | None, wanted: str) -> Transition:
    """Take every other status after a cancellation."""
    verdict: Transition = right(now, wanted)
    return Transition.OK if verdict is Transition.DISMISSED and now == LADDER[4] else verdict


MOVES["allows-all-backwards"] = (("OCSS-LIFE-03",), _backwards)
MOVES["allows-all-after-cancelled"] = (("OCSS-LIFE-09",), _reopens)
MOVES["refuses-skipping"] = ((), _no_skipping)


def _changing(change: Callable[[Item, Mapping[str, Any]], Item]) -> Act:
    def act(right: Right, service: Any, asked: Mapping[str, Any]) -> Any:
        said = right(asked)
        service.ledger.amend(asked["bookingId"], lambda found: change(found, asked))
        return said

    return act


def _without(*names: str) -> Callable[[Item, Any], Item]:
    return lambda found, _: {name: value for name, value in found.items() if name not in names}


def _nobody(user: Item) -> Item:
    return {"id": user["id"], "operator": user["operator"], "alias": "-"}


def _erased(found: Item, asked: Mapping[str, Any]) -> Item:
    if asked["status"] != LADDER[4]:
        return found
    return {**found, **{side: _nobody(found[side]) for side in ("driver", "passenger")}}


def _named(found: Item, asked: Mapping[str, Any]) -> Item:
    said = asked.get("message")
    return found if said is None else {**found, "driver": {**found["driver"], "alias": said}}


def _paged(found: Item, asked: Mapping[str, Any]) -> Item:
    page = found.get("webUrl", "https://operator.example.org/bookings").partition("?")[0]
    return {**found, "webUrl": f"{page}?status={asked['status'].lower()}"}


_AMENDED: dict[str, Callable[[Item, Mapping[str, Any]], Item]] = {
    "change-makes-free": lambda found, _: {**found, "price": {"type": "FREE"}},
    "change-names-driver": _named,
    "change-moves-page": _paged,
    "change-erases-persons": _erased,
    "change-loses-journeys": _without("driverJourneyId", "passengerJourneyId"),
    "change-delays": lambda found, _: {
        **found,
        "passengerPickupDate": found["passengerPickupDate"] + 600,
    },
    "change-rounds-points": lambda found, _: {
        **found,
        **{name: round(found[name], 2) for name in found if name.endswith(("Lat", "Lng"))},
    },
}
for _name, _change in _AMENDED.items():
    CHANGES[_name] = (("OCSS-BOOK-10",), {"patchBookings": _changing(_change)})
CHANGES["anyone-changes"] = (("OCSS-AUTH-05",), {"patchBookings": anyone})


def _forgets(*statuses: str) -> Act:
    """Say that a status is set, and forget it."""

    def act(right: Right, service: Any, asked: Mapping[str, Any]) -> Any:
        known = service.ledger.booking(asked["bookingId"])
        wanted = asked["status"]
        if known is None or wanted not in statuses:
            return right(asked)
        if service.ledger.lifecycle.transition(known["status"], wanted) is Transition.OK:
            return None
        return right(asked)

    return act


CHANGES["forgets-completion"] = (("OCSS-BOOK-14",), {"patchBookings": _forgets(LADDER[2])})
CHANGES["forgets-cancellation"] = (("OCSS-BOOK-14",), {"patchBookings": _forgets(LADDER[4])})


def _members(names: Callable[[str], bool], *, query: bool = False) -> Habit:
    """Return a habit that writes what comes with a change into the booking."""

    def habit(app: Asgi, _: Setting) -> Asgi:
        async def wrong(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["method"] != "PATCH":
                await app(scope, receive, send)
                return
            body, receive = await _body(receive)
            said = _said(scope["query_string"].decode("latin-1")) if query else body
            written = {name: value for name, value in said.items() if names(name)}

            async def sent(message: Any) -> None:
                if message["type"] == "http.response.start" and message["status"] == 200:
                    id_ = scope["path"].rpartition("/")[2]
                    app.service.ledger.amend(id_, lambda found: {**found, **written})  # type: ignore[attr-defined]
                await send(message)

            await app(scope, receive, sent)

        return wrong

    return habit


def _said(query: str) -> Item:
    """Return the parameters of a query: numbers where they are, texts elsewhere."""
    found: Item = {}
    for name, text in parse_qsl(query):
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def _status_in_body(app: Asgi, _: Setting) -> Asgi:
    """Take the status of the body rather than that of the query."""

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "PATCH":
            body, receive = await _body(receive)
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), True)
            status = body.get("status")
            if isinstance(status, str) and any(name == "status" for name, _ in pairs):
                pairs = [(n, status if n == "status" else value) for n, value in pairs]
                scope = {**scope, "query_string": urlencode(pairs).encode()}
        await app(scope, receive, send)

    return wrong


async def _body(receive: Any) -> tuple[Item, Any]:
    """Return the JSON object that a body is, and what hands out the body once more."""
    message = await receive()
    try:
        found = json.loads(message.get("body", b""))
    except ValueError:
        found = {}
    waiting = [message]

    async def again() -> Any:
        return waiting.pop() if waiting else await receive()

    return found if isinstance(found, dict) else {}, again


_FIXED = ("id", "status", "message", "bookingId")
MERGES["body-is-merged"] = (("OCSS-LIFE-11",), _members(lambda name: name not in _FIXED))
MERGES["body-sets-price"] = (("OCSS-LIFE-11",), _members(lambda name: name == "price"))
MERGES["body-sets-date"] = (
    ("OCSS-LIFE-11",),
    _members(lambda name: name == "passengerPickupDate"),
)
MERGES["body-status-wins"] = (("OCSS-LIFE-11",), _status_in_body)
_OBJECTS = ("driver", "passenger", "price", "car")
MERGES["query-is-merged"] = (
    ("OCSS-BOOK-10",),
    _members(lambda name: name not in (*_FIXED, *_OBJECTS), query=True),
)
