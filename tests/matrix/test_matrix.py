"""A part of the kill matrix: of every row one fault, and one in ``PART`` of the others.

``make matrix`` measures all of them. Its results are committed, with the state that they are of:
a change of what judges, or of the faults, makes them stale, and a test here says so.
"""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import Version, find, versions
from mobstd.conformance import matrix
from mobstd.conformance.matrix.callers import counted
from mobstd.conformance.matrix.page import overview, page_of
from mobstd.judging.catalogue import catalogue
from mobstd.judging.fault import Fault
from mobstd.judging.outcome import severity_of

VERSION = find("ocss@1.0-alpha")
MEASURED = [version for version in versions() if matrix.committed(version).is_file()]
SECONDS = 2.0
"""Of CPU, for one operation; where the machine is shared, its load is allowed for."""

SLOW = ("OCSS-OP-05/one-id-for-all", "OCSS-REG-08/ignores-count", "OCSS-REG-08/twice-as-many")
"""Faults that answer with far more than was asked, all of which is judged."""


def _in_time(mutant: matrix.Mutant, spent: float) -> bool:
    """Say whether a mutant took no longer than it may: more where every operation is checked.

    The seconds are those of a machine at the pace of ``WORK``; one that is slower at this moment,
    as shared machines are by turns, has the more.
    """
    alone = len(mutant.operations) == 1 and not mutant.variant.setting.declared
    crowd = os.getloadavg()[0] / (os.cpu_count() or 1)
    double = not alone or mutant.variant.id in (*SLOW, *WRITES)
    allowed = SECONDS * max(1.0, crowd) * (2.5 if double else 1.0)
    return spent <= allowed or spent <= allowed * max(1.0, _work() / WORK)


WORK = 0.09
"""CPU seconds that :func:`_work` takes where a mutant takes ``SECONDS`` at most."""


def _work() -> float:
    """Return the CPU seconds of some reading, writing and sorting that nothing here changes."""
    rows = [{"id": f"x{n}", "at": [n * 1.5, -n / 3], "tags": {"a": n % 7}} for n in range(4000)]
    began = time.process_time()
    for _ in range(4):
        again = json.loads(json.dumps(rows))
        again.sort(key=lambda row: (row["tags"]["a"], row["id"]))
        sum(len(re.findall("[0-9]+", row["id"])) for row in again)
    return time.process_time() - began


PART = 4

WRITES = (
    "OCSS-BOOK-13/anyone",
    "OCSS-LIFE-03/any-way",
    "TWIN/late-change-200",
)
"""Variants of writes that are tried here: others are many, and take seconds each."""


EVERY = matrix.one_each(matrix.mutants(VERSION))
READING = [mutant for mutant in EVERY if not matrix.needed(VERSION, mutant).writes]
WRITING = [mutant for mutant in EVERY if mutant.variant.id in WRITES]
MUTANTS = {mutant.name: mutant for mutant in (*matrix.sampled(READING, PART), *WRITING)}


@pytest.fixture(scope="session", autouse=True)
def world() -> None:
    """Build the world before the clock of a test starts."""
    matrix.held(VERSION, matrix.Need())


def _timed(mutant: matrix.Mutant) -> tuple[matrix.Cell, float]:
    began = time.process_time()
    cell = matrix.measure(VERSION, mutant)
    return cell, time.process_time() - began


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant(name: str) -> None:
    mutant = MUTANTS[name]
    cell, spent = _timed(mutant)
    if not _in_time(mutant, spent):
        cell, spent = _timed(mutant)
    if isinstance(mutant.variant, Fault):
        wanted = {"equivalent"} if mutant.variant.equivalent else {"killed"}
        row = catalogue(VERSION, "operator").rows[mutant.variant.requirement]
        if cell.outcome == "failed" and not mutant.variant.also:
            assert severity_of(row.level, row.origin) == "error"
            assert (cell.verdict, cell.exit_code) == ("non-conforming", 1)
    else:
        wanted = {"clean"}
        assert cell.exit_code == 0 or cell.end != "clean"
    assert (cell.end in wanted, cell.others) == (True, ()), cell
    assert _in_time(mutant, spent), spent


@pytest.mark.parametrize("need", matrix.needs(VERSION))
def test_the_reference_conforms(need: matrix.Need) -> None:
    assert matrix.held(VERSION, need) == []


@pytest.mark.parametrize("version", MEASURED, ids=str)
def test_the_committed_result_is_of_this_state(version: Version) -> None:
    """Run ``make matrix`` and commit what it writes."""
    result = load(matrix.committed(version))
    assert result["standard"] == str(version)
    assert result["state"] == matrix.state(version)


@pytest.mark.parametrize("version", MEASURED, ids=str)
def test_the_committed_result_is_right(version: Version) -> None:
    """Of every row a fault, none missed, none accused, no exit code beside the verdict.

    All variants are there, once each, unless the result says that others than the first of each
    row were sampled.
    """
    result = load(matrix.committed(version))
    every = matrix.one_each(matrix.mutants(version))
    sample = re.search("one in ([0-9]+) of the others", result["tier"])
    wanted = matrix.sampled(every, int(sample[1])) if sample else every
    assert sorted(c["name"] for c in result["cells"]) == sorted(mutant.name for mutant in wanted)
    assert {cell["end"] for cell in result["cells"]} <= {"killed", "clean", "equivalent"}
    assert result["exit_codes"]["wrong"] == 0
    assert result["callers"] == counted(version)
    if result["callers"] is not None:
        faults, twins = result["callers"]["faults"], result["callers"]["twins"]
        assert faults["killed"] == faults["seeded"]
        assert twins["clean"] == twins["seeded"]
        assert result["callers"]["rows_without_fault"] == []


def test_the_overview_is_that_of_the_committed_results() -> None:
    page = Path(__file__).parents[2] / "docs" / "kill-matrix.md"
    assert page.read_text("utf-8") == overview(versions())
    for version in MEASURED:
        assert (page.with_suffix("") / f"{page_of(version)}.md").is_file()


@pytest.mark.parametrize("version", MEASURED, ids=str)
def test_reports_carry_the_digest(version: Version) -> None:
    digest = matrix.digest(version)
    assert digest is not None
    assert not digest["stale"]
    assert 0 < digest["killed"] <= digest["faults"]
    assert 0 < digest["clean"] <= digest["twins"]
