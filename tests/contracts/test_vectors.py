"""Vectors of documents: both engines give the one answer, an invalid one for its own reason."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonpatch
import pytest
from tests.documents import refusals

from mobstd.canon.files import load
from mobstd.canon.schemas import schema_names, schema_of
from mobstd.canon.standard import Version, versions
from mobstd.canon.validator import Validator, python_validator, validator
from mobstd.validation.overlay import documents_under

LEAST = {"carpool-proof": (400, 200), "mob": (200, 200), "mobility-aid": (1000, 700)}
"""How many vectors a standard has, and how many of them are invalid; at least."""

Vector = Mapping[str, Any]
OF = {
    name: [version for version in versions() if version.name == name and version.roles]
    for name in LEAST
}


@cache
def vectors(name: str) -> Mapping[str, Vector]:
    paths = sorted((OF[name][0].conformance / "vectors").glob("*.json"))
    every = [vector for path in paths for vector in load(path)]
    found = {vector["id"]: vector for vector in every}
    assert len(found) == len(every)
    return found


@cache
def both(version: Version, name: str, overlay: str | None) -> tuple[Validator, Validator]:
    """Return the two engines for one schema."""
    every = documents_under(version, overlay)
    schema = every[schema_of(version, name)["$id"]]
    return validator(schema, every), python_validator(schema, every)


def document(name: str, vector: Vector) -> Any:
    if "edit" in vector:
        twin = document(name, vectors(name)[vector["twin_of"]])
        return jsonpatch.apply_patch(twin, vector["edit"])
    return vector["document"]


CASES = [
    pytest.param(version, schema, id=f"{version}/{schema}")
    for name in LEAST
    for version in OF[name]
    for schema in sorted({vector["schema"] for vector in vectors(name).values()})
]


@pytest.mark.parametrize("name", LEAST)
def test_there_are_enough_vectors(name: str) -> None:
    found = vectors(name)
    refused = [vector for vector in found.values() if not vector["expect"]["valid"]]
    least, invalid = LEAST[name]
    assert len(found) >= least
    assert len(refused) >= invalid
    rows = {row["id"] for row in load(OF[name][0].conformance / "requirements.yaml")}
    assert {id_.partition("/")[0] for id_ in found} <= rows
    known = {schema for version in OF[name] for schema in schema_names(version)}
    assert {vector["schema"] for vector in found.values()} <= known


@pytest.mark.parametrize("name", ["mob", "mobility-aid"])
def test_every_schema_has_vectors(name: str) -> None:
    assert {vector["schema"] for vector in vectors(name).values()} == set(schema_names(OF[name][0]))


@pytest.mark.parametrize(("version", "schema"), CASES)
def test_both_validators_give_the_answer_of_a_vector(version: Version, schema: str) -> None:
    """Of an invalid one the reason is the one that it names, and no other place is refused."""
    wrong = []
    for id_, vector in vectors(version.name).items():
        if vector["schema"] != schema or version.version not in vector.get(
            "versions", [version.version]
        ):
            continue
        expected = vector["expect"]
        for judge in both(version, schema, vector.get("overlay")):
            found = refusals(judge, document(version.name, vector))
            if expected["valid"]:
                right = found == set()
            else:
                reason = (expected["refusal"]["keyword"], expected["refusal"]["pointer"])
                right = reason in found and {at for _, at in found} == {reason[1]}
            if not right:
                wrong.append((id_, found))
    assert wrong == []


@pytest.mark.parametrize("name", LEAST)
def test_an_invalid_vector_is_one_edit_of_a_valid_one(name: str) -> None:
    for vector in vectors(name).values():
        assert ("edit" in vector) == ("twin_of" in vector)
        if "edit" not in vector:
            assert vector["expect"] == {"valid": True}
            continue
        twin = vectors(name)[vector["twin_of"]]
        assert len(vector["edit"]) == 1
        assert twin["expect"] == {"valid": True}
        assert ("refusal" in vector["expect"]) != vector["expect"]["valid"]
        for member in ("schema", "overlay", "versions"):
            assert vector.get(member) == twin.get(member)
        assert json.dumps(document(name, vector)) != json.dumps(document(name, twin)), vector["id"]


@pytest.mark.parametrize("name", LEAST)
def test_vectors_name_nobody(name: str) -> None:
    for vector in vectors(name).values():
        text = json.dumps(vector)
        assert set(re.findall(r"[\w.]+@([\w.]+)", text)) <= {"example.org"}
        hosts = re.findall(r"https?://([\w.-]+)", text)
        assert all(f".{host}".endswith(".example.org") for host in hosts), vector["id"]
