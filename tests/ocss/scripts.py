"""Fixed scripts of requests about bookings, messages and news, and how two transcripts differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mobstd.judging.exchange import Request, Response
from mobstd.ocss.booking import LADDER
from mobstd.transport.asgi import AsgiSender

from .bookings import NOW, operator, some_booking

__all__ = [
    "CHANGING",
    "NEWS",
    "READING",
    "TABLE",
    "TAKING",
    "TOLD",
    "WRITING",
    "Step",
    "different",
    "play",
    "request",
    "told_otherwise",
]

Said = list[tuple[str, Response]]
WAITING, CONFIRMED, COMPLETED, VALIDATED, CANCELLED = LADDER
ACCENTS = "À demain, 7 h 30\nvoie « B » 🚲"


@dataclass(frozen=True)
class Step:
    """One request: its name, method, path, query, body, the key that it is sent with."""

    name: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    key: str = "one"


def _id(number: int) -> str:
    return f"5b0d9f6e-2f0b-4a57-8a3e-{number:012x}"


def _world() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return bookings of a priced journey, of one without price, and of one that a trip lists."""
    app = operator(count=900)
    store = app.service.store
    good = some_booking(app).dump()
    paying = next(
        item
        for item in store.some("driver-journey", 900)
        if item["price"]["type"] == "PAYING"
        and item["price"]["amount"] % 1
        and "id" in item
        and " " in item["driver"]["alias"]
        and not item["driver"]["alias"].isascii()
        and {"grade", "firstName"} <= set(item["driver"])
        and item["passengerPickupDate"] > NOW
    )
    ride = ("passengerPickupDate", "passengerPickupLat", "passengerPickupLng")
    ride += ("passengerDropLat", "passengerDropLng", "driver")
    booking = {
        **good,
        **{name: paying[name] for name in ride},
        "driverJourneyId": paying["id"],
        "price": paying["price"],
        "passengerPickupAddress": "12 rue de l'Église, Saint-Étienne",
        "passengerDropAddress": "Gare de Voiron",
        "distance": 25_600,
        "duration": 1620,
    }
    unknown = next(
        item
        for item in store.some("driver-journey", 900)
        if item["price"]["type"] == "UNKNOWN" and item["passengerPickupDate"] > NOW and "id" in item
    )
    priceless = {**booking, "driver": unknown["driver"], "driverJourneyId": unknown["id"]}
    for trip in store.some("driver-regular-trip", 900):
        for slot in trip.get("schedules", ()):
            for journey in slot.get("journeySchedules", ()):
                if "id" in journey and journey["passengerPickupDate"] > NOW:
                    listed = {
                        **booking,
                        "driver": trip["driver"],
                        "driverJourneyId": journey["id"],
                        "passengerPickupDate": journey["passengerPickupDate"],
                    }
                    return booking, priceless, listed
    raise AssertionError("no trip lists a journey")


BOOKING, PRICELESS, LISTED = _world()


def _but(number: int, base: Mapping[str, Any] = BOOKING, **members: Any) -> dict[str, Any]:
    made = {**base, "id": _id(number), **members}
    return {name: value for name, value in made.items() if value is not ...}


def _post(name: str, body: Any, key: str = "one") -> Step:
    return Step(f"post {name}", "POST", "/bookings", (), body, key)


def _read(name: str, number: int, key: str = "one") -> Step:
    return Step(f"read {name}", "GET", f"/bookings/{_id(number)}", key=key)


def _change(
    name: str, number: int, status: str | None, key: str = "one", body: Any = None, **query: str
) -> Step:
    asked = (() if status is None else (("status", status),)) + tuple(query.items())
    return Step(f"change {name}", "PATCH", f"/bookings/{_id(number)}", asked, body, key)


def _person(**members: Any) -> dict[str, Any]:
    made = {"id": "p-1", "operator": "maas.example.com", "alias": "Zoé L.", **members}
    return {name: value for name, value in made.items() if value is not ...}


def _less(side: str, name: str) -> dict[str, Any]:
    return {k: v for k, v in BOOKING[side].items() if k != name}


NULLS = dict.fromkeys(("passengerPickupAddress", "car", "distance"))
WITHOUT = ("id", "driver", "passenger", "status", "price", "passengerPickupDate")
WITHOUT += ("passengerPickupLat", "passengerPickupLng", "passengerDropLat", "passengerDropLng")
FIRST = (*LADDER[1:], "INITIATED", "WAITING_DRIVER_CONFIRMATION", "pending")

