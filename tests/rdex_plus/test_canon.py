"""The canon of ``rdex-plus@2.0``: its schemas, its OpenAPI documents, its examples, its origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from tests.documents import nodes

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle, operations
from mobstd.canon.schemas import documents, schema_names, schema_of
from mobstd.canon.validator import python_validator, validator

from .documents import VERSION

NAMES = schema_names(VERSION)
UPSTREAM = (
    Path(__file__).resolve().parents[3] / "shared/reference/upstream/rdexplus-2.0.1.openapi.yaml"
)
published = pytest.mark.skipif(not UPSTREAM.is_file(), reason="the published file is not here")


@pytest.mark.parametrize("role", VERSION.roles)
def test_a_bundle_is_a_valid_openapi_document(role: str) -> None:
    document = bundle(VERSION, role)
    validate(document)
    assert set(document["components"]["securitySchemes"]) == {"apiKeyAuth", "bearerAuth"}
    assert not re.search(r'"\$ref": "[^#]', json.dumps(document))


def test_the_operations() -> None:
    assert VERSION.role == "operator"
    found = operations(VERSION, "operator")
    assert {id_: (op.method, op.path, op.block) for id_, op in found.items()} == {
        "getJourneys": ("GET", "/journeys", "journeys"),
        "postConnections": ("POST", "/messages", "messages"),
        "postBookings": ("POST", "/bookings", "bookings"),
        "patchBookings": ("PATCH", "/bookings/{bookingId}", "bookings"),
        "getBookings": ("GET", "/bookings/{bookingId}", "bookings"),
    }
    (answer,) = operations(VERSION, "maas").values()
    assert (answer.id, answer.block) == ("patchBookings", "booking-answers")
    assert answer.parameters == found["patchBookings"].parameters


def test_the_examples_of_the_parameters_fit_them() -> None:
    for operation in operations(VERSION, "operator").values():
        for parameter in operation.parameters:
            judge = validator(parameter.schema, documents(VERSION))
            assert parameter.description
            assert parameter.examples
            assert all(judge.is_valid(example) for example in parameter.examples)
            assert parameter.default is None or judge.is_valid(parameter.default)


def test_examples_name_nobody() -> None:
    for path in (VERSION.folder / "examples").rglob("*.json"):
        hosts = set(re.findall(r"https?://([^/\"]+)", path.read_text("utf-8")))
        assert all(re.search(r"(^|\.)example\.(org|com|net)$", host) for host in hosts), path


def test_the_origin_is_told() -> None:
    source = VERSION.source
    assert source["status"] == "legacy"
    assert source["origin"]["licence"] == "Apache-2.0"
    ambiguities = {row["id"] for row in load(VERSION.conformance / "ambiguities.yaml")}
    for deviation in source["deviations"]:
        assert deviation.get("ambiguity", "A101") in ambiguities
        file, _, pointer = deviation["where"].partition("#")
        node = load(VERSION.folder / file)
        for step in pointer.split("/")[1:]:
            node = node[step.replace("~1", "/").replace("~0", "~")]


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "405", "409", "429", "500", "501"])
def test_the_codes_of_a_status_are_codes(status: str) -> None:
    answer = operations(VERSION, "operator")["getJourneys"].answers[status]
    schema: Any = answer.content["application/json"]
    for judge in (
        validator(schema, documents(VERSION)),
        python_validator(schema, documents(VERSION)),
    ):
        for code in schema["properties"]["errorCode"]["enum"]:
            assert judge.is_valid({"errorCode": code})
        assert not judge.is_valid({"errorCode": "status_already_set"})


# Compared with what was published

LIMITS = ("type", "enum", "format", "minimum", "maximum", "minLength", "maxLength", "default")
COMPOSED = {
    "user": "Journey/user",
    "price": "Journey/price",
    "vehicle": "Journey/vehicle",
    "passenger-walking-journey": "Journey/passengerWalkingJourney",
    "preferences": "Journey/preferences",
    "deeplink": "Journey/deeplink",
}


def theirs(name: str) -> Mapping[str, Any]:
    """Return the published schema that one of ours stands for."""
    document = load(UPSTREAM)
    schemas = document["components"]["schemas"]
    if name == "journeys":
        found = document["paths"]["/journeys"]["get"]["responses"]["200"]
    elif name == "message":
        found = document["paths"]["/messages"]["post"]["requestBody"]
    elif name in COMPOSED:
        above, member = COMPOSED[name].split("/")
        return dict(schemas[above]["properties"][member])
    else:
        return dict(schemas["".join(part.capitalize() for part in name.split("-"))])
    return dict(found["content"]["application/json"]["schema"])


def flattened(node: Mapping[str, Any], upstream: bool) -> tuple[dict[str, Any], set[str]]:
    """Return the constraints of the properties and the required names, with what is inherited."""
    properties: dict[str, Any] = {}
    required: set[str] = set(node.get("required", ()))
    if "$ref" in node:
        target = node["$ref"].rpartition("/")[2]
        if upstream:
            return flattened(load(UPSTREAM)["components"]["schemas"][target], upstream)
        return flattened(schema_of(VERSION, target.removesuffix(".schema.json")), upstream)
    for part in node.get("allOf", ()):
        more, needed = flattened(part, upstream)
        properties |= more
        required |= needed
    for member, inner in node.get("properties", {}).items():
        properties[member] = facts(inner, upstream)
    return properties, required


def facts(node: Mapping[str, Any], upstream: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in node.get("allOf", ()):
        found |= facts(part, upstream)
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if upstream:
            found |= facts(load(UPSTREAM)["components"]["schemas"][name], upstream)
        else:
            found |= facts(schema_of(VERSION, name.removesuffix(".schema.json")), upstream)
    found |= {key: node[key] for key in LIMITS if key in node}
    if "items" in node:
        found["items"] = sorted(flattened(node["items"], upstream)[0])
    return found


def deviating(file: str) -> set[str]:
    places = (deviation["where"] for deviation in VERSION.source["deviations"])
    return {place.removeprefix(f"{file}#/") for place in places if place.startswith(f"{file}#/")}


@published
@pytest.mark.parametrize("name", NAMES)
def test_properties_are_the_published_ones(name: str) -> None:
    ours, our_required = flattened(schema_of(VERSION, name), upstream=False)
    other, required = flattened(theirs(name), upstream=True)
    assert set(ours) == set(other)
    told = deviating(f"{name}.schema.json")
    assert (our_required != required) == ("required" in told)
    different = {f"properties/{key}" for key in ours if ours[key] != other[key]}
    assert {
        place
        for place in different
        if not any(place.startswith(one) or one.startswith(f"{place}/") for one in told)
    } == set()
    assert all(
        any(place.startswith(one) or one.startswith(f"{place}/") for place in different)
        for one in told - {"required", "properties/user"}
    )


@published
def test_parameters_are_the_published_ones() -> None:
    paths = load(UPSTREAM)["paths"]
    told = deviating("openapi/operator.yaml")
    for path, item in paths.items():
        for method, node in item.items():
            own = next(
                op
                for op in operations(VERSION, "operator").values()
                if (op.method, op.path) == (method.upper(), path)
            )
            assert own.id == node["operationId"]
            names = [parameter["name"] for parameter in node.get("parameters", ())]
            assert [parameter.name for parameter in own.parameters] == names
            assert set(map(str, node["responses"])) <= set(own.answers)
            for ours, other in zip(own.parameters, node.get("parameters", ()), strict=True):
                assert (ours.where, ours.required) == (other["in"], other.get("required", False))
                same = facts(ours.schema, False) == facts(other["schema"], True)
                place = f"components/parameters/{ours.name}/schema"
                assert same != any(one.startswith(place) for one in told), ours.name


@published
def test_the_codes_of_the_answers_are_the_published_ones() -> None:
    for path, item in load(UPSTREAM)["paths"].items():
        for method, node in item.items():
            own = next(
                op
                for op in operations(VERSION, "operator").values()
                if (op.method, op.path) == (method.upper(), path)
            )
            for status, answer in node["responses"].items():
                schema: Any = own.answers[str(status)].content.get("application/json")
                words = set(re.findall(r"[a-z]+(?:_[a-z]+)+", answer["description"]))
                if words and "content" in answer:
                    codes = set(schema["properties"]["errorCode"]["enum"])
                    assert codes - {"missing_booking_ownership"} == words, (path, status)


@published
def test_no_sentence_is_copied() -> None:
    def runs(text: str) -> Iterator[tuple[str, ...]]:
        words = re.findall(r"[\w']+", text.lower())
        yield from (tuple(words[i : i + 8]) for i in range(len(words) - 7))

    def prose(value: Any) -> Iterator[str]:
        for node in nodes(value):
            for key in ("description", "summary", "en", "because", "title"):
                if isinstance(node.get(key), str):
                    yield node[key]

    upstream = {run for text in prose(load(UPSTREAM)) for run in runs(text)}
    own = [
        *VERSION.folder.glob("*.schema.json"),
        *VERSION.folder.glob("*.yaml"),
        *VERSION.folder.glob("openapi/*.yaml"),
        *VERSION.conformance.glob("*.yaml"),
    ]
    for path in own:
        assert {run for text in prose(load(path)) for run in runs(text)} & upstream == set(), path
