"""Bookings and messages at the reference operator: kept, changed, refused, whose they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mobstd.judging.exchange import Request, Response
from mobstd.ocss.lifecycle import lifecycle
from mobstd.rdex_plus.mapping import booking_id
from mobstd.rdex_plus.reference import build
from mobstd.transport.asgi import AsgiSender

from .test_reference import NOW, WHOLE

DAY = 86_400


class Partner:
    """Asks the reference with a key."""

    def __init__(self, sender: AsgiSender, key: str = "a") -> None:
        self.sender, self.key = sender, key

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Response:
        pairs = tuple((name, str(value)) for name, value in query.items())
        headers = (("api_key", self.key), ("content-type", "application/json"))
        sent = b"" if body is None else json.dumps(body).encode()
        return self.sender.send(Request(method, path, pairs, headers, sent))

    def journey(self, **query: Any) -> dict[str, Any]:
        wanted = {**WHOLE, "departureDate": NOW + 2 * DAY, "timeDelta": DAY, **query}
        found: dict[str, Any] = self.ask("GET", "/journeys", **wanted).json["journeys"][0]
        return found

    def set(self, id_: str, status: str) -> tuple[int, Any]:
        return told(self.ask("PATCH", f"/bookings/{id_}", status=status))


def told(answer: Response) -> tuple[int, Any]:
    return answer.status, answer.json.get("errorCode") if answer.body else None


def booking_of(journey: dict[str, Any], **members: Any) -> dict[str, Any]:
    side = journey["carpoolerType"]
    other = "passenger" if side == "driver" else "driver"
    return {
        "bookingId": booking_id(journey["id"], "p-17", NOW),
        f"{side}JourneyId": journey["id"],
        f"{side}Userid": journey["user"]["id"],
        f"{side}Operator": journey["operator"],
        f"{other}JourneyId": "p-17",
        f"{other}Userid": "zoé",
        f"{other}Operator": "maas.example.org",
        "frequency": journey["frequency"],
        "outwardSchedule": journey["outward"],
        "price": 2.5,
        **members,
    }


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[Partner]:
    with AsgiSender(serve(tmp_path)) as sender:
        yield Partner(sender)


def serve(folder: Path) -> Any:
    where = f"sqlite:///{folder / 'plus.db'}"
    return build(now=NOW, count=400, db=where, api_keys=["a", "b"], check_answers=True)


@pytest.mark.parametrize("side", ["driver", "passenger"])
@pytest.mark.parametrize("frequency", ["punctual", "regular"])
def test_a_booking_is_kept_as_it_was_sent(partner: Partner, side: str, frequency: str) -> None:
    booking = booking_of(partner.journey(carpoolerType=side, frequency=frequency))
    answer = partner.ask("POST", "/bookings", booking)
    assert (answer.status, answer.body) == (201, b"")
    read = partner.ask("GET", f"/bookings/{booking['bookingId']}")
    assert read.json == {**booking, "status": "pending"}


def test_what_was_acknowledged_is_on_the_disk(partner: Partner, tmp_path: Path) -> None:
    booking = booking_of(partner.journey())
    partner.ask("POST", "/bookings", booking)
    assert partner.set(booking["bookingId"], "accepted") == (200, None)
    with AsgiSender(serve(tmp_path)) as sender:
        read = Partner(sender).ask("GET", f"/bookings/{booking['bookingId']}")
    assert read.json["status"] == "accepted"


def test_statuses_follow_each_other(partner: Partner) -> None:
    table = lifecycle("rdex-plus@2.0")
    journey = partner.journey()
    for before in table.statuses:
        for wanted in table.statuses:
            id_ = f"{before}-{wanted}"
            partner.ask("POST", "/bookings", booking_of(journey, bookingId=id_))
            way = {"pending": [], "accepted": ["accepted"], "rejected": ["rejected"]}
            for step in way.get(before, ["accepted", "cancelled"]):
                assert partner.set(id_, step) == (200, None)
            expected = (200, None) if (before, wanted) in table.moves else (400, "invalid_input")
            if before == wanted:
                expected = (409, "status_already_set")
            assert partner.set(id_, wanted) == expected
            after = wanted if expected[0] == 200 else before
            assert partner.ask("GET", f"/bookings/{id_}").json["status"] == after


REFUSED: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"status": "accepted"}, (400, "invalid_input")),
    ({"outwardSchedule": {"departureDate": NOW - DAY}}, (400, "too_late")),
    ({"driverJourneyId": "nowhere"}, (404, "missing_journey")),
    ({"driverJourneyId": "t999999"}, (404, "missing_journey")),
    ({"driverJourneyId": "t-1"}, (404, "missing_journey")),
    ({"driverUserid": "nobody"}, (404, "missing_user")),
    ({"driverOperator": "elsewhere.example.org"}, (404, "missing_journey")),
    ({"price": None}, (400, "invalid_input")),
]


@pytest.mark.parametrize(("members", "expected"), REFUSED)
def test_what_is_wrong_is_refused_by_its_code(
    partner: Partner, members: dict[str, Any], expected: tuple[int, str]
) -> None:
    booking = booking_of(partner.journey(), **members)
    assert told(partner.ask("POST", "/bookings", booking)) == expected
    missing = partner.ask("GET", f"/bookings/{booking['bookingId']}")
    assert told(missing) == (404, "missing_booking")


@pytest.mark.parametrize("told_by", [{}, {"driverOperatorUrl": "https://{}/about"}])
def test_whose_a_person_is(partner: Partner, told_by: dict[str, str]) -> None:
    """By the site of the operator, or by the journey alone."""
    journey = partner.journey()
    booking = booking_of(journey)
    del booking["driverOperator"]
    booking |= {name: text.format(journey["operator"]) for name, text in told_by.items()}
    assert partner.ask("POST", "/bookings", booking).status == 201


def test_a_booking_is_made_once(partner: Partner) -> None:
    booking = booking_of(partner.journey())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: partner.ask("POST", "/bookings", booking), range(24)))
    assert sorted(a.status for a in answers) == [201] + [409] * 23
    assert {told(a) for a in answers} == {(201, None), (409, "booking_already_exists")}


def test_a_booking_belongs_to_who_made_it(partner: Partner) -> None:
    booking, other = booking_of(partner.journey()), Partner(partner.sender, "b")
    partner.ask("POST", "/bookings", booking)
    id_ = booking["bookingId"]
    assert told(other.ask("GET", f"/bookings/{id_}")) == (401, "missing_booking_ownerhsip")
    assert other.set(id_, "cancelled") == (401, "missing_booking_ownerhsip")
    assert partner.ask("GET", f"/bookings/{id_}").json["status"] == "pending"
    assert told(Partner(partner.sender, "x").ask("GET", f"/bookings/{id_}"))[0] == 401


def test_messages(partner: Partner) -> None:
    journey = partner.journey()
    ends = {n: v for n, v in booking_of(journey).items() if n.startswith(("driver", "passenger"))}
    message = {**ends, "recipientCarpoolerType": "driver", "details": "À demain ?"}
    answer = partner.ask("POST", "/messages", message)
    assert (answer.status, answer.body) == (201, b"")
    for members in (
        {"recipientCarpoolerType": "passenger"},
        {"driverUserid": "nobody"},
        {"driverJourneyId": "nowhere"},
    ):
        assert partner.ask("POST", "/messages", {**message, **members}).status == 404
    long = partner.ask("POST", "/messages", {**message, "details": "x" * 501})
    assert told(long) == (400, "invalid_input")
