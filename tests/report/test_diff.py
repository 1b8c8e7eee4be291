from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.report.diff import compare, render
from mobstd.errors import UsageError

from .samples import sample


def row(report: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in report["requirements"] if r["id"] == name)
    return found


def test_a_report_does_not_differ_from_itself() -> None:
    changes = compare(sample("non-conforming"), sample("non-conforming"))
    assert not changes["worse"]
    assert not any(
        changes[k] for k in ("new", "gone", "unseen", "changed", "outcomes", "verdicts", "differs")
    )


def test_getting_worse() -> None:
    changes = compare(sample("conforming"), sample("non-conforming"))
    assert changes["worse"]
    assert len(changes["new"]) == 12
    assert not changes["gone"]
    assert {
        "block": "driver-journeys",
        "old": "conforming",
        "new": "non-conforming",
        "worse": True,
    } in changes["verdicts"]
    assert {
        "requirement": "OCSS-SEARCH-12",
        "old": "passed",
        "new": "failed",
        "worse": True,
    } in changes["outcomes"]


def test_getting_better() -> None:
    changes = compare(sample("non-conforming"), sample("conforming"))
    assert not changes["worse"]
    assert len(changes["gone"]) == 12
    assert not changes["new"]


def test_what_was_not_tried_is_not_gone() -> None:
    changes = compare(sample("non-conforming"), sample("inconclusive"))
    assert {e["requirement"] for e in changes["gone"]} == {"OCSS-GEN-01", "OCSS-SEARCH-03"}
    assert len(changes["unseen"]) == 10


def test_losing_evidence_shows_in_the_verdict() -> None:
    changes = compare(sample("conforming"), sample("inconclusive"))
    assert changes["worse"]
    assert not any(entry["worse"] for entry in changes["outcomes"])
    assert any(entry["worse"] for entry in changes["verdicts"])


@pytest.mark.parametrize(
    ("before", "after", "worse"), [("warning", "error", True), ("error", "warning", False)]
)
def test_a_finding_may_change(before: str, after: str, worse: bool) -> None:
    old, new = sample("non-conforming"), sample("non-conforming")
    row(old, "OCSS-SEARCH-12")["findings"][0]["severity"] = before
    row(new, "OCSS-SEARCH-12")["findings"][0]["severity"] = after
    row(new, "OCSS-SEARCH-12")["findings"][0]["received"] = "another day"
    changes = compare(old, new)
    assert changes["worse"] is worse
    assert [c["members"] for c in changes["changed"]] == [["severity"]]
    assert "severity" in render(changes)


def test_what_else_differs_is_said() -> None:
    new = sample("conforming")
    new["suite"]["catalogue"] = "f" * 64
    new["standard"]["version"] = "1.0-beta"
    new["seed"] = 7
    changes = compare(sample("conforming"), new)
    assert changes["differs"] == ["version", "catalogue", "seed"]
    assert "another state of the catalogue" in render(changes)
    assert "autre état du catalogue" in render(changes, "fr")


def test_another_standard_cannot_be_compared() -> None:
    new = sample("conforming")
    new["standard"]["id"] = "rdex"
    with pytest.raises(UsageError, match="not about the same thing"):
        compare(sample("conforming"), new)
    other = sample("conforming") | {"role": "maas"}
    with pytest.raises(UsageError):
        compare(sample("conforming"), other)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_text_shows_no_control_character(lang: str) -> None:
    text = render(compare(sample("conforming"), sample("non-conforming")), lang)
    assert "\x1b" not in text
    assert "+ 5b3521f2a63484db  OCSS-SEARCH-12" in text
    assert "report." not in text


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    for name in ("conforming", "non-conforming"):
        (tmp_path / name).write_text(json.dumps(sample(name)))
    return str(tmp_path / "conforming"), str(tmp_path / "non-conforming")


def test_from_the_command_line(mobstd: Callable[..., Any], files: tuple[str, str]) -> None:
    good, bad = files
    assert mobstd("report", "diff", good, good).code == 0
    assert mobstd("report", "diff", bad, good).code == 0
    worse = mobstd("report", "diff", good, bad)
    assert worse.code == 1
    assert "Worse than before." in worse.out
    ran = mobstd("report", "diff", good, bad, "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["worse"] is True
    assert "Moins bien" in mobstd("report", "diff", good, bad, "--lang", "fr").out
    assert mobstd("report", "diff", good, good + "x").code == 2
