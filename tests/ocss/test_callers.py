"""Those who call by our clients and our reference are conforming; secrets stay secret."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from mobstd.canon.openapi import operations
from mobstd.canon.standard import find
from mobstd.conformance.report.contract import problems
from mobstd.conformance.traffic.account import About, account
from mobstd.conformance.traffic.hearing import CALLER, Hearing
from mobstd.judging.exchange import Request
from mobstd.ocss import v1_0, v2_0
from mobstd.ocss.booking import booking_of
from mobstd.ocss.editions import ALPHA, PROPOSAL, Edition
from mobstd.ocss.reference import build, build_proposal, feed
from mobstd.ocss.reference.maas import build as build_maas
from mobstd.ocss.reference.maas import build_proposal as build_proposal_maas
from mobstd.rdex import v1_2 as rdex
from mobstd.rdex.reference import build as build_rdex
from mobstd.serving.recording import Recording
from mobstd.transport.asgi import AsgiSender

from .bookings import NOW, TRAVELLER, operator


def heard(version: str, role: str, app: Any) -> tuple[Any, Hearing]:
    """Return an app around another one, and what hears the exchanges with it."""
    found = find(version)
    hearing = Hearing(found, role, CALLER)
    return Recording(app, found, role, hearing.hear, keys={"key-1": "PARTNER"}), hearing


def told(hearing: Hearing) -> dict[str, Any]:
    report = account(hearing, About("https://operator.example.org", "url"))
    assert list(problems(report)) == []
    return report


def findings(report: Mapping[str, Any]) -> list[Any]:
    return [(r["id"], f) for r in report["requirements"] for f in r["findings"]]


@dataclass(frozen=True)
class Spoken:
    """A version, with its clients and its references.

    Attributes:
        face: the module of its clients and models.
        operator: builds the reference operator.
        maas: builds the reference MaaS.
    """

    edition: Edition
    face: Any
    operator: Any
    maas: Any


SPOKEN = [
    pytest.param(Spoken(ALPHA, v1_0, build, build_maas), id=ALPHA.number),
    pytest.param(Spoken(PROPOSAL, v2_0, build_proposal, build_proposal_maas), id=PROPOSAL.number),
]


def operator_of(spoken: Spoken, **options: Any) -> Any:
    return spoken.operator(now=NOW, count=300, check_answers=True, **options)


def some_journey(spoken: Spoken, client: Any) -> Any:
    """Return a journey that a search found and that can be booked."""
    query = spoken.face.DriverJourneysQuery(
        departure_lat=45.19,
        departure_lng=5.72,
        arrival_lat=45.37,
        arrival_lng=5.59,
        departure_date=NOW,
        time_delta=90_000_000,
        departure_radius=2000.0,
        arrival_radius=2000.0,
    )
    found = client.get_driver_journeys(query)
    return next(
        j
        for j in found
        if j.id
        and j.price
        and j.price.type in ("FREE", "PAYING")
        and j.passenger_pickup_date.timestamp() > NOW
    )


def search_all(face: Any, client: Any, journey: Any) -> None:
    """Ask each search that ``some_journey`` did not, around a journey."""
    where = {
        "departure_lat": journey.passenger_pickup_lat,
        "departure_lng": journey.passenger_pickup_lng,
        "arrival_lat": journey.passenger_drop_lat,
        "arrival_lng": journey.passenger_drop_lng,
    }
    client.get_passenger_journeys(
        face.PassengerJourneysQuery(**where, departure_date=journey.passenger_pickup_date)
    )
    regular = {**where, "departure_time_of_day": "07:30:00"}
    client.get_driver_regular_trips(
        face.DriverRegularTripsQuery(**regular, departure_weekdays=["MON", "TUE"])
    )
    client.get_passenger_regular_trips(face.PassengerRegularTripsQuery(**regular))


@pytest.mark.parametrize("spoken", SPOKEN)
def test_our_clients_are_conforming_in_every_operation(spoken: Spoken) -> None:
    face, version = spoken.face, spoken.edition.version
    app, hearing = heard(str(version), "operator", operator_of(spoken, api_keys=["key-1"]))
    auth = face.ApiKey("X-API-Key", "key-1")
    with face.Client("http://operator.test", sender=AsgiSender(app), auth=auth) as client:
        journey = some_journey(spoken, client)
        search_all(face, client, journey)
        client.get_status()
        if spoken.edition.with_words:
            client.get_api_info()
        traveller = face.User.read(TRAVELLER.dump())
        words = {"message": "Bonjour !", "status": "INITIATED"} if spoken.edition.with_words else {}
        booking = booking_of(journey, traveller, **words)
        client.post_bookings(booking)
        if words:
            client.patch_bookings(booking.id, status="WAITING_DRIVER_CONFIRMATION")
        client.patch_bookings(booking.id, status="CONFIRMED", message="À demain")
        client.get_bookings(booking.id)
        client.post_messages(
            face.Message.read(
                {
                    "from": traveller.dump(),
                    "to": journey.driver.dump(),
                    "message": "Bonjour",
                    "recipientCarpoolerType": "DRIVER",
                    "bookingId": booking.id,
                }
            )
        )
    report = told(hearing)
    assert findings(report) == []
    assert report["verdict"] == "conforming"
    (caller,) = (one for one in report["callers"] if one["told_by"] == "key")
    assert caller["name"] == "PARTNER"
    assert set(report["coverage"]) == set(operations(version, "operator"))
    assert {b["verdict"] for b in report["blocks"]} == {"conforming"}


@pytest.mark.parametrize("spoken", SPOKEN)
def test_the_feed_of_the_reference_is_conforming(spoken: Spoken) -> None:
    face = spoken.face
    app, hearing = heard(str(spoken.edition.version), "maas", spoken.maas())
    served = operator_of(spoken)
    desk = served.service.desk
    desk._feed = feed.Feed(
        desk.ledger,
        "http://maas.test",
        key="key-1",
        spoken=spoken.edition,
        sender=AsgiSender(app),
    )
    with face.Client("http://operator.test", sender=AsgiSender(served)) as client:
        journey = some_journey(spoken, client)
        elsewhere = face.User(id="u-9", operator="elsewhere.example.org", alias="Loïc")
        for driver in (journey.driver, elsewhere):
            booking = booking_of(
                face.DriverJourney.read({**journey.dump(), "driver": driver.dump()}),
                face.User.read(TRAVELLER.dump()),
            )
            client.post_bookings(booking)
            for status in ("CONFIRMED", "VALIDATED", "CANCELLED"):
                client.patch_bookings(booking.id, status=status, message="À demain")
        deadline = time.monotonic() + 10
        while desk.ledger.first_news() is not None and time.monotonic() < deadline:
            time.sleep(0.01)
    report = told(hearing)
    assert findings(report) == []
    assert [b["verdict"] for b in report["blocks"]] == ["conforming"]
    passed = {row["id"] for row in report["requirements"] if row["outcome"] == "passed"}
    assert {f"OCSS-HOOK-{n}" for n in ("05", "07", "09", "10", "11", "12", "14", "18")} <= passed
    assert ("OCSS-HOOK-16" in passed) == spoken.edition.with_words


def test_each_caller_is_judged_for_itself() -> None:
    app, hearing = heard("ocss@1.0-alpha", "operator", operator())
    with AsgiSender(app, "http://operator.test") as sender:
        for key, rate in (("key-1", "1.0"), ("key-2", "many")):
            query = (("departureLat", "45.1"), ("departureRadius", rate))
            sender.send(Request("GET", "/driver_journeys", query, (("x-api-key", key),)))
    report = told(hearing)
    one, other = report["callers"]
    assert one["name"] == "PARTNER"
    assert other["name"].startswith("key ")
    assert "key-2" not in json.dumps(report)
    assert one["failed"] == ["OCSS-SEARCH-03"]
    assert other["failed"] == ["OCSS-SEARCH-03", "OCSS-SEARCH-04"]
    assert report["gate"]["exit_code"] == 1


def test_nothing_that_was_sent_in_secret_is_told() -> None:
    app, hearing = heard("ocss@1.0-alpha", "operator", operator())
    secrets = {"authorization": "Bearer s3cret-1", "cookie": "a=s3cret-2", "x-any": "s3cret-3"}
    message = "s3cret-4 appelle-moi " * 40
    query = (("status", "CONFIRMED"), ("message", message), ("access_token", "s3cret-5"))
    with AsgiSender(app, "http://operator.test") as sender:
        sender.send(Request("PATCH", "/bookings/abc", query, tuple(secrets.items())))
    report = told(hearing)
    assert {row for row, _ in findings(report)} == {
        "OCSS-BOOK-03",
        "OCSS-LIFE-07",
        "OCSS-GEN-04",
    }
    assert "s3cret" not in json.dumps(report)
    assert "appelle" not in json.dumps(report)


def test_the_legacy_protocol_is_judged_alike() -> None:
    app, hearing = heard("rdex@1.2", "operator", build_rdex(count=50, api_keys=["public:private"]))
    with AsgiSender(app, "http://legacy.localhost") as sender:
        client = rdex.Client(sender=sender, keys=rdex.Keys("public", "private"))
        client.search(rdex.Search((48.85, 2.35), (48.80, 2.13), mindate=date(2026, 11, 23)))
        contact = {
            "driver": {"uuid": "1042", "state": "recipient"},
            "passenger": {"alias": "Loïc G.", "state": "sender"},
            "journeys": {"uuid": "88310"},
            "details": "Bonjour",
        }
        client.post_connections(rdex.Connection.read(contact))
        report = told(hearing)
        assert findings(report) == []
        assert report["verdict"] == "conforming"
        sender.send(Request("GET", "/journeys.json", (("p[driver][state]", "yes"),)))
    rows = {row for row, _ in findings(told(hearing))}
    assert rows == {"RDEX-SEARCH-01", "RDEX-SEARCH-02", "RDEX-SIGN-05"}
