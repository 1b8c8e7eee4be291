"""What is read is written back; what cannot be read is put aside; what is personal stays unsaid."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobstd.canon.schemas import schema_names
from mobstd.canon.standard import find
from mobstd.codegen.names import class_name
from mobstd.errors import RefusedDocument
from mobstd.judging.body import parse_json
from mobstd.models import Model
from mobstd.ocss import v1_0
from mobstd.ocss.v1_0 import (
    DriverJourney,
    DriverJourneysQuery,
    DriverRegularTripsQuery,
    JourneySchedule,
    Price,
    Schedule,
    User,
)

VERSION = find("ocss@1.0-alpha")
SCALARS = {"booking-status"}
"""Schemas of one value, which Python has types for."""

EXAMPLES = [
    path
    for path in sorted(VERSION.folder.glob("examples/*/*/*.json"))
    if path.parent.name not in SCALARS
]


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def model_of(path: Path) -> type[Model]:
    found: type[Model] = getattr(v1_0, class_name(path.parent.name))
    return found


def document_of(path: Path) -> Any:
    """The document of an example; an invalid one may stand beside why it is."""
    value = json.loads(path.read_text("utf-8"))
    return value.get("document", value) if path.parts[-3] == "invalid" else value


def same(left: Any, right: Any) -> bool:
    """Equal as JSON values: a boolean is no number, order and spelling of numbers don't count."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


@pytest.mark.parametrize("name", [n for n in schema_names(VERSION) if n not in SCALARS])
def test_every_schema_has_a_model(name: str) -> None:
    assert issubclass(getattr(v1_0, class_name(name)), Model)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: "/".join(p.parts[-3:]))
def test_examples_are_written_back_byte_for_byte(path: Path) -> None:
    document = document_of(path)
    try:
        model = model_of(path).read(document)
    except RefusedDocument:
        assert path.parts[-3] == "invalid"
        return
    assert model.to_json() == canonical(document)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
TEXT = st.text(max_size=12)
NUMBER = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
SECONDS = st.integers(-62_135_596_800, 253_402_300_799)
USER = st.fixed_dictionaries(
    {"id": TEXT, "operator": TEXT, "alias": TEXT},
    optional={
        "grade": JSON,
        "gender": st.sampled_from(["F", "M", "O", "X"]) | JSON,
        "firstName": TEXT,
        "verifiedIdentity": JSON,
        "unknown": JSON,
        "first_name": JSON,
    },
)
JOURNEY = st.fixed_dictionaries(
    {
        "operator": TEXT,
        "duration": st.integers(0, 10**6) | st.integers(0, 10**6).map(float),
        "passengerPickupLat": NUMBER,
        "passengerPickupLng": NUMBER,
        "passengerDropLat": NUMBER,
        "passengerDropLng": NUMBER,
        "driver": USER,
        "passengerPickupDate": SECONDS | SECONDS.map(float) | SECONDS.map(str),
        "type": TEXT,
    },
    optional={
        "price": st.fixed_dictionaries({}, optional={"amount": JSON, "type": JSON, "x": JSON})
        | JSON,
        "driverDepartureDate": JSON,
        "preferences": JSON,
        "car": JSON,
        "distance": JSON,
        "webUrl": JSON,
        "web_url": JSON,
        "dump": JSON,
        "_read": JSON,
        "_unread": JSON,
        "__class__": JSON,
        "model_extra": JSON,
    },
).flatmap(lambda document: st.permutations(list(document.items())).map(dict))


@settings(max_examples=150)
@given(JOURNEY)
def test_any_journey_that_is_read_is_written_back(document: dict[str, Any]) -> None:
    model = DriverJourney.read(document)
    assert same(model.dump(), document)
    assert list(model.dump()) == list(document)
    assert model.to_json() == canonical(document)
    assert DriverJourney.from_json(model.to_json()) == model
    again = pickle.loads(pickle.dumps(model))
    assert again == model
    for other in (again, copy.copy(model), copy.deepcopy(model), model.model_copy()):
        assert other.to_json() == canonical(document)
    assert json.loads(model.model_dump_json()) == model.dump()


@settings(max_examples=100)
@given(JSON)
def test_anything_is_read_or_refused(value: Any) -> None:
    for model in (DriverJourney, Price, User, Schedule):
        try:
            read = model.read(value)
        except RefusedDocument:
            continue
        assert same(read.dump(), value)


def journey(**changes: Any) -> dict[str, Any]:
    path = VERSION.folder / "examples/valid/driver-journey/full.json"
    return {**json.loads(path.read_text("utf-8")), **changes}


def test_values_are_python_values() -> None:
    read = DriverJourney.read(journey(price={"type": "PAYING", "amount": 2.1, "currency": "EUR"}))
    assert read.price is not None
    assert read.price.amount == Decimal("2.1")
    assert read.passenger_pickup_date.tzinfo is not None
    assert read.passenger_pickup_date.timestamp() == journey()["passengerPickupDate"]
    slot = Schedule.read({"passengerPickupTimeOfDay": "23:59:60.25", "passengerPickupDay": "XXX"})
    assert slot.passenger_pickup_time_of_day == time(23, 59, 59, 250000)
    assert slot.dump()["passengerPickupTimeOfDay"] == "23:59:60.25"


