"""The vectors of the registry: every validator gives their answer, for their own reason."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from mobstd.canon.files import load

from .documents import LIVE, VERSIONS, both, patched, refusals

FOLDER = VERSIONS["3.4"].conformance
VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for path in sorted((FOLDER / "vectors").glob("*.json"))
    for vector in load(path)
}
ROWS = {row["id"] for row in load(FOLDER / "requirements.yaml")}


def document(vector: dict[str, Any]) -> Any:
    if "edit" in vector:
        return patched(document(VECTORS[vector["twin_of"]]), vector["edit"])
    return vector["document"]


def test_there_are_enough_vectors() -> None:
    assert len(VECTORS) >= 400
    assert sum(len(load(p)) for p in (FOLDER / "vectors").glob("*.json")) == len(VECTORS)
    assert {id_.partition("/")[0] for id_ in VECTORS} <= ROWS
    refused = [vector for vector in VECTORS.values() if not vector["expect"]["valid"]]
    assert len(refused) >= 200


@pytest.mark.parametrize("number", LIVE)
@pytest.mark.parametrize("schema", sorted({vector["schema"] for vector in VECTORS.values()}))
def test_both_validators_give_the_answer_of_a_vector(schema: str, number: str) -> None:
    """Of an invalid one the reason is the one that it names, and no other place is refused."""
    wrong = []
    for id_, vector in VECTORS.items():
        if vector["schema"] != schema or number not in vector.get("versions", LIVE):
            continue
        expected = vector["expect"]
        for judge in both(number, schema, vector.get("overlay")):
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
        for member in ("schema", "overlay", "versions"):
            assert vector.get(member) == twin.get(member)
        assert json.dumps(document(vector)) != json.dumps(document(twin)), vector["id"]


def test_vectors_name_nobody() -> None:
    for vector in VECTORS.values():
        text = json.dumps(vector)
        assert set(re.findall(r"[\w.]+@([\w.]+)", text)) <= {"example.org"}
