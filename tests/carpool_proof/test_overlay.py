"""The overlay ``server``: what it changes is told, and what is told it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.schemas import schema_names, schema_of
from mobstd.validation.overlay import documents_under, overlays

from .documents import LIVE, VERSIONS, both, patched, refusals

CASES = [
    # edit of the full journey, taken by the text, taken by the server
    ("/operator_journey_id", "Trajet n° 1/2", False, True),
    ("/operator_journey_id", "x" * 256, True, True),
    ("/operator_trip_id", "", True, False),
    ("/operator_trip_id", "x" * 257, True, False),
    ("/distance", 0, True, False),
    ("/distance", 1, True, True),
    ("/distance", 1_000_001, False, False),
    ("/incentives/0/amount", 100_000, True, True),
    ("/incentives/0/amount", 100_001, True, False),
    ("/incentives/0/amount", 10.5, False, False),
    ("/incentives/0/amount", 10.0, True, True),
    ("/incentives/0/index", 19, True, True),
    ("/incentives/0/index", 20, True, False),
    ("/incentives/0/siret", "11000101300018", True, True),
    ("/start/lat", 1e-7, True, False),
    ("/start/lat", -9e-7, True, False),
    ("/start/lat", 0.000001, True, True),
    ("/start/lat", 0, True, True),
    ("/start/lon", 180, True, True),
    ("/start/datetime", "2026-09-14 06:00:00Z", False, True),
    ("/start/datetime", "2026-09-14T08:00:00+0200", False, True),
    ("/start/datetime", "2026-09-14T08:00:00+02", False, False),
    ("/driver/revenue", 1_000_000, True, True),
    ("/driver/revenue", 1_000_001, True, False),
    ("/driver/identity/identity_key", "A" * 64, True, False),
    ("/driver/identity/identity_key", 12, False, True),
    ("/driver/identity/phone_trunc", "06010203", False, True),
    ("/driver/identity/phone_trunc", "+35461012", False, True),
    ("/driver/identity/phone_trunc", "+33601020304", True, False),
    ("/driver/identity/phone_trunc", "6010203", False, False),
    ("/passenger/identity/phone", "+33601020304, +590690101010", True, False),
    ("/passenger/identity/travel_pass/user_id", "x" * 128, True, True),
    ("/passenger/identity/travel_pass/user_id", "x" * 129, True, False),
]
ADDED = [
    ("/licence_plate", "x" * 32, True, True),
    ("/licence_plate", "x" * 33, True, False),
    ("/operator_id", 42, False, True),
    ("/operator_id", 0, False, False),
    ("/incentive_counterparts", "anything", False, True),
    ("/driver/identity/driving_license", "051227308989", True, False),
    ("/driver/identity/application_timestamp", "2026-09-01T00:00:00Z", True, False),
    ("/driver/identity/email", "driver@example.org", False, True),
    ("/nonsense", 1, False, False),
]


def full(number: str) -> Any:
    return load(VERSIONS[number].folder / "examples/valid/journey/full.json")


@pytest.mark.parametrize(
    ("op", "path", "value", "text", "server"),
    [*(("replace", *case) for case in CASES), *(("add", *case) for case in ADDED)],
)
def test_what_the_text_and_the_server_take(
    op: str, path: str, value: Any, text: bool, server: bool
) -> None:
    edited = patched(full("3.4"), [{"op": op, "path": path, "value": value}])
    assert [judge.is_valid(edited) for judge in both("3.4", "journey")] == [text] * 2
    assert [j.is_valid(edited) for j in both("3.4", "journey", "server")] == [server] * 2


def test_one_of_the_two_phones_is_enough_for_the_server() -> None:
    whole = patched(full("3.4"), [{"op": "remove", "path": "/passenger/identity/phone_trunc"}])
    none = patched(whole, [{"op": "remove", "path": "/passenger/identity/phone"}])
    for judge in both("3.4", "journey", "server"):
        assert refusals(judge, whole) == set()
        assert refusals(judge, none) == {("anyOf", "/passenger/identity")}


def test_answers_of_the_server() -> None:
    said = {
        "status": "anomaly_error",
        "operator_journey_id": "a b",
        "created_at": "2026-09-14T07:00:00.000Z",
        "fraud_error_labels": ["interoperator_overlap"],
        "anomaly_error_details": [
            {
                "label": "distance_duration_anomaly",
                "metas": {"conflicting_operator_journey_id": None, "overlap_duration_ratio": None},
            }
        ],
    }
    for judge in both("3.4", "journey-status", "server"):
        assert refusals(judge, said) == set()
        wrong = {**said, "fraud_error_labels": [{"label": "interoperator_overlap"}]}
        assert refusals(judge, wrong) >= {("type", "/fraud_error_labels/0")}
        never = {**said, "status": "validation_error"}
        assert refusals(judge, never) == {("enum", "/status")}


def places(schema: Any) -> dict[str, str]:
    """Return what a schema says at each place where a difference can be told."""
    props = schema.get("properties", {})
    out = {f"/properties/{name}": without_prose(node) for name, node in props.items()}
    for key in ("required", "additionalProperties", "anyOf", "allOf"):
        if key in schema:
            out[f"/{key}"] = without_prose(schema[key])
    return out


def without_prose(node: Any) -> str:
    if isinstance(node, dict):
        node = {key: value for key, value in node.items() if key != "description"}
    return json.dumps(node, sort_keys=True)


TOGETHER = {
    "identity": {
        "/properties/driving_license": "/properties",
        "/properties/application_timestamp": "/properties",
        **dict.fromkeys(
            ("/properties/firstname", "/properties/lastname", "/properties/company"),
            "/properties/email",
        ),
        "/anyOf": "/required",
    },
    "geo-selector": {"/properties/country": "/properties/reseau"},
    "anomaly-metas": dict.fromkeys(
        (
            *("/properties/conflicting_journey_id", "/properties/temporal_overlap_duration_ratio"),
            *("/properties/conflicting_operator_journey_id", "/properties/overlap_duration_ratio"),
            "/additionalProperties",
        ),
        "/properties",
    ),
}
"""Places whose difference is told at another one."""


@pytest.mark.parametrize("number", LIVE)
def test_every_difference_is_told(number: str) -> None:
    version = VERSIONS[number]
    assert overlays(version) == ["server"]
    folder = version.folder / "overlays/server"
    told = {row["where"] for row in load(folder / "overlay.yaml")["differences"]}
    found = set()
    for path in sorted(folder.glob("*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        assert name in schema_names(version)
        ours, theirs = load(path), schema_of(version, name)
        assert {k: ours[k] for k in ("$id", "$schema", "title", "type")} == {
            k: theirs[k] for k in ("$id", "$schema", "title", "type")
        }
        now, before = places(ours), places(theirs)
        here = {at for at in {*now, *before} if now.get(at) != before.get(at)}
        assert here, name
        found |= {f"{path.name}#{TOGETHER.get(name, {}).get(at, at)}" for at in here}
    assert found == told


@pytest.mark.parametrize("number", LIVE)
def test_without_its_name_nothing_of_it_is_read(number: str) -> None:
    plain = documents_under(VERSIONS[number], None)
    under = documents_under(VERSIONS[number], "server")
    assert plain.keys() == under.keys()
    assert plain != under


def test_validate_takes_the_overlay(mobstd: Callable[..., Any], tmp_path: Any) -> None:
    file = tmp_path / "journeys.ndjson"
    edited = patched(full("3.4"), [{"op": "replace", "path": "/distance", "value": 0}])
    file.write_text(json.dumps(full("3.4")) + "\n" + json.dumps(edited) + "\n", "utf-8")
    schema = ("--schema", "carpool-proof@3.4/journey")
    assert mobstd("validate", str(file), *schema).code == 0
    got = mobstd("validate", str(file), *schema, "--overlay", "server")
    assert got.code == 1
    assert "/distance exclusiveMinimum" in got.out