def test_what_changes_is_changed_and_the_rest_stays() -> None:
    document = journey(extra={"b": 1, "a": 2}, duration=1800.0)
    read = DriverJourney.read(document)
    read.available_seats = 1
    read.driver.alias = "Ada"
    read.passenger_pickup_date = datetime(2026, 1, 1, tzinfo=UTC)
    del read.price
    wanted = {**document, "availableSeats": 1, "passengerPickupDate": 1767225600}
    wanted["driver"] = {**document["driver"], "alias": "Ada"}
    assert read.dump()["driver"] == wanted["driver"]
    assert read.dump()["duration"] is document["duration"]
    assert read.dump()["extra"] == document["extra"]
    assert read.dump()["passengerPickupDate"] == 1767225600


def test_null_and_missing_are_told_apart() -> None:
    assert Price.read({"currency": None}).dump() == {"currency": None}
    assert Price.read({}).dump() == {}
    assert Price(type="FREE").dump() == {"type": "FREE"}
    assert Price(type="FREE", amount=None).dump() == {"type": "FREE", "amount": None}


def test_optional_members_that_cannot_be_read_are_put_aside() -> None:
    read = DriverJourney.read(journey(distance="far", price="cheap", driverDepartureDate=1e300))
    assert read.distance is read.price is read.driver_departure_date is None
    assert read.unread == {"distance": "far", "price": "cheap", "driverDepartureDate": 1e300}
    assert read.dump() == journey(distance="far", price="cheap", driverDepartureDate=1e300)
    read.distance = 12
    assert read.dump()["distance"] == 12


@pytest.mark.parametrize(
    "value",
    [1e300, -1e300, 10**400, 253402300800000, True, "soon", None, [], {}, 1.7976931348623157e308],
)
def test_instants_that_no_calendar_has_are_problems(value: Any) -> None:
    with pytest.raises(RefusedDocument) as caught:
        JourneySchedule.read({"passengerPickupDate": value, "type": "LINE"})
    assert caught.value.problems[0].path == ("passengerPickupDate",)
    assert str(value) not in str(caught.value)


def test_hostile_numbers_are_read_or_refused() -> None:
    raw = canonical(journey()).replace(
        '"passengerPickupLat":45', '"passengerPickupLat":1e400,"x":45'
    )
    read = DriverJourney.read(parse_json(raw))
    assert read.passenger_pickup_lat == 1.7976931348623157e308


def test_refusals_name_the_member_and_not_the_value() -> None:
    with pytest.raises(RefusedDocument) as caught:
        DriverJourney.read(journey(driver={"id": "secret-person", "operator": "o.example"}))
    assert "/driver/alias" in caught.value.text()
    assert "secret" not in f"{caught.value} {caught.value.problems}"
    with pytest.raises(RefusedDocument, match="not JSON"):
        DriverJourney.from_json("[")


def test_values_that_json_cannot_say_are_refused() -> None:
    schedule = JourneySchedule(passenger_pickup_date=datetime(2026, 1, 1, tzinfo=UTC), type="NEW")
    schedule.passenger_pickup_date = "secret"  # type: ignore[assignment]
    with pytest.raises(RefusedDocument) as caught:
        schedule.dump()
    assert "secret" not in str(caught.value)


def test_building_by_hand_is_strict() -> None:
    schedule = JourneySchedule(passenger_pickup_date=datetime(2026, 1, 1, tzinfo=UTC), type="NEW")
    assert schedule.dump() == {"passengerPickupDate": 1767225600, "type": "NEW"}
    paris = timezone(timedelta(hours=1))
    again = JourneySchedule(
        passenger_pickup_date=datetime(2026, 1, 1, 1, 0, 0, 999, tzinfo=paris), type="NEW"
    )
    assert again.dump() == schedule.dump()
    with pytest.raises(pydantic.ValidationError, match="time zone"):
        JourneySchedule(passenger_pickup_date=datetime(2026, 1, 1), type="LINE")  # noqa: DTZ001
    with pytest.raises(pydantic.ValidationError):
        Price(amount="cheap")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "written"),
    [("2.50", "2.5"), ("3", "3"), ("3.0", "3.0"), ("1E+2", "100"), ("0.1", "0.1")],
)
def test_money_is_a_number_on_the_wire(amount: str, written: str) -> None:
    assert Price(amount=Decimal(amount)).to_json() == f'{{"amount":{written}}}'


