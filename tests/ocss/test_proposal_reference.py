"""The reference operator and MaaS of ``ocss@2.0-proposal``, and what the suite says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.errors import ApiError, BadRequest, RefusedDocument, Unauthorized
from mobstd.ocss.booking import booking_of, event_of, journey_link, journey_of_link, transition
from mobstd.ocss.editions import edition_of
from mobstd.ocss.info import info_of
from mobstd.ocss.lifecycle import Transition, lifecycle
from mobstd.ocss.reference import build, build_proposal
from mobstd.ocss.reference.maas import build_proposal as build_maas
from mobstd.ocss.reference.world import Recipe, items
from mobstd.ocss.v1_0 import DriverJourney as OldJourney
from mobstd.ocss.v1_0 import User as OldUser
from mobstd.ocss.v2_0 import (
    ApiKey,
    Booking,
    BookingAlreadyExists,
    BookingRequest,
    CarpoolBookingEvent,
    Client,
    DriverJourney,
    InvalidTransition,
    MaasClient,
    Message,
    MissingJourney,
    MissingUser,
    OperatorService,
    PassengerJourney,
    Price,
    StatusAlreadySet,
    User,
)
from mobstd.ocss.v2_0 import __all__ as new_names
from mobstd.serving.kit import app as served
from mobstd.transport.asgi import AsgiSender

from .bookings import NOW

VERSION = find("ocss@2.0-proposal")
ZOE = User(id="p-77", operator="maas.example.com", alias="Zoé L.")


def operator(**options: Any) -> Any:
    return build_proposal(**{"now": NOW, "count": 300, "check_answers": True, **options})


@pytest.fixture(scope="module")
def app() -> Any:
    return operator()


@pytest.fixture
def client(app: Any) -> Iterator[Client]:
    with Client("http://operator.test", sender=AsgiSender(app)) as client:
        yield client


def some_journey(app: Any, kind: type[Any] = DriverJourney) -> Any:
    name = "driver-journey" if kind is DriverJourney else "passenger-journey"
    for item in app.service.store.some(name, 300):
        known = item.get("price", {"type": "FREE"})["type"] != "UNKNOWN"
        if known and item["passengerPickupDate"] > NOW:
            return kind.read(item)
    raise AssertionError("no journey can be booked")


def asked(app: Any, **options: Any) -> BookingRequest:
    return booking_of(some_journey(app), ZOE, **options)


def refused(call: Callable[[], Any]) -> ApiError:
    with pytest.raises(ApiError) as error:
        call()
    return error.value


def test_a_booking_says_who_is_waited_for(app: Any) -> None:
    assert asked(app).status == "WAITING_DRIVER_CONFIRMATION"
    joined = booking_of(some_journey(app, PassengerJourney), ZOE, price=Price(type="FREE"))
    assert joined.status == "WAITING_PASSENGER_CONFIRMATION"
    talking = asked(app, status="INITIATED", message="Bonjour !")
    assert (talking.status, talking.message) == ("INITIATED", "Bonjour !")
    for wrong in ("CONFIRMED", "WAITING_CONFIRMATION"):
        with pytest.raises(RefusedDocument) as error:
            asked(app, status=wrong)
        assert error.value.params["where"] == "/status"
    with pytest.raises(RefusedDocument):
        asked(app, message="é" * 501)


def test_words_have_no_place_in_the_draft() -> None:
    journey = next(
        item
        for kind, item in items(Recipe(now=NOW, count=60))
        if kind == "driver-journey" and item["price"]["type"] == "FREE"
    )
    booking = booking_of(OldJourney.read(journey), OldUser.read(ZOE.dump()))
    assert edition_of(booking).number == "1.0-alpha"
    sloppy: Any = booking_of
    with pytest.raises(RefusedDocument) as error:
        sloppy(OldJourney.read(journey), OldUser.read(ZOE.dump()), message="Bonjour !")
    assert error.value.params["where"] == "/message"


def test_words_come_as_the_first_message(app: Any, client: Client) -> None:
    booking = asked(app, status="INITIATED", message="Bonjour !")
    kept = client.post_bookings(booking)
    assert type(kept) is Booking
    assert "message" not in kept.dump()
    told = app.service.desk.ledger.messages()[-1]
    assert validator_of(VERSION, "message").is_valid(told)
    assert (told["bookingId"], told["message"]) == (booking.id, "Bonjour !")
    assert told["from"] == ZOE.dump()
    assert client.post_bookings(booking).dump() == kept.dump()


LIFE = lifecycle("ocss@2.0-proposal")


@pytest.mark.parametrize("first", LIFE.first)
def test_the_table_of_statuses(app: Any, client: Client, first: str) -> None:
    for wanted in LIFE.statuses:
        booking = asked(app, status=first)
        client.post_bookings(booking)
        verdict = transition(first, wanted, "2.0-proposal")
        error = {Transition.SAME: StatusAlreadySet, Transition.DISMISSED: InvalidTransition}
        if verdict is Transition.OK:
            client.patch_bookings(booking.id, status=wanted)
        else:
            change = partial(client.patch_bookings, booking.id, status=wanted)
            assert type(refused(change)) is error[verdict]
        after = wanted if verdict is Transition.OK else first
        assert client.get_bookings(booking.id).status == after


def test_refusals_have_the_statuses_that_are_documented(app: Any, client: Client) -> None:
    booking = asked(app)
    client.post_bookings(booking)

    def but(**members: Any) -> ApiError:
        fresh = {**asked(app).dump(), **members}
        return refused(lambda: client.post_bookings(BookingRequest.read(fresh)))

    assert isinstance(but(id=booking.id, distance=1), BookingAlreadyExists)
    assert isinstance(but(driverJourneyId="no-such-journey"), MissingJourney)
    assert isinstance(but(passengerPickupDate=NOW - 1), MissingJourney)
    stranger = {**booking.driver.dump(), "id": "somebody-else"}
    assert isinstance(but(driver=stranger), MissingUser)


def test_a_message_is_about_a_booking(app: Any, client: Client) -> None:
    booking = asked(app)
    client.post_bookings(booking)

    def message(about: str) -> Message:
        return Message.read(
            {
                "from": ZOE.dump(),
                "to": booking.driver.dump(),
                "message": "À demain",
                "recipientCarpoolerType": "DRIVER",
                "bookingId": about,
            }
        )

    client.post_messages(message(booking.id))
    assert refused(lambda: client.post_messages(message(asked(app).id))).status == 404


def test_links_and_events_carry_the_searched_journey() -> None:
    for kind, item in items(Recipe(now=NOW, count=300, version="2.0-proposal")):
        assert validator_of(VERSION, kind).is_valid(item)
        listed = [j for s in item.get("schedules", ()) for j in s.get("journeySchedules", ())]
        for journey in (item, *listed):
            if "id" in journey:
                assert journey_of_link(journey["webUrl"]) == journey["id"]
    assert journey_link("https://operator.example.org/j?lang=fr", "d/1 é") == (
        f"https://operator.example.org/j?lang=fr&journeyId={quote('d/1', safe='')}+%C3%A9"
    )


def test_both_versions_publish_the_same_world() -> None:
    pairs = zip(
        items(Recipe(now=NOW, count=200)),
        items(Recipe(now=NOW, count=200, version="2.0-proposal")),
        strict=True,
    )
    for (kind, old), (same, new) in pairs:
        assert kind == same
        assert {
            k: v for k, v in old.items() if k not in ("webUrl", "schedules")
        }.items() <= new.items()


def test_a_maas_hears_of_words_and_journeys(tmp_path: Path) -> None:
    maas = build_maas(check_answers=True)
    heard: list[Any] = []
    take = maas.service.ledger.take
    maas.service.ledger.take = lambda event, owner=None: heard.append(event) or take(event, owner)  # type: ignore[method-assign]
    app = operator(partner="http://maas.test")
    feed = app.service.desk._feed
    feed._client = MaasClient("http://maas.test", sender=AsgiSender(maas))
    with Client("http://operator.test", sender=AsgiSender(app)) as client:
        booking = asked(app)
        client.post_bookings(booking)
        client.patch_bookings(booking.id, status="CANCELLED", message="Panne de réveil")
        for _ in range(200):
            if len(heard) == 2:
                break
            feed._closed.wait(0.05)
    app.service.desk.close()
    assert [event["data"]["status"] for event in heard] == [
        "WAITING_DRIVER_CONFIRMATION",
        "CANCELLED",
    ]
    assert [event.get("message") for event in heard] == [None, "Panne de réveil"]
    assert all(event["data"]["driverJourneyId"] == booking.driver_journey_id for event in heard)
    assert all(validator_of(VERSION, "carpool-booking-event").is_valid(event) for event in heard)


def test_an_event_keeps_its_words_to_itself(app: Any) -> None:
    kept = {**asked(app).dump(), "webUrl": "https://operator.example.org/b/1"}
    event = event_of(Booking.read(kept), "passenger", "a.b.c", message="Panne de réveil")
    assert isinstance(event, CarpoolBookingEvent)
    assert event.message == "Panne de réveil"
    assert "Panne" not in repr(event)
    with pytest.raises(RefusedDocument):
        event_of(Booking.read(kept), "passenger", "a.b.c", message="é" * 501)


def test_a_service_tells_what_it_has(client: Client) -> None:
    told = {(e.method, e.path): e.status for e in client.get_api_info().endpoints}
    assert set(told.values()) == {"IMPLEMENTED"}
    assert ("PATCH", "/bookings/{bookingId}") in told
    with MaasClient("http://maas.test", sender=AsgiSender(build_maas())) as maas:
        paths = {e.path for e in maas.get_api_info().endpoints}
        assert paths == {"/booking_events", "/bookings/{bookingId}", "/messages", "/api/info"}

    class Searches(OperatorService):
        async def get_driver_journeys(self, query: Any) -> Any:
            return []

        async def get_api_info(self) -> Any:
            return info_of(self, "operator", base_url="https://operator.example.org/v2")

    with Client("http://o.test", sender=AsgiSender(served(Searches(), VERSION, "operator"))) as one:
        info = one.get_api_info()
        there = {(e.method, e.path) for e in info.endpoints if e.status == "IMPLEMENTED"}
        assert there == {("GET", "/driver_journeys"), ("GET", "/api/info")}
        assert info.base_url == "https://operator.example.org/v2"


def test_a_key_is_asked_for_but_for_status_and_info(app: Any) -> None:
    guarded = operator(api_keys=["mine", "theirs"])
    with Client("http://operator.test", sender=AsgiSender(guarded)) as stranger:
        assert stranger.get_api_info().version == "2.0-proposal"
        stranger.get_status()
        with pytest.raises(Unauthorized):
            stranger.post_bookings(asked(app))
    mine, theirs = (
        Client("http://operator.test", sender=AsgiSender(guarded), auth=ApiKey("X-API-Key", key))
        for key in ("mine", "theirs")
    )
    with mine, theirs:
        booking = mine.post_bookings(asked(guarded))
        assert refused(lambda: theirs.get_bookings(booking.id)).status == 404
        message = Message.read(
            {
                "from": ZOE.dump(),
                "to": booking.driver.dump(),
                "message": "!",
                "recipientCarpoolerType": "DRIVER",
                "bookingId": booking.id,
            }
        )
        assert refused(lambda: theirs.post_messages(message)).status == 401
        mine.post_messages(message)


def test_the_draft_is_not_spoken(client: Client, app: Any) -> None:
    old = BookingRequest.read({**asked(app).dump(), "status": "WAITING_CONFIRMATION"})
    with pytest.raises((BadRequest, RefusedDocument)):
        client.post_bookings(old)


def test_the_face_has_all_names_of_the_draft() -> None:
    from mobstd.ocss import v1_0

    own = {"ApiEndpoint", "ApiInfo", "BookingAlreadyExists", "BookingRequest"}
    generated = {
        n for n in v1_0.__all__ if "generated" in getattr(getattr(v1_0, n), "__module__", "")
    }
    assert generated | own | {"InvalidTransition", "NoMoreSeats"} <= set(new_names)


def judged(
    app: Any, *only: str, options: dict[str, Any] | None = None, **profile: Any
) -> dict[str, Any]:
    asked_for = Options(
        now=datetime.fromtimestamp(NOW, UTC), with_fuzz=False, only=only, **(options or {})
    )
    with AsgiSender(app) as sender:
        return check(sender, Profile(target="x", standard=str(VERSION), **profile), asked_for)


def outcomes(report: dict[str, Any], *rows: str) -> dict[str, str]:
    return {r["id"]: r["outcome"] for r in report["requirements"] if r["id"] in rows}


BLOCKS = ("search", "status", "info", "deep-link")


def test_the_reference_conforms_and_the_report_says_to_what() -> None:
    report = judged(operator(count=800), blocks=BLOCKS)
    assert report["verdict"] == "conforming"
    assert {b["verdict"] for b in report["blocks"]} == {"conforming"}
    assert not [r["id"] for r in report["requirements"] if r["outcome"] in ("failed", "warned")]
    assert report["standard"]["status"] == "proposal"
    assert "nobody has adopted" in report["standard"]["text"]["en"]


def test_a_server_of_the_draft_is_told_what_is_missing() -> None:
    report = judged(build(now=NOW, count=800), blocks=BLOCKS)
    assert report["verdict"] == "non-conforming"
    told = {r["id"]: r["outcome"] for r in report["requirements"] if r["findings"]}
    assert told == {"OCSS-GEN-02": "failed", "OCSS-LINK-08": "warned"}
    missing = next(r for r in report["requirements"] if r["id"] == "OCSS-GEN-02")
    assert "info" in missing["findings"][0]["message"]["en"]


def test_a_key_in_another_header_is_told(app: Any) -> None:
    service = app.service
    for header, outcome in (("X-API-Key", "passed"), ("X-Partner", "failed")):
        guarded = served(service, VERSION, "operator", api_keys=["k"], key_header=header)
        key = {"credentials": ((header, "k"),)}
        report = judged(guarded, "OCSS-AUTH-03", options=key, blocks=("driver-journeys",))
        assert outcomes(report, "OCSS-AUTH-03") == {"OCSS-AUTH-03": outcome}


WRITES = ("driver-journeys", "booking", "messages")


def test_what_the_proposal_brings_is_tried_by_writing(tmp_path: Path) -> None:
    rows = [f"OCSS-{r}" for r in ("LIFE-12", "LIFE-13", "BOOK-21", "BOOK-23", "MSG-07", "MSG-08")]
    two_keys = {
        "credentials": (("X-API-Key", "mine"),),
        "second": (("X-API-Key", "theirs"),),
        "allow_writes": True,
        "journal": str(tmp_path / "journal"),
    }
    guarded = operator(api_keys=["mine", "theirs"])
    report = judged(guarded, *rows, options=two_keys, blocks=WRITES)
    assert outcomes(report, *rows) == dict.fromkeys(rows, "passed")


def test_a_server_of_the_draft_takes_no_booking_that_waits_for_somebody(tmp_path: Path) -> None:
    writing = {"allow_writes": True, "journal": str(tmp_path / "journal")}
    draft = build(now=NOW, count=300)
    report = judged(draft, "OCSS-LIFE-12", options=writing, blocks=WRITES)
    (row,) = (r for r in report["requirements"] if r["id"] == "OCSS-LIFE-12")
    assert row["outcome"] == "failed"
    assert "WAITING_CONFIRMATION" in row["findings"][0]["message"]["en"]
    assert not [b for b in bookings_of(draft) if b["status"] != "CANCELLED"]


def bookings_of(app: Any) -> list[Any]:
    ledger = app.service.desk.ledger
    rows = ledger._db.execute("SELECT document FROM bookings").fetchall()
    return [json.loads(text) for (text,) in rows]
