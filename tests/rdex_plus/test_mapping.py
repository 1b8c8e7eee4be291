"""Documents of RDEX+ as documents of OCSS and back: what comes over, what is said to be lost."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import find
from mobstd.ocss.reference.world import Recipe, items
from mobstd.rdex_plus.mapping import (
    PRICE_TYPES,
    STATUSES,
    Mapped,
    booking_id,
    booking_to_ocss,
    error_to_ocss,
    journey_from_ocss,
    journey_to_ocss,
    message_to_ocss,
    uuid_of,
)
from mobstd.rdex_plus.mapping.schedules import local_slot, utc_slot
from mobstd.rdex_plus.slots import DAY, WEEK, slots

from .documents import VERSION, example

OCSS = find("ocss@1.0-alpha")
PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
WINTER, SUMMER = 1_768_000_000, 1_783_000_000


def told(mapped: Mapped) -> set[str]:
    return {loss.code for loss in mapped.losses}


def places(mapped: Mapped, code: str) -> set[str]:
    return {loss.pointer for loss in mapped.losses if loss.code == code}


def assert_valid(mapped: Mapped) -> None:
    assert mapped.document is not None
    assert list(validator_of(OCSS, mapped.schema).problems(mapped.document)) == []


# A journey that is made once


def test_a_driver_comes_over() -> None:
    (mapped,) = journey_to_ocss(example("journey"))
    assert mapped.schema == "driver-journey"
    assert_valid(mapped)
    assert mapped.document == {
        "passengerPickupLat": 45.1915,
        "passengerPickupLng": 5.7145,
        "passengerPickupAddress": "Place de la Gare, 38000 Grenoble",
        "passengerDropLat": 45.3659,
        "passengerDropLng": 5.5906,
        "duration": 1620,
        "distance": 25600,
        "webUrl": "https://operator.example.org/journeys/j-88310",
        "operator": "operator.example.org",
        "driver": {
            "id": "u-1042",
            "alias": "Maëlle B.",
            "firstName": "Maëlle",
            "lastName": "Bérenger",
            "picture": "https://operator.example.org/people/1042.jpg",
            "gender": "F",
            "verifiedIdentity": True,
            "operator": "operator.example.org",
            "grade": 5,
        },
        "preferences": {"smoking": False, "music": True, "luggageSize": 3},
        "car": {"brand": "Renault", "model": "Zoé"},
        **example("passenger-walking-journey"),
        "passengerPickupDate": 1665552600,
        "type": "PLANNED",
        "id": "j-88310",
        "availableSeats": 3,
        "price": {"type": "PAYING", "amount": 2.5, "currency": "EUR"},
    }


def test_what_a_driver_loses_is_named() -> None:
    (mapped,) = journey_to_ocss(example("journey"))
    assert places(mapped, "mapping-member") == {
        "/operator",
        "/from/city",
        "/from/postalCode",
        "/from/country",
        "/from/poiName",
        "/to/city",
        "/to/postalCode",
        "/numberOfWaypoints",
        "/waypoints",
        "/details",
        "/vehicle/color",
        "/deeplink",
    }
    assert told(mapped) - {"mapping-member"} == {
        "mapping-operator-site",
        "mapping-end",
        "mapping-price-kind",
    }


def test_a_passenger_sets_off_when_the_driver_does() -> None:
    journey = {**example("journey", "minimal"), "carpoolerType": "passenger", "requestedSeats": 2}
    (mapped,) = journey_to_ocss(journey, operator="covoit.example.org")
    assert_valid(mapped)
    assert mapped.document is not None
    assert mapped.document["driverDepartureDate"] == mapped.document["passengerPickupDate"]
    assert mapped.document["requestedSeats"] == 2
    assert mapped.named("mapping-driver-departure")


def test_who_would_do_either_is_both() -> None:
    found = journey_to_ocss(example("journey", "either"), operator="covoit.example.org")
    assert [mapped.schema for mapped in found] == ["driver-journey", "passenger-journey"]
    for mapped in found:
        assert_valid(mapped)


def test_a_round_trip_is_two_ways() -> None:
    journey = {**example("journey"), "isRoundTrip": 1, "return": {"departureDate": 1665590000}}
    there, back = journey_to_ocss(journey)
    assert_valid(there)
    assert_valid(back)
    assert there.document is not None
    assert back.document is not None
    assert back.document["passengerPickupLat"] == there.document["passengerDropLat"]
    assert back.document["passengerPickupDate"] == 1665590000
    assert "id" not in back.document
    assert back.named("mapping-return-id")
    alone = journey_to_ocss({**example("journey"), "isRoundTrip": 1})
    assert [mapped.named("mapping-round-trip") for mapped in alone] == [True]


def test_without_a_domain_there_is_no_document() -> None:
    (mapped,) = journey_to_ocss(example("journey", "minimal"))
    assert mapped.document is None
    assert mapped.named("mapping-operator")
    named = {**example("journey", "minimal"), "operator": "covoit.example.org"}
    (mapped,) = journey_to_ocss(named)
    assert_valid(mapped)
    assert not mapped.named("mapping-operator-site")


def test_a_stopped_journey_says_so() -> None:
    (mapped,) = journey_to_ocss({**example("journey"), "isStopped": 1})
    assert places(mapped, "mapping-stopped") == {"/isStopped"}


@pytest.mark.parametrize(
    ("price", "wanted", "codes"),
    [
        ({"type": "free"}, {"type": "FREE"}, set()),
        ({"type": "free", "amount": 0}, {"type": "FREE", "amount": 0}, set()),
        ({"type": "free", "amount": 3}, {"type": "FREE"}, {"mapping-member"}),
        ({"type": "unknown"}, {"type": "UNKNOWN"}, set()),
        ({"type": "unknown", "amount": 0}, {"type": "UNKNOWN"}, {"mapping-member"}),
        (
            {"type": "fixed", "amount": 2},
            {"type": "PAYING", "amount": 2},
            {"mapping-price-kind", "mapping-currency"},
        ),
        (
            {"type": "variable", "amount": 2, "currency": "EUR", "kilometricPrice": "0.08"},
            {"type": "PAYING", "amount": 2, "currency": "EUR"},
            {"mapping-price-kind", "mapping-member"},
        ),
    ],
)
def test_prices(price: Any, wanted: Any, codes: set[str]) -> None:
    journey = {**example("journey", "minimal"), "price": price}
    (mapped,) = journey_to_ocss(journey, operator="covoit.example.org")
    assert mapped.document is not None
    assert mapped.document["price"] == wanted
    assert {loss.code for loss in mapped.losses if loss.pointer.startswith("/price")} == codes
    assert set(PRICE_TYPES) == {"free", "fixed", "variable", "unknown"}


@pytest.mark.parametrize(("grade", "wanted"), [("4", 4), ("0", None), ("4.5", None), ("12", None)])
def test_only_a_whole_grade_comes_over(grade: str, wanted: int | None) -> None:
    journey = example("journey")
    journey["user"]["grade"] = grade
    (mapped,) = journey_to_ocss(journey)
    assert mapped.document is not None
    assert mapped.document["driver"].get("grade") == wanted
    assert ("/user/grade" in places(mapped, "mapping-member")) == (wanted is None)


# A journey of every week


def test_a_regular_journey_is_a_regular_trip() -> None:
    there, back = journey_to_ocss(example("journey", "regular"), operator="covoit.example.org")
    assert (there.schema, back.schema) == ("passenger-regular-trip", "passenger-regular-trip")
    assert_valid(there)
    assert_valid(back)
    assert there.document is not None
    assert there.document["schedules"] == [
        {"passengerPickupDay": "MON", "passengerPickupTimeOfDay": "08:30:00"},
        {"passengerPickupDay": "TUE", "passengerPickupTimeOfDay": "08:30:00"},
        {"passengerPickupDay": "THU", "passengerPickupTimeOfDay": "08:45:00"},
    ]
    assert places(there, "mapping-validity") == {"/outward/departureDate", "/outward/maxDate"}
    assert there.named("mapping-clock")
    assert {
        "/id",
        "/type",
        "/outward/timeDelta",
        "/outward/regularSchedule/0/mondayTimeDelta",
    } <= places(there, "mapping-member")


def test_a_clock_that_is_not_moved_is_not_approximated() -> None:
    journey = example("journey", "regular")
    there, _ = journey_to_ocss(journey, operator="covoit.example.re", zone=REUNION)
    assert not there.named("mapping-clock")
    assert there.document is not None
    assert there.document["schedules"][0]["passengerPickupTimeOfDay"] == "10:30:00"


def test_a_departure_late_on_sunday_is_one_early_on_monday() -> None:
    late = {"departureDate": WINTER, "regularSchedule": [{"sundayTime": "23:30:00"}]}
    journey = {**example("journey", "regular"), "outward": late}
    del journey["return"]
    (mapped,) = journey_to_ocss(journey, operator="covoit.example.org")
    assert mapped.document is not None
    assert mapped.document["schedules"] == [
        {"passengerPickupDay": "MON", "passengerPickupTimeOfDay": "00:30:00"}
    ]


@settings(max_examples=300)
@given(
    st.integers(0, WEEK - 1),
    st.sampled_from([WINTER, SUMMER]) | st.integers(1_600_000_000, 1_900_000_000),
    st.sampled_from([PARIS, REUNION]),
)
def test_a_departure_comes_back_from_the_clock_of_the_place(
    moment: int, since: int, zone: ZoneInfo
) -> None:
    day, time = local_slot(moment, since, zone)
    back = utc_slot(day, time, since, zone)
    assert back is not None
    moved = min(abs(back - moment), WEEK - abs(back - moment))
    assert moved in (0, 3600), "but for the hour of a clock that moves that week"
    if zone is REUNION or since in (WINTER, SUMMER):
        assert moved == 0


def test_slots_are_read_as_far_as_they_can_be() -> None:
    odd = [{"mondayTime": "6h30", "tuesdayTime": None, "wednesdayTime": "06:30:00.5"}, 7, None]
    (slot,) = slots(odd, 600)
    assert (slot.moment, slot.margin, slot.pointer) == (2 * DAY + 23400.5, 600, "/0/wednesdayTime")
    assert list(slots({"mondayTime": "06:30:00"})) == []
    assert [slot.margin for slot in slots([{"mondayTime": "06:30:00"}], True)] == [900]


# Nothing is lost silently


def leaves(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, f"{at}/{key}")
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from leaves(child, f"{at}/{place}")
    else:
        yield at


EXTRA = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=60)
@given(
    st.sampled_from(["full", "regular", "minimal", "either"]),
    st.dictionaries(st.sampled_from(["x1", "x2"]), EXTRA, min_size=1),
)
def test_what_nobody_knows_is_named(name: str, extra: dict[str, Any]) -> None:
    journey = {**example("journey", name), **extra}
    before = deepcopy(journey)
    for mapped in journey_to_ocss(journey, operator="covoit.example.org"):
        lost = places(mapped, "mapping-member")
        assert {f"/{key}" for key in extra} <= lost
        assert all("en" and loss.text("en") and loss.text("fr") for loss in mapped.losses)
    assert journey == before, "the mapping is pure"


DEFAULTS = ("/isStopped", "/isRoundTrip", "/frequency", "/carpoolerType", "/operatorUrl")
"""What means the same when it is left out; the domain is given to the mapping here."""


@pytest.mark.parametrize("name", ["full", "regular", "minimal", "either"])
def test_a_changed_leaf_changes_the_document_or_is_named(name: str) -> None:
    """Take each member away: the mapped documents differ, or a loss had named it."""
    journey = example("journey", name)
    whole = journey_to_ocss(journey, operator="covoit.example.org")
    for pointer in leaves(journey):
        less = deepcopy(journey)
        *above, last = pointer.removeprefix("/").split("/")
        holder: Any = less
        for step in above:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        del holder[last]
        after = journey_to_ocss(less, operator="covoit.example.org")
        same = [m.document for m in whole] == [m.document for m in after]
        named = any(
            pointer == loss.pointer or pointer.startswith(f"{loss.pointer}/")
            for mapped in whole
            for loss in mapped.losses
        )
        default = pointer in DEFAULTS
        assert named or not same or default, pointer


JUNK: tuple[Any, ...] = (None, True, 0, -5, 1e300, 10**30, "", "x", "/", [], [1], {}, [{}])


def spoilt(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value of a document."""
    children = enumerate(document) if isinstance(document, list) else ()
    for key, child in document.items() if isinstance(document, dict) else children:
        yield (*at, key)
        yield from spoilt(child, (*at, key))


