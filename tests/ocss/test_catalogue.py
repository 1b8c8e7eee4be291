"""The catalogue of OCSS: requirements, ambiguities, suite, messages, vectors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.openapi import operations
from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.standard import Version, find
from mobstd.canon.validator import python_validator, validator
from mobstd.conformance.kinds import PROBES
from mobstd.judging.catalogue import callers, catalogue, in_version
from mobstd.judging.context import Context
from mobstd.judging.judge import judge, settle

from .documents import OPERATIONS, SENT, WHOLE, answered, patched

VERSIONS = {number: find(f"ocss@{number}") for number in ("1.0-alpha", "2.0-proposal")}
VERSION = VERSIONS["1.0-alpha"]
FOLDER = VERSION.conformance
ROWS: dict[str, dict[str, Any]] = {row["id"]: row for row in load(FOLDER / "requirements.yaml")}
SERVED = {
    (number, role): operations(version, role)
    for number, version in VERSIONS.items()
    for role in ("operator", "maas")
}
KNOWN = {name: found for served in SERVED.values() for name, found in served.items()}
CONTEXT_BLOCKS = frozenset(block for v in VERSIONS.values() for block in v.suite["blocks"])
AS_THEY_ARE = [
    pytest.param(number, in_version(row, number), id=f"{number}-{id_}")
    for id_, row in ROWS.items()
    for number in row["versions"]
]
PROPOSED = {
    *("OCSS-BOOK-23", "OCSS-LINK-08", "OCSS-HOOK-19"),
    *(f"OCSS-INFO-{number:02}" for number in range(1, 5)),
}
"""Rows beyond those of the reference: of the proposal alone."""

EXPECTED = {
    "GEN": 10,
    "SEARCH": 26,
    "REG": 21,
    "OP": 9,
    "PRICE": 10,
    "BOOK": 22,
    "LIFE": 14,
    "MSG": 9,
    "LINK": 7,
    "HOOK": 18,
    "CONNECT": 5,
    "AUTH": 7,
    "RATE": 3,
    "ERR": 4,
    "STATUS": 3,
    "SCHEMA": 10,
}


def checks(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = row.get("checks", [])
    return found


def test_every_row_of_the_reference_is_here() -> None:
    numbers = {f"OCSS-{t}-{n:02}" for t, count in EXPECTED.items() for n in range(1, count + 1)}
    assert set(ROWS) == numbers | PROPOSED
    assert len(numbers) == 178
    assert all(ROWS[id_]["versions"] == ["2.0-proposal"] for id_ in PROPOSED)
    assert len(load(FOLDER / "requirements.yaml")) == len(ROWS)


def test_asserts_say_what_is_wrong() -> None:
    for row in ROWS.values():
        for check in checks(row):
            if check["kind"] == "assert":
                assert check["code"].startswith("ocss."), row["id"]
                assert check["message"]["en"], row["id"]


@pytest.mark.parametrize(("number", "row"), AS_THEY_ARE)
def test_a_row_is_whole(number: str, row: dict[str, Any]) -> None:
    documents_ = VERSIONS[number].source["documents"]
    assert all(source["document"] in documents_ for source in row["source"])
    assert len(row["title"]["en"]) <= 100
    assert bool(row.get("checks") or row.get("covers")) != ("untested" in row)
    assert set(row["operations"]) <= set(KNOWN)
    assert set(row["blocks"]) <= CONTEXT_BLOCKS
    for check in checks(row):
        assert set(check.get("operations", [])) <= set(row["operations"] or KNOWN)
        assert {check.get("when_block", "status")} <= CONTEXT_BLOCKS
        assert set(check.get("unless_failed", [])) <= set(ROWS) - {row["id"]}
        assert {check.get("filter", row["id"])} <= set(ROWS)
        assert set(check.get("filters", [])) <= set(ROWS)
    assert set(row.get("covers", [])) - {"*"} <= set(ROWS) - {row["id"]}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_says_why_a_version_has_not_got_it(row: dict[str, Any]) -> None:
    absent = row.get("absent", {})
    assert set(row["versions"]) | set(absent) == set(VERSIONS)
    assert not set(row["versions"]) & set(absent)
    assert set(row.get("changes", {})) <= set(row["versions"])
    for number, why in absent.items():
        assert all(number in ROWS[id_]["versions"] for id_ in why.get("instead", ()))
    for changed in row.get("changes", {}).values():
        assert all(row.get(name) != value for name, value in changed.items())


def test_the_umbrella_over_schemas_covers_in_both_versions_what_is_there() -> None:
    row = ROWS["OCSS-GEN-07"]
    later = set(in_version(row, "2.0-proposal")["covers"])
    assert {id_ for id_ in row["covers"] if "2.0-proposal" in ROWS[id_]["versions"]} <= later


def test_ambiguities_and_rows_name_each_other() -> None:
    rows = load(FOLDER / "ambiguities.yaml")
    assert [row["id"] for row in rows] == [f"A{n}" for n in range(1, 51)]
    told = {(row["id"], id_) for row in rows for id_ in row.get("requirements", [])}
    cited = {(a, row["id"]) for row in ROWS.values() for a in row.get("ambiguities", [])}
    assert told == cited
    assert {ambiguity for ambiguity, _ in cited} == {row["id"] for row in rows}


def test_findings_do_not_give_way_in_a_circle() -> None:
    """Two rows that explain each other away would hide both."""
    gives = {
        (row["id"], other, operation)
        for row in ROWS.values()
        for check in checks(row)
        for other in check.get("unless_failed", [])
        for operation in check.get("operations", row["operations"]) or KNOWN
    }
    both = {(a, b) for a, b, operation in gives if (b, a, operation) in gives}
    assert both == set()


def test_sources_in_the_openapi_file_exist_here_too() -> None:
    parameters = load(VERSION.folder / "openapi/operator.yaml")["components"]["parameters"]
    for row in ROWS.values():
        for source in row["source"]:
            name = re.match(r"#/components/parameters/(\w+)$", source.get("where", ""))
            assert name is None or name[1] in parameters


@pytest.mark.parametrize("version", VERSIONS.values(), ids=str)
def test_parameters_and_rules_of_checks_exist(version: Version) -> None:
    bound = catalogue(version, "operator")
    names = {p.name for operation in KNOWN.values() for p in operation.parameters}
    context = Context(bound)
    for row, check in bound.checks:
        if check.kind in PROBES and PROBES[check.kind].writes:
            continue
        used = {check.get("parameter"), check.get("radius"), check.get("margin")} - {None}
        for edit in check.get("edits", []):
            used |= {edit.get("parameter"), *edit.get("set", {})} - {None}
            removed = edit.get("remove", [])
            used |= {removed} if isinstance(removed, str) else set(removed)
        if isinstance(check.get("parameters"), (list, dict)):
            used |= set(check["parameters"])
        assert used - {"x-unknown"} <= names, row.id
        if check.kind == "rule":
            assert check["call"] in version.rules, row.id
        for part in ("if", "then"):
            if part in check.params:
                context.validator(check[part])


def test_levels_follow_the_origin() -> None:
    for row in ROWS.values():
        if row["origin"] == "schema":
            assert row["level"] == "MUST"
    readings = {id_ for id_, row in ROWS.items() if row["origin"] == "reading"}
    assert readings == {
        "OCSS-REG-05",
        "OCSS-REG-17",
        "OCSS-REG-21",
        "OCSS-PRICE-03",
        "OCSS-BOOK-20",
        "OCSS-BOOK-22",
        "OCSS-SCHEMA-03",
    }


def test_most_checked_rows_need_no_python() -> None:
    checked = [row for row in ROWS.values() if checks(row)]
    plain = [row for row in checked if all(c["kind"] != "rule" for c in checks(row))]
    assert len(plain) / len(checked) >= 0.6


@pytest.mark.parametrize("number", VERSIONS)
def test_every_operation_is_in_a_block_and_every_core_row_counts_in_it(number: str) -> None:
    version = VERSIONS[number]
    blocks = version.suite["blocks"]
    rows = {i: in_version(row, number) for i, row in ROWS.items() if number in row["versions"]}
    known = {n: op for (v, _), ops in SERVED.items() if v == number for n, op in ops.items()}
    placed = [operation for block in blocks.values() for operation in block["operations"]]
    assert sorted(placed) == sorted(known)
    for role in ("operator", "maas"):
        served = SERVED[number, role]
        found = catalogue(version, role)
        other = callers(version, {"operator": "maas", "maas": "operator"}[role])
        called = {
            id_
            for id_, row in other.rows.items()
            if any(operation not in served for operation in row.operations)
        }
        assert sorted(found.block_of) == sorted(served)
        assert set(found.rows) == {
            id_
            for id_, row in rows.items()
            if role in row["roles"]
            and (
                "untested" in row
                or not set(row["operations"])
                or set(row["operations"]) & set(served)
                or any(check["kind"] == "called" for check in row.get("checks", ()))
                or id_ in called
            )
        }
        for block in found.blocks.values():
            assert block.core or not block.operations
    for name, block in blocks.items():
        for id_ in block.get("core", []):
            row = rows[id_]
            assert checks(row), id_
            assert name in row["blocks"] or set(block["operations"]) <= set(row["operations"])
        for operation in block["operations"]:
            assert known[operation].block == name


def test_the_exploration_knows_its_parameters() -> None:
    for operation, how in VERSION.suite["exploration"].items():
        names = {p.name for p in KNOWN[operation].parameters}
        used = {
            *how["departure"],
            *how["arrival"],
            *how["radii"],
            *how["from_item"],
            *how.get("window", []),
            *(how[key] for key in ("instant", "time_of_day", "weekdays", "margin") if key in how),
        }
        assert used <= names
        required = {p.name for p in KNOWN[operation].parameters if p.required}
        assert required <= set(how["from_item"])


VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for path in sorted((FOLDER / "vectors").glob("*.json"))
    for vector in load(path)
}


IN_VERSIONS = [
    pytest.param(VERSIONS[number], vector, id=f"{number}-{id_}")
    for id_, vector in VECTORS.items()
    for number in vector.get("versions", VERSIONS)
]
ANSWERED = [
    pytest.param(VERSIONS[number], vector, id=f"{number}-{id_}")
    for id_, vector in VECTORS.items()
    if vector["schema"] not in SENT
    for number in vector.get("versions", VERSIONS)
]


def document(vector: Mapping[str, Any]) -> Any:
    if "edit" in vector:
        return patched(document(VECTORS[vector["twin_of"]]), vector["edit"])
    return vector["document"]


def test_there_are_enough_vectors() -> None:
    assert len(VECTORS) >= 120
    assert {id_.partition("/")[0] for id_ in VECTORS} <= set(ROWS)
    assert sum(len(load(p)) for p in (FOLDER / "vectors").glob("*.json")) == len(VECTORS)


@pytest.mark.parametrize(("version", "vector"), IN_VERSIONS)
def test_both_validators_give_the_answer_of_a_vector(
    version: Version, vector: dict[str, Any]
) -> None:
    schema, registry = schema_of(version, vector["schema"]), documents(version)
    expected = vector["expect"]
    assert ("findings" in expected) == (vector["schema"] not in SENT)
    for make in (validator, python_validator):
        assert make(schema, registry).is_valid(document(vector)) is expected["valid"]
    if expected.get("findings") or not expected["valid"]:
        assert len(vector["edit"]) == 1
        twin = VECTORS[vector["twin_of"]]
        assert version.version in twin.get("versions", VERSIONS)
        assert twin["expect"]["valid"]
        assert not twin["expect"].get("findings")


@pytest.mark.parametrize(("version", "vector"), ANSWERED)
def test_the_rows_give_the_answer_of_a_vector(version: Version, vector: dict[str, Any]) -> None:
    """Each error goes to one row: the one that the vector names."""
    exchange = answered(vector["schema"], document(vector))
    item = "/response/body" if vector["schema"] in WHOLE else "/response/body/0"
    tallies = settle(judge([exchange], Context(catalogue(version, "operator"))))
    found = {
        (finding.requirement, finding.pointer.removeprefix(item), finding.code)
        for rows in tallies.values()
        for tally in rows
        for finding in tally.findings
    }
    expected = {
        (one["requirement"], one["pointer"], one.get("code"))
        for one in vector["expect"]["findings"]
    }
    assert {one[:2] for one in found} == {one[:2] for one in expected}
    for row, pointer, code in expected:
        assert code is None or (row, pointer, code) in found


@pytest.mark.parametrize("number", VERSIONS)
def test_rows_that_judge_documents_have_vectors(number: str) -> None:
    """A row with a check of documents alone is shown in at least one vector that it refuses."""
    shown = [v for v in VECTORS.values() if number in v["versions"] and v["schema"] not in SENT]
    seen = {one["requirement"] for vector in shown for one in vector["expect"]["findings"]}
    documentary = {
        id_
        for id_, row in ROWS.items()
        if number in row["versions"]
        for check in checks(in_version(row, number))
        if check["kind"] in ("assert", "ordered", "equal") and "when_block" not in check
    }
    assert documentary - seen == {"OCSS-ERR-01"}


def test_vectors_name_nobody() -> None:
    for vector in VECTORS.values():
        if "document" in vector:
            assert vector["schema"] in {*OPERATIONS, *SENT}
            hosts = re.findall(r"https?://([^/\"]+)", json.dumps(vector["document"]))
            assert all(
                host.endswith(("example.org", "example.com", "example.net")) for host in hosts
            )
