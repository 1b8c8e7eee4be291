"""The reference operator and MaaS take bookings, messages and news, and lose none."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mobstd.errors import ApiError, BadRequest, Conflict, NotFound, OutcomeUnknown, Timeout
from mobstd.judging.exchange import Request, Response
from mobstd.ocss.booking import LADDER, Transition, event_of, transition
from mobstd.ocss.reference import feed
from mobstd.ocss.reference.ledger import MOST_TRIES, Ledger
from mobstd.ocss.reference.maas import build as build_maas
from mobstd.ocss.v1_0 import (
    ApiKey,
    Booking,
    CarpoolBookingEvent,
    Client,
    MaasClient,
    Message,
    MissingBooking,
    MissingJourney,
    MissingUser,
    RequestOptions,
    StatusAlreadySet,
    User,
)
from mobstd.transport.asgi import AsgiSender

from .bookings import NOW, TRAVELLER, client_of, operator, some_booking, some_journey


@pytest.fixture
def app() -> Any:
    return operator()


@pytest.fixture
def client(app: Any) -> Iterator[Client]:
    with client_of(app) as client:
        yield client


def changed(booking: Booking, **members: Any) -> Booking:
    return Booking.read({**booking.dump(), **members})


def test_a_booking_is_kept_read_again_and_changed(app: Any, client: Client) -> None:
    booking = some_booking(app)
    kept = client.post_bookings(booking)
    assert {k: v for k, v in kept.dump().items() if k != "webUrl"} == booking.dump()
    assert kept.web_url is not None
    client.patch_bookings(booking.id, status="CONFIRMED", message="À demain")
    assert client.get_bookings(booking.id).dump() == {**kept.dump(), "status": "CONFIRMED"}
    assert client.get_bookings(booking.id.upper()).id == booking.id


@pytest.mark.parametrize("now", LADDER)
def test_the_table_of_statuses(client: Client, now: str) -> None:
    for wanted in LADDER:
        booking = some_booking()
        client.post_bookings(booking)
        if now != LADDER[0]:
            client.patch_bookings(booking.id, status=now)
        verdict = transition(now, wanted)
        if verdict is Transition.OK:
            client.patch_bookings(booking.id, status=wanted)
        else:
            with pytest.raises(Conflict) as refused:
                client.patch_bookings(booking.id, status=wanted)
            assert isinstance(refused.value, StatusAlreadySet) == (verdict is Transition.SAME)
        status = client.get_bookings(booking.id).status
        assert status == (wanted if verdict is Transition.OK else now)


@pytest.mark.parametrize("status", LADDER[1:])
def test_a_booking_begins_by_waiting(client: Client, status: str) -> None:
    booking = changed(some_booking(), status=status)
    with pytest.raises(BadRequest):
        client.post_bookings(booking)
    with pytest.raises(MissingBooking):
        client.get_bookings(booking.id)


def test_what_is_unknown_is_missing(client: Client) -> None:
    with pytest.raises(MissingBooking) as missing:
        client.patch_bookings(str(uuid4()), status="CONFIRMED")
    assert missing.value.status == 404
    assert isinstance(missing.value, NotFound)


def test_a_second_booking_under_an_id_changes_nothing(app: Any, client: Client) -> None:
    booking = some_booking(app)
    kept = client.post_bookings(booking)
    assert client.post_bookings(booking).dump() == kept.dump()
    with pytest.raises(ApiError) as refused:
        client.post_bookings(changed(booking, distance=1))
    assert refused.value.status == 409
    assert refused.value.problem == {"error": "booking_already_exists"}
    assert client.get_bookings(booking.id).dump() == kept.dump()


def test_what_cannot_be_booked_is_refused(app: Any, client: Client) -> None:
    booking = some_booking(app)
    for members, kind in (
        ({"driverJourneyId": "gone"}, MissingJourney),
        ({"driver": {**booking.driver.dump(), "id": "nobody"}}, MissingUser),
        ({"passengerPickupDate": NOW - 60}, MissingJourney),
    ):
        with pytest.raises(kind) as refused:
            client.post_bookings(changed(booking, id=str(uuid4()), **members))
        assert refused.value.status == 400


def test_journeys_of_regular_trips_are_booked_one_by_one(app: Any, client: Client) -> None:
    for trip in app.service.store.some("driver-regular-trip", 60):
        for schedule in trip.get("schedules", ()):
            for journey in schedule.get("journeySchedules", ()):
                if "id" in journey and journey["passengerPickupDate"] > NOW:
                    found = {"driver": trip["driver"], "driverJourneyId": journey["id"]}
                    at = {"passengerPickupDate": journey["passengerPickupDate"]}
                    client.post_bookings(changed(some_booking(), **found, **at))
                    return
    pytest.fail("no trip lists a journey")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"status": "COMPLETED"}, 400),
        ({"status": "CONFIRMED", "message": "é" * 501}, 400),
        ({"status": "CONFIRMED", "message": "é" * 500}, 200),
    ],
)
def test_changes_are_judged_first(client: Client, query: dict[str, str], status: int) -> None:
    booking = some_booking()
    client.post_bookings(booking)
    sent = Request("PATCH", f"/bookings/{booking.id}", tuple(query.items()))
    assert client._sender.send(sent).status == status
    kept = client.get_bookings(booking.id).status
    assert kept == ("CONFIRMED" if status == 200 else "WAITING_CONFIRMATION")


def test_a_change_may_stand_in_the_body(client: Client) -> None:
    """Many clients send it there, whatever the document says (A26)."""
    booking = some_booking()
    client.post_bookings(booking)
    headers = (("Content-Type", "application/json"),)
    body = b'{"status": "CANCELLED", "price": {"type": "FREE"}}'
    sent = Request("PATCH", f"/bookings/{booking.id}", (), headers, body)
    assert client._sender.send(sent).status == 200
    kept = client.get_bookings(booking.id).dump()
    assert kept["status"] == "CANCELLED"
    assert kept["price"] == booking.price.dump()


def test_a_booking_is_hidden_from_other_keys() -> None:
    app = operator(api_keys=["one", "two"])
    one, two = (client_of(app, auth=ApiKey("X-API-Key", key)) for key in ("one", "two"))
    booking = some_booking()
    one.post_bookings(booking)
    for call in (
        lambda: two.get_bookings(booking.id),
        lambda: two.patch_bookings(booking.id, status="CANCELLED"),
    ):
        with pytest.raises(MissingBooking):
            call()
    with pytest.raises(ApiError):
        two.post_bookings(booking)
    assert one.get_bookings(booking.id).status == "WAITING_CONFIRMATION"
    for client in (one, two):
        client.close()


def test_messages_reach_who_is_there(app: Any, client: Client) -> None:
    journey = some_journey(app)
    words = {"from": TRAVELLER.dump(), "to": journey.driver.dump()}
    rest = {"message": "é" * 500, "recipientCarpoolerType": "DRIVER"}
    message = Message.read({**words, **rest, "driverJourneyId": journey.id})
    client.post_messages(message)
    assert app.service.desk.ledger.messages() == [message.dump()]
    nobody = {**words, "to": {**journey.driver.dump(), "id": "nobody"}}
    for wrong in ({**nobody, **rest}, {**words, **rest, "driverJourneyId": "gone"}):
        with pytest.raises(NotFound) as refused:
            client.post_messages(Message.read(wrong))
        assert refused.value.body == b""
    long = Message.read({**words, **rest, "message": "é" * 501})
    with pytest.raises(BadRequest):
        client.with_options(validate=False).post_messages(long)
    assert len(app.service.desk.ledger.messages()) == 1


def test_the_first_key_that_speaks_for_an_operator_is_the_one(app: Any) -> None:
    """Nobody tells the reference whose keys are whose (MSG-08)."""
    app = operator(api_keys=["one", "two"])
    one, two = (client_of(app, auth=ApiKey("X-API-Key", key)) for key in ("one", "two"))
    booking = some_booking()
    one.post_bookings(booking)
    words = {
        "from": TRAVELLER.dump(),
        "to": some_journey(app).driver.dump(),
        "message": "Bonjour",
        "recipientCarpoolerType": "DRIVER",
    }
    one.post_messages(Message.read(words))
    other = {**words, "from": {**TRAVELLER.dump(), "operator": "elsewhere.example.net"}}
    two.post_messages(Message.read(other))
    for stranger in (words, {**other, "bookingId": booking.id}):
        with pytest.raises(ApiError) as refused:
            two.post_messages(Message.read(stranger))
        assert refused.value.status == 401
    for client in (one, two):
        client.close()


class Silent:
    """Takes what it gets and says nothing."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, request: Any, **_: Any) -> Any:
        self.sent.append(request)
        raise Timeout("transport.timeout", operation="x", phase="read", seconds=1)

    def close(self) -> None: ...