@pytest.mark.parametrize(
    ("document", "mapping"),
    [
        *((example("journey", name), journey_to_ocss) for name in ("full", "regular", "either")),
        (example("booking"), lambda document: booking_to_ocss(document, example("journey"))),
        (example("journey"), lambda document: booking_to_ocss(example("booking"), document)),
        (example("message"), message_to_ocss),
        (example("error"), error_to_ocss),
        *(
            (item, lambda document, name=name: journey_from_ocss(name, document, since=WINTER))
            for name, item in dict(items(Recipe(0, WINTER, 20))).items()
        ),
    ],
)
def test_what_strangers_send_is_mapped_as_far_as_it_goes(document: Any, mapping: Any) -> None:
    for path in spoilt(document):
        for junk in JUNK:
            wrong = deepcopy(document)
            holder = wrong
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = junk
            mapping(wrong)


def test_a_word_that_nobody_knows_is_named() -> None:
    journey = {**example("journey"), "frequency": "monthly"}
    (mapped,) = journey_to_ocss(journey)
    assert mapped.schema == "driver-journey"
    assert places(mapped, "mapping-word") == {"/frequency"}


def test_a_loss_holds_nothing_personal() -> None:
    shown = repr(journey_to_ocss(example("journey")))
    assert not [word for word in ("Maëlle", "Bérenger", "u-1042") if word in shown]


