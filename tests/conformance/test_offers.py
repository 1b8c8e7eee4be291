"""What the suite offers where it plays the other side: right, and taken as an operator takes it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.listening import serving, trigger_of
from mobstd.conformance.profile import Callbacks, Profile, Secret, load
from mobstd.conformance.scenarios.receiver import Receiver
from mobstd.conformance.trigger import trigger
from mobstd.errors import ConfigError
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Request, Response
from mobstd.judging.judge import judge
from mobstd.transport import AsgiSender

NOW = 1795424400
PLACES = {"departureLat": "45.19", "departureLng": "5.71", "arrivalLat": "45.36",
          "arrivalLng": "5.59"}  # fmt: skip
DATED = {**PLACES, "departureDate": str(NOW + 3600)}
WEEKLY = {**PLACES, "departureTimeOfDay": "07:30:00"}
SEARCHES = {"/driver_journeys": DATED, "/passenger_journeys": DATED,
            "/driver_regular_trips": WEEKLY, "/passenger_regular_trips": WEEKLY}  # fmt: skip
KEY = "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"
Ask = Callable[..., Response]


@pytest.fixture(params=["1.0-alpha", "2.0-proposal"])
def receiver(request: Any) -> Receiver:
    found = Receiver(find(f"ocss@{request.param}"), "operator", "http://s.example.org")
    found.counterpart.offers.now = NOW
    return found


@pytest.fixture
def ask(receiver: Receiver) -> Iterator[Ask]:
    sender = AsgiSender(receiver.app)

    def send(method: str, path: str, body: Any = None, **query: str) -> Response:
        content = None if body is None else json.dumps(body).encode()
        headers = (("Content-Type", "application/json"),)
        return sender.send(Request(method, path, tuple(query.items()), headers, content))

    yield send
    sender.close()


def test_it_is_right_by_the_rows_that_bind_operators(receiver: Receiver, ask: Ask) -> None:
    for path, query in SEARCHES.items():
        for more in ({}, {"timeDelta": "0", "departureRadius": "0.1"}, {"count": "1"}):
            assert json.loads(ask("GET", path, **{**query, **more}).body)
    found = catalogue(receiver.version, "operator")
    blocks = frozenset(found.blocks) - {"deep-link"}
    tallies = judge(receiver.exchanges, Context(found, blocks))
    assert [(t.requirement.id, f.code) for t in tallies for f in t.findings] == []
    assert sum(t.evidence for t in tallies) > 100


def test_the_same_place_and_instant_have_the_same_rides(receiver: Receiver, ask: Ask) -> None:
    first = json.loads(ask("GET", "/driver_journeys", **DATED).body)
    assert json.loads(ask("GET", "/driver_journeys", **DATED).body) == first
    for path, query in SEARCHES.items():
        found = json.loads(ask("GET", path, **query).body)
        assert json.loads(ask("GET", path, **{**query, "departureRadius": "5"}).body) == found
        assert json.loads(ask("GET", path, **{**query, "count": "0"}).body) == []
        other = json.loads(ask("GET", path, **{**query, "departureLat": "45.2"}).body)
        assert not [one for one in other if one in found]
    receiver.counterpart.offers.seed = 1
    assert json.loads(ask("GET", "/driver_journeys", **DATED).body)[0]["id"] not in str(first)
    over = {**DATED, "departureDate": str(NOW - 1)}
    assert json.loads(ask("GET", "/driver_journeys", **over).body) == []


def _booking(receiver: Receiver, ask: Ask) -> dict[str, Any]:
    journey = json.loads(ask("GET", "/driver_journeys", **DATED).body)[0]
    resource = receiver.version.suite["resources"]
    first = next(r for r in resource if receiver.version.version in r["versions"])["life"]["first"]
    names = ("driver", "price", "passengerPickupDate", "passengerPickupLat", "passengerPickupLng",
             "passengerDropLat", "passengerDropLng")  # fmt: skip
    person = {"id": "p-1", "operator": "maas.example.org", "alias": "Camille R."}
    rest = {name: journey[name] for name in names}
    return {**rest, "id": KEY, "status": first[0], "passenger": person,
            "driverJourneyId": journey["id"]}  # fmt: skip


def test_what_was_shown_is_booked_once(receiver: Receiver, ask: Ask) -> None:
    booking = _booking(receiver, ask)
    other = {**booking, "id": KEY.replace("0d5c", "1d5c")}
    never = {**other, "driverJourneyId": "never-shown"}
    assert ask("POST", "/bookings", never).status in (400, 404)
    assert ask("POST", "/bookings", {**other, "status": "CONFIRMED"}).status == 400
    assert ask("GET", f"/bookings/{KEY}").status == 404
    for _ in "12":
        assert ask("POST", "/bookings", booking).status == 201
    assert ask("POST", "/bookings", {**booking, "distance": 1}).status == 409
    assert ask("PATCH", f"/bookings/{KEY}", status="CONFIRMED").status == 200
    assert ask("PATCH", f"/bookings/{KEY}", status="CONFIRMED").status == 409
    read = json.loads(ask("GET", f"/bookings/{KEY}").body)
    assert read == {**booking, "status": "CONFIRMED"}
    assert receiver.counterpart.made == [KEY]
    receiver.counterpart.refuse(True)
    assert ask("POST", "/bookings", other).status in (400, 404)
    assert receiver.counterpart.refused == [other["id"]]
    theirs = {**other["driver"], "operator": "covoit.example.org"}
    assert ask("POST", "/bookings", {**never, "driver": theirs}).status == 201


def test_a_command_gets_what_is_to_be_done(tmp_path: Path) -> None:
    file = tmp_path / "said.json"
    script = (
        f"import sys, pathlib; pathlib.Path({str(file)!r}).write_bytes(sys.stdin.buffer.read())"
    )
    assert trigger([sys.executable, "-c", script], 1.0).send({"do": "book", "é": 1}) is None
    assert json.loads(file.read_text("utf-8")) == {"do": "book", "é": 1}
    wrong = "import sys; sys.exit('no such button')"
    assert trigger([sys.executable, "-c", wrong], 1.0).send({}) == "exit 1 no such button"
    assert trigger([str(tmp_path / "nothing")], 1.0).send({}) is not None
    assert trigger("http://127.0.0.1:9/press", 1.0).send({}) is not None


def test_a_profile_names_trigger_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"bind": "127.0.0.1:0", "trigger": ["./press.sh"], "key": "${CALLBACKS_KEY}"}
    named = {"target": "https://maas.example.org", "standard": "ocss@1.0-alpha", "role": "maas"}
    found = load(overrides={**named, "callbacks": said}, environ={})
    assert found.callbacks == Callbacks(
        "127.0.0.1:0", key=Secret("CALLBACKS_KEY"), trigger=("./press.sh",)
    )
    assert trigger_of(found) is not None
    assert trigger_of(Profile("https://maas.example.org", "ocss@1.0-alpha")) is None
    monkeypatch.delenv("CALLBACKS_KEY", raising=False)
    with pytest.raises(ConfigError) as caught, serving(found):
        pass
    assert caught.value.code == "profile.no-secret"
    monkeypatch.setenv("CALLBACKS_KEY", "s3cret")
    with serving(found) as served:
        assert served.secrets == {"CALLBACKS_KEY": "s3cret"}
        assert served.receiver is not None
        sender = AsgiSender(served.receiver.app)
        query = tuple(DATED.items())
        assert sender.send(Request("GET", "/driver_journeys", query)).status == 401
        key = (("X-API-Key", "s3cret"),)
        assert sender.send(Request("GET", "/driver_journeys", query, key)).status == 200
        sender.close()
