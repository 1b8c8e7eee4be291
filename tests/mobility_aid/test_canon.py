"""The canon: schemas, examples, the registry of criteria, what is told of the draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate
from tests.documents import nodes, refusals

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle, operations
from mobstd.canon.schemas import schema_names, schema_of
from mobstd.judging.pointer import MISSING, get

from .documents import VERSION, both

NAMES = schema_names(VERSION)
CRITERIA: list[dict[str, Any]] = load(VERSION.folder / "registry/criteria.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_says_what_it_is(name: str) -> None:
    schema = schema_of(VERSION, name)
    jsonschema_rs.meta.validate(dict(schema))
    assert schema["$id"] == f"https://mobstd.github.io/schemas/mobility-aid/0.1/{name}.schema.json"
    assert schema["title"] == "".join(part.capitalize() for part in name.split("-"))
    assert schema["description"].endswith(".")
    for member, node in schema.get("properties", {}).items():
        assert node["description"].endswith("."), member
    for node in nodes(schema):
        if isinstance(node.get("$ref"), str):
            assert (VERSION.folder / node["$ref"]).is_file()
    for judge in both(name):
        for document in schema["examples"]:
            assert refusals(judge, document) == set()


@pytest.mark.parametrize("name", NAMES)
def test_money_is_text_and_patterns_read_alike(name: str) -> None:
    for node in nodes(schema_of(VERSION, name)):
        pattern = node.get("pattern")
        if isinstance(pattern, str):
            assert not any(odd in pattern for odd in ("\\d", "\\w", "\\s", "\\p", "(?"))
            assert pattern.startswith("^")
    assert "amount" not in schema_of(VERSION, name).get("properties", {}) or (
        schema_of(VERSION, name)["properties"]["amount"].get("type", "string") == "string"
    )


def examples(kind: str) -> list[Any]:
    found = sorted((VERSION.folder / "examples" / kind).glob("*/*.json"))
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in found]


def test_every_schema_has_examples_of_both_kinds() -> None:
    for kind in ("valid", "invalid"):
        folder = VERSION.folder / "examples" / kind
        assert sorted(path.name for path in folder.iterdir()) == NAMES


@pytest.mark.parametrize("path", examples("valid"))
def test_a_valid_example_is_accepted(path: Path) -> None:
    for judge in both(path.parent.name):
        assert refusals(judge, load(path)) == set()


@pytest.mark.parametrize("path", examples("invalid"))
def test_an_invalid_example_is_refused(path: Path) -> None:
    for judge in both(path.parent.name):
        assert refusals(judge, load(path))


def test_the_registry_obeys_its_schema() -> None:
    for row in CRITERIA:
        assert refusals(both("criterion")[0], row) == set(), row["name"]
        assert ("values" in row) == (row["type"] == "choice")
        assert ("level" in row) == (row["type"] == "area")
        for part in row.get("quotient", ()):
            assert part in {other["name"] for other in CRITERIA}
    assert len({row["name"] for row in CRITERIA}) == len(CRITERIA)


def test_conditions_and_answers_know_the_registry() -> None:
    """Each criterion can be asked and compared, by its own type, and no other can."""
    condition, answers = schema_of(VERSION, "condition"), schema_of(VERSION, "answers")
    names = [row["name"] for row in CRITERIA]
    assert condition["properties"]["criterion"]["else"]["enum"] == names
    assert list(answers["properties"]) == [r["name"] for r in CRITERIA if r["type"] != "aid"]
    typed = [
        name
        for part in condition["allOf"]
        for name in part["if"].get("properties", {}).get("criterion", {}).get("enum", ())
    ]
    assert sorted(typed) == sorted(names)
    for row in CRITERIA:
        if row["type"] == "choice":
            node = answers["properties"][row["name"]]
            assert node.get("items", node)["enum"] == row["values"]
            assert ("items" in node) == row.get("multiple", False)


def test_regions_hold_each_department_once() -> None:
    found = load(VERSION.folder / "registry/regions.yaml")["regions"]
    departments = [department for of in found.values() for department in of]
    assert len(found) == 18
    assert len(departments) == len(set(departments)) == 101


@pytest.mark.parametrize("row", VERSION.source["deviations"], ids=lambda row: row["where"])
def test_a_deviation_is_there(row: dict[str, Any]) -> None:
    file, _, at = row["where"].partition("#")
    found = get(dict(schema_of(VERSION, file.removesuffix(".schema.json"))), at)
    assert found is not MISSING


def test_it_says_that_it_is_a_proposal() -> None:
    assert VERSION.status == "proposal"
    for part in ("meaning", "note"):
        assert "mobstd" in VERSION.source[part]["en"]
        assert "mobstd" in VERSION.source[part]["fr"]
    assert "roposal by mobstd" in schema_of(VERSION, "aid")["description"]


def test_the_interface_is_an_openapi_document() -> None:
    validate(bundle(VERSION, "publisher"))
    assert set(operations(VERSION, "publisher")) == {
        *("getCatalogue", "listTerritories", "listAids", "getAid", "listChanges", "getBulk"),
        *("evaluateAid", "evaluateAids"),
    }


NATIONAL = {
    *("id", "titre", "promesse", "description", "eligibilite", "types_aides", "porteurs"),
    *("programmes_parents", "url_source", "cibles", "eligibilite_geographique"),
    *("eligibilite_geographique_exclusions", "date_ouverture", "date_cloture"),
    *("date_mise_a_jour", "age_minimum", "age_maximum", "situation_professionnelle"),
    *("revenus_maximum", "residence_requirement"),
}


def test_the_mapping_to_the_national_table_is_whole() -> None:
    """Each of their fields has a row, and each row points to a member that is there."""
    mapping = load(VERSION.folder / "mapping/dispositif-aide.yaml")
    assert {row["field"] for row in mapping["fields"]} == NATIONAL
    for row in (*mapping["fields"], *mapping["proposed"]):
        schema: Any = schema_of(VERSION, "aid")
        for step in row["ours"].split("/")[1:]:
            if step == "*":
                continue
            if step.startswith("x-"):
                break
            assert step in schema["properties"], row
            found = schema["properties"][step]
            below = found.get("$ref") or found.get("items", {}).get("$ref")
            schema = schema_of(VERSION, below.removesuffix(".schema.json")) if below else found
    for row in mapping["fields"]:
        assert row.get("exact") or "loss" in row or row["field"] == "residence_requirement"
