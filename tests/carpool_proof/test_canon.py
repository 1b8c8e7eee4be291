"""The canon of the registry's versions: schemas, OpenAPI documents, examples, origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle, operations
from mobstd.canon.schemas import documents, schema_names, schema_of
from mobstd.canon.validator import validator

from .documents import LIVE, VERSIONS, both, nodes, patched, refusals

UPSTREAM = Path(__file__).resolve().parents[3] / "shared/reference/upstream"
published = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the published files are not here")
SCHEMAS = [(number, name) for number, v in VERSIONS.items() for name in schema_names(v)]


def examples(kind: str) -> list[Any]:
    return [
        pytest.param(number, path, id=f"{number}-{path.parent.name}-{path.stem}")
        for number, version in VERSIONS.items()
        for path in sorted((version.folder / "examples" / kind).glob("*/*.json"))
    ]


@pytest.mark.parametrize(("number", "name"), SCHEMAS)
def test_a_schema_is_valid_and_says_what_it_is(number: str, name: str) -> None:
    schema = schema_of(VERSIONS[number], name)
    jsonschema_rs.meta.validate(dict(schema))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    base = f"https://mobstd.github.io/schemas/carpool-proof/{number}/"
    assert schema["$id"] == f"{base}{name}.schema.json"
    assert schema["title"] == "".join(part.capitalize() for part in name.split("-"))
    assert schema["description"].endswith(".")
    assert schema["examples"]
    for member, node in schema.get("properties", {}).items():
        assert node["description"].endswith("."), member
    for node in nodes(schema):
        if "$ref" in node:
            assert (VERSIONS[number].folder / node["$ref"]).is_file()
    for judge in both(number, name):
        assert [refusals(judge, document) for document in schema["examples"]] == [set()] * len(
            schema["examples"]
        )


UNITS = {
    r"^(lat|lon|(start|end)\[)": "in WGS84 decimal degrees",
    r"^distance$": "in metres",
    r"^duration$": "in seconds",
    r"^(amount|revenue|contribution)$": "paid",
}
MONEY = {"amount", "revenue", "contribution"}


@pytest.mark.parametrize("number", LIVE)
def test_whatever_has_a_unit_says_it(number: str) -> None:
    for name in schema_names(VERSIONS[number]):
        for member, node in schema_of(VERSIONS[number], name).get("properties", {}).items():
            if member in MONEY:
                assert "in euro cents" in node["description"], (name, member)
            for pattern, unit in UNITS.items():
                if re.search(pattern, member) and member not in MONEY:
                    assert unit in node["description"], (name, member)


def test_every_schema_has_examples_of_both_kinds() -> None:
    for version in VERSIONS.values():
        for kind in ("valid", "invalid"):
            folder = version.folder / "examples" / kind
            assert sorted(path.name for path in folder.iterdir()) == schema_names(version)
            assert all(list(path.glob("*.json")) for path in folder.iterdir())


@pytest.mark.parametrize(("number", "path"), examples("valid"))
def test_valid_examples(number: str, path: Path) -> None:
    for judge in both(number, path.parent.name):
        assert refusals(judge, load(path)) == set()


@pytest.mark.parametrize(("number", "path"), examples("invalid"))
def test_invalid_examples_are_one_edit_away_from_a_valid_one(number: str, path: Path) -> None:
    example = load(path)
    twin = load(path.parents[2] / "valid" / path.parent.name / example["twin_of"])
    assert len(example["edit"]) == 1
    assert all(example["why"][language] for language in ("en", "fr"))
    for judge in both(number, path.parent.name):
        assert judge.is_valid(twin)
        found = refusals(judge, patched(twin, example["edit"]))
        assert found == {(example["keyword"], example["pointer"])}


@pytest.mark.parametrize("number", LIVE)
def test_the_bundle_is_a_valid_openapi_document(number: str) -> None:
    document = bundle(VERSIONS[number], "registry")
    validate(document)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == number
    assert not re.search(r'"\$ref": "[^#]', json.dumps(document))


OPERATIONS = {
    "createAccessToken": ("POST", "/auth/access_token", "access"),
    "listCredentials": ("GET", "/auth/credentials", "credentials"),
    "createCredentials": ("POST", "/auth/credentials", "credentials"),
    "deleteCredentials": ("DELETE", "/auth/credentials", "credentials"),
    "createJourney": ("POST", "/journeys", "journeys"),
    "listJourneys": ("GET", "/journeys", "journeys"),
    "getJourney": ("GET", "/journeys/{operator_journey_id}", "journeys"),
    "updateJourney": ("PATCH", "/journeys/{operator_journey_id}", "journeys"),
    "cancelJourney": ("POST", "/journeys/{operator_journey_id}/cancel", "journeys"),
    "getRoute": ("GET", "/geo/route", "places"),
    "getPointByAddress": ("GET", "/geo/point/by_address", "places"),
    "getPointByInsee": ("GET", "/geo/point/by_insee", "places"),
    "createExport": ("POST", "/exports", "exports"),
}
CLOSED = {
    "createCeeApplication": ("POST", "/policies/cee", "certificates"),
    "simulateCeeApplication": ("POST", "/policies/cee/simulate", "certificates"),
    "importCeeApplications": ("POST", "/policies/cee/import", "certificates"),
    "importCeeIdentities": ("POST", "/policies/cee/import/identity", "certificates"),
    "getCeeApplication": ("GET", "/policies/cee/{uuid}", "certificates"),
    "deleteCeeApplication": ("DELETE", "/policies/cee/{uuid}", "certificates"),
}


@pytest.mark.parametrize(
    ("number", "expected"), [("3.3", {**OPERATIONS, **CLOSED}), ("3.4", OPERATIONS)]
)
def test_the_operations(number: str, expected: dict[str, Any]) -> None:
    found = operations(VERSIONS[number], "registry")
    assert {name: (op.method, op.path, op.block) for name, op in found.items()} == expected
    for operation in found.values():
        assert operation.body_required == bool(operation.body)
        for parameter in operation.parameters:
            judge = validator(parameter.schema, documents(VERSIONS[number]))
            assert parameter.description.endswith(".")
            moving = parameter.name in ("start", "end")  # an instant would soon be too old
            assert bool(parameter.examples) != moving
            assert all(judge.is_valid(example) for example in parameter.examples)


def test_examples_name_nobody() -> None:
    for version in VERSIONS.values():
        for path in (version.folder / "examples").rglob("*.json"):
            text = path.read_text("utf-8")
            hosts = re.findall(r"[\w.]+@([\w.]+)", text)
            assert set(hosts) <= {"example.org"}, path
            numbers = re.findall(r"\"\+([0-9]+)\"", text)
            assert all(re.match(r"33(19900|63998)", one) for one in numbers), path


def follow(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        document = document[int(key) if isinstance(document, list) else key]
    return document


@pytest.mark.parametrize("number", LIVE)
def test_the_origin_is_told(number: str) -> None:
    version = VERSIONS[number]
    assert version.source["status"] == "adopted"
    assert version.source["origin"]["licence"] == "Apache-2.0"
    told = [row["where"] for row in version.source.get("deviations", ())]
    told += [place for row in version.source.get("changes", ()) for place in row["where"]]
    assert told
    for where in told:
        file, _, pointer = where.partition("#")
        follow(load(version.folder / file), pointer)


def test_3_4_is_3_3_but_for_what_is_told() -> None:
    """Files that differ are told, and files that are told differ."""
    old, new = VERSIONS["3.3"], VERSIONS["3.4"]
    gone = set(schema_names(old)) - set(schema_names(new))
    assert all(name.startswith("cee-") for name in gone)
    assert len(gone) == 7
    told = {place.partition("#")[0] for row in new.source["changes"] for place in row["where"]}
    different = {
        f"{name}.schema.json"
        for name in schema_names(new)
        if name not in schema_names(old) or same(old, name) != same(new, name)
    }
    referring = {"terms-error.schema.json", "terms-refusal.schema.json"}  # their examples alone
    assert different | referring | {"openapi/registry.yaml"} == told
    ours = load(new.folder / "openapi/registry.yaml")
    theirs = load(old.folder / "openapi/registry.yaml")
    assert ours["components"]["responses"] == theirs["components"]["responses"]
    kept = {path: item for path, item in theirs["paths"].items() if "/policies/" not in path}
    assert ours["paths"] == kept


def same(version: Any, name: str) -> dict[str, Any]:
    schema = {k: v for k, v in schema_of(version, name).items() if k not in ("$id", "examples")}
    return json.loads(json.dumps(schema))  # type: ignore[no-any-return]


PUBLISHED = load(Path(__file__).parent / "published.json")
KNOWN = PUBLISHED["components"]["schemas"]
PATHS = PUBLISHED["paths"]
JSON = "application/json"


def body(path: str, method: str) -> Any:
    return PATHS[path][method]["requestBody"]["content"][JSON]["schema"]


def answer(path: str, method: str, status: str) -> Any:
    return PATHS[path][method]["responses"][status]["content"][JSON]["schema"]


READ = answer("/journeys/{operator_journey_id}", "get", "200")
ITEMS = {name: READ["properties"][name]["items"] for name in READ["properties"] if name in (
    "fraud_error_labels", "anomaly_error_details")}  # fmt: skip
REFUSAL = answer("/journeys", "post", "422")
THEIRS: dict[str, Any] = {
    "journey": body("/journeys", "post"),
    "journey-update": body("/journeys/{operator_journey_id}", "patch"),
    "cancellation": body("/journeys/{operator_journey_id}/cancel", "post"),
    "identity": KNOWN["identity"],
    "travel-pass": KNOWN["travel_pass"],
    "driver": KNOWN["driver"],
    "passenger": KNOWN["passenger"],
    "incentive": KNOWN["incentives"]["items"],
    "payment": KNOWN["payments"]["items"],
    "time-geopoint": KNOWN["time_geopoint"],
    "geopoint": KNOWN["geopoint"],
    "journey-reference": answer("/journeys", "get", "200")["items"],
    "journey-status": READ,
    "fraud-detail": ITEMS["fraud_error_labels"],
    "anomaly-detail": ITEMS["anomaly_error_details"],
    "anomaly-metas": ITEMS["anomaly_error_details"]["properties"]["metas"],
    "terms-refusal": REFUSAL,
    "token-request": body("/auth/access_token", "post"),
    "access-token": answer("/auth/access_token", "post", "201"),
    "credential": answer("/auth/credentials", "get", "200")["items"],
    "key-pair": answer("/auth/credentials", "post", "201"),
    "route": answer("/geo/route", "get", "200"),
    "geo-selector": KNOWN["geo_selector"],
    "export-request": body("/exports", "post"),
    "export": answer("/exports", "post", "201"),
    "cee-simulation": body("/policies/cee/simulate", "post"),
    "cee-import-item": KNOWN["cee_application_import"],
    "cee-identity-item": KNOWN["cee_application_identity_import"],
    "cee-import-result": KNOWN["cee_application_import_response"],
    "cee-registration": KNOWN["cee_application"],
    "cee-conflict": answer("/policies/cee", "post", "409"),
}
OWN = {"created-result", "credential-request", "error-body", "journey-created", "journey-receipt"}
OWN |= {"plain-error", "rpc-error", "terms-data", "terms-error", "cee-application"}
"""What was published as an example, in prose, or as a part of what is compared."""

LIMITS = {"type", "format", "minLength", "maxLength", "pattern", "minimum", "maximum"}
LIMITS |= {"minItems", "maxItems", "minProperties", "maxProperties", "default"}


def facts(node: Mapping[str, Any], known: Any) -> dict[str, Any]:
    """Return what a schema says, its references followed, in one spelling."""
    if "$ref" in node:
        return facts(known(node["$ref"]), known)
    out: dict[str, Any] = {key: node[key] for key in LIMITS if key in node}
    if node.get("multipleOf") == 1 and out.get("type") == "number":
        out["type"] = "integer"
    if "enum" in node:
        out["enum"] = sorted(map(str, node["enum"]))
    if "required" in node:
        out["required"] = sorted(node["required"])
    if node.get("additionalProperties") is False:
        out["closed"] = True
    if "items" in node:
        out["items"] = facts(node["items"], known)
    if "properties" in node:
        parts = {name: facts(one, known) for name, one in node["properties"].items()}
        out["properties"] = parts
        out.setdefault("type", "object")
    return out


def differences(ours: Any, theirs: Any, at: str) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in {*ours, *theirs}:
            below = at if key in ("properties", "items") else f"{at}/{key}"
            yield from differences(ours.get(key), theirs.get(key), below)
    elif ours != theirs and not (str(ours) == theirs and at.endswith("/type")):
        yield "/".join(at.split("/")[-2:])


FRAUDS = "journey-status.schema.json#/properties/fraud_error_labels"
DIFFERENT = {
    "operator_journey_id/pattern": "#/properties/operator_journey_id",
    "siret/pattern": "incentive.schema.json#/properties/siret",
    **{f"{a}/{b}": "time-geopoint.schema.json#/properties/lat" for a in ("lat", "lon")
       for b in ("minimum", "maximum")},
    "over_18/enum": "identity.schema.json#/properties/over_18",
    "over_18/type": "identity.schema.json#/properties/over_18",
    **{f"driving_license/{key}": "identity.schema.json#/properties/driving_license"
       for key in ("type", "pattern", "minLength", "maxLength")},
    "application_timestamp/format": "identity.schema.json#/properties/application_timestamp",
    "datetime/format": "identity.schema.json#/properties/application_timestamp",
    "datetime/type": "cee-registration.schema.json#/properties/datetime",
    "terms_violation_labels/type": "terms-data.schema.json#/properties/terms_violation_labels",
    "terms_violation_labels/enum": "terms-data.schema.json#/properties/terms_violation_labels",
    "terms_violation_labels/minItems": "terms-data.schema.json#/properties/terms_violation_labels",
    "data/terms_violation_labels": "terms-data.schema.json#/properties/terms_violation_labels",
    "operator_class/type": "journey.schema.json#/properties/operator_class",
    "name/type": "journey.schema.json#/properties/operator_class",
    "terms-refusal/required": "terms-refusal.schema.json#/required",
    "error/required": "terms-refusal.schema.json#/required",
    "access-token/required": "access-token.schema.json#/required",
    "credential/required": "access-token.schema.json#/required",
    "key-pair/required": "access-token.schema.json#/required",
    "distance/type": "route.schema.json#/properties/distance",
    "duration/type": "route.schema.json#/properties/distance",
    "journey-status/fraud_error_labels": FRAUDS,
    "fraud_error_labels/type": FRAUDS,
    "cee-import-result/failed_details": "cee-import-result.schema.json#/properties/failed_details",
    "failed_details/required": "cee-import-result.schema.json#/properties/failed_details",
    "failed_details/type": "cee-import-result.schema.json#/properties/failed_details",
    "imported/type": "openapi/registry.yaml#/components/parameters/limit/schema",
    "failed/type": "openapi/registry.yaml#/components/parameters/limit/schema",
    "cee-identity-item/required": "cee-identity-item.schema.json#/allOf/0",
}  # fmt: skip
"""Each difference, and the deviation that tells of it."""


def test_the_schemas_are_the_published_ones_but_for_what_is_told() -> None:
    version = VERSIONS["3.3"]
    assert {*THEIRS, *OWN} == set(schema_names(version))
    told = {row["where"] for row in version.source["deviations"]}
    found = set()
    for name, theirs in THEIRS.items():
        ours = facts(
            schema_of(version, name), lambda file: schema_of(version, file.partition(".")[0])
        )
        other = facts(theirs, lambda place: KNOWN[place.rpartition("/")[2]])
        found |= set(differences(ours, other, name))
    assert found == set(DIFFERENT)
    assert all(any(w.endswith(where) for w in told) for where in DIFFERENT.values())


def test_the_operations_are_the_published_ones() -> None:
    ours = load(VERSIONS["3.3"].folder / "openapi/registry.yaml")["paths"]
    theirs = {(path, m) for path, item in PATHS.items() for m in item if m != "parameters"}
    assert {(path, method) for path, item in ours.items() for method in item} == theirs
    added = {"429", "503", "400", "401", "403", "404"}
    for path, item in ours.items():
        for method, operation in item.items():
            other = PATHS[path][method]
            statuses = set(other["responses"])
            assert statuses <= set(operation["responses"]) <= statuses | added
            assert ("requestBody" in operation) >= ("requestBody" in other)


def test_parameters_are_the_published_ones() -> None:
    found = operations(VERSIONS["3.3"], "registry")["listJourneys"].parameters
    ours = {p.name: facts(p.schema, None) for p in found}
    other = {
        p["name"]: facts(p["schema"], lambda place: KNOWN[place.rpartition("/")[2]])
        for p in PATHS["/journeys"]["get"]["parameters"]
    }
    assert [p.name for p in found if p.required] == ["status"]
    assert ours.pop("limit") == {"type": "integer", "minimum": 0, "default": 50}
    assert ours.pop("offset") == {"type": "integer", "minimum": 0, "default": 0}
    for name, one in ours.items():
        assert one == other[name], name


def bare(node: Any) -> Any:
    """Return a document without its prose."""
    if isinstance(node, list):
        return [bare(child) for child in node]
    if not isinstance(node, dict):
        return node
    prose = ("description", "summary", "title", "example", "examples")
    kept = {str(key): value for key, value in node.items() if key not in prose}
    return {
        key: {name: bare(one) for name, one in value.items()}
        if key == "properties"
        else bare(value)
        for key, value in kept.items()
    }


@published
def test_what_we_compare_with_is_what_was_published() -> None:
    found = bare(load(UPSTREAM / "rpc-3.3.openapi.yaml"))
    parts = found["components"]
    assert PUBLISHED["paths"] == found["paths"]
    assert PUBLISHED["components"] == {key: parts[key] for key in ("schemas", "responses")}


WORDS = 8


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of eight words."""
    words = re.findall(r"[\w']+", text.lower())
    yield from (tuple(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1))


def prose(value: Any) -> Iterator[str]:
    for node in nodes(value):
        keys = ("description", "summary", "en", "fr", "because", "title")
        yield from (node[key] for key in keys if isinstance(node.get(key), str))


@published
def test_no_sentence_is_copied() -> None:
    files = UPSTREAM.glob("rpc-*.yaml")
    upstream = {run for file in files for text in prose(load(file)) for run in runs(text)}
    version = VERSIONS["3.3"]
    own = [*version.folder.parent.rglob("*.schema.json"), *version.folder.parent.rglob("*.yaml")]
    own += [*version.conformance.rglob("*.yaml")]
    for path in own:
        copied = {run for text in prose(load(path)) for run in runs(text)} & upstream
        assert copied == set(), path
