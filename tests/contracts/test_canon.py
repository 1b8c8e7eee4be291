"""Schemas of standards say what they are, and their examples are what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.documents import both, nodes, patched, refusals

from mobstd.canon.files import load
from mobstd.canon.schemas import schema_names, schema_of
from mobstd.canon.standard import Version, find

VERSIONS = [find(name) for name in ("ocss@1.0-alpha", "ocss@2.0-proposal", "rdex-plus@2.0")]
BASE = "https://mobstd.github.io/schemas"


def every(names: Callable[[Version], Iterator[Any]]) -> list[Any]:
    return [
        pytest.param(version, one, id=f"{version}-{one.parent.name}-{one.stem}")
        if isinstance(one, Path)
        else pytest.param(version, one, id=f"{version}-{one}")
        for version in VERSIONS
        for one in names(version)
    ]


def examples(kind: str) -> list[Any]:
    return every(lambda v: iter(sorted((v.folder / "examples" / kind).glob("*/*.json"))))


SCHEMAS = every(lambda version: iter(schema_names(version)))


@pytest.mark.parametrize(("version", "name"), SCHEMAS)
def test_a_schema_is_valid_and_says_what_it_is(version: Version, name: str) -> None:
    schema = schema_of(version, name)
    jsonschema_rs.meta.validate(dict(schema))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{BASE}/{version.name}/{version.version}/{name}.schema.json"
    assert schema["title"] == "".join(part.capitalize() for part in name.split("-"))
    assert schema["description"].endswith(".")
    assert "additionalProperties" not in schema
    for node in nodes(schema):
        for member, inner in node.get("properties", {}).items():
            if node is schema or "type" in inner:
                assert inner["description"].endswith("."), member


@pytest.mark.parametrize(("version", "name"), SCHEMAS)
def test_references_stay_in_the_folder(version: Version, name: str) -> None:
    for node in nodes(schema_of(version, name)):
        if "$ref" in node:
            assert "/" not in node["$ref"]
            assert (version.folder / node["$ref"]).is_file()


@pytest.mark.parametrize(("version", "name"), SCHEMAS)
def test_a_schema_has_examples_in_it_and_of_both_kinds(version: Version, name: str) -> None:
    shown = schema_of(version, name)["examples"]
    assert shown
    for judge in both(version, name):
        assert [refusals(judge, document) for document in shown] == [set()] * len(shown)
    for kind in ("valid", "invalid"):
        assert list((version.folder / "examples" / kind / name).glob("*.json"))


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_example_has_a_schema(version: Version) -> None:
    for kind in ("valid", "invalid"):
        folders = (version.folder / "examples" / kind).iterdir()
        assert sorted(path.name for path in folders) == schema_names(version)


@pytest.mark.parametrize(("version", "path"), examples("valid"))
def test_valid_examples(version: Version, path: Path) -> None:
    for judge in both(version, path.parent.name):
        assert refusals(judge, load(path)) == set()


@pytest.mark.parametrize(("version", "path"), examples("invalid"))
def test_invalid_examples_are_one_edit_away_from_a_valid_one(version: Version, path: Path) -> None:
    example = load(path)
    twin = load(version.folder / "examples/valid" / path.parent.name / example["twin_of"])
    assert len(example["edit"]) == 1
    assert all(example["why"][language] for language in ("en", "fr"))
    for judge in both(version, path.parent.name):
        assert judge.is_valid(twin)
        assert refusals(judge, patched(twin, example["edit"])) == {
            (example["keyword"], example["pointer"])
        }