# There and back


@pytest.mark.parametrize("kind", ["driver-journey", "passenger-journey"])
def test_journeys_of_a_world_come_back(kind: str) -> None:
    world = items(Recipe(0, WINTER, 400))
    for name, item in world:
        if name != kind:
            continue
        there = journey_from_ocss(name, item, since=WINTER, identity="t1")
        assert there.document is not None
        seats = "availableSeats" if kind.startswith("driver") else "requestedSeats"
        assert there.named("mapping-seats") == (seats not in item)
        assert list(validator_of(VERSION, "journey").problems(there.document)) == []
        (back,) = journey_to_ocss(there.document, operator=item["operator"])
        assert back.document is not None
        lost = {pointer.split("/")[1] for pointer in places(there, "mapping-member")}
        wanted = {k: v for k, v in item.items() if k not in lost}
        if kind == "passenger-journey":
            back.document["driverDepartureDate"] = wanted["driverDepartureDate"] = 0
        assert back.document == wanted


def test_regular_trips_of_a_world_come_back() -> None:
    for name, item in items(Recipe(0, WINTER, 600)):
        if not name.endswith("trip"):
            continue
        there = journey_from_ocss(name, item, since=WINTER, identity="t1")
        assert there.document is not None
        assert list(validator_of(VERSION, "journey").problems(there.document)) == []
        assert len(list(slots(there.document["outward"]["regularSchedule"]))) == len(
            item["schedules"]
        )
        (back,) = journey_to_ocss(there.document, operator=item["operator"])
        assert_valid(back)
        assert back.document is not None
        days = ("passengerPickupDay", "passengerPickupTimeOfDay")
        assert {tuple(s[d] for d in days) for s in back.document["schedules"]} == {
            tuple(s[d] for d in days) for s in item["schedules"]
        }


