from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.baseline import Baseline, Entry, gate, load, propose
from mobstd.conformance.report.contract import problems
from mobstd.errors import ConfigError

from .samples import sample

LATER = date(2026, 6, 30)
GONE = "0" * 16


def accepting(report: dict[str, Any], expires: date = LATER) -> Baseline:
    proposed = propose(report, reason="known", owner="team", expires=expires)
    entries = tuple(
        Entry(e["fingerprint"], e["reason"], e["owner"], expires, e["requirement"])
        for e in proposed["accepted"]
    )
    return Baseline(entries, "baseline.json")


def test_a_proposed_baseline_keeps_the_contract_and_opens_the_gate(tmp_path: Path) -> None:
    report = sample("non-conforming")
    proposed = propose(report, reason="known", owner="team", expires=LATER)
    assert [p.message for p in problems(proposed, "baseline")] == []
    assert len(proposed["accepted"]) == 12
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(proposed))
    decided = gate(report, load(path))
    assert decided["passed"]
    assert decided["exit_code"] == 0
    assert len(decided["baseline"]["accepted"]) == 12
    assert [p.message for p in problems(report | {"gate": decided})] == []


def test_a_baseline_never_changes_the_verdict() -> None:
    report = sample("non-conforming")
    gate(report, accepting(report))
    assert report == sample("non-conforming")


def test_one_finding_more_closes_the_gate() -> None:
    report = sample("non-conforming")
    baseline = accepting(report)
    decided = gate(report, Baseline(baseline.entries[1:]))
    assert not decided["passed"]
    assert decided["exit_code"] == 1
    assert decided["reasons"][0]["code"] == "gate.findings"
    assert decided["reasons"][0]["params"] == {"count": 1}


def test_an_expired_entry_closes_the_gate() -> None:
    report = sample("non-conforming")
    last = date(2026, 3, 2)
    assert gate(report, accepting(report, last))["passed"]
    decided = gate(report, accepting(report, last), today=date(2026, 3, 3))
    assert decided["exit_code"] == 1
    assert [reason["code"] for reason in decided["reasons"]] == ["gate.findings", "gate.expired"]


def test_a_stale_entry_closes_the_gate() -> None:
    report = sample("conforming")
    stale = Entry(GONE, "r", "o", LATER, "OCSS-SEARCH-12")
    decided = gate(report, Baseline((stale,)))
    assert not decided["passed"]
    assert decided["baseline"]["stale"] == [GONE]
    assert decided["reasons"][0]["code"] == "gate.stale"


def test_an_entry_whose_row_was_not_tried_is_not_stale() -> None:
    report = sample("inconclusive")
    unseen = Entry(GONE, "r", "o", LATER, "OCSS-SEARCH-12")
    decided = gate(report, Baseline((unseen,)))
    assert decided["baseline"]["unseen"] == [GONE]
    assert decided["baseline"]["stale"] == []
    stopped = gate(sample("interrupted"), Baseline((Entry(GONE, "r", "o", LATER),)))
    assert stopped["baseline"]["unseen"] == [GONE]


def test_warnings_close_the_gate_where_that_is_asked_for() -> None:
    report = sample("non-conforming")
    baseline = accepting(report)
    errors = {
        f["fingerprint"]
        for r in report["requirements"]
        for f in r["findings"]
        if f["severity"] == "error"
    }
    only = Baseline(tuple(e for e in baseline.entries if e.fingerprint in errors))
    assert gate(report, only)["passed"]
    decided = gate(report, only, fail_on="warning")
    assert decided["exit_code"] == 1
    assert decided["reasons"][0]["params"] == {"count": 2}


@pytest.mark.parametrize(
    ("stopped", "blame", "code"),
    [
        ("internal-error", None, 4),
        ("unreachable", None, 3),
        ("rate-limited", None, 3),
        ("preflight", "configuration", 2),
        ("preflight", "mobstd", 4),
        ("preflight", "target", 3),
    ],
)
def test_exit_codes_of_runs_that_stopped(stopped: str, blame: str | None, code: int) -> None:
    report = sample("inconclusive") | {"stopped_by": stopped}
    report["preflight"][0] |= {"ok": False, "blame": blame}
    assert gate(report)["exit_code"] == code


def test_a_failure_outweighs_being_stopped() -> None:
    assert gate(sample("interrupted"))["exit_code"] == 1
    assert gate(sample("non-conforming") | {"stopped_by": "unreachable"})["exit_code"] == 1


def test_entries_that_are_there_stay() -> None:
    report = sample("non-conforming")
    kept = Entry("5b3521f2a63484db", "old reason", "me", date(2026, 4, 1), "OCSS-SEARCH-12")
    proposed = propose(report, reason="new", owner="team", expires=LATER, keep=Baseline((kept,)))
    same = next(e for e in proposed["accepted"] if e["fingerprint"] == kept.fingerprint)
    assert same["reason"] == "old reason"
    assert len(proposed["accepted"]) == 12


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("[]", "no baseline"),
        ('{"format_version": 1, "accepted": [{}]}', "accepted/0"),
        (
            '{"format_version": 1, "accepted": [{"fingerprint": "0123456789abcdef", "reason": "r",'
            ' "owner": "o", "expires": "2026-02-31"}]}',
            "accepted/0/expires",
        ),
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match=words):
        load(path)
    with pytest.raises(ConfigError):
        load(tmp_path / "none.json")
