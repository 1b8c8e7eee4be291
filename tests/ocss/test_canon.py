"""The canon of ``ocss@1.0-alpha``: its schemas, its OpenAPI document, its examples, its origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from tests.documents import nodes

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle, operations
from mobstd.canon.schemas import documents, schema_names, schema_of
from mobstd.canon.standard import find
from mobstd.canon.validator import validator

VERSION = find("ocss@1.0-alpha")
NAMES = schema_names(VERSION)
ROLES = ("operator", "maas")
UPSTREAM = (
    Path(__file__).resolve().parents[3]
    / "shared/reference/upstream/standard-covoiturage-1.0.0-alpha.openapi.yaml"
)
published = pytest.mark.skipif(not UPSTREAM.is_file(), reason="the published file is not here")


UNITS = {
    r"(Lat|Lng)$": "in WGS84 decimal degrees",
    r"Radius$": "in kilometres",
    r"[dD]istance$": "in metres",
    r"([dD]uration|timeDelta)$": "in seconds",
    r"Date$": "in UNIX seconds (UTC)",
    r"TimeOfDay$": "on the clock of the place",
    r"Polyline$": "five decimals",
    r"[uU]rl$|picture": "URL",
    "amount": "units of the currency",
    "grade|luggageSize": "from 1 (",
}
COUNTS = {"availableSeats", "requestedSeats", "count"}


def test_whatever_has_a_unit_says_it() -> None:
    members = [item for n in NAMES for item in schema_of(VERSION, n).get("properties", {}).items()]
    parameters = OURS["components"]["parameters"].items()
    members += [(k, {**p["schema"], "description": p["description"]}) for k, p in parameters]
    for name, node in members:
        unit = next((unit for end, unit in UNITS.items() if re.search(end, name)), None)
        if unit is None:
            assert node.get("type") not in ("number", "integer") or name in COUNTS, name
        else:
            assert unit in node["description"], name


@pytest.mark.parametrize("role", ROLES)
def test_the_bundle_is_a_valid_openapi_document(role: str) -> None:
    document = bundle(VERSION, role)
    validate(document)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]
    assert "security" not in document
    assert not re.search(r'"\$ref": "[^#]', json.dumps(document))


def test_the_operations() -> None:
    found = operations(VERSION, "operator")
    assert {id_: (op.method, op.path, op.block) for id_, op in found.items()} == {
        "getDriverJourneys": ("GET", "/driver_journeys", "driver-journeys"),
        "getPassengerJourneys": ("GET", "/passenger_journeys", "passenger-journeys"),
        "getDriverRegularTrips": ("GET", "/driver_regular_trips", "driver-trips"),
        "getPassengerRegularTrips": ("GET", "/passenger_regular_trips", "passenger-trips"),
        "postBookings": ("POST", "/bookings", "booking"),
        "patchBookings": ("PATCH", "/bookings/{bookingId}", "booking"),
        "getBookings": ("GET", "/bookings/{bookingId}", "booking"),
        "postMessages": ("POST", "/messages", "messages"),
        "getStatus": ("GET", "/status", "status"),
    }
    served = operations(VERSION, "maas")
    assert {id_: (op.method, op.path, op.block) for id_, op in served.items()} == {
        "postBookingEvents": ("POST", "/booking_events", "booking-feed"),
        "patchBookings": ("PATCH", "/bookings/{bookingId}", "booking"),
        "postMessages": ("POST", "/messages", "messages"),
    }


def test_both_roles_serve_what_they_share_alike() -> None:
    """But for the descriptions, which say who calls."""
    ours, theirs_ = operations(VERSION, "operator"), operations(VERSION, "maas")
    for name in ours.keys() & theirs_.keys():
        assert replace(ours[name], description="") == replace(theirs_[name], description="")


def test_bodies_are_required_and_errors_have_codes() -> None:
    for role in ROLES:
        for operation in operations(VERSION, role).values():
            assert operation.body_required == (operation.method == "POST")
    patch = operations(VERSION, "operator")["patchBookings"]
    assert patch.answers["404"].codes == ("missing_booking", "missing_journey", "missing_user")
    assert patch.answers["409"].codes == ("status_already_set",)


@pytest.mark.parametrize("role", ROLES)
def test_the_examples_of_the_parameters_fit_them(role: str) -> None:
    for operation in operations(VERSION, role).values():
        for parameter in operation.parameters:
            judge = validator(parameter.schema, documents(VERSION))
            assert parameter.description
            assert parameter.examples
            assert all(judge.is_valid(example) for example in parameter.examples)
            assert parameter.default is None or judge.is_valid(parameter.default)


def test_examples_name_nobody() -> None:
    for path in (VERSION.folder / "examples").rglob("*.json"):
        text = path.read_text("utf-8")
        hosts = set(re.findall(r"https?://([^/\"]+)", text))
        assert all(re.search(r"(^|\.)example\.(org|com|net)$", host) for host in hosts), path


def test_the_origin_is_told() -> None:
    source = VERSION.source
    assert source["status"] == "draft"
    assert source["origin"]["licence"] == "Apache-2.0"
    assert source["meaning"]["en"]
    assert source["meaning"]["fr"]
    ambiguities = {row["id"] for row in load(VERSION.conformance / "ambiguities.yaml")}
    for deviation in source["deviations"]:
        assert {"where", "published", "ours", "because"} <= set(deviation)
        assert deviation.get("ambiguity", "A1") in ambiguities
        file, _, pointer = deviation["where"].partition("#")
        node = load(VERSION.folder / file)
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            node = node[int(key) if isinstance(node, list) else key]


RETYPED = {
    "message": ["message"],
    "booking": ["booking"],
    "carpool-booking": ["carpool-booking"],
    "driver-carpool-booking": ["carpool-booking"],
    "passenger-carpool-booking": ["carpool-booking"],
}
DESCRIBED = {"id", "webUrl"}
"""Members of which only the description differs."""

LIMITS = ("type", "enum", "format", "minimum", "maximum", "minLength", "maxLength", "default")
PROSE = ("description", "summary", "title", "example", "examples")


def bare(node: Any) -> Any:
    """Return a document without its prose: names, types, limits and references are left."""
    if isinstance(node, list):
        return [bare(child) for child in node]
    if not isinstance(node, dict):
        return node
    kept = {str(key): value for key, value in node.items() if key not in PROSE}
    return {
        key: {name: bare(one) for name, one in value.items()}
        if key == "properties"
        else bare(value)
        for key, value in kept.items()
    }


def skeleton(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the published file says of our operations, without its prose."""
    found = bare(document)
    paths = found["paths"]
    parts = found["components"]
    reached: dict[str, dict[str, Any]] = {"parameters": {}, "responses": {}, "schemas": {}}
    waiting: list[Any] = [paths]
    while waiting:
        for node in nodes(waiting.pop()):
            _, _, kind, name = node.get("$ref", "///").split("/")
            if kind and name not in reached[kind]:
                reached[kind][name] = parts[kind][name]
                waiting.append(parts[kind][name])
    return {"paths": paths, "components": reached}


