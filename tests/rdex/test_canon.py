"""The canon of ``rdex@1.2``: its schemas, its OpenAPI document, its examples, its origin."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate
from tests.documents import both

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle, operations
from mobstd.canon.schemas import documents, schema_names, schema_of
from mobstd.canon.validator import validator
from mobstd.judging.pointer import join

from .worlds import VERSION

NAMES = schema_names(VERSION)


def examples(kind: str) -> list[Any]:
    found = sorted((VERSION.folder / "examples" / kind).glob("*/*.json"))
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_says_what_it_is(name: str) -> None:
    schema = schema_of(VERSION, name)
    jsonschema_rs.meta.validate(dict(schema))
    assert schema["title"] == "".join(part.capitalize() for part in name.split("-"))
    assert schema["description"].endswith(".")
    assert "additionalProperties" not in schema
    for member, node in schema["properties"].items():
        assert node.get("description"), member
    for judge in both(VERSION, name):
        assert all(judge.is_valid(shown) for shown in schema["examples"])


@pytest.mark.parametrize("name", NAMES)
def test_it_has_examples_of_both_kinds(name: str) -> None:
    for kind in ("valid", "invalid"):
        assert list((VERSION.folder / "examples" / kind / name).glob("*.json"))


@pytest.mark.parametrize("path", examples("valid"))
def test_valid_examples(path: Any) -> None:
    for judge in both(VERSION, path.parent.name):
        assert list(judge.problems(load(path))) == []


@pytest.mark.parametrize("path", examples("invalid"))
def test_invalid_examples_are_refused_for_their_reason(path: Any) -> None:
    told = load(path)
    base = load(path.parents[2] / "valid" / path.parent.name / told["twin_of"])
    document = edited(json.loads(json.dumps(base)), told["edit"])
    for judge in both(VERSION, path.parent.name):
        found = {(problem.keyword, join(problem.path)) for problem in judge.problems(document)}
        assert (told["keyword"], told["pointer"]) in found
    assert set(told["why"]) == {"en", "fr"}


def edited(document: Any, edits: list[dict[str, Any]]) -> Any:
    """Apply the few operations that our examples use, on top-level members."""
    for edit in edits:
        name = edit["path"][1:]
        if edit["op"] == "remove":
            del document[name]
        elif edit["op"] == "move":
            document[name] = document.pop(edit["from"][1:])
        else:
            document[name] = edit["value"]
    return document


def test_the_bundle_is_a_valid_openapi_document() -> None:
    document = bundle(VERSION, "operator")
    validate(document)
    assert not re.search(r'"\$ref": "[^#]', json.dumps(document))


def test_the_operations_and_their_parameters() -> None:
    found = operations(VERSION, "operator")
    assert {i: (o.method, o.path, o.block) for i, o in found.items()} == {
        "getJourneys": ("GET", "/journeys.json", "journeys"),
        "postConnections": ("POST", "/connections.json", "connections"),
    }
    parameters = found["getJourneys"].parameters
    assert [p.name for p in parameters if p.required] == [
        "p[driver][state]",
        "p[passenger][state]",
        "p[from][latitude]",
        "p[from][longitude]",
        "p[to][latitude]",
        "p[to][longitude]",
    ]
    for parameter in parameters:
        assert parameter.description
        assert all(
            validator(parameter.schema, documents(VERSION)).is_valid(example)
            for example in parameter.examples
        )


def test_the_origin_is_told_and_every_deviation_leads_somewhere() -> None:
    assert VERSION.status == "legacy"
    for deviation in VERSION.source["deviations"]:
        file, _, pointer = deviation["where"].partition("#")
        node = load(VERSION.folder / file)
        for step in filter(None, pointer.split("/")):
            node = node[step.replace("~1", "/").replace("~0", "~")]
        assert deviation["because"].endswith(".")
