"""What a contract adds or lifts, and faults of ours, which must not lose what was seen."""

from __future__ import annotations

from typing import Any

import pytest

from mobstd.conformance.profile import Clause
from mobstd.conformance.report.contract import problems
from mobstd.errors import ConfigError, UnknownName

ROW = "OCSS-SEARCH-09"
AREA = {"areas": ("Grenoble",)}
BLOCKS = ("driver-journeys",)


def clause(row: str) -> tuple[Clause, ...]:
    return (Clause(row, "our contract says so"),)


def of(report: dict[str, Any], row: str) -> dict[str, Any]:
    return next((r for r in report["requirements"] if r["id"] == row), {})


@pytest.fixture
def heedless(operator: Any, journeys: Any) -> Any:
    """An operator that ignores count."""
    every = journeys()
    return operator(every, edits=lambda query, found: found if "count" not in query else every[:9])


def test_a_row_that_is_lifted_is_not_judged(judged: Any, heedless: Any) -> None:
    report = judged(heedless, AREA, blocks=BLOCKS)
    assert of(report, ROW)["outcome"] == "failed"
    lifted = judged(heedless, {**AREA, "lifts": clause(ROW)}, blocks=BLOCKS)
    assert of(lifted, ROW) == {}
    [deviation] = lifted["profile"]["deviations"]
    assert deviation == {"requirement": ROW, "reason": "our contract says so"}
    assert list(problems(lifted)) == []


def test_a_row_that_is_added_binds(judged: Any, operator: Any, journeys: Any) -> None:
    """A reading warns at most, until a contract makes it a MUST."""
    slow = [{**journey, "distance": 18_000, "duration": 36_000} for journey in journeys()]
    report = judged(operator(slow), AREA, blocks=BLOCKS)
    warned = [
        row["id"]
        for row in report["requirements"]
        if row["outcome"] == "warned" and row["findings"] and row["level"] != "MAY"
    ]
    assert warned
    added = judged(operator(slow), {**AREA, "adds": clause(warned[0])}, blocks=BLOCKS)
    row = of(added, warned[0])
    assert row["level"] == "MUST"
    assert row["outcome"] in ("failed", "warned")


@pytest.mark.parametrize("kind", ["adds", "lifts"])
def test_a_clause_about_nothing_is_refused(judged: Any, operator: Any, kind: str) -> None:
    sender = operator([])
    with pytest.raises(UnknownName, match="OCSS-SEARCH-99"):
        judged(sender, {kind: clause("OCSS-SEARCH-99")})
    assert sender.asked == []


def test_an_unknown_area_is_refused_before_anything_is_sent(judged: Any, operator: Any) -> None:
    sender = operator([])
    with pytest.raises(ConfigError, match="Atlantis"):
        judged(sender, {"areas": ("Atlantis",)})
    assert sender.asked == []


def test_a_fault_of_ours_keeps_what_was_seen(
    judged: Any, operator: Any, journeys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mobstd.conformance import run as module

    def broken(*args: Any) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(module, "_probe", broken)
    report = judged(operator(journeys()), AREA, blocks=BLOCKS)
    assert report["stopped_by"] == "internal-error"
    assert report["gate"]["exit_code"] == 4
    assert report["requests"] > 5
    item = next(item for item in report["preflight"] if item["check"] == "engine")
    assert item["blame"] == "mobstd"
    assert "ZeroDivisionError: a bug of ours" in item["message"]["en"]
    assert "MOBSTD_DEBUG=1" in item["message"]["fr"]
    assert any(row["outcome"] == "passed" for row in report["requirements"])
    assert list(problems(report)) == []


def test_a_fault_of_a_rule_keeps_the_report(
    judged: Any, operator: Any, journeys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mobstd.conformance import run as module

    def broken(*args: Any) -> None:
        raise KeyError("x")

    monkeypatch.setattr(module, "judge", broken)
    report = judged(operator(journeys()), AREA, blocks=BLOCKS)
    assert report["gate"]["exit_code"] == 4
    assert list(problems(report)) == []
