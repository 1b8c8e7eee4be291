"""Classes by evidence, and journeys of bookings."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.carpool_proof.booking import Person, Place, Ride, from_booking
from mobstd.carpool_proof.classes import Evidence, Trace, highest, missing
from mobstd.carpool_proof.identity import identity_key

WHOLE = Trace(True, True, True, True)
DRIVER = Person(phone="+33199001234", last_name="Martin")
PASSENGER = Person(phone="+33639980123", last_name="Le Goff", over_18=True)


def test_every_evidence_has_its_class() -> None:
    flags = list(product((False, True), repeat=4))
    seen = set()
    for matching, driver, passenger, distinct in product(
        (False, True), flags, flags, (False, True)
    ):
        evidence = Evidence(matching, Trace(*driver), Trace(*passenger), distinct)
        expected = None
        if matching:
            expected = "A"
            if all(driver) or all(passenger):
                expected = "B"
            if all(driver) and all(passenger) and distinct:
                expected = "C"
        assert highest(evidence) == expected
        seen.add(expected)
    assert seen == {None, "A", "B", "C"}


def test_what_a_class_lacks() -> None:
    half = Evidence(True, WHOLE, Trace(True, True, True, False))
    assert missing(half, "B") == ()
    assert missing(half, "C") == ("passenger-end", "distinct-identities")
    assert missing(Evidence(True, Trace(times=True), Trace()), "B") == (
        "driver-device",
        "driver-start",
        "driver-end",
    )
    assert missing(Evidence(), "A") == ("matching",)


def booking(**changes: Any) -> dict[str, Any]:
    schema = load(find("ocss@1.0-alpha").folder / "booking.schema.json")
    return {**schema["examples"][0], "status": "VALIDATED", **changes}


FULL = Ride(
    trip_id="t1",
    evidence=Evidence(True, WHOLE, WHOLE, True),
    driver=DRIVER,
    passenger=PASSENGER,
    start=Place(datetime(2022, 10, 12, 5, 31, 2, 250_000, UTC), 45.1914, 5.7146),
    end=Place(datetime(2022, 10, 12, 6, 0, tzinfo=UTC), 45.3658, 5.5907),
    distance=25_512,
    revenue=200,
    incentives=[{"index": 0, "siret": "00000000000000", "amount": 150}],
)


def test_a_whole_journey() -> None:
    drafted = from_booking(booking(), FULL)
    assert drafted.missing == ()
    assert drafted.document == {
        "operator_journey_id": "0d5c1b9e6f0a4c8e9d2e7f1f3f6b1a42",
        "operator_trip_id": "t1",
        "operator_class": "C",
        "incentives": [{"index": 0, "siret": "00000000000000", "amount": 150}],
        "start": {"datetime": "2022-10-12T05:31:02.250Z", "lat": 45.1914, "lon": 5.7146},
        "end": {"datetime": "2022-10-12T06:00:00Z", "lat": 45.3658, "lon": 5.5907},
        "distance": 25_512,
        "driver": {
            "identity": {
                "identity_key": identity_key("+33199001234", "Martin"),
                "operator_user_id": "u-1042",
                "phone_trunc": "+331990012",
            },
            "revenue": 200,
        },
        "passenger": {
            "identity": {
                "identity_key": identity_key("+33639980123", "Le Goff"),
                "operator_user_id": "p-77",
                "phone_trunc": "+336399801",
                "over_18": True,
            },
            "contribution": 100,
        },
    }
    assert [gap.pointer for gap in drafted.assumed] == ["/passenger/contribution"]


def test_nothing_told() -> None:
    drafted = from_booking(booking(), Ride())
    assert drafted.document is None
    assert {gap.pointer for gap in drafted.missing} == {
        "/operator_trip_id",
        "/operator_class",
        "/incentives",
        "/driver/identity/identity_key",
        "/driver/identity/phone_trunc",
        "/driver/revenue",
        "/passenger/identity/identity_key",
        "/passenger/identity/phone_trunc",
    }
    assert {"/start/datetime", "/end/datetime", "/distance", "/start/lat", "/end/lon"} <= {
        gap.pointer for gap in drafted.assumed
    }
    assert drafted.draft["start"]["datetime"] == "2022-10-12T05:30:00Z"
    assert drafted.draft["end"]["datetime"] == "2022-10-12T05:57:00Z"
    for gap in (*drafted.missing, *drafted.assumed):
        assert gap.text("en") != gap.text("fr")
        assert gap.pointer in gap.text("fr")


@pytest.mark.parametrize("status", ["WAITING_CONFIRMATION", "CONFIRMED", "CANCELLED", None])
def test_what_was_not_carried_out_is_not_declared(status: str | None) -> None:
    drafted = from_booking(booking(status=status), FULL)
    assert drafted.document is None
    assert [gap.code for gap in drafted.missing] == ["proof.gap.not-carried-out"]


def test_what_is_over_is_taken_to_have_happened() -> None:
    drafted = from_booking(booking(status="COMPLETED_PENDING_VALIDATION"), FULL)
    assert drafted.document is not None
    assert drafted.assumed[0].code == "proof.gap.not-validated"


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ({"type": "FREE"}, 0),
        ({"type": "PAYING", "amount": 1.15, "currency": "EUR"}, 0),
        ({"type": "PAYING", "amount": 4.35, "currency": "EUR"}, 285),
        ({"type": "UNKNOWN"}, None),
        ({"type": "PAYING", "amount": 2, "currency": "CHF"}, None),
        ({}, None),
    ],
)
def test_contribution(price: dict[str, Any], expected: int | None) -> None:
    drafted = from_booking(booking(price=price), FULL)
    assert drafted.draft["passenger"].get("contribution") == expected
    assert (drafted.document is None) == (expected is None)


def test_a_class_beyond_the_evidence_is_not_declared() -> None:
    ride = Ride(**{**vars(FULL), "evidence": Evidence(True, WHOLE), "proof_class": "C"})
    assert [gap.code for gap in from_booking(booking(), ride).missing] == [
        "proof.gap.class-too-high"
    ]
    lower = Ride(**{**vars(FULL), "proof_class": "A"})
    assert from_booking(booking(), lower).draft["operator_class"] == "A"
    none = Ride(**{**vars(FULL), "evidence": Evidence()})
    assert [gap.code for gap in from_booking(booking(), none).missing] == ["proof.gap.unproven"]


def test_nobody_shows() -> None:
    text = repr(FULL) + repr(from_booking(booking(), FULL))
    for secret in ("Martin", "199001234", "Goff", "u-1042", identity_key("+33199001234", "Martin")):
        assert secret not in text
