"""A partner's dialect is read as the standard, sent as the partner takes it, and told of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.canon.schemas import documents
from mobstd.canon.standard import find, versions
from mobstd.errors import ConfigError, MobstdWarning, RefusedDocument, UnknownName
from mobstd.judging.exchange import Request, Response
from mobstd.judging.pointer import join
from mobstd.ocss.v1_0 import (
    OPERATOR_OPERATIONS,
    ApiKey,
    Booking,
    Client,
    Dialect,
    DriverJourneysQuery,
    DriverRegularTripsQuery,
)
from mobstd.transport.dialect import Member, Parameter, Value, dialects
from mobstd.transport.translating import MOST, Translation, heard, spoken

STANDARD = "ocss@1.0-alpha"
WHOLE = Dialect(
    name="whole",
    standard=STANDARD,
    key_header="x-api-key",
    nulls="absent",
    numbers=("passengerPickupDate", "distance"),
    members=(Member("journeySchedules", "JourneySchedules"), Member("alias", "nick", sent=False)),
    values=(
        Value("status", "WAITING_CONFIRMATION", ("WAITING_DRIVER_CONFIRMATION", "INITIATED")),
        Value("status", "VALIDATED", ("COMPLETED",)),
        Value("gender", "F", ("female",), sent=False),
        Value("departureWeekdays", "MON", ("1",)),
    ),
    parameters=(
        Parameter("departureDate", sent_as="date"),
        Parameter("count", value="50", operations=("getDriverJourneys",)),
    ),
    query_in_body=("patchBookings",),
)
JOURNEY: dict[str, Any] = {
    "id": "1",
    "operator": "operator.example.org",
    "driver": {"id": "u", "operator": "operator.example.org", "alias": "Ada"},
    "passengerPickupDate": 1665552600,
    "passengerPickupLat": 45.19,
    "passengerPickupLng": 5.71,
    "passengerDropLat": 45.36,
    "passengerDropLng": 5.59,
    "duration": 900,
    "type": "PLANNED",
}
BOOKING: dict[str, Any] = {
    **{name: value for name, value in JOURNEY.items() if name.startswith("passenger")},
    "id": "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42",
    "driver": JOURNEY["driver"],
    "passenger": {"id": "p", "operator": "maas.example.com", "alias": "Zoé", "gender": "F"},
    "status": "WAITING_CONFIRMATION",
    "price": {"type": "FREE"},
}


class Partner:
    """Answers what it was given, and keeps what it was sent."""

    def __init__(self, body: Any = None, status: int = 200) -> None:
        self.raw = json.dumps(body).encode()
        self.status = status
        self.got: list[Request] = []

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        self.got.append(request)
        return Response(self.status, (("Content-Type", "application/json"),), self.raw)

    def close(self) -> None: ...


def said(translations: tuple[Translation, ...]) -> list[tuple[str, str]]:
    for one in translations:
        assert "{" not in one.message("en") + one.message("fr")
        assert one.message("en") != one.message("fr")
    return [(one.code, one.pointer) for one in translations]


QUERY = DriverJourneysQuery.read(
    {"departureLat": 45.19, "departureLng": 5.71, "arrivalLat": 45.36, "arrivalLng": 5.59,
     "departureDate": 1665552600}
)  # fmt: skip


def test_an_answer_is_read_as_the_standard_has_it() -> None:
    theirs = {
        **JOURNEY,
        "passengerPickupDate": 1665552600.0,
        "distance": "18000",
        "webUrl": None,
        "driver": {**JOURNEY["driver"], "grade": None, "gender": "female"},
    }
    partner = Partner([theirs, JOURNEY])
    heard_of: list[Any] = []
    with Client(
        "http://p",
        sender=partner,
        dialect=WHOLE,
        strict=True,
        on_translations=lambda endpoint, told: heard_of.append((endpoint.id, told)),
    ) as client:
        answer = client.get_driver_journeys(QUERY)
        assert answer[0].driver.gender == "F"
        assert answer[0].dump() == {
            **JOURNEY, "distance": 18000, "driver": {**JOURNEY["driver"], "gender": "F"},
        }  # fmt: skip
        assert answer[1].dump() == JOURNEY
        assert answer.problems == ()
        assert answer.response.body == partner.raw
        assert sorted(said(answer.translations)) == sorted(
            [
                ("dialect.constant", "/request/query/count"),
                ("dialect.sent-parameter", "/request/query/date"),
                ("dialect.number", "/response/body/0/passengerPickupDate"),
                ("dialect.number", "/response/body/0/distance"),
                ("dialect.null", "/response/body/0/webUrl"),
                ("dialect.null", "/response/body/0/driver/grade"),
                ("dialect.value", "/response/body/0/driver/gender"),
            ]
        )
        assert heard_of == [("getDriverJourneys", answer.translations)]
    sent = dict(partner.got[0].query)
    assert sent["date"] == "1665552600"
    assert sent["count"] == "50"
    assert "departureDate" not in sent


def test_without_a_dialect_the_same_answer_is_a_problem() -> None:
    partner = Partner([{**JOURNEY, "webUrl": None}])
    with Client("http://p", sender=partner) as client, pytest.warns(MobstdWarning):
        answer = client.get_driver_journeys(QUERY)
    assert [problem.path for problem in answer.problems] == [(0, "webUrl")]
    assert answer.translations == ()


def test_what_the_standard_forbids_is_not_sent_in_a_dialect_either() -> None:
    partner = Partner(BOOKING, 201)
    with Client("http://p", sender=partner, dialect=WHOLE) as client:
        for status in ("COMPLETED", "WAITING_DRIVER_CONFIRMATION"):
            with pytest.raises(RefusedDocument):
                client.post_bookings(Booking.read({**BOOKING, "status": status}))
            with pytest.raises(RefusedDocument):
                client.patch_bookings(BOOKING["id"], status=status)
    assert partner.got == []


def test_a_booking_is_written_as_the_partner_takes_it_and_read_back() -> None:
    theirs = {**BOOKING, "status": "INITIATED", "webUrl": None}
    partner = Partner(theirs, 201)
    with Client("http://p", sender=partner, dialect=WHOLE, auth=WHOLE.key("secret")) as client:
        raw = client.raw.post_bookings(Booking.read(BOOKING))
    got = partner.got[0]
    assert ("x-api-key", "secret") in got.headers
    assert json.loads(got.body or b"") == {**BOOKING, "status": "WAITING_DRIVER_CONFIRMATION"}
    assert raw.parse().dump() == BOOKING
    assert said(raw.translations) == [
        ("dialect.sent-value", "/request/body/status"),
        ("dialect.value", "/response/body/status"),
        ("dialect.null", "/response/body/webUrl"),
    ]


def test_a_change_is_sent_in_a_body() -> None:
    partner = Partner()
    with Client("http://p", sender=partner, dialect=WHOLE) as client:
        client.patch_bookings(BOOKING["id"], status="VALIDATED", message="Merci")
    got = partner.got[0]
    assert got.path == f"/bookings/{BOOKING['id']}"
    assert got.query == ()
    assert ("Content-Type", "application/json") in got.headers
    assert json.loads(got.body or b"") == {"status": "COMPLETED", "message": "Merci"}


def test_the_other_name_of_a_member_is_sent() -> None:
    body = {"schedules": [{"journeySchedules": [{"a": 1}]}], "alias": "x"}
    request = Request("POST", "/bookings", (), (), json.dumps(body).encode())
    sent, told = spoken(WHOLE, OPERATOR_OPERATIONS["postBookings"], request)
    assert json.loads(sent.body or b"") == {
        "schedules": [{"JourneySchedules": [{"a": 1}]}],
        "alias": "x",
    }
    assert said(told) == [("dialect.sent-member", "/request/body/schedules/0/JourneySchedules")]


def test_a_dialect_of_another_standard_is_refused() -> None:
    other = Dialect("other", "rdex-plus@2.0")
    with Client("http://p", sender=Partner([]), dialect=other) as client:
        with pytest.raises(ConfigError) as refused:
            client.get_driver_journeys(QUERY)
        assert refused.value.code == "dialect.other-standard"
        client.with_options(dialect=WHOLE).get_driver_journeys(QUERY)


def test_an_error_body_and_a_body_that_is_none_stay_as_they_are() -> None:
    partner = Partner({"error": None}, 404)
    with Client("http://p", sender=partner, dialect=WHOLE) as client:
        raw = client.raw.get_bookings(BOOKING["id"])
        assert raw.translations == ()
        partner.status, partner.raw = 200, b"<html>"
        assert client.raw.get_bookings(BOOKING["id"]).translations == ()


WORDS = st.sampled_from(["VALIDATED", "WAITING_CONFIRMATION", "CONFIRMED", "F", "text", ""])
NAMES = st.sampled_from(
    ["status", "journeySchedules", "passengerPickupDate", "distance", "gender", "webUrl", "a", ""]
)
PLAIN = st.one_of(st.integers(-(2**53), 2**53), st.floats(0, 90, width=32), st.booleans())
OURS = st.recursive(
    st.dictionaries(NAMES, st.one_of(WORDS, PLAIN), max_size=4),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)
THEIRS = st.recursive(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(max_size=5),
        st.sampled_from(["1665579951", "48.68", "COMPLETED", "INITIATED", "female", "1e999"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(NAMES, st.sampled_from(["JourneySchedules", "nick", "alias"])),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)


@given(OURS)
def test_what_is_sent_reads_back_equal(body: Any) -> None:
    request = Request("POST", "/bookings", (), (), json.dumps(body).encode())
    sent, told = spoken(WHOLE, OPERATOR_OPERATIONS["postBookings"], request)
    back, again = heard(WHOLE, json.loads(sent.body or b""))
    assert back == body
    numbers = [one for one in again if one.code == "dialect.number"]
    assert len(again) - len(numbers) == len(told)
    assert bool(told) == (sent.body != request.body)


@given(THEIRS)
def test_whatever_comes_is_read_once_and_for_all(body: Any) -> None:
    before = json.dumps(body)
    read, told = heard(WHOLE, body)
    assert json.dumps(body) == before
    assert bool(told) == (json.dumps(read) != before)
    again, nothing = heard(WHOLE, read)
    assert [one for one in nothing if one.code != "dialect.member"] == []
    if not nothing:
        assert again == read
    for one in told:
        place: Any = {"response": {"body": body}}
        for step in one.path:
            place = place[step]
        assert join(one.path) == one.pointer


def test_a_flood_of_differences_is_told_of_in_part() -> None:
    read, told = heard(WHOLE, [{"a": None}] * (MOST + 10))
    assert read == [{}] * (MOST + 10)
    assert len(told) == MOST


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": (Member("a", "b"), Member("c", "b"))},
        {"members": (Member("a", "b"), Member("b", "c"))},
        {"members": (Member("a", "b"), Member("a", "c"))},
        {"values": (Value("m", "A", ("B",)), Value("m", "C", ("B",)))},
        {"values": (Value("m", "A", ("B",)), Value("m", "B", ("C",)))},
        {"values": (Value("m", "A", ("B",)), Value("m", "A", ("C",)))},
        {"parameters": (Parameter("p", value="1"), Parameter("p", value="2"))},
    ],
)
def test_a_dialect_that_contradicts_itself_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        Dialect("x", STANDARD, **wrong)
    assert refused.value.code == "dialect.ambiguous"


def test_what_looks_like_a_contradiction_and_is_none() -> None:
    Dialect(
        "x",
        STANDARD,
        members=(Member("a", "b"), Member("a", "c", sent=False)),
        values=(Value("m", "A", ("B",)), Value("m", "A", ("C",), sent=False)),
        parameters=(
            Parameter("p", value="1", operations=("one",)),
            Parameter("p", value="2", operations=("two",)),
        ),
    )


def test_files(tmp_path: Path) -> None:
    toml = tmp_path / "partner.toml"
    toml.write_text(
        'name = "partner"\nstandard = "ocss@1.0-alpha"\nnulls = "absent"\n'
        'title = {en = "Nulls", fr = "Des nulls"}\n'
        '[[values]]\nmember = "status"\nours = "VALIDATED"\ntheirs = ["COMPLETED"]\n',
        "utf-8",
    )
    read = Dialect.load(toml)
    assert read.values == (Value("status", "VALIDATED", ["COMPLETED"]),)
    with pytest.raises(ConfigError) as refused:
        read.key("secret")
    assert refused.value.code == "dialect.no-key-header"
    for name, text, code in (
        ("a.toml", "name = ", "dialect.unreadable"),
        ("a.json", "{", "dialect.unreadable"),
        ("b.json", "[" * 100_000, "dialect.unreadable"),
        ("c.json", "[]", "dialect.broken"),
        ("d.json", '{"name": "d", "standard": "ocss@1.0-alpha", "nulls": 1}', "dialect.broken"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(ConfigError) as refused:
            Dialect.load(tmp_path / name)
        assert refused.value.code == code
        assert name in refused.value.text("fr")
    with pytest.raises(ConfigError):
        Dialect.load(tmp_path / "not-there.json")


def test_those_that_come_with_a_standard() -> None:
    assert Dialect.named(STANDARD, "interop-2023").key("k") == ApiKey("x-api-key", "k")
    with pytest.raises(UnknownName) as unknown:
        Dialect.named(STANDARD, "klingon")
    assert "interop-2023" in str(unknown.value)


def _shipped() -> list[Dialect]:
    return [one for version in versions() for one in dialects(str(version)).values()]


@pytest.mark.parametrize("dialect", _shipped(), ids=lambda one: f"{one.standard}/{one.name}")
def test_a_shipped_dialect_speaks_of_what_its_standard_has(dialect: Dialect) -> None:
    from mobstd.canon.openapi import operations

    version = find(dialect.standard)
    schemas = json.dumps(dict(documents(version)))
    known = {name: one for role in version.roles for name, one in operations(version, role).items()}
    parameters = {p.name for one in known.values() for p in one.parameters}
    assert dialect.seen
    for member in (*dialect.numbers, *(one.ours for one in dialect.members)):
        assert f'"{member}": {{' in schemas
    for value in dialect.values:
        assert f'"{value.ours}"' in schemas
        assert f'"{value.member}": {{' in schemas
    for parameter in dialect.parameters:
        assert parameter.name in parameters
        assert set(parameter.operations) <= set(known)
    assert set(dialect.query_in_body) <= set(known)


def test_old_names_of_a_gateway() -> None:
    trip = {
        "operator": "operator.example.org",
        "driver": JOURNEY["driver"],
        **{n: JOURNEY[n] for n in JOURNEY if n.startswith("passenger") and "Date" not in n},
        "duration": 900.0,
        "schedules": [
            {
                "passengerPickupDay": "MON",
                "JourneySchedules": [{"passengerPickupDate": 1665579951.0, "type": "PLANNED"}],
            }
        ],
    }
    query = DriverRegularTripsQuery.read(
        {"departureLat": 45.19, "departureLng": 5.71, "arrivalLat": 45.36, "arrivalLng": 5.59,
         "departureTimeOfDay": "07:30:00"}
    )  # fmt: skip
    dialect = Dialect.named(STANDARD, "gateway-2023")
    with Client("http://p", sender=Partner([trip]), dialect=dialect, strict=True) as client:
        (found,) = client.get_driver_regular_trips(query)
    schedules = found.dump()["schedules"][0]
    assert schedules["journeySchedules"][0]["passengerPickupDate"] == 1665579951
    assert found.schedules is not None
    assert found.schedules[0].journey_schedules is not None
