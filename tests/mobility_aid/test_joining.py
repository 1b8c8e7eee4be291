"""A subscription to an aid for carpooling and the registry of proofs, joined by an identity key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.carpool_proof.sandbox import Sandbox

from mobstd.carpool_proof.identity import identity_key
from mobstd.carpool_proof.sending import send_journeys
from mobstd.carpool_proof.sending.proofs import proofs_of
from mobstd.carpool_proof.v3_4 import Client
from mobstd.errors import ConfigError, Unreachable
from mobstd.mobility_aid.funder.joining import joined, that_count
from mobstd.mobility_aid.funder.registering import Claim, Outage, RegistryRefused, TooEarly
from mobstd.transport.asgi import AsgiSender

from .documents import aid, grant, is_
from .funders import DEPARTMENT, Asked, new_id

CAMPAIGN = "exemple-campagne"
KEYS = {
    name: identity_key(f"+3319900{number}", name)
    for name, number in (("camille", "1234"), ("dominique", "1235"), ("sacha", "1236"))
}
TERMS = {
    "aid": CAMPAIGN,
    "title": "Prime au covoiturage",
    "funder": DEPARTMENT,
    "fields": [
        {
            "key": "identityKey",
            "label": "Clé d'identité",
            "type": "text",
            "required": True,
            "minimum": 64,
            "maximum": 64,
        }
    ],
    "documents": [],
    "consent": {"version": "1", "text": "J'accepte."},
    "checkMode": "automatic",
    "checks": [{"id": "journeys", "kind": "carpool-proof", "field": "identityKey"}],
    "evidenced": True,
    "reopens": True,
    "limit": 1,
    "payment": {"type": "once", "amount": "100", "currency": "EUR"},
    "example": {"identityKey": "0" * 64},
}


def campaign(**more: Any) -> dict[str, Any]:
    rule = {
        "allOf": [
            is_("trip.proofClass", "in", ["B", "C"]),
            is_("trip.distanceKm", "gte", 5),
            is_("trip.count", "gte", 2),
        ]
    }
    benefit = {**grant({"type": "fixed", "value": "100"}), "role": "driver"}
    place = {"basis": ["trip-origin", "trip-destination"], "match": "any"}
    territory = {**place, "include": [{"type": "department", "code": "38"}]}
    validity = {"start": "2026-07-01", "end": "2026-07-31"}
    whole = {"territory": territory, "validity": validity, **more}
    return aid(benefit, rule=whole.pop("rule", rule), id=CAMPAIGN, **whole)


def journey(number: int, driver: str, hour: int, **more: Any) -> dict[str, Any]:
    def person(key: str) -> dict[str, Any]:
        return {"identity_key": key, "operator_user_id": key[:8], "phone_trunc": "+336399801"}

    passenger = "f" * 63 + str(number % 10)
    return {
        "operator_journey_id": f"j{number}",
        "operator_trip_id": f"t{number}",
        "operator_class": "B",
        "incentives": [],
        "start": {"datetime": f"2026-07-06T{hour:02}:00:00Z", "lat": 45.19, "lon": 5.71},
        "end": {"datetime": f"2026-07-06T{hour:02}:20:00Z", "lat": 45.25, "lon": 5.74},
        "distance": 9000,
        "driver": {"identity": person(KEYS[driver]), "revenue": 100},
        "passenger": {"identity": person(passenger), "contribution": 150},
        **more,
    }


DECLARED = [
    journey(1, "camille", 2),
    journey(2, "camille", 7),
    journey(3, "dominique", 2),
    journey(4, "dominique", 7, operator_class="A"),
    journey(5, "sacha", 2),
    journey(6, "sacha", 7),
]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[tuple[Sandbox, Client]]:
    """A sandbox to which all was declared by an operator of this project."""
    sandbox = Sandbox()

    def bearer(_: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {sandbox.token(1)}"}

    sender = AsgiSender(sandbox.app)
    with Client("http://registry.example.org/v3.4", sender=sender, auth=bearer) as client:
        sent = send_journeys(client, DECLARED, journal=tmp_path / "outbox", concurrency=1)
        assert {str(one.fate) for one in sent} == {"accepted"}
        yield sandbox, client


def two_days_later(sandbox: Sandbox) -> None:
    """Have what was declared decided; a token does not live so long."""
    sandbox.ask("POST", "/sandbox/clock", {"forward": 50 * 3600}, operator=None)
    sandbox.tokens.clear()


def commune(lat: float, lon: float) -> str:
    assert (lat, lon) in ((45.19, 5.71), (45.25, 5.74))
    return "38185"


def belongs(claim: Claim) -> bool:
    return KEYS.get(claim.subject) == claim.stated


def funder(tmp_path: Path, registry: Any) -> Asked:
    file = tmp_path / "terms.json"
    file.write_text(json.dumps([TERMS]))
    return Asked(options={"data": file, "registry": registry})


def submitted(asked: Asked, name: str, key: str = "") -> tuple[Any, str]:
    by, id_ = asked.person(name), new_id()
    consent, answers = {"given": True, "version": "1"}, {"identityKey": key or KEYS[name]}
    made = {"id": id_, "aid": CAMPAIGN, "consent": consent, "answers": answers}
    assert asked("POST", "/subscriptions", made, by=by).status == 201
    return asked.step(id_, "submitted", by=by), id_


def test_who_has_enough_journeys_of_the_class_gets_the_aid(
    registry: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    sandbox, client = registry
    found = proofs_of(client, DECLARED, commune=commune)
    asked = funder(tmp_path, joined(found, [campaign()], belongs=belongs))

    early, id_ = submitted(asked, "camille")
    assert (early.status, early.json["type"].rpartition("/")[2]) == (409, "too-early")
    assert early.json["notBefore"] == "2026-07-08T13:00:00Z"
    assert asked.read(id_, by=asked.person("camille"))["state"] == "draft"

    two_days_later(sandbox)
    granted = asked.step(id_, "submitted", by=asked.person("camille")).json
    assert (granted["state"], granted["checks"][0]["outcome"]) == ("granted", "passed")
    assert len(granted["checks"][0]["reference"]) == 32
    assert granted["decision"]["payment"]["amount"] == "100"

    rejected = submitted(asked, "dominique")[0].json
    assert (rejected["state"], rejected["decision"]["code"]) == (
        "rejected",
        "externalRegistryRefused",
    )

    said = {"code": "1", "message": "x"}
    cancelled = sandbox.ask("POST", "/v3.4/journeys/j6/cancel", said)
    assert cancelled.status == 200
    assert submitted(asked, "sacha")[0].json["state"] == "rejected"


def test_nobody_claims_the_journeys_of_another(
    registry: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    sandbox, client = registry
    two_days_later(sandbox)
    found = proofs_of(client, DECLARED, commune=commune)
    asked = funder(tmp_path, joined(found, [campaign()], belongs=belongs))
    assert submitted(asked, "sacha", KEYS["camille"])[0].json["state"] == "rejected"
    assert submitted(asked, "camille")[0].json["state"] == "granted"


def test_what_comes_out_of_the_registry_names_nobody(registry: tuple[Sandbox, Client]) -> None:
    _, client = registry
    (first, _) = proofs_of(client, DECLARED)(KEYS["camille"])
    assert first == {
        "id": "j1",
        "role": "driver",
        "class": "B",
        "status": "pending",
        "start": "2026-07-06T02:00:00Z",
        "distanceKm": 9.0,
        "decidedBy": "2026-07-08T08:00:00+00:00",
    }
    (ridden,) = proofs_of(client, lambda key: DECLARED[:1])("f" * 63 + "1")
    assert ridden["role"] == "passenger"
    unsent = {**DECLARED[0], "operator_journey_id": "never-sent"}
    (lost,) = proofs_of(client, [unsent])(KEYS["camille"])
    assert lost["status"] == "unknown"


def proof(number: int = 1, **more: Any) -> dict[str, Any]:
    made = {"id": f"j{number}", "role": "driver", "class": "C", "status": "ok"}
    place = {"origin": "38185", "destination": "38185"}
    return {**made, "start": "2026-07-06T07:00:00Z", "distanceKm": 9, **place, **more}


@pytest.mark.parametrize(
    ("changed", "count"),
    [
        ({}, 2),
        ({"status": "fraud_error"}, 0),
        ({"status": "pending"}, 0),
        ({"class": "A"}, 0),
        ({"role": "passenger"}, 0),
        ({"distanceKm": 4.9}, 0),
        ({"origin": "69123", "destination": "69123"}, 0),
        ({"origin": "69123"}, 2),
        ({"start": "2026-06-30T21:59:00Z"}, 0),
        ({"start": "2026-06-30T22:00:00Z"}, 2),
        ({"start": "2026-07-31T21:59:00Z"}, 2),
        ({"start": "2026-07-31T22:00:00Z"}, 0),
        ({"id": "j1"}, 0),
    ],
)
def test_a_journey_counts_by_what_the_aid_asks(changed: dict[str, Any], count: int) -> None:
    assert len(that_count(campaign(), [proof(1), proof(2, **changed)])) == count


@pytest.mark.parametrize("unknown", ["distanceKm", "class"])
def test_what_is_not_known_of_a_journey_does_not_count(unknown: str) -> None:
    dark = {name: value for name, value in proof(2).items() if name != unknown}
    assert that_count(campaign(), [proof(1), dark]) == []
    assert len(that_count(campaign(), [proof(1), proof(3), dark])) == 2
    nowhere = {k: v for k, v in proof(2).items() if k not in ("origin", "destination")}
    assert that_count(campaign(), [proof(1), nowhere]) == []


CLAIM = Claim(KEYS["camille"], CAMPAIGN, new_id(), "camille")


def test_what_a_registry_cannot_tell_now_is_an_outage() -> None:
    def away(key: str) -> Iterator[Any]:
        yield proof(1)
        raise Unreachable("transport.unreachable", operation="x", host="h", reason="r")

    for journeys in (
        away,
        lambda key: [{"id": "j1", "status": "ok"}],
        lambda key: [proof(1, start="yesterday"), proof(2)],
        lambda key: [proof(1), None],
        lambda key: 3,
    ):
        with pytest.raises(Outage):
            joined(journeys, [campaign()], belongs=belongs)(CLAIM)


def test_an_aid_that_nobody_joined_is_refused() -> None:
    asked = joined(lambda key: [proof(1), proof(2)], [campaign()], belongs=belongs)
    assert asked(CLAIM) == asked(CLAIM)
    with pytest.raises(RegistryRefused):
        asked(Claim(CLAIM.stated, "another", CLAIM.subscription, "camille"))
    assert KEYS["camille"] not in repr(CLAIM)
    assert "'camille'" not in repr(CLAIM)


def test_a_journey_that_is_not_decided_tells_when() -> None:
    pending = proof(2, status="pending", decidedBy="2026-07-09T00:00:00+02:00")
    strange = proof(3, status="pending", role="passenger", decidedBy="2099-01-01T00:00:00Z")
    asked = joined(lambda key: [proof(1), pending, strange], [campaign()], belongs=belongs)
    with pytest.raises(TooEarly) as told:
        asked(CLAIM)
    assert told.value.at.isoformat() == "2026-07-09T00:00:00+02:00"
    later = joined(
        lambda key: [proof(1, status="pending"), proof(2)], [campaign()], belongs=belongs
    )
    with pytest.raises(TooEarly) as told:
        later(CLAIM)
    assert told.value.at.isoformat() == "2026-07-13T07:00:00+00:00"


def test_an_aid_that_asks_for_more_than_journeys_tell_is_refused() -> None:
    for rule in (is_("person.age", "gte", 18), {"not": is_("household.size", "gte", 2)}):
        with pytest.raises(ConfigError) as told:
            joined(lambda key: [], [campaign(rule=rule)], belongs=belongs)
        assert told.value.exit_code == 2
        assert "journeys" in str(told.value)
    with pytest.raises(ConfigError):
        joined(lambda key: [], [campaign(rule=None)], belongs=belongs)