def test_a_write_of_unknown_fate_is_not_sent_again() -> None:
    """Each of the writes, of both roles, is sent once, also where the answer fails."""
    booking = some_booking()
    event = event_of(booking, "passenger", "a.b.c", web_url="https://operator.example.org/b")
    person = User(id="p", operator="maas.example.com", alias="Zoé")
    message = Message.read(
        {
            "from": person.dump(),
            "to": person.dump(),
            "message": "x",
            "recipientCarpoolerType": "DRIVER",
        }
    )
    silent = Silent()
    client = Client("http://operator.test", sender=silent)
    maas = MaasClient("http://maas.test", sender=silent)
    for call in (
        lambda: client.post_bookings(booking),
        lambda: client.patch_bookings(booking.id, status="CONFIRMED"),
        lambda: client.post_messages(message),
        lambda: maas.post_booking_events(event),
        lambda: maas.patch_bookings(booking.id, status="CONFIRMED"),
        lambda: maas.post_messages(message),
    ):
        silent.sent.clear()
        with pytest.raises(OutcomeUnknown) as unknown:
            call()
        assert len(silent.sent) == 1
        assert "Zoé" not in str(unknown.value)
    silent.sent.clear()
    with pytest.raises(Timeout):
        client.get_bookings(booking.id, options=RequestOptions())
    assert len(silent.sent) > 1


