"""Callers under test: each row that asks something of callers, by its faults and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.conformance.report.exchanges import from_json
from mobstd.judging.catalogue import callers
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding
from mobstd.judging.judge import judge, settle

from .documents import patched

VERSION = find("ocss@1.0-alpha")
VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for path in sorted((VERSION.conformance / "calls").glob("*.json"))
    for vector in load(path)
}
FAULTS = [name for name, vector in VECTORS.items() if "twin_of" in vector]


def exchanges(name: str) -> tuple[str, list[Exchange]]:
    """Return the role that is called in a vector, and its exchanges."""
    vector = VECTORS[name]
    root = VECTORS[vector.get("twin_of", name)]
    data = patched(root["exchanges"], vector.get("edit", ()))
    return root["calls"], [from_json(one, f"x{i}") for i, one in enumerate(data, 1)]


def judged(name: str) -> Mapping[str, list[Finding]]:
    role, seen = exchanges(name)
    settled = settle(judge(seen, Context(callers(VERSION, role))))
    return {row: [f for t in tallies for f in t.findings] for row, tallies in settled.items()}


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_brings_its_findings_and_no_other(name: str) -> None:
    found = [f for findings in judged(name).values() for f in findings]
    said = {(f.requirement, f.pointer, f.code) for f in found}
    expected = VECTORS[name]["expect"]["findings"]
    assert said == {(f["requirement"], f["pointer"], f["code"]) for f in expected}


def test_every_row_about_callers_has_a_fault_and_evidence() -> None:
    rows = {*callers(VERSION, "operator").rows, *callers(VERSION, "maas").rows}
    assert {name.partition("/")[0] for name in FAULTS} == rows
    seen = {row for name in VECTORS if name not in FAULTS for row in judged(name)}
    assert rows - seen == set()