def test_repr_says_nothing_personal() -> None:
    user = User.read({"id": "u-1", "operator": "o.example", "alias": "Ada", "phone": "0612345678"})
    for shown in (repr(user), str(user), f"{user!r}", repr([user])):
        assert "Ada" not in shown
        assert "0612345678" not in shown
    assert "operator='o.example'" in repr(user)
    with pytest.raises(pydantic.ValidationError) as caught:
        User(id="u-1", operator="o", alias=["Ada Lovelace"])  # type: ignore[arg-type]
    assert "Lovelace" not in str(caught.value)


def test_json_schemas_of_models_say_the_wire() -> None:
    for mode in ("validation", "serialization"):
        schema = DriverJourney.model_json_schema(mode=mode)  # type: ignore[arg-type]
        assert schema["properties"]["passengerPickupDate"]["format"] == "unix-time"
        assert "passengerPickupLat" in schema["required"]


NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
WHERE = {"departure_lat": 45.0, "departure_lng": 5.7, "arrival_lat": 45.3, "arrival_lng": 5.5}
PAIRS = (
    ("departureLat", "45.0"),
    ("departureLng", "5.7"),
    ("arrivalLat", "45.3"),
    ("arrivalLng", "5.5"),
)


def test_a_query_as_it_stands_in_a_url() -> None:
    query = DriverJourneysQuery(**WHERE, departure_date=NOON, count=5)
    assert query.to_pairs() == (*PAIRS, ("departureDate", "1796126400"), ("count", "5"))
    assert (query.time_delta, query.departure_radius) == (900, 1.0)
    trips = DriverRegularTripsQuery(
        **WHERE, departure_time_of_day=time(7, 30), departure_weekdays=["MON", "FRI"]
    )
    assert trips.to_pairs()[4:] == (
        ("departureTimeOfDay", "07:30:00"),
        ("departureWeekdays", "MON,FRI"),
    )


def test_a_query_is_read_from_a_url() -> None:
    pairs = [*PAIRS, ("departureDate", "1796126400"), ("departureRadius", "2e0"), ("other", "1")]
    query, problems = DriverJourneysQuery.from_pairs(pairs)
    assert not problems
    assert query is not None
    assert (query.departure_date, query.departure_radius, query.time_delta) == (NOON, 2.0, 900)
    again, _ = DriverJourneysQuery.from_pairs(query.to_pairs())
    assert again == query


@pytest.mark.parametrize(
    ("name", "value", "keyword"),
    [
        ("departureLat", "", "type"),
        ("departureLat", "NaN", "type"),
        ("departureLat", "Infinity", "type"),
        ("departureLat", "+45", "type"),
        ("departureLat", "0x10", "type"),
        ("departureLat", "1_0", "type"),
        ("departureLat", " 4", "type"),
        ("departureLat", "4٣", "type"),
        ("count", "1.5", "type"),
        ("count", "true", "type"),
        ("departureDate", "9" * 30, "format"),
        ("departureDate", "9" * 400, "type"),
        ("departureLat", "1e999", "type"),
    ],
)
def test_wrong_parameters_are_problems(name: str, value: str, keyword: str) -> None:
    pairs = dict([*PAIRS, ("departureDate", "1796126400")]) | {name: value}
    query, problems = DriverJourneysQuery.from_pairs(pairs.items())
    assert query is None
    assert [(p.path, p.keyword) for p in problems] == [((name,), keyword)]


def test_missing_repeated_and_listed_parameters() -> None:
    query, problems = DriverJourneysQuery.from_pairs([*PAIRS, ("count", "1"), ("count", "2")])
    assert query is None
    assert {(p.path, p.keyword, p.member) for p in problems} == {
        (("count",), "maxItems", None),
        ((), "required", "departureDate"),
    }
    pairs = [*PAIRS, ("departureTimeOfDay", "25:00:00"), ("departureWeekdays", "MON,LUN")]
    _, problems = DriverRegularTripsQuery.from_pairs(pairs)
    assert {(p.path, p.keyword) for p in problems} == {
        (("departureTimeOfDay",), "format"),
        (("departureWeekdays", 1), "enum"),
    }


def test_typing_errors_in_queries_are_refused() -> None:
    for wrong in ({"departure_latt": 1.0}, {"departure_lat": float("nan")}, {"count": "x"}):
        with pytest.raises(pydantic.ValidationError):
            DriverJourneysQuery(**{**WHERE, "departure_date": NOON, **wrong})
    query = DriverJourneysQuery(**WHERE, departure_date=NOON)
    with pytest.raises(pydantic.ValidationError):
        query.count = "many"  # type: ignore[assignment]
    with pytest.raises(RefusedDocument):
        DriverJourneysQuery.read({"departureLat": "x"})


def test_a_list_is_read_at_once_or_refused_with_the_index() -> None:
    documents = [journey(), journey(extra=1, distance="far")]
    read = DriverJourney.read_all(documents)
    assert [one.dump() for one in read] == documents
    with pytest.raises(RefusedDocument) as caught:
        DriverJourney.read_all([journey(), {"driver": {}}])
    assert caught.value.problems[0].path[0] == 1
