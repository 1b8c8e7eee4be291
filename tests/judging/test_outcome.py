"""The tables of ``verdicts.json`` and the functions that read them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from mobstd.judging import outcome
from mobstd.judging.outcome import Gate, Outcome

EXAMPLES = outcome.table()["examples"]


@dataclass(frozen=True)
class Found:
    severity: str


def named(rows: list[dict[str, Any]]) -> Any:
    return [pytest.param(row, id=str(number)) for number, row in enumerate(rows)]


@pytest.mark.parametrize("row", named(EXAMPLES["row"]))
def test_row(row: dict[str, Any]) -> None:
    found = [Found(severity) for severity in row["findings"]]
    got = outcome.row_outcome(
        row["level"], row["origin"], found, row["evidence"], row.get("reason")
    )
    assert (got.name, got.reason) == (row["outcome"], row.get("because"))


@pytest.mark.parametrize("row", named(EXAMPLES["umbrella"]))
def test_umbrella(row: dict[str, Any]) -> None:
    covered = [Outcome(name) for name in row["covered"]]
    assert outcome.umbrella_outcome(row["level"], row["origin"], covered).name == row["outcome"]


def test_an_umbrella_takes_the_reason_of_what_it_covers() -> None:
    covered = [Outcome("passed"), Outcome("inconclusive", "stopped")]
    assert str(outcome.umbrella_outcome("MUST", "text", covered)) == "inconclusive (stopped)"


@pytest.mark.parametrize("row", named(EXAMPLES["block"]))
def test_block(row: dict[str, Any]) -> None:
    outcomes = {key: Outcome(name) for key, name in row["outcomes"].items()}
    assert outcome.block_verdict(outcomes, row["core"]) == row["verdict"]


@pytest.mark.parametrize("row", named(EXAMPLES["run"]))
def test_run(row: dict[str, Any]) -> None:
    assert outcome.run_verdict(row["blocks"]) == row["verdict"]


@pytest.mark.parametrize("row", named(EXAMPLES["gate"]))
def test_gate(row: dict[str, Any]) -> None:
    options = {key: row[key] for key in ("fail_on", "stale", "expired") if key in row}
    got = outcome.gate([Found(severity) for severity in row["findings"]], **options)
    assert list(got.because) == row["because"]
    assert got.passed is not bool(row["because"])


@pytest.mark.parametrize("row", named(EXAMPLES["exit"]))
def test_exit(row: dict[str, Any]) -> None:
    gate = Gate() if row["gate"] else Gate(("findings",))
    assert outcome.exit_code(row["blocks"], gate, row.get("errors", ())) == row["code"]


def test_only_a_binding_row_fails() -> None:
    table = outcome.table()
    for level, origin in product(table["levels"], table["origins"]):
        binding = level == "MUST" and origin != "reading"
        assert outcome.severity_of(level, origin) == ("error" if binding else "warning")
        name = outcome.row_outcome(level, origin, [Found("error")], 1).name
        assert name == ("failed" if binding else "warned")


def test_nothing_passes_without_evidence() -> None:
    table = outcome.table()
    for level, origin in product(table["levels"], table["origins"]):
        for reason in (None, *table["reasons"]):
            got = outcome.row_outcome(level, origin, [], 0, reason)
            assert got.name in ("inconclusive", "not-run")
            assert got.reason


def test_every_word_of_the_tables_is_declared() -> None:
    table = outcome.table()
    outcomes, verdicts = set(table["outcomes"]), set(table["verdicts"])
    assert {line["then"] for line in (*table["row"], *table["umbrella"])} <= outcomes
    assert {line["then"] for line in table["block"]} <= verdicts
    assert set(table["run"]["worst_first"]) == verdicts
    assert {row["outcome"] for row in table["reasons"].values()} <= outcomes
    assert set(table["untested"].values()) <= set(table["reasons"])
    assert {str(code) for code in table["precedence"]} == set(table["exit_codes"])


@pytest.mark.parametrize("reason", outcome.table()["untested"])
def test_an_untested_row_has_a_reason(reason: str) -> None:
    assert outcome.untested_reason(reason) in outcome.table()["reasons"]
