"""The vectors: every validator gives their answer, for their own reason."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonpatch
import pytest

from mobstd.canon.files import load
from mobstd.canon.schemas import schema_names

from .documents import VERSION, both, refusals

FOLDER = VERSION.conformance
VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for path in sorted((FOLDER / "vectors").glob("*.json"))
    for vector in load(path)
}
ROWS = {row["id"] for row in load(FOLDER / "requirements.yaml")}


def document(vector: dict[str, Any]) -> Any:
    if "edit" in vector:
        return jsonpatch.apply_patch(document(VECTORS[vector["twin_of"]]), vector["edit"])
    return vector["document"]


def test_there_are_enough_vectors() -> None:
    assert sum(len(load(p)) for p in (FOLDER / "vectors").glob("*.json")) == len(VECTORS)
    refused = [vector for vector in VECTORS.values() if not vector["expect"]["valid"]]
    assert len(VECTORS) >= 1000
    assert len(refused) >= 700
    assert {id_.partition("/")[0] for id_ in VECTORS} <= ROWS
    assert {vector["schema"] for vector in VECTORS.values()} == set(schema_names(VERSION))


@pytest.mark.parametrize("schema", sorted({vector["schema"] for vector in VECTORS.values()}))
def test_both_validators_give_the_answer_of_a_vector(schema: str) -> None:
    """Of an invalid one the reason is the one that it names, and no other place is refused."""
    wrong = []
    for id_, vector in VECTORS.items():
        if vector["schema"] != schema:
            continue
        expected = vector["expect"]
        for judge in both(schema):
            found = refusals(judge, document(vector))
            if expected["valid"]:
                right = found == set()
            else:
                reason = (expected["refusal"]["keyword"], expected["refusal"]["pointer"])
                right = reason in found and {at for _, at in found} == {reason[1]}
            if not right:
                wrong.append((id_, found))
    assert wrong == []


def test_an_invalid_vector_is_one_edit_of_a_valid_one() -> None:
    for vector in VECTORS.values():
        assert ("edit" in vector) == ("twin_of" in vector)
        if "edit" not in vector:
            assert vector["expect"] == {"valid": True}
            continue
        twin = VECTORS[vector["twin_of"]]
        assert len(vector["edit"]) == 1
        assert twin["expect"] == {"valid": True}
        assert ("refusal" in vector["expect"]) != vector["expect"]["valid"]
        assert vector["schema"] == twin["schema"]
        assert json.dumps(document(vector)) != json.dumps(document(twin)), vector["id"]


def test_vectors_name_nobody() -> None:
    for vector in VECTORS.values():
        text = json.dumps(vector)
        assert set(re.findall(r"[\w.]+@([\w.]+)", text)) <= {"example.org"}
        assert set(re.findall(r"https?://([\w.]+)", text)) <= {"example.org"}