class Statuses(RuleBasedStateMachine):
    """Whatever is asked in whatever order, the ledger follows the table."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.expected: dict[str, str] = {}
        self.ids = [str(uuid4()) for _ in range(3)]

    @rule(place=st.integers(0, 2), distance=st.integers(1, 2))
    def post(self, place: int, distance: int) -> None:
        id_ = self.ids[place]
        booking = {**some_booking().dump(), "id": id_, "distance": distance}
        known = self.ledger.booking(id_)
        found, _ = self.ledger.create(booking)
        assert known is None or found == known
        self.expected.setdefault(id_, "WAITING_CONFIRMATION")

    @rule(place=st.integers(0, 2), status=st.sampled_from(LADDER))
    def patch(self, place: int, status: str) -> None:
        id_ = self.ids[place]
        verdict = self.ledger.change(id_, status)
        if id_ not in self.expected:
            assert verdict is None
            return
        assert verdict is transition(self.expected[id_], status)
        if verdict is Transition.OK:
            self.expected[id_] = status

    @invariant()
    def nothing_is_lost(self) -> None:
        kept = {id_: self.ledger.booking(id_) for id_ in self.expected}
        assert {
            id_: booking and booking["status"] for id_, booking in kept.items()
        } == self.expected


Statuses.TestCase.settings = settings(max_examples=30, stateful_step_count=20)
TestStatuses = Statuses.TestCase


def test_two_hundred_patches_at_once_keep_to_the_table(tmp_path: Path) -> None:
    """Over two connections to one file, as two processes have it."""
    file = str(tmp_path / "bookings.db")
    ledgers = [Ledger(file), Ledger(file)]
    bookings = [some_booking().dump() for _ in range(20)]
    random.seed(7)
    asked = [(b["id"], random.choice(LADDER)) for b in bookings for _ in range(10)]
    random.shuffle(asked)
    heard: list[tuple[str, str, str]] = []
    guard = threading.Lock()

    def told(booking: dict[str, Any]) -> None:
        with guard:
            heard.append((booking["id"], booking["status"], "ok"))

    def act(job: tuple[int, tuple[str, str]]) -> None:
        number, (id_, status) = job
        ledgers[number % 2].change(id_, status, tell=told)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda b: ledgers[0].create(b[1]), enumerate(bookings)))
        list(pool.map(act, enumerate(asked)))
    for booking in bookings:
        steps = [status for id_, status, _ in heard if id_ == booking["id"]]
        walked = ["WAITING_CONFIRMATION", *steps]
        assert all(transition(a, b) is Transition.OK for a, b in pairwise(walked))
        for ledger in ledgers:
            kept = ledger.booking(booking["id"])
            assert kept is not None
            assert kept == {**booking, "status": walked[-1]}
    for ledger in ledgers:
        ledger.close()


def test_two_hundred_bookings_at_once_are_all_kept() -> None:
    app = operator()
    with client_of(app) as client, ThreadPoolExecutor(16) as pool:
        bookings = [some_booking() for _ in range(200)]
        list(pool.map(client.post_bookings, bookings))
        list(pool.map(lambda b: client.patch_bookings(b.id, status="CONFIRMED"), bookings))
        assert all(client.get_bookings(b.id).status == "CONFIRMED" for b in bookings)


def test_apps_of_one_world_share_no_bookings() -> None:
    first, second = operator(), operator()
    booking = some_booking(first)
    with client_of(first) as one, client_of(second) as two:
        one.post_bookings(booking)
        with pytest.raises(MissingBooking):
            two.get_bookings(booking.id)


def test_bookings_stay_in_their_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/operator.db"
    first = operator(db=url)
    booking = some_booking(first)
    with client_of(first) as client:
        client.post_bookings(booking)
        client.patch_bookings(booking.id, status="CONFIRMED")
    with client_of(operator(db=url)) as client:
        assert client.get_bookings(booking.id).status == "CONFIRMED"


@pytest.fixture
def maas() -> Any:
    return build_maas(check_answers=True)


@pytest.fixture
def teller(maas: Any) -> Iterator[MaasClient]:
    with MaasClient("http://maas.test", sender=AsgiSender(maas)) as client:
        yield client


def news(booking: Booking, status: str, event_id: str | None = None) -> Any:
    told = changed(booking, status=status, webUrl="https://operator.example.org/b/1")
    return event_of(told, "passenger", "a.b.c", event_id=event_id)


def test_news_counts_once_and_only_forward(maas: Any, teller: MaasClient) -> None:
    booking, ledger = some_booking(), maas.service.ledger
    first = news(booking, "CONFIRMED", str(uuid4()))
    for event, kept in (
        (first, "CONFIRMED"),
        (first, "CONFIRMED"),
        (news(booking, "CONFIRMED"), "CONFIRMED"),
        (news(booking, "WAITING_CONFIRMATION"), "CONFIRMED"),
        (news(booking, "CANCELLED", first.id), "CONFIRMED"),
        (news(booking, "CANCELLED"), "CANCELLED"),
        (news(booking, "CONFIRMED"), "CANCELLED"),
    ):
        teller.post_booking_events(event)
        assert ledger.booking(booking.id)["status"] == kept


def test_a_maas_takes_changes_and_messages(maas: Any, teller: MaasClient) -> None:
    booking = some_booking()
    with pytest.raises(MissingBooking):
        teller.patch_bookings(booking.id, status="CONFIRMED")
    maas.service.ledger.create(booking.dump())
    teller.patch_bookings(booking.id, status="CONFIRMED")
    with pytest.raises(StatusAlreadySet):
        teller.patch_bookings(booking.id, status="CONFIRMED")
    words = {"from": booking.driver.dump(), "message": "x", "recipientCarpoolerType": "PASSENGER"}
    teller.post_messages(Message.read({**words, "to": TRAVELLER.dump()}))
    with pytest.raises(NotFound):
        teller.post_messages(Message.read({**words, "to": {**TRAVELLER.dump(), "id": "nobody"}}))


def test_an_invalid_event_is_refused(teller: MaasClient) -> None:
    event = news(some_booking(), "CONFIRMED")
    event.data.passenger = TRAVELLER
    with pytest.raises(BadRequest):
        teller.with_options(validate=False).post_booking_events(event)


def test_the_operator_tells_a_maas_in_order(maas: Any) -> None:
    app = operator()
    desk = app.service.desk
    desk._feed = feed.Feed(desk.ledger, "http://maas.test", sender=AsgiSender(maas))
    booking = some_booking(app)
    with client_of(app) as client:
        client.post_bookings(booking)
        for status in ("CONFIRMED", "COMPLETED_PENDING_VALIDATION", "VALIDATED"):
            client.patch_bookings(booking.id, status=status)
        assert emptied(desk.ledger)
    kept = maas.service.ledger.booking(booking.id)
    assert kept["status"] == "VALIDATED"
    assert kept["driver"] == booking.driver.dump()
    assert "passenger" not in kept


class Failing(Silent):
    """Answers with a failure of its own."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status

    def send(self, request: Any, **_: Any) -> Any:
        self.sent.append(request)
        return Response(self.status)


