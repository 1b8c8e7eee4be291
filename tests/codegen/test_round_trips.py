"""Whatever a schema allows, its generated model reads and writes back: for every model and query.

Documents are drawn from the schemas themselves, so that a schema that is added is tried as well.
"""

from __future__ import annotations

import importlib
import json
import string
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobstd.canon.openapi import operations
from mobstd.canon.schemas import documents, schema_names, schema_of, validator_of
from mobstd.canon.standard import Version, find
from mobstd.codegen.names import class_name, query_name
from mobstd.query import Query

VERSION = find("ocss@1.0-alpha")
MODELS = importlib.import_module("mobstd.ocss.generated.v1_0_alpha.models")
QUERIES = importlib.import_module("mobstd.ocss.generated.v1_0_alpha.queries")
CALLED = {
    op.id: op
    for op in operations(VERSION, "operator").values()
    if op.parameters and all(p.where == "query" for p in op.parameters)
}
NAMES = [name for name in schema_names(VERSION) if hasattr(MODELS, class_name(name))]

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
DIGITS = st.text(string.digits, min_size=1, max_size=6)
TIMES = st.times().map(lambda time: time.replace(microsecond=0).isoformat())
FORMATS = {
    "uuid": st.uuids().map(str),
    "unix-time": st.integers(-62_135_596_800, 253_402_300_799),
    "partial-time": TIMES | st.builds("{}.{}".format, TIMES, DIGITS),
}
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)


def drawn(version: Version, node: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for what a schema allows; for objects, unknown members too."""
    if "$ref" in node:
        return drawn(version, target(version, node["$ref"]))
    if "oneOf" in node:
        return st.one_of([drawn(version, one) for one in node["oneOf"]])
    if "enum" in node:
        return st.sampled_from(node["enum"])
    if node.get("format") in FORMATS:
        return FORMATS[node["format"]]
    kind = node["type"]
    if kind == "object":
        properties, required = members(version, node)
        known = {name: drawn(version, one) for name, one in properties.items()}
        return st.builds(
            lambda names, extra: {**extra, **names},
            st.fixed_dictionaries(
                {name: known[name] for name in known if name in required},
                optional={name: known[name] for name in known if name not in required},
            ),
            st.dictionaries(st.text(min_size=1, max_size=5), ANYTHING, max_size=2).map(
                lambda extra: {k: v for k, v in extra.items() if k not in properties}
            ),
        ).flatmap(lambda document: st.permutations(list(document.items())).map(dict))
    if kind == "array":
        return st.lists(drawn(version, node["items"]), max_size=2)
    if kind == "string":
        return st.text(min_size=node.get("minLength", 0), max_size=8)
    if kind == "integer":
        low, high = node.get("minimum", -(2**53)), node.get("maximum", 2**53)
        whole = st.integers(low, high)
        return whole | whole.map(float)
    return {"number": NUMBERS, "boolean": st.booleans()}[kind]


def target(version: Version, reference: str) -> Mapping[str, Any]:
    name = reference.rpartition("/")[2]
    return next(one for uri, one in documents(version).items() if uri.endswith(f"/{name}"))


def members(version: Version, node: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    properties: dict[str, Any] = {}
    required: set[str] = set()
    for part in node.get("allOf", ()):
        more, needed = members(version, target(version, part["$ref"]))
        properties |= more
        required |= needed
    return properties | node.get("properties", {}), required | set(node.get("required", ()))


@pytest.mark.parametrize("name", NAMES)
def test_what_the_schema_allows_comes_back_byte_for_byte(name: str) -> None:
    model = getattr(MODELS, class_name(name))

    @settings(max_examples=60)
    @given(drawn(VERSION, schema_of(VERSION, name)))
    def comes_back(document: dict[str, Any]) -> None:
        assert validator_of(VERSION, name).is_valid(document)
        read = model.read(document)
        assert not read.unread
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        assert read.to_json() == text
        again = model.from_json(text)
        assert again == read
        assert again.dump() == document
        assert model.read(read.dump()).to_json() == text

    comes_back()


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_was_read_can_be_built_anew(name: str) -> None:
    """Built from its attributes, without what it was read from, it says the same."""
    model = getattr(MODELS, class_name(name))

    @settings(max_examples=30)
    @given(drawn(VERSION, schema_of(VERSION, name)))
    def is_built(document: dict[str, Any]) -> None:
        read = model.read(document)
        values = {field: getattr(read, field) for field in read.model_fields_set}
        unknown = read.model_extra or {}
        named = {k: v for k, v in values.items() if k not in unknown}
        built = model(**named)
        kept = {k: v for k, v in document.items() if k not in unknown}
        assert validator_of(VERSION, name).is_valid(built.dump())
        assert built.dump().keys() == kept.keys()

    is_built()


@pytest.mark.parametrize("id_", CALLED)
def test_a_query_comes_back_from_its_url(id_: str) -> None:
    query: type[Query] = getattr(QUERIES, query_name(id_))
    operation = CALLED[id_]
    schema = {
        "type": "object",
        "properties": {p.name: p.schema for p in operation.parameters},
        "required": [p.name for p in operation.parameters if p.required],
    }

    @settings(max_examples=60)
    @given(drawn(VERSION, schema))
    def comes_back(values: dict[str, Any]) -> None:
        asked = query.read({k: v for k, v in values.items() if v != []})
        again, problems = query.from_pairs(asked.to_pairs())
        assert problems == []
        assert again is not None
        assert again == asked
        assert again.to_pairs() == asked.to_pairs()

    comes_back()
