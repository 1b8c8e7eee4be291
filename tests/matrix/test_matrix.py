"""The kill matrix, in process and without fuzzing: every variant once, every row everywhere.

``make matrix`` measures all of them in every operation and with generated requests.
"""

from __future__ import annotations

import time

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.conformance import matrix
from mobstd.judging.catalogue import catalogue
from mobstd.judging.fault import Fault
from mobstd.judging.outcome import severity_of

VERSION = find("ocss@1.0-alpha")
SECONDS = 2.0
MUTANTS = {mutant.name: mutant for mutant in matrix.one_each(matrix.mutants(VERSION))}

GAPS: dict[str, str] = {}
"""Mutants that the suite is known to miss, with what it would take; each has to go."""


def _params() -> list[object]:
    return [
        pytest.param(
            name,
            id=name,
            marks=[pytest.mark.xfail(reason=GAPS[name])] if name in GAPS else [],
        )
        for name in MUTANTS
    ]


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Build the world before the clock of a test starts."""
    matrix.verify_reference(VERSION)


@pytest.mark.parametrize("name", _params())
def test_mutant(name: str) -> None:
    mutant = MUTANTS[name]
    began = time.process_time()
    cell = matrix.measure(VERSION, mutant)
    spent = time.process_time() - began
    if isinstance(mutant.variant, Fault):
        wanted = {"equivalent"} if mutant.variant.equivalent else {"killed"}
        row = catalogue(VERSION, "operator").rows[mutant.variant.requirement]
        if cell.outcome == "failed":
            assert severity_of(row.level, row.origin) == "error"
            assert (cell.verdict, cell.exit_code) == ("non-conforming", 1)
    else:
        wanted = {"clean"}
        assert cell.exit_code == 0 or cell.end != "clean"
    assert (cell.end in wanted, cell.others) == (True, ()), cell
    assert spent <= SECONDS


def test_the_reference_conforms() -> None:
    for setting, troubles in matrix.verify_reference(VERSION):
        assert troubles == [], setting


def test_the_committed_result_is_of_this_state() -> None:
    """Run ``make matrix`` and commit what it writes."""
    path = VERSION.conformance / "kill-matrix.json"
    assert load(path)["state"] == matrix.state(VERSION)


def test_reports_carry_the_digest() -> None:
    digest = matrix.digest(VERSION)
    assert digest is not None
    assert not digest["stale"]
    assert 0 < digest["killed"] <= digest["faults"]
    assert 0 < digest["clean"] <= digest["twins"]