@pytest.mark.parametrize(
    ("maas", "waits"), [(Silent(), True), (Failing(503), False), (Failing(400), False)]
)
def test_a_maas_that_fails_blocks_nobody(
    maas: Silent, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is away news waits; what it fails over is given up, what it refuses at once."""
    monkeypatch.setattr(feed, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(feed, "LONGEST_WAIT", 0.001)
    app = operator()
    desk = app.service.desk
    desk._feed = feed.Feed(desk.ledger, "http://maas.test", sender=maas)
    with client_of(app) as client:
        client.post_bookings(some_booking(app))
        if waits:
            threading.Event().wait(0.5)
            assert desk.ledger.first_news() is not None
            assert len(maas.sent) > MOST_TRIES
        else:
            assert emptied(desk.ledger)
            assert len(maas.sent) == (1 if getattr(maas, "status", 0) == 400 else MOST_TRIES)
    assert all(request.path == "/booking_events" for request in maas.sent)


def emptied(ledger: Ledger) -> bool:
    """Wait until no event waits any more."""
    for _ in range(200):
        if ledger.first_news() is None:
            return True
        threading.Event().wait(0.05)
    return False


def test_news_belongs_to_the_key_that_brought_it() -> None:
    maas = build_maas(api_keys=["one", "two"])
    booking = some_booking()
    one, two = (
        MaasClient("http://maas.test", sender=AsgiSender(maas), auth=ApiKey("X-API-Key", key))
        for key in ("one", "two")
    )
    one.post_booking_events(news(booking, "WAITING_CONFIRMATION"))
    with pytest.raises(ApiError) as refused:
        two.post_booking_events(news(booking, "CANCELLED"))
    assert refused.value.status == 401
    with pytest.raises(MissingBooking):
        two.patch_bookings(booking.id, status="CANCELLED")
    one.patch_bookings(booking.id, status="CONFIRMED")
    for client in (one, two):
        client.close()


@pytest.mark.parametrize("token", ["", "user-1042", "a.b", "a.b.", "a.b.c.d", "a b.c.d"])
def test_a_token_looks_like_a_signed_one(teller: MaasClient, token: str) -> None:
    event = news(some_booking(), "CONFIRMED").dump()
    with pytest.raises(ApiError) as refused:
        teller.with_options(validate=False).post_booking_events(
            CarpoolBookingEvent.read({**event, "idToken": token})
        )
    assert refused.value.status == 401
