"""The contracts in ``conformance/*.schema.json``, their examples, and the data that obeys them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.canon.validator import Validator, python_validator, validator
from mobstd.judging import pointer

FOLDER = packaged().conformance
NAMES = sorted(path.name.removesuffix(".schema.json") for path in FOLDER.glob("*.schema.json"))
TOY = Path(__file__).parents[1] / "toy"
BASE = "https://mobstd.github.io/contracts/"


def contract(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = load(FOLDER / f"{name}.schema.json")
    return loaded


@cache
def judge(name: str, make: Any = validator) -> Validator:
    made: Validator = make(contract(name), {contract(n)["$id"]: contract(n) for n in NAMES})
    return made


def examples(kind: str) -> list[Any]:
    found = sorted(FOLDER.glob(f"examples/*/{kind}/*.json"))
    return [
        pytest.param(path.parts[-3], path, id=f"{path.parts[-3]}-{path.stem}") for path in found
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_is_a_schema_that_says_what_it_is(name: str) -> None:
    document = contract(name)
    jsonschema_rs.meta.validate(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"{BASE}{name}.schema.json"
    assert document["description"]
    judge(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_has_examples_of_both_kinds(name: str) -> None:
    assert list((FOLDER / "examples" / name / "valid").glob("*.json"))
    assert list((FOLDER / "examples" / name / "invalid").glob("*.json"))


@pytest.mark.parametrize("make", [validator, python_validator])
@pytest.mark.parametrize(("name", "path"), examples("valid"))
def test_valid_examples(name: str, path: Path, make: Any) -> None:
    assert [p.message for p in judge(name, make).problems(load(path))] == []


@pytest.mark.parametrize("make", [validator, python_validator])
@pytest.mark.parametrize(("name", "path"), examples("invalid"))
def test_invalid_examples(name: str, path: Path, make: Any) -> None:
    assert not judge(name, make).is_valid(load(path))


POINTERS = {
    "requirement/parameter-misspelt": "/0/checks/0",
    "requirement/parameter-missing": "/0/checks/0",
    "requirement/parameter-of-another-kind": "/0/checks/0",
    "requirement/unit-unknown": "/0/checks/0/unit",
    "requirement/kind-unknown": "/0/checks/0/kind",
    "requirement/factor-zero": "/0/checks/1/parameters/departureRadius/factor",
    "requirement/id-lower-case": "/0/id",
    "requirement/title-in-one-language": "/0/title",
    "fault/edit-unknown": "/0/response/0/op",
    "fault/edit-parameter-misspelt": "/0/response/0",
    "fault/pick-unknown": "/0/response/0/pick",
    "fault/when-unknown": "/0/when",
    "twin/edit-unknown": "/0/response/0/op",
    "suite/exploration-misspelt": "/exploration/getDriverJourneys",
    "vector/clock-not-an-instant": "/0/now",
    "source/unknown-status": "/status",
    "source/deviation-without-reason": "/deviations/0",
    "source/date-as-in-france": "/origin/date",
    "source/approved-by-nobody": "/stages/0",
    "source/stage-unknown": "/stages/0/stage",
    "lock/hash-too-short": "/versions/1.0/files/schemas~1benches~11.0~1place.schema.json",
    "manifest/approved-by-nobody": "/approved",
    "index/end-without-a-day": "/versions/0/end_of_life",
    "sentences/the-sentence-itself": "/versions/1.0/sentences/TEXT/#limits",
    "layout/version-of-three": "/version",
    "ambiguity/decided-without-a-day": "/0/decided",
    "messages/in-one-language": "/slot-late",
    "rules/number-without-unit": "/rules/too_late/thresholds/delay",
    "rules/unit-of-a-word": "/rules/too_late/thresholds/zone",
    "rules/threshold-without-source": "/rules/too_late/thresholds/delay",
    "rules/sign-unknown": "/rules/too_late/thresholds/delay/refused",
    "rules/known-by-hearsay": "/rules/too_late/thresholds/delay/known",
    "rules/meaning-in-one-language": "/rules/too_late/thresholds/delay/meaning",
}


@pytest.mark.parametrize(("example", "at"), POINTERS.items(), ids=POINTERS)
def test_a_refusal_points_at_the_fault(example: str, at: str) -> None:
    name, _, stem = example.partition("/")
    document = load(FOLDER / "examples" / name / "invalid" / f"{stem}.json")
    found = {pointer.join(problem.path) for problem in judge(name).problems(document)}
    assert any(at == pointer_ or pointer_.startswith(at) for pointer_ in found), found


def test_every_kind_of_check_is_shown() -> None:
    kinds = set(contract("requirement")["$defs"]["check"]["properties"]["kind"]["enum"])
    row = load(FOLDER / "examples/requirement/valid/every-kind.json")[0]
    near = load(FOLDER / "examples/requirement/valid/checked.json")[0]["checks"]
    shown = (*row["checks"], *row["calls"]["checks"], *near)
    assert {check["kind"] for check in shown} == kinds


def test_every_edit_is_shown() -> None:
    defs = contract("fault")["$defs"]
    shown = load(FOLDER / "examples/fault/valid/every-edit.json")[0]
    for side in ("request", "response"):
        known = set(defs[f"{side}_edit"]["properties"]["op"]["enum"])
        assert {edit["op"] for edit in shown[side]} == known


def test_the_prose_names_every_kind_and_edit() -> None:
    prose = (FOLDER / "README.md").read_text("utf-8")
    defs = contract("fault")["$defs"]
    names = {
        *contract("requirement")["$defs"]["check"]["properties"]["kind"]["enum"],
        *defs["request_edit"]["properties"]["op"]["enum"],
        *defs["response_edit"]["properties"]["op"]["enum"],
    }
    assert sorted(name for name in names if f"`{name}" not in prose) == []


def data(pattern: str, name: str) -> list[Any]:
    roots = (packaged().folder, TOY)
    found = sorted((root, path) for root in roots for path in root.glob(pattern))
    return [
        pytest.param(name, path, id=str(path.relative_to(root)))
        for root, path in found
        if "examples" not in path.parts
    ]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        *data("schemas/*/*/source.yaml", "source"),
        *data("conformance/*/requirements.yaml", "requirement"),
        *data("conformance/*/ambiguities.yaml", "ambiguity"),
        *data("conformance/*/messages.yaml", "messages"),
        *data("conformance/*/lifecycle.yaml", "lifecycle"),
        *data("conformance/*/symmetry.yaml", "symmetry"),
        *data("conformance/*/suite.yaml", "suite"),
        *data("conformance/*/faults/*.json", "fault"),
        *data("conformance/*/twins/*.json", "twin"),
        *data("conformance/*/vectors/*.json", "vector"),
        *data("conformance/*/calls/*.json", "vector"),
        *data("conformance/*/rules/*.yaml", "rules"),
        *data("conformance/*/quirks/*.yaml", "quirks"),
        *data("conformance/*/past.yaml", "past"),
        *data("conformance/*/sentences.json", "sentences"),
        *data("conformance/*/judgements/*.json", "judgement"),
        *data("schemas/*/*/overlays/*/overlay.yaml", "overlay"),
    ],
)
def test_the_data_obeys_its_contract(name: str, path: Path) -> None:
    problems = judge(name).problems(load(path))
    assert [(pointer.join(p.path), p.message) for p in problems] == []


GRAMMAR = json.loads((FOLDER / "grammar.json").read_text("utf-8"))
NAMED = [pytest.param(row, id=row["name"]) for row in GRAMMAR["names"]]


@pytest.mark.parametrize("row", NAMED)
def test_the_grammar_of_names(row: dict[str, Any]) -> None:
    pattern = re.compile(row["pattern"].removesuffix("$") + r"\Z")
    for value in row["valid"]:
        assert pattern.match(value), value
        assert jsonschema_rs.is_valid({"pattern": row["pattern"]}, value)
    for value in row["invalid"]:
        assert not pattern.match(value), value
        assert not jsonschema_rs.is_valid({"pattern": row["pattern"]}, value)


def test_contracts_and_grammar_agree() -> None:
    grammar = {row["name"]: row["pattern"] for row in GRAMMAR["names"]}
    defs = contract("requirement")["$defs"]
    assert defs["row_id"]["pattern"] == grammar["requirement"]
    assert defs["block"]["pattern"] == grammar["block"]
    assert contract("fault")["$defs"]["fault"]["properties"]["id"]["pattern"] == grammar["fault"]
    assert contract("twin")["$defs"]["twin"]["properties"]["id"]["pattern"] == grammar["twin"]
    assert contract("suite")["properties"]["standard"]["pattern"] == grammar["standard"]


PATTERNS = {
    ("baseline", "/properties/standard"): "standard-version",
    ("baseline", "/properties/accepted/items/properties/fingerprint"): "fingerprint",
    ("source", "/properties/deviations/items/properties/ambiguity"): "ambiguity",
    ("ambiguity", "/$defs/ambiguity/properties/id"): "ambiguity",
}


@pytest.mark.parametrize(("name", "at"), PATTERNS, ids=lambda value: value)
def test_contracts_take_their_patterns_from_the_grammar(name: str, at: str) -> None:
    grammar = {row["name"]: row["pattern"] for row in GRAMMAR["names"]}
    node: Any = contract(name)
    for step in at.split("/")[1:]:
        node = node[step]
    assert node["pattern"] == grammar[PATTERNS[name, at]]


@pytest.mark.parametrize("folder", sorted({p.parent for p in FOLDER.glob("*/requirements.yaml")}))
def test_rows_begin_with_the_prefix_of_their_standard(folder: Path) -> None:
    prefixes = GRAMMAR["prefixes"]
    rows = [row["id"] for row in load(folder / "requirements.yaml")]
    assert {prefixes[row.partition("-")[0]] for row in rows} == {folder.name}
    assert len(rows) == len(set(rows))


def test_every_version_here_has_a_name_of_the_grammar() -> None:
    grammar = {row["name"]: re.compile(row["pattern"]) for row in GRAMMAR["names"]}
    for source in packaged().schemas.glob("*/*/source.yaml"):
        assert grammar["standard"].match(source.parts[-3])
        assert grammar["version"].match(source.parts[-2])
