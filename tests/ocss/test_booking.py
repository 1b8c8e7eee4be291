"""Bookings as pure functions: the table of statuses, journeys to bookings, events, links."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.canon.files import load
from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.errors import RefusedDocument
from mobstd.ocss.booking import (
    LADDER,
    Transition,
    booking_of,
    deep_link,
    event_of,
    link_parameters,
    transition,
)
from mobstd.ocss.v1_0 import Booking, DriverJourney, PassengerJourney, Price, User

VERSION = find("ocss@1.0-alpha")
VALID = VERSION.folder / "examples/valid"
ZOE = User(id="p-77", operator="maas.example.com", alias="Zoé L.")

TABLE = {
    None: "ok no no no no",
    "WAITING_CONFIRMATION": "same ok ok ok ok",
    "CONFIRMED": "no same ok ok ok",
    "COMPLETED_PENDING_VALIDATION": "no no same ok ok",
    "VALIDATED": "no no no same ok",
    "CANCELLED": "no no no no same",
}
MEANS = {"ok": Transition.OK, "same": Transition.SAME, "no": Transition.DISMISSED}


def example(name: str) -> Any:
    return load(VALID / name)


@pytest.mark.parametrize("now", TABLE)
def test_the_table_of_statuses(now: str | None) -> None:
    for wanted, verdict in zip(LADDER, TABLE[now].split(), strict=True):
        assert transition(now, wanted) is MEANS[verdict]


@given(st.text(max_size=12))
def test_what_is_no_status_changes_nothing(word: str) -> None:
    for now in (None, *LADDER):
        assert transition(now, word) is not Transition.OK or word in LADDER
    if word not in LADDER:
        assert all(transition(word, wanted) is not Transition.OK for wanted in LADDER)


def test_the_ladder_has_the_statuses_of_the_schema() -> None:
    assert set(LADDER) == set(load(VERSION.folder / "booking-status.schema.json")["enum"])


def test_a_drivers_journey_is_booked_by_a_passenger() -> None:
    journey = DriverJourney.read(example("driver-journey/full.json"))
    booking = booking_of(journey, ZOE)
    assert UUID(booking.id).version == 4
    assert (booking.driver.dump(), booking.passenger.dump()) == (journey.driver.dump(), ZOE.dump())
    assert booking.status == "WAITING_CONFIRMATION"
    assert booking.driver_journey_id == journey.id
    assert booking.passenger_journey_id is None
    assert booking.price.dump() == (journey.price or Price()).dump()
    assert booking.passenger_pickup_date == journey.passenger_pickup_date
    assert "webUrl" not in booking.dump()
    assert validator_of(VERSION, "booking").is_valid(booking.dump())
    assert booking_of(journey, ZOE).id != booking.id


def test_a_passengers_journey_is_booked_by_a_driver() -> None:
    journey = PassengerJourney.read(example("passenger-journey/full.json"))
    loic = User(id="d-1", operator="maas.example.com", alias="Loïc")
    booking = booking_of(journey, loic, price=Price(type="FREE"), journey_id="mine")
    assert (booking.driver.id, booking.passenger.id) == ("d-1", journey.passenger.id)
    assert (booking.driver_journey_id, booking.passenger_journey_id) == ("mine", journey.id)


def test_without_a_known_price_nothing_is_booked() -> None:
    unknown = DriverJourney.read(example("driver-journey/price-unknown.json"))
    passenger = PassengerJourney.read(example("passenger-journey/full.json"))
    for journey in (unknown, passenger):
        with pytest.raises(RefusedDocument) as refused:
            booking_of(journey, ZOE)
        assert refused.value.params["where"] == "/price"
    assert booking_of(unknown, ZOE, price=Price(type="FREE")).price.type == "FREE"


def test_a_refused_booking_shows_nobody() -> None:
    journey = DriverJourney.read(example("driver-journey/full.json"))
    with pytest.raises(RefusedDocument) as refused:
        booking_of(journey, ZOE, booking_id="Zoé's own")
    assert "Zoé" not in f"{refused.value} {refused.value.problems} {refused.value.params}"


BOOKING = Booking.read(example("booking/full.json"))


def test_an_event_shows_the_other_person_only() -> None:
    told = event_of(BOOKING, "passenger", "a.b.c").dump()
    assert {"driver", "price", "car"} <= set(told["data"])
    assert "passenger" not in told["data"]
    told = event_of(BOOKING, "driver", "a.b.c").dump()
    assert "passenger" in told["data"]
    assert not {"driver", "price", "car"} & set(told["data"])


@given(
    st.sampled_from(["driver", "passenger"]),
    st.sampled_from(LADDER),
    st.dictionaries(
        st.text(max_size=8), st.none() | st.integers() | st.text(max_size=3), max_size=4
    ),
)
def test_an_event_is_of_exactly_one_kind(side: Any, status: str, more: dict[str, Any]) -> None:
    known = {**more, **BOOKING.dump(), "status": status}
    event = event_of(Booking.read(known), side, "a.b.c").dump()
    kinds = ("driver-carpool-booking", "passenger-carpool-booking")
    assert sum(validator_of(VERSION, kind).is_valid(event["data"]) for kind in kinds) == 1
    assert validator_of(VERSION, "carpool-booking-event").is_valid(event)
    assert event["data"]["status"] == status


def test_an_event_needs_a_page() -> None:
    bare = Booking.read({k: v for k, v in BOOKING.dump().items() if k != "webUrl"})
    with pytest.raises(RefusedDocument) as refused:
        event_of(bare, "passenger", "a.b.c")
    assert refused.value.params["where"] == "/webUrl"
    page = "https://operator.example.org/b/1"
    assert event_of(bare, "passenger", "a.b.c", web_url=page).data.web_url == page


def test_an_event_keeps_its_id_and_hides_its_token() -> None:
    event = event_of(BOOKING, "passenger", "secret.id.token", event_id=BOOKING.id)
    assert event.id == BOOKING.id
    assert "secret" not in repr(event)
    assert "Maëlle" not in repr(event)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), max_size=4))
def test_links_are_read_as_they_were_built(parameters: dict[str, str]) -> None:
    link = deep_link("https://operator.example.org/book?lang=fr#seat", parameters)
    assert link_parameters(link) == {"lang": "fr", **parameters}
    assert link.endswith("#seat")


@pytest.mark.parametrize("page", ["/book", "operator.example.org", "javascript:alert(1)", ""])
def test_links_are_full_urls(page: str) -> None:
    for call in (lambda: deep_link(page, {}), lambda: link_parameters(page)):
        with pytest.raises(RefusedDocument):
            call()
