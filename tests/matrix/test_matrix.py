"""The kill matrix, in process and without fuzzing: every variant once, every row everywhere.

``make matrix`` measures all of them in every operation and with generated requests.
"""

from __future__ import annotations

import os
import time

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.conformance import matrix
from mobstd.judging.catalogue import catalogue
from mobstd.judging.fault import Fault
from mobstd.judging.outcome import severity_of

VERSION = find("ocss@1.0-alpha")
SECONDS = 6.0
"""On a machine that does nothing else; where it is shared, its load is allowed for."""
MUTANTS = {mutant.name: mutant for mutant in matrix.one_each(matrix.mutants(VERSION))}

NO_CONTROL = "no query is accepted, so that nothing has a control; the refusals should count"
CAPPED = "a capped answer is taken for a margin that is too narrow"
MOVING = "answers that change by themselves are taken for another default"
REFUSED = "filters judge items that the schema refuses"
GAPS = {
    "OCSS-GEN-01/nothing-there": "the verdict speaks of the one block that is there",
    "OCSS-REG-02/needs-dates": NO_CONTROL,
    "OCSS-SEARCH-08/nothing-when-wide": "the only look is a wide one",
    "OCSS-REG-08/nothing-when-wide": "the only look is a wide one",
    "OCSS-SEARCH-08/one-only": CAPPED,
    "OCSS-REG-08/page-of-2": CAPPED,
    "OCSS-REG-08/one-only": CAPPED,
    "OCSS-SEARCH-08/random-sample": MOVING,
    "OCSS-REG-08/random-sample": MOVING,
    "OCSS-SCHEMA-10/iso": REFUSED,
    "OCSS-REG-16/time-without-seconds": REFUSED,
    "OCSS-SEARCH-12/of-the-driver": "no item that is tried has a driver who starts elsewhere",
    "OCSS-REG-07/dates-in-milliseconds": "the first date is not tried alone",
}
"""Faults that the suite is known to miss or to misplace, and why; each has to go."""


AS_IT_SHOULD_BE = ("killed", "clean", "equivalent")
OPEN = {
    cell["name"]
    for cell in load(VERSION.conformance / "kill-matrix.json")["cells"]
    if cell["end"] not in AS_IT_SHOULD_BE
}
"""What the committed matrix shows as missed or misplaced; everything else has to stay found."""


def _open(name: str) -> list[pytest.MarkDecorator]:
    gap = GAPS.get(MUTANTS[name].variant.id)
    if gap is None and name not in OPEN:
        return []
    return [pytest.mark.xfail(reason=gap or "docs/kill-matrix.md shows it", strict=False)]


def _params() -> list[object]:
    return [pytest.param(name, id=name, marks=_open(name)) for name in MUTANTS]


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Build the world before the clock of a test starts."""
    matrix.verify_reference(VERSION)


def _timed(mutant: matrix.Mutant) -> tuple[matrix.Cell, float]:
    began = time.process_time()
    cell = matrix.measure(VERSION, mutant)
    return cell, time.process_time() - began


@pytest.mark.parametrize("name", _params())
def test_mutant(name: str) -> None:
    mutant = MUTANTS[name]
    cell, spent = _timed(mutant)
    if spent > SECONDS:
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
    crowd = os.getloadavg()[0] / (os.cpu_count() or 1)
    assert spent <= SECONDS * max(1.0, crowd)


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
