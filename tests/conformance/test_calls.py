"""The vectors of callers: each row that asks something of them, broken and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.conformance.report.exchanges import from_json
from mobstd.judging.catalogue import callers
from mobstd.judging.context import Context
from mobstd.judging.finding import Finding
from mobstd.judging.judge import judge, settle
from ocss.documents import patched

ROLES = {
    "ocss@1.0-alpha": ("operator", "maas"),
    "rdex-plus@2.0": ("operator", "maas"),
    "rdex@1.2": ("operator",),
    "carpool-proof@3.4": ("registry",),
    "mobility-aid@0.1": ("publisher", "funder"),
}
VECTORS: dict[str, Mapping[str, Any]] = {}
SPOKEN: dict[str, str] = {}
for _name in ROLES:
    for _path in sorted((find(_name).conformance / "calls").glob("*.json")):
        for _vector in load(_path):
            VECTORS[_vector["id"]], SPOKEN[_vector["id"]] = _vector, _name
FAULTS = [name for name, vector in VECTORS.items() if "twin_of" in vector]


def judged(name: str) -> Mapping[str, list[Finding]]:
    vector = VECTORS[name]
    root = VECTORS[vector.get("twin_of", name)]
    data = patched(root["exchanges"], vector.get("edit", ()))
    seen = [from_json(one, f"x{number}") for number, one in enumerate(data, 1)]
    settled = settle(judge(seen, Context(callers(find(SPOKEN[name]), root["calls"]))))
    return {row: [f for t in tallies for f in t.findings] for row, tallies in settled.items()}


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_brings_its_findings_and_no_other(name: str) -> None:
    found = [f for findings in judged(name).values() for f in findings]
    said = {(f.requirement, f.pointer, f.code) for f in found}
    expected = VECTORS[name]["expect"]["findings"]
    assert said == {(f["requirement"], f["pointer"], f["code"]) for f in expected}


@pytest.mark.parametrize("version", ROLES)
def test_every_row_about_callers_has_a_fault_and_evidence(version: str) -> None:
    rows = {row for role in ROLES[version] for row in callers(find(version), role).rows}
    mine = [name for name, spoken in SPOKEN.items() if spoken == version]
    assert {name.partition("/")[0] for name in mine if name in FAULTS} == rows
    assert rows - {row for name in mine if name not in FAULTS for row in judged(name)} == set()