def facts(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a property constrains, its references by the name they lead to."""
    found = {key: node[key] for key in LIMITS if key in node}
    if "$ref" in node:
        found["$ref"] = called(node["$ref"])
    if "items" in node:
        found["items"] = facts(node["items"])
    if "oneOf" in node:
        found["oneOf"] = [facts(one) for one in node["oneOf"]]
    if len(node.get("allOf", ())) == 1:
        return facts(node["allOf"][0])
    return found


def called(reference: str) -> str:
    name = reference.rpartition("/")[2].removesuffix(".schema.json")
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def flattened(node: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return the properties and the required names of a schema with what it inherits."""
    if "$ref" in node:
        return flattened(known[called(node["$ref"])], known)
    assert set(node) <= {
        "$schema",
        "$id",
        "type",
        "allOf",
        "properties",
        "required",
        "enum",
        "default",
        *PROSE,
    }
    properties: dict[str, Any] = {}
    required: set[str] = set()
    for part in node.get("allOf", ()):
        more, needed = flattened(part, known)
        properties |= more
        required |= needed
    properties |= {name: facts(value) for name, value in node.get("properties", {}).items()}
    return properties, required | set(node.get("required", ()))


PUBLISHED = load(Path(__file__).parent / "published.json")
OURS = load(VERSION.folder / "openapi/operator.yaml")


def theirs() -> dict[str, Any]:
    """Return the published schemas, with names for the nameless ones."""
    schemas = dict(PUBLISHED["components"]["schemas"])
    for name in ("Driver", "Passenger"):
        answers = PUBLISHED["paths"][f"/{name.lower()}_regular_trips"]["get"]["responses"]
        schema = answers["200"]["content"]["application/json"]["schema"]
        schemas[f"{name}RegularTrip"] = schema["items"]
    refused = PUBLISHED["components"]["responses"]["BadRequest"]
    schemas["Error"] = refused["content"]["application/json"]["schema"]
    sent = PUBLISHED["paths"]["/messages"]["post"]["requestBody"]
    schemas["Message"] = sent["content"]["application/json"]["schema"]
    schemas["BookingId"] = schemas.pop("bookingId")
    schemas["BookingStatus"] = schemas.pop("bookingStatus")
    return schemas


def deviating(prefix: str) -> set[str]:
    places = {deviation["where"] for deviation in VERSION.source["deviations"]}
    return {place.removeprefix(prefix) for place in places if place.startswith(prefix)}


@published
def test_what_we_compare_with_is_what_was_published() -> None:
    assert skeleton(load(UPSTREAM)) == PUBLISHED


@pytest.mark.parametrize("name", NAMES)
def test_properties_are_the_published_ones(name: str) -> None:
    schemas = theirs()
    assert set(schemas) == {*(called(n) for n in NAMES), "BookingId"}
    own = {called(n): schema_of(VERSION, n) for n in NAMES}
    ours, ours_required = flattened(own[called(name)], own)
    published_, required = flattened(schemas[called(name)], schemas)
    assert ours_required == required
    assert set(ours) == set(published_)
    files = {"journey-schedule", *RETYPED.get(name, ())}
    allowed = {key for file in files for key in deviating(f"{file}.schema.json#/properties/")}
    different = {
        key for key in ours if followed(ours[key], schemas) != followed(published_[key], schemas)
    }
    assert different - DESCRIBED == (allowed & set(ours)) - DESCRIBED


def followed(fact: dict[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of an id, which is written out here and shared there."""
    return facts(schemas["BookingId"]) if fact.get("$ref") == "BookingId" else fact


def test_statuses_are_the_published_ones() -> None:
    schemas = theirs()
    ours = schema_of(VERSION, "booking-status")
    for other in (schemas["BookingStatus"], schemas["CarpoolBooking"]["properties"]["status"]):
        assert ours["enum"] == other["enum"]


def test_parameters_are_the_published_ones() -> None:
    own = OURS["components"]["parameters"]
    upstream = PUBLISHED["components"]["parameters"]
    assert set(own) == set(upstream)
    different = set()
    for name, parameter in own.items():
        other = upstream[name]
        assert {k: v for k, v in bare(parameter).items() if k != "schema"} == {
            k: v for k, v in other.items() if k != "schema"
        }
        ours, published_ = facts(parameter["schema"]), facts(other["schema"])
        assert set(parameter["schema"]) == set(ours)
        different |= {
            f"{name}/schema/{key}"
            for key in {*ours, *published_}
            if ours.get(key) != published_.get(key)
        }
    assert different == deviating("openapi/operator.yaml#/components/parameters/")


def test_operations_are_the_published_ones() -> None:
    for role in ROLES:
        own = load(VERSION.folder / f"openapi/{role}.yaml")
        for path, item in own["paths"].items():
            for method, ours in item.items():
                compared(ours, PUBLISHED["paths"][path][method])
    every = {(path, method) for path, item in PUBLISHED["paths"].items() for method in item}
    known = {(op.path, op.method.lower()) for r in ROLES for op in operations(VERSION, r).values()}
    assert known == every


RENAMED = {"postMessages": "postConnections", "getStatus": None, "postBookingEvents": None}


def compared(ours: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Hold one operation to the published one."""
    named = [sought(parameter) for parameter in ours.get("parameters", ())]
    assert named == [sought(parameter) for parameter in other.get("parameters", ())]
    assert set(ours["responses"]) == set(other["responses"])
    assert RENAMED.get(ours["operationId"], ours["operationId"]) == other.get("operationId")
    assert ("requestBody" in ours) == ("requestBody" in other)
    for status, answer in ours["responses"].items():
        published_ = other["responses"][status]
        if "$ref" in answer:
            assert answer == published_
        else:
            assert set(answer.get("content", ())) == set(published_.get("content", ()))


def sought(parameter: Mapping[str, Any]) -> Any:
    """Return what a parameter asks for: a shared one by its name, another by its facts."""
    if "$ref" in parameter:
        return parameter["$ref"]
    schema = facts(parameter["schema"])
    if schema.get("$ref") == "BookingId":
        schema = facts(theirs()["BookingId"])
    return parameter["name"], parameter["in"], parameter.get("required", False), schema


def test_answers_that_are_shared_are_the_published_ones() -> None:
    ours, other = bare(OURS["components"]["responses"]), PUBLISHED["components"]["responses"]
    error = ours["BadRequest"]["content"]["application/json"].pop("schema")
    assert called(error["$ref"]) == "Error"
    other = {**other, "BadRequest": {"content": {"application/json": {}}}}
    assert ours == other


WORDS = 8


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of eight words."""
    words = re.findall(r"[\w']+", text.lower())
    yield from (tuple(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1))


def prose(value: Any, keys: tuple[str, ...]) -> Iterator[str]:
    for node in nodes(value):
        yield from (node[key] for key in keys if isinstance(node.get(key), str))


@published
def test_no_sentence_is_copied() -> None:
    keys = ("description", "summary", "en", "because", "title")
    upstream = {run for text in prose(load(UPSTREAM), keys) for run in runs(text)}
    own = [
        *VERSION.folder.glob("*.schema.json"),
        *VERSION.folder.glob("*.yaml"),
        *VERSION.folder.glob("openapi/*.yaml"),
        *VERSION.conformance.glob("*.yaml"),
    ]
    for path in own:
        copied = {run for text in prose(load(path), keys) for run in runs(text)} & upstream
        assert copied == set(), path
