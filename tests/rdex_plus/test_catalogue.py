"""The catalogue of RDEX+: requirements, ambiguities, suite, messages, vectors, faults, twins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.openapi import operations
from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.validator import python_validator, validator
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.fault import Fault
from mobstd.judging.judge import judge, settle
from mobstd.serving.faults import load_faults, load_twins
from mobstd.validation.rules import DocumentRules

from .documents import VERSION, answered, example, patched

FOLDER = VERSION.conformance
LISTED: list[dict[str, Any]] = load(FOLDER / "requirements.yaml")
ROWS = {row["id"]: row for row in LISTED}
KNOWN = operations(VERSION, "operator")
FOUND = catalogue(VERSION, "operator")
BLOCKS = set(VERSION.suite["blocks"])


@pytest.mark.parametrize("row", LISTED, ids=ROWS)
def test_a_row_is_whole(row: dict[str, Any]) -> None:
    assert len(ROWS) == len(LISTED)
    assert all(source["document"] in VERSION.source["documents"] for source in row["source"])
    assert row["versions"] == ["2.0"]
    assert len(row["title"]["en"]) <= 110
    assert bool(row.get("checks") or row.get("covers")) != ("untested" in row)
    assert set(row["operations"]) <= set(KNOWN)
    assert set(row["blocks"]) <= BLOCKS
    if row["origin"] == "schema":
        assert row["level"] == "MUST"
    for check in row.get("checks", ()):
        assert set(check.get("unless_failed", [])) <= set(ROWS) - {row["id"]}
        assert {check.get("filter", row["id"])} <= set(ROWS)
        assert set(check.get("filters", [])) <= set(ROWS)
        if check["kind"] == "assert":
            assert check["code"].startswith("rdexplus.")
            assert check["message"]["en"]
        if check["kind"] == "rule":
            assert check["call"] in VERSION.rules
    assert set(row.get("covers", [])) <= set(ROWS) - {row["id"]}


def test_numbers_have_no_gaps() -> None:
    by_topic: dict[str, list[int]] = {}
    for id_ in ROWS:
        _, topic, number = id_.split("-")
        by_topic.setdefault(topic, []).append(int(number))
    for topic, numbers in by_topic.items():
        assert numbers == list(range(1, len(numbers) + 1)), topic


def test_ambiguities_and_rows_name_each_other() -> None:
    rows = load(FOLDER / "ambiguities.yaml")
    told = {(row["id"], id_) for row in rows for id_ in row.get("requirements", [])}
    cited = {(a, row["id"]) for row in LISTED for a in row.get("ambiguities", [])}
    assert told == cited


def test_ambiguities_of_two_standards_have_other_numbers() -> None:
    own = {row["id"] for row in load(FOLDER / "ambiguities.yaml")}
    assert all(len(id_) == 4 for id_ in own)


def test_findings_do_not_give_way_in_a_circle() -> None:
    gives = {
        (row["id"], other)
        for row in LISTED
        for check in row.get("checks", ())
        for other in check.get("unless_failed", [])
    }
    assert {(a, b) for a, b in gives if (b, a) in gives} == set()


def test_most_checked_rows_need_no_python() -> None:
    checked = [row for row in LISTED if row.get("checks")]
    plain = [row for row in checked if all(c["kind"] != "rule" for c in row["checks"])]
    assert len(plain) / len(checked) >= 0.6


def test_parameters_of_checks_exist() -> None:
    names = {p.name for operation in KNOWN.values() for p in operation.parameters}
    context = Context(FOUND)
    for row, check in FOUND.checks:
        used = {check.get("parameter"), check.get("radius"), check.get("margin")} - {None}
        for edit in check.get("edits", []):
            used |= {edit.get("parameter"), *edit.get("set", {})} - {None}
        if isinstance(check.get("parameters"), (list, dict)):
            used |= set(check["parameters"])
        assert used <= names, row.id
        for part in ("if", "then"):
            if part in check.params:
                context.validator(check[part])


def test_the_suite_knows_its_operation() -> None:
    how = VERSION.suite["exploration"]["getJourneys"]
    names = {p.name for p in KNOWN["getJourneys"].parameters}
    assert {
        *how["departure"],
        *how["arrival"],
        *how["radii"],
        *how["from_item"],
        *how["with"],
    } <= names
    required = {p.name for p in KNOWN["getJourneys"].parameters if p.required}
    assert required <= set(how["from_item"])
    for id_ in VERSION.suite["blocks"]["journeys"]["core"]:
        assert ROWS[id_]["checks"]


# Vectors

VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for path in sorted((FOLDER / "vectors").glob("*.json"))
    for vector in load(path)
}


def document(vector: Mapping[str, Any]) -> Any:
    if "edit" in vector:
        return patched(document(VECTORS[vector["twin_of"]]), vector["edit"])
    return vector["document"]


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_both_validators_give_the_answer_of_a_vector(vector: dict[str, Any]) -> None:
    schema, registry = schema_of(VERSION, vector["schema"]), documents(VERSION)
    for make in (validator, python_validator):
        judged = make(schema, registry).is_valid(document(vector))
        assert judged is vector["expect"]["valid"]
    if vector["expect"]["findings"]:
        assert len(vector["edit"]) == 1


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_the_rows_give_the_answer_of_a_vector(vector: dict[str, Any]) -> None:
    """Each error goes to one row: the one that the vector names."""
    exchange = answered(vector["schema"], document(vector))
    item = "/response/body" if vector["schema"] == "error" else "/response/body/journeys/0"
    tallies = settle(judge([exchange], Context(FOUND)))
    found = {
        (finding.requirement, finding.pointer.removeprefix(item), finding.code)
        for rows in tallies.values()
        for tally in rows
        for finding in tally.findings
    }
    expected = vector["expect"]["findings"]
    assert {one[:2] for one in found} == {(one["requirement"], one["pointer"]) for one in expected}
    codes = {one[2] for one in found}
    assert all(one["code"] in codes for one in expected if "code" in one)


def test_rows_that_judge_documents_have_vectors() -> None:
    seen = {
        one["requirement"] for vector in VECTORS.values() for one in vector["expect"]["findings"]
    }
    documentary = {
        row["id"]
        for row in LISTED
        for check in row.get("checks", ())
        if check["kind"] in ("assert", "ordered", "equal")
    }
    assert documentary - seen == set()


def test_rows_judge_a_journey_by_itself() -> None:
    """As ``mobstd validate`` does, although answers hold journeys inside an object."""
    wrong = example("journey")
    wrong["price"]["currency"] = "€"
    remarks = {(r.keyword, r.pointer) for r in DocumentRules(VERSION, "journey").remarks(wrong)}
    assert remarks == {("RDEXPLUS-PRICE-04", "/price/currency")}


def test_an_empty_list_inside_an_object_is_no_evidence() -> None:
    exchange = answered("journey", {})
    assert exchange.response is not None
    empty = replace(exchange, response=replace(exchange.response, body=b'{"journeys": []}'))
    tallies = settle(judge([empty], Context(FOUND)))
    assert sum(tally.evidence for tally in tallies.get("RDEXPLUS-SEARCH-21", ())) == 0


# Faults and twins

FAULTS, TWINS = load_faults(VERSION), load_twins(VERSION)
WAIVED = {"RDEXPLUS-REG-03": "its margins are those of RDEXPLUS-REG-01"}


@pytest.mark.parametrize("row", [r for r in LISTED if r.get("checks")], ids=lambda r: r["id"])
def test_every_checked_row_has_a_fault(row: dict[str, Any]) -> None:
    assert any(fault.requirement == row["id"] for fault in FAULTS) or row["id"] in WAIVED


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_names_what_is_there(fault: Fault) -> None:
    assert fault.id.startswith(f"{fault.requirement}/")
    assert ROWS[fault.requirement]["checks"]
    assert set(fault.also) <= set(ROWS)


def test_faults_of_the_field_are_there() -> None:
    assert sum(fault.seen is not None for fault in FAULTS) >= 8
    assert len(TWINS) >= 12
    assert all(name.partition("/")[0] in ROWS for name in VERSION.suite["demo"])
