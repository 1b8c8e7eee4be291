"""Schemas, examples and vectors: two validators give the one answer, for its own reason."""

from __future__ import annotations

from typing import Any

import jsonpatch
import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle
from mobstd.canon.schemas import schema_names, schema_of

from .documents import VERSION, both, refusals

NAMES = schema_names(VERSION)
VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for path in sorted((VERSION.conformance / "vectors").glob("*.json"))
    for vector in load(path)
}
ROWS = {row["id"] for row in load(VERSION.conformance / "requirements.yaml")}


def document(vector: dict[str, Any]) -> Any:
    if "edit" in vector:
        return jsonpatch.apply_patch(document(VECTORS[vector["twin_of"]]), vector["edit"])
    return vector["document"]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_its_examples_are_of_both_kinds(name: str) -> None:
    schema = schema_of(VERSION, name)
    jsonschema_rs.meta.validate(dict(schema))
    for judge in both(name):
        for kind, accepted in (("valid", True), ("invalid", False)):
            found = list((VERSION.folder / "examples" / kind / name).glob("*.json"))
            assert found
            for path in found:
                assert (refusals(judge, load(path)) == set()) == accepted


def test_the_interface_is_valid_and_its_deprecated_family_is_marked() -> None:
    whole = bundle(VERSION, "platform")
    validate(whole)
    for path, operations in whole["paths"].items():
        for operation in operations.values():
            assert operation.get("deprecated", False) == path.startswith("/v1/maas/")
            assert all(len(one) == 1 for one in operation["security"])


def test_there_are_enough_vectors() -> None:
    assert len(VECTORS) >= 200
    assert {id_.partition("/")[0] for id_ in VECTORS} <= ROWS
    assert {vector["schema"] for vector in VECTORS.values()} == set(NAMES)


@pytest.mark.parametrize("schema", NAMES)
def test_both_validators_give_the_answer_of_a_vector(schema: str) -> None:
    wrong = []
    for id_, vector in VECTORS.items():
        if vector["schema"] != schema:
            continue
        refusal = vector["expect"].get("refusal")
        for judge in both(schema):
            found = refusals(judge, document(vector))
            if refusal is None:
                right = found == set()
            else:
                at = refusal["pointer"]
                right = (refusal["keyword"], at) in found and {p for _, p in found} == {at}
            if not right:
                wrong.append((id_, found))
    assert wrong == []


def test_an_invalid_vector_is_one_edit_of_a_valid_one() -> None:
    for vector in VECTORS.values():
        assert ("edit" in vector) != vector["expect"]["valid"]
        assert len(vector.get("edit", [1])) == 1