TAKING: Sequence[Step] = (
    _post("a", _but(1)),
    _read("a", 1),
    _post("a again", _but(1)),
    _post("a otherwise", _but(1, distance=4321, passengerPickupAddress="Elsewhere")),
    _read("a then", 1),
    _change("a", 1, CONFIRMED),
    _read("a changed", 1),
    _post("a late", _but(1)),
    _read("a after", 1),
    _post("without names", _but(2, driverJourneyId=..., price={"type": "FREE", "amount": 0})),
    _post("whole euros", _but(3, driverJourneyId=..., price={**BOOKING["price"], "amount": 5})),
    _post("nulls", _but(4, **NULLS)),
    _post("over", _but(5, passengerPickupDate=NOW - 90_000)),
    _post("priceless", _but(6, PRICELESS)),
    _post("gone", _but(7, driverJourneyId="gone")),
    _post("listed", _but(8, LISTED)),
    _post("short", _but(900, distance=...)),
    _post("nul", _but(901, passengerPickupAddress="Gare\0")),
    _post("number as id", {**BOOKING, "id": 12345}),
    _post("word as id", {**BOOKING, "id": "booking00321"}),
    *(_post(f"as {status}", _but(20 + n, status=status)) for n, status in enumerate(FIRST)),
    *(_post(f"without {name}", _but(40 + n, **{name: ...})) for n, name in enumerate(WITHOUT)),
    *(
        _post(f"{side} without {name}", _but(60 + n + 3 * m, **{side: _less(side, name)}))
        for m, side in enumerate(("driver", "passenger"))
        for n, name in enumerate(("id", "alias", "operator"))
    ),
    _read("as waiting", 20),
    _read("over", 5),
    _read("nobody", 99),
    Step("read bad id", "GET", "/bookings/abc"),
    _post("by nobody", _but(30), ""),
    _post("by somebody", _but(31), "wrong"),
    _read("a by nobody", 1, ""),
    _read("a by somebody", 1, "wrong"),
    _read("a by another", 1, "two"),
)  # fmt: skip

_CHANGED = {
    "price": {"type": "FREE"},
    "passengerPickupDate": 1_600_000_000,
    "status": CANCELLED,
    "passengerPickupAddress": "Elsewhere",
}


def _walk(number: int, now: str) -> Iterator[Step]:
    """Ask for every status of a booking that is ``now``, each time of a booking of its own."""
    for n, wanted in enumerate(LADDER):
        place = 100 + 10 * number + n
        short = f"{now[:4]} to {wanted[:4]}"
        yield _post(f"for {short}", _but(place, driverJourneyId=...))
        if now != WAITING:
            yield _change(f"before {short}", place, now, message="")
        yield _change(short, place, wanted)
        yield _read(short, place)


TABLE: Sequence[Step] = tuple(step for n, now in enumerate(LADDER) for step in _walk(n, now))

ODD = ("COMPLETED", "CANCELED", "REJECTED", "WAITING_PASSENGER_CONFIRMATION", "accepted",
       "confirmed", " CONFIRMED", "", "MOBSTD_UNKNOWN", "CANCELLING")  # fmt: skip

CHANGING: Sequence[Step] = (
    _post("b", _but(301)),
    _change("b", 301, CONFIRMED, message=ACCENTS),
    _read("b", 301),
    _change("b again", 301, CONFIRMED),
    _change("b back", 301, WAITING),
    _change("b with body", 301, COMPLETED, body=_CHANGED),
    _read("b with body", 301),
    _change("b with more", 301, VALIDATED, price="0", webUrl="https://example.org/x"),
    _read("b with more", 301),
    _change("b to its end", 301, CANCELLED),
    _read("b at its end", 301),
    _change("nobody", 99, CONFIRMED),
    *(
        step
        for n, status in enumerate(ODD)
        for step in (
            _post(f"for {status!r}", _but(310 + n)),
            _change(f"to {status!r}", 310 + n, status),
            _read(f"after {status!r}", 310 + n),
        )
    ),
    _post("for none", _but(330)),
    _change("to none", 330, None),
    _read("after none", 330),
    *(
        step
        for n, (what, text) in enumerate((
            ("256 letters", "a" * 256), ("500 letters", "a" * 500), ("501 letters", "a" * 501),
            ("500 accents", "é" * 500), ("500 emoji", "🚲" * 500),
            ("an emoji", "à 7 h 😀"), ("two lines", "une\ndeux"),
        ))
        for step in (
            _post(f"for {what}", _but(340 + n)),
            _change(f"with {what}", 340 + n, CONFIRMED, message=text),
        )
    ),
    _post("for others", _but(350)),
    _change("by another", 350, CONFIRMED, "two"),
    _read("by another", 350),
    _change("by nobody", 350, CONFIRMED, ""),
    _change("by somebody", 350, CONFIRMED, "wrong"),
    _read("by nobody", 350),
)  # fmt: skip


READING: Sequence[Step] = (*TAKING, *CHANGING[:11])
"""What shows a booking in every status."""