def test_without_an_id_there_is_no_journey() -> None:
    trip = next(item for name, item in items(Recipe(0, WINTER, 50)) if name.endswith("trip"))
    mapped = journey_from_ocss("driver-regular-trip", trip, since=WINTER)
    assert mapped.document is None
    assert mapped.named("mapping-id")


# Bookings, messages, refusals


def test_the_id_of_a_booking() -> None:
    made = booking_id("j-1", "p-2", 1665552600)
    assert made == hashlib.md5(b"j-1p-21665552600").hexdigest()
    assert uuid.UUID(str(uuid_of(made))).hex == made
    assert uuid_of("abc") is None
    assert uuid_of(None) is None


@pytest.mark.parametrize("status", STATUSES)
def test_a_booking_comes_over(status: str) -> None:
    booking = {**example("booking"), "status": status}
    mapped = booking_to_ocss(booking, example("journey"))
    document = mapped.document
    assert document is not None
    assert document["status"] == STATUSES[status]
    assert mapped.named("mapping-cancelled") == (status in ("rejected", "cancelled"))
    assert uuid.UUID(document["id"]).hex == booking["bookingId"]
    assert document["driver"] == {
        "id": "u-1042",
        "operator": "operator.example.org",
        "alias": "Maëlle B.",
    }
    assert document["price"] == {"type": "PAYING", "amount": 2.5, "currency": "EUR"}
    assert document["passengerPickupLat"] == 45.1915
    assert document["passengerJourneyId"] == "p-17"
    assert "/booking/details" in places(mapped, "mapping-member")
    if "booking" in schema_names(OCSS):
        assert_valid(mapped)


def test_bookings_that_do_not_come_over() -> None:
    weekly = booking_to_ocss(example("booking", "weekly"), example("journey"))
    assert weekly.document is None
    assert {"mapping-weekly-booking", "mapping-return-booking", "mapping-operator"} <= told(weekly)
    named = booking_to_ocss({**example("booking"), "bookingId": "42"}, example("journey"))
    assert named.document is None
    assert named.named("mapping-no-md5")


def test_a_booking_for_nothing_is_free() -> None:
    mapped = booking_to_ocss({**example("booking"), "price": 0}, example("journey"))
    assert mapped.document is not None
    assert mapped.document["price"] == {"type": "FREE"}
    assert mapped.named("mapping-zero-price")


def test_a_message_comes_over() -> None:
    mapped = message_to_ocss(example("message"))
    assert mapped.document is not None
    assert mapped.document["recipientCarpoolerType"] == "DRIVER"
    assert mapped.document["to"]["id"] == "u-1042"
    assert mapped.document["from"]["operator"] == "mobi.example.net"
    if "message" in schema_names(OCSS):
        assert_valid(mapped)
    silent = message_to_ocss(example("message", "minimal"))
    assert silent.document is None
    assert {"mapping-no-text", "mapping-alias", "mapping-operator"} <= told(silent)


def test_a_refusal_begins_with_its_code() -> None:
    mapped = error_to_ocss(example("error"))
    assert mapped.document is not None
    assert mapped.document["error"].startswith("missing_required_query_parameter: ")
    assert error_to_ocss({"errorCode": "missing_booking"}).document == {"error": "missing_booking"}
    assert json.dumps(mapped.document)
