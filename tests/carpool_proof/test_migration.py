"""The legacy versions, and documents that go from one version to another."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mobstd.canon.files import load
from mobstd.canon.schemas import documents, schema_names, schema_of, validator_of
from mobstd.canon.standard import Version, find
from mobstd.canon.validator import python_validator
from mobstd.carpool_proof.migration import VERSIONS, Mapped, migrate
from mobstd.errors import UnknownName

from .documents import LEGACY, refusals
from .test_canon import THEIRS, bare, differences, facts

CANON = {number: find(f"carpool-proof@{number}") for number in VERSIONS}
UPSTREAM = Path(__file__).resolve().parents[3] / "shared/reference/upstream"
published = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the published files are not here")


def examples(version: Version) -> list[tuple[str, Any]]:
    paths = sorted((version.folder / "examples/valid").glob("*/*.json"))
    return [(path.parent.name, load(path)) for path in paths]


def full(number: str, schema: str, place: int = 0) -> Any:
    found = [deepcopy(document) for name, document in examples(CANON[number]) if name == schema]
    return found[place]


@pytest.mark.parametrize("number", LEGACY)
def test_a_legacy_version_has_valid_schemas_and_examples(number: str) -> None:
    version = CANON[number]
    assert version.status == "legacy"
    assert version.roles == ()
    shown = examples(version)
    assert sorted({name for name, _ in shown}) == schema_names(version)
    for name in schema_names(version):
        schema = schema_of(version, name)
        jsonschema_rs.meta.validate(dict(schema))
        assert schema["$id"].endswith(f"/carpool-proof/{number}/{name}.schema.json")
    for name, document in shown:
        for judge in (
            validator_of(version, name),
            python_validator(schema_of(version, name), documents(version)),
        ):
            assert refusals(judge, document) == set()


REQUESTS = {"journey", "journey-update", "identity", "driver", "passenger", "export-request"}
READ = {"siret/pattern", "lat/minimum", "lat/maximum", "lon/minimum", "lon/maximum"}
READ |= {"over_18/enum", "over_18/type", "application_timestamp/format", "operator_class/type"}
READ |= {f"driving_license/{key}" for key in ("type", "pattern", "minLength", "maxLength")}
READ |= {"name/type", "operator_journey_id/pattern"}


@published
@pytest.mark.parametrize("number", LEGACY[1:])
def test_requests_are_the_published_ones_but_for_what_is_told(number: str) -> None:
    upstream = bare(load(UPSTREAM / f"rpc-{number}.openapi.yaml"))
    known = upstream["components"]["schemas"]
    bodies = {
        "journey": ("/journeys", "post"),
        "journey-update": ("/journeys/{operator_journey_id}", "patch"),
        "export-request": ("/exports", "post"),
    }
    version = CANON[number]
    for name in REQUESTS & set(THEIRS):
        theirs = known.get(name)
        if name in bodies:
            path, method = bodies[name]
            body = upstream["paths"][path][method]["requestBody"]
            theirs = body["content"]["application/json"]["schema"]
        ours = facts(
            schema_of(version, name), lambda file: schema_of(version, file.partition(".")[0])
        )
        other = facts(theirs, lambda place: known[place.rpartition("/")[2]])
        assert set(differences(ours, other, name)) <= READ, name


def valid(mapped: Mapped, number: str) -> bool:
    return validator_of(CANON[number], mapped.schema).is_valid(mapped.document)


@pytest.mark.parametrize(("old", "new"), list(product(VERSIONS, VERSIONS)))
def test_what_comes_over_is_valid_there(old: str, new: str) -> None:
    for name, document in examples(CANON[old]):
        before = deepcopy(document)
        mapped = migrate(name, document, old, new)
        assert document == before
        if mapped.document is None:
            assert mapped.losses, name
        else:
            assert valid(mapped, new), name
        for loss in mapped.losses:
            assert all(loss.text(lang) for lang in ("en", "fr"))
        if old == new:
            assert (mapped.document, mapped.losses) == (document, ())


@pytest.mark.parametrize(("old", "new"), list(product(VERSIONS, VERSIONS)))
def test_there_and_back_again(old: str, new: str) -> None:
    """A document that comes back differs only where a loss was named."""
    for name, document in examples(CANON[old]):
        there = migrate(name, document, old, new)
        if there.document is None:
            continue
        back = migrate(there.schema, there.document, new, old)
        if not there.losses and not back.losses and back.schema == name:
            assert plain(back.document) == plain(document), name


def plain(document: Any) -> Any:
    """Return a document with the labels of frauds as texts: both spellings mean the same (A216)."""
    labels = document.get("fraud_error_labels")
    if not labels:
        return document
    texts = [one if isinstance(one, str) else one["label"] for one in labels]
    return {**document, "fraud_error_labels": texts}


def test_a_journey_is_the_same_since_3_1() -> None:
    document = full("3.1", "journey")
    for new in ("3.2", "3.3", "3.4"):
        assert migrate("journey", document, "3.1", new) == Mapped("journey", document)
        assert migrate("journey", document, new, "3.1") == Mapped("journey", document)


def losses(mapped: Mapped) -> list[tuple[str, str, str]]:
    return [(loss.code, loss.kind, loss.pointer) for loss in mapped.losses]


def test_an_id_that_the_newer_version_refuses_is_not_renamed() -> None:
    document = full("3.0", "journey")
    document["operator_journey_id"] = "Trajet n° 1"
    document["driver"]["identity"]["phone_trunc"] = "0199000101"
    mapped = migrate("journey", document, "3.0", "3.4")
    assert mapped.document is None
    assert losses(mapped) == [
        ("migration-form", "missing", "/operator_journey_id"),
        ("migration-form", "missing", "/driver/identity/phone_trunc"),
    ]


def test_down_to_3_0_the_date_of_application_is_lost() -> None:
    document = full("3.4", "journey")
    document["driver"]["identity"]["application_timestamp"] = "2026-09-01T00:00:00Z"
    mapped = migrate("journey", document, "3.4", "3.0")
    assert losses(mapped) == [
        ("migration-member", "lost", "/driver/identity/application_timestamp")
    ]
    assert mapped.document is not None
    assert "application_timestamp" not in mapped.document["driver"]["identity"]


def test_a_receipt_gets_an_envelope_and_leaves_it() -> None:
    receipt = full("3.0", "journey-receipt")
    up = migrate("journey-receipt", receipt, "3.0", "3.4")
    assert up.schema == "journey-created"
    assert up.document is not None
    assert up.document["result"]["data"] == receipt
    assert migrate("journey-created", up.document, "3.4", "3.0") == Mapped(
        "journey-receipt", receipt
    )


def test_up_from_2_0_a_journey_gets_keys_and_one_way() -> None:
    document = full("2.0", "journey")
    mapped = migrate("journey", document, "2.0", "3.0")
    assert mapped.document is not None
    assert losses(mapped) == [
        ("migration-member", "lost", "/driver/distance"),
        ("migration-member", "lost", "/passenger/end/insee"),
        *(
            ("migration-member", "lost", f"/driver/identity/{name}")
            for name in ("firstname", "lastname", "email", "company")
        ),
        ("migration-member", "lost", "/passenger/identity/lastname"),
    ]
    assert mapped.document["operator_journey_id"] == document["journey_id"]
    assert mapped.document["operator_trip_id"] == "trip-2021-09-14-1"
    assert mapped.document["incentives"] == document["driver"]["incentives"]
    assert mapped.document["start"] == document["passenger"]["start"]
    assert mapped.document["distance"] == 24_500
    assert mapped.document["passenger"] == {
        "identity": {
            "identity_key": hashlib.sha256(b"+33639980101-MARTIN").hexdigest(),
            "operator_user_id": "user-17",
            "phone": "+33639980101",
            "phone_trunc": "+336399801",
            "over_18": True,
        },
        "contribution": 100,
        "seats": 1,
    }
    document["journey_id"] = "j1"
    assert migrate("journey", document, "2.0", "3.4").document is not None


def test_what_a_journey_of_2_0_does_not_say_is_missing() -> None:
    mapped = migrate("journey", full("2.0", "journey", 1), "2.0", "3.0")
    assert mapped.document is None
    missing = [loss.pointer for loss in mapped.losses if loss.kind == "missing"]
    assert missing == [
        "/operator_journey_id",
        "/passenger/distance",
        "/passenger/start/lat",
        "/passenger/start/lon",
        "/driver/identity",
        "/passenger/identity",
    ]
    said = " ".join(loss.text(lang) for loss in mapped.losses for lang in ("en", "fr"))
    assert "user-18" not in said + repr(mapped)


def test_persons_of_2_0() -> None:
    for person, code in (
        ({"phone": "+33639980101", "lastname": "Martin"}, "migration-wanted"),
        ({"phone": "+33639980101", "operator_user_id": "u"}, "migration-key"),
        ({"phone": "12", "lastname": "Martin", "operator_user_id": "u"}, "migration-key"),
        ({"phone": "+33639980101", "lastname": "-", "operator_user_id": "u"}, "migration-key"),
    ):
        mapped = migrate("identity", person, "2.0", "3.0")
        assert mapped.document is None
        assert mapped.losses[0].code == code
    person = {"phone": "+33639980101", "lastname": "L'Œillet", "operator_user_id": "u"}
    mapped = migrate("identity", person, "2.0", "3.4")
    assert mapped.document is not None
    assert losses(mapped)[0] == ("migration-key-ours", "approximated", "/lastname")


def test_incentives_of_both_persons_of_2_0_are_counted_anew() -> None:
    document = full("2.0", "journey")
    theirs = {"index": 0, "amount": 7, "siret": "11000101300017"}
    document["passenger"]["incentives"] = [theirs]
    mapped = migrate("journey", document, "2.0", "3.0")
    assert mapped.document is not None
    assert mapped.document["incentives"][1] == {**theirs, "index": 1}
    assert mapped.named("migration-order")
    document["passenger"]["incentives"][0]["index"] = 1
    assert not migrate("journey", document, "2.0", "3.0").named("migration-order")


def test_down_to_2_0_a_journey_is_told_twice() -> None:
    document = full("3.0", "journey")
    document["licence_plate"] = "AA-123-AA"
    mapped = migrate("journey", document, "3.0", "2.0")
    assert mapped.document is not None
    assert losses(mapped) == [
        ("migration-way", "approximated", "/start"),
        ("migration-way", "approximated", "/end"),
        ("migration-member", "lost", "/licence_plate"),
        ("migration-member", "lost", "/driver/identity/identity_key"),
        ("migration-member", "lost", "/passenger/identity/identity_key"),
    ]
    assert mapped.document["driver"]["start"] == mapped.document["passenger"]["start"]
    assert mapped.document["passenger"]["incentives"] == []
    assert mapped.document["driver"]["incentives"] == document["incentives"]


def test_statuses_of_2_0() -> None:
    for old, new, kinds in (
        ("ok", "ok", []),
        ("expired", "terms_violation_error", []),
        ("fraud_error", "fraud_error", ["approximated"]),
    ):
        status = {"status": old, "journey_id": "j1", "created_at": "2021-09-14T07:00:00.000Z"}
        mapped = migrate("journey-status", status, "2.0", "3.4")
        assert mapped.document is not None
        assert mapped.document["status"] == new
        assert [loss.kind for loss in mapped.losses] == kinds
        back = migrate("journey-status", mapped.document, "3.4", "2.0")
        assert back.document == status
    base = {"operator_journey_id": "j1", "created_at": "2021-09-14T07:00:00.000Z"}
    anomaly = migrate("journey-status", {**base, "status": "anomaly_error"}, "3.0", "2.0")
    assert anomaly.document is not None
    assert anomaly.document["status"] == "fraud_error"
    refused = {**base, "status": "terms_violation_error"}
    for labels in (["distance_too_short"], ["expired", "distance_too_short"], []):
        status = {**refused, "terms_violation_details": labels}
        mapped = migrate("journey-status", status, "3.0", "2.0")
        assert mapped.document is None
        assert mapped.named("migration-word")


def test_labels_of_frauds() -> None:
    status = full("3.4", "journey-status")
    status.pop("journey_id", None)
    status["fraud_error_labels"] = [
        {"label": "interoperator_overlap"},
        "interoperator_too_close_trips",
        {"label": "interoperator_overlap", "since": 1},
    ]
    mid = migrate("journey-status", status, "3.4", "3.2")
    assert mid.document is not None
    assert mid.document["fraud_error_labels"] == [
        *("interoperator_overlap", "interoperator_too_close_trips", "interoperator_overlap")
    ]
    assert losses(mid) == [("migration-member", "lost", "/fraud_error_labels/2/since")]
    old = migrate("journey-status", mid.document, "3.2", "3.0")
    assert old.document is not None
    assert old.document["fraud_error_labels"] == ["interoperator_fraud"]
    assert losses(old) == [("migration-label", "approximated", "/fraud_error_labels/1")]
    new = migrate("journey-status", old.document, "3.0", "3.4")
    assert losses(new) == [("migration-label", "approximated", "/fraud_error_labels/0")]
    known = full("3.4", "journey-status", 1)
    assert losses(migrate("journey-status", known, "3.4", "3.1")) == [
        ("migration-member", "lost", "/journey_id")
    ]


def test_refusals_by_the_terms() -> None:
    old = {"error": {"code": -32600, "message": "Invalid Request", "data": ["expired"]}}
    up = migrate("rpc-error", old, "3.0", "3.3")
    assert up.schema == "terms-refusal"
    assert up.document is not None
    assert up.document["error"]["data"] == {"terms_violation_labels": ["expired"]}
    other = {"error": {"code": -32600, "message": "Invalid Request", "data": "no phone"}}
    assert migrate("rpc-error", other, "3.0", "3.3") == Mapped("rpc-error", other)
    counted = full("3.4", "terms-refusal")
    down = migrate("terms-refusal", counted, "3.4", "3.3")
    assert losses(down) == [
        ("migration-count", "lost", "/error/data/terms_violation_error_details/0")
    ]
    again = migrate("terms-refusal", down.document, "3.3", "3.4")
    assert losses(again) == [("migration-count", "missing", "/error/data/terms_violation_labels/0")]
    oldest = migrate("terms-refusal", counted, "3.4", "3.0")
    assert oldest.schema == "rpc-error"
    assert oldest.document is not None
    assert oldest.document["error"]["data"] == ["too_many_trips_by_day"]


def test_what_a_version_has_no_place_for() -> None:
    for name, old, new in (
        ("cee-application", "3.3", "3.4"),
        ("cee-application", "3.1", "3.0"),
        ("token-request", "3.3", "3.2"),
    ):
        mapped = migrate(name, full(old, name), old, new)
        assert mapped.document is None
        assert losses(mapped) == [("migration-no-place", "lost", "")]


def test_unknown_names() -> None:
    with pytest.raises(UnknownName, match=r"1\.0"):
        migrate("journey", {}, "1.0", "3.4")
    with pytest.raises(UnknownName, match="trip"):
        migrate("trip", {}, "3.0", "3.4")