def _message(name: str, key: str = "one", **members: Any) -> Step:
    made = {
        "from": _person(),
        "to": BOOKING["driver"],
        "message": "Bonjour, puis-je monter ?",
        "recipientCarpoolerType": "DRIVER",
        **members,
    }
    body = {n: value for n, value in made.items() if value is not ...}
    return Step(f"write {name}", "POST", "/messages", (), body, key)


def _writing(**about: Any) -> Sequence[Step]:
    to = about.get("to", BOOKING["driver"])
    return (
        _message("plainly", **about),
        _message("about a booking", bookingId=_id(401), **about),
        _message("500 letters", message="a" * 500, **about),
        _message("256 letters", message="a" * 256, **about),
        _message("501 letters", message="a" * 501, **about),
        _message("500 accents", message="é" * 500, **about),
        _message("500 emoji", message="🚲" * 500, **about),
        _message("an emoji", message="à 7 h 😀", **about),
        *(
            _message(f"without {name}", **{**about, name: ...})
            for name in ("from", "to", "message", "recipientCarpoolerType")
        ),
        *(
            _message(f"from without {name}", **{**about, "from": _person(**{name: ...})})
            for name in ("id", "alias", "operator")
        ),
        _message(
            "to without alias", **{**about, "to": {k: v for k, v in to.items() if k != "alias"}}
        ),
        *(_message(f"to {kind!r}", **{**about, "recipientCarpoolerType": kind})
          for kind in ("driver", "BOTH", "MOBSTD_UNKNOWN")),
        _message("to nobody", **{**about, "to": {**to, "id": "nobody"}}),
        _message("by nobody", "", **about),
        _message("by somebody", "wrong", **about),
        _message("by another", "two", **about),
    )  # fmt: skip


WRITING: Sequence[Step] = (
    _post("for messages", _but(401)),
    *_writing(),
    _message("about a journey", driverJourneyId=BOOKING["driverJourneyId"]),
    _message("about a gone journey", driverJourneyId="gone"),
)

RIDER = _person(id="p-77")
DATA = {
    **{k: v for k, v in BOOKING.items() if k not in ("passenger", "driverJourneyId")},
    "webUrl": "https://operator.example.org/bookings/1",
}


def _event(
    name: str, number: int, event: int, key: str = "one", token: Any = "aGVhZA.cGF5.c2lnbg",
    **members: Any,
) -> Step:  # fmt: skip
    data = {**DATA, "id": _id(number), **members}
    body = {
        "id": _id(900 + event),
        "idToken": token,
        "data": {n: value for n, value in data.items() if value is not ...},
    }
    body = {n: value for n, value in body.items() if value is not ...}
    return Step(f"tell {name}", "POST", "/booking_events", (), body, key)


def _bare(step: Step, **members: Any) -> Step:
    body = {n: value for n, value in {**step.body, **members}.items() if value is not ...}
    return Step(step.name, step.method, step.path, step.query, body, step.key)


NEWS: Sequence[Step] = (
    _event("of a", 1, 1, status=WAITING),
    _event("of a again", 1, 1, status=WAITING),
    _event("of a confirmed", 1, 2, status=CONFIRMED),
    _event("of a under an old id", 1, 2, status=CANCELLED),
    _change("a to confirmed", 1, CONFIRMED),
    _event("of a back", 1, 3, status=WAITING),
    _change("a to confirmed again", 1, CONFIRMED),
    _event("of b confirmed", 2, 4, status=CONFIRMED),
    _change("b to confirmed", 2, CONFIRMED),
    _event("of c with a passenger", 3, 5, status=WAITING, driver=..., price=..., passenger=RIDER),
    _event("of d with both", 4, 6, status=WAITING, passenger=RIDER),
    _event("of d with nobody", 4, 7, status=WAITING, driver=..., price=...),
    _event("of d without price", 4, 8, status=WAITING, price=...),
    _event("of d as COMPLETED", 4, 9, status="COMPLETED"),
    *(
        _event(f"of d without {name}", 4, 10 + n, **{name: ...})
        for n, name in enumerate(("webUrl", "status", "passengerPickupDate", "passengerPickupLat"))
    ),
    _bare(_event("of e without id", 5, 20, status=WAITING), id=...),
    _bare(_event("of e with a word as id", 5, 21, status=WAITING), id="evt_7"),
    _event("of e without token", 5, 22, token=..., status=WAITING),
    _bare(_event("of e without data", 5, 23), data=...),
    _event("of e with a word as token", 5, 24, token="user-1042", status=WAITING),
    _event("of e with an unsigned token", 5, 25, token="aGVhZA.cGF5.", status=WAITING),
    _event("of a by another", 1, 26, "two", status=CANCELLED),
    _change("a to confirmed then", 1, CONFIRMED),
    _change("a by another", 1, COMPLETED, "two"),
    _change("a to completed", 1, COMPLETED),
    _event("by nobody", 6, 27, "", status=WAITING),
    _event("by somebody", 6, 28, "wrong", status=WAITING),
)

MAAS_CHANGING: Sequence[Step] = (
    _event("of b", 301, 1, status=WAITING),
    *(
        step
        for step in CHANGING
        if step.method == "PATCH" and step.path in (f"/bookings/{_id(301)}", f"/bookings/{_id(99)}")
    ),
    *(
        step
        for one in CHANGING
        if one.method == "PATCH"
        and one.path not in (f"/bookings/{_id(301)}", f"/bookings/{_id(99)}")
        for step in (
            _event(
                f"before {one.name}",
                int(one.path[-12:], 16),
                500 + int(one.path[-12:], 16),
                status=WAITING,
            ),
            one,
            Step(f"{one.name}, then", "PATCH", one.path, (("status", CONFIRMED),)),
        )
    ),
)

MAAS_TABLE: Sequence[Step] = tuple(
    _event(one.name, int(one.body["id"][-12:], 16), 2000 + n, status=WAITING)
    if one.method == "POST"
    else Step(f"see {one.name}", "PATCH", one.path, (("status", CONFIRMED),))
    if one.method == "GET"
    else one
    for n, one in enumerate(TABLE)
)

MAAS_WRITING: Sequence[Step] = (
    _event("for messages", 401, 401, status=WAITING, driver=..., price=..., passenger=RIDER),
    *_writing(to=RIDER, recipientCarpoolerType="PASSENGER"),
)


def play(app: Any, script: Sequence[Step]) -> Said:
    """Send the requests of a script, and return the answers."""
    with AsgiSender(app) as sender:
        return [(step.name, sender.send(request(step))) for step in script]


def request(step: Step) -> Request:
    """Return the request of a step."""
    headers = (("X-API-Key", step.key),) if step.key else ()
    body = None
    if step.body is not None:
        headers += (("Content-Type", "application/json"),)
        body = json.dumps(step.body, ensure_ascii=False).encode()
    return Request(step.method, quote(step.path), step.query, headers, body)


def different(right: Said, wrong: Said) -> list[str]:
    """Return in which steps, and in what of them, two transcripts differ."""
    return [
        f"{name}: {', '.join(what)}"
        for (name, one), (_, other) in zip(right, wrong, strict=True)
        if (what := list(_what(one, other)))
    ]


def _what(one: Response, other: Response) -> Iterator[str]:
    if one.status != other.status:
        yield f"{one.status} becomes {other.status}"
        return
    names = {k.lower() for k, _ in (*one.headers, *other.headers)} - {"content-length"}
    yield from (name for name in sorted(names) if one.header(name) != other.header(name))
    if one.body != other.body:
        yield from _pointers(_value(one.body), _value(other.body)) or ["bytes"]


def _value(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _pointers(one: Any, other: Any, depth: int = 2) -> list[str]:
    if not (isinstance(one, dict) and isinstance(other, dict)) or not depth:
        return [] if one == other and type(one) is type(other) else ["body"]
    return [
        f"/{name}{'' if below == 'body' else below}"
        for name in sorted({*one, *other})
        for below in _pointers(one.get(name, ...), other.get(name, ...), depth - 1)
    ]


class Ear:
    """A MaaS that hears events; the first time it says that it is busy."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def send(self, request: Request, **_: Any) -> Response:
        """Take one request."""
        self.heard.append(json.loads(request.body or b"null"))
        return Response(503 if len(self.heard) == 1 else 200)

    def close(self) -> None:
        """Nothing to close."""


TOLD: Sequence[Step] = (
    _post("a", _but(1)),
    _change("a", 1, CONFIRMED),
    _change("a", 1, COMPLETED),
    _change("a", 1, VALIDATED),
    _post("b", _but(2, driverJourneyId=...)),
    _change("b", 2, CANCELLED),
)


def told_otherwise(right: Sequence[Any], heard: Sequence[Any]) -> list[str]:
    """Return how what was heard differs: in how much, in which order, and where."""
    if len(heard) != len(right):
        return [f"{len(heard)} in place of {len(right)}", *map(_short, heard)]
    if [_short(event) for event in heard] != [_short(event) for event in right]:
        return [_short(event) for event in heard]
    return [
        f"{_short(one)}: {', '.join(_pointers(one, other, 4) or ['order'])}"
        for one, other in zip(right, heard, strict=True)
        if json.dumps(one) != json.dumps(other)
    ]


def _short(event: Any) -> str:
    data = event.get("data", {})
    return f"{data.get('id', '')[-3:]} {data.get('status', '')} {str(event.get('id', ''))[-3:]}"
