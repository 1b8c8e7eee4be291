"""A whole run, in process, against servers whose verdict is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mobstd.conformance.report.contract import problems, stable
from mobstd.errors import UnknownName

Judged = Callable[..., dict[str, Any]]
SEARCHES = {"driver-journeys", "passenger-journeys", "driver-trips", "passenger-trips"}


def findings(report: dict[str, Any]) -> list[str]:
    return [
        f"{r['id']} {f['message']['en']}" for r in report["requirements"] for f in r["findings"]
    ]


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {block["id"]: block["verdict"] for block in report["blocks"]}


def outcome(report: dict[str, Any], row: str) -> str:
    return next(r["outcome"] for r in report["requirements"] if r["id"] == row)


def test_the_reference_conforms_without_a_finding(judged: Judged, reference: Any) -> None:
    report = judged(reference())
    assert findings(report) == []
    assert set(verdicts(report)) == {*SEARCHES, "status"}
    assert set(verdicts(report).values()) == {"conforming"}
    assert report["gate"]["exit_code"] == 0
    assert report["requests"] <= 400
    assert list(problems(report)) == []
    assert json.loads(json.dumps(report)) == report


def test_most_rows_are_exercised(judged: Judged, reference: Any) -> None:
    report = judged(reference())
    for block in report["blocks"]:
        if block["id"] in SEARCHES:
            assert block["exercised"] >= 0.85 * block["total"], block


def test_the_same_run_twice_gives_the_same_report(judged: Judged, reference: Any) -> None:
    app = reference()
    first, second = (judged(app, seed=3) for _ in range(2))
    assert stable(first) == stable(second)


def test_generated_requests_bring_no_finding(judged: Judged, reference: Any) -> None:
    report = judged(reference(), with_fuzz=True)
    assert findings(report) == []
    assert 300 <= report["requests"] <= 400
    assert report["requests_by_phase"]["fuzz"] >= 50


def test_a_small_region_is_found(judged: Judged, reference: Any) -> None:
    report = judged(reference(count=300, area="Isère"))
    explored = report["requests_by_phase"]["explore"]
    assert explored <= 60
    assert all(found["items"] > 0 for found in report["exploration"].values())
    assert findings(report) == []


def test_a_named_area_is_asked_first(judged: Judged, reference: Any) -> None:
    report = judged(reference(count=300, area="Isère"), {"areas": ("Grenoble",)})
    assert report["requests_by_phase"]["explore"] <= 12
    assert findings(report) == []


def test_without_data_nothing_passes(judged: Judged, reference: Any) -> None:
    report = judged(reference(count=0))
    assert {verdicts(report)[block] for block in SEARCHES} == {"inconclusive"}
    assert report["gate"]["exit_code"] == 3
    assert findings(report) == []
    unlock = next(b["unlock"] for b in report["blocks"] if b["id"] == "driver-journeys")
    assert unlock[0]["message"]["code"] == "unlock.items"


def test_quick_keeps_to_forty_requests(judged: Judged, reference: Any) -> None:
    report = judged(reference(), quick=True)
    assert report["requests"] <= 40
    assert findings(report) == []


def test_one_row_alone(judged: Judged, reference: Any) -> None:
    report = judged(reference(), only=("OCSS-SEARCH-03",), blocks=("driver-journeys",))
    assert verdicts(report) == {"driver-journeys": "conforming"}
    assert outcome(report, "OCSS-SEARCH-12") == "not-run"
    with pytest.raises(UnknownName):
        judged(reference(), only=("OCSS-SEARCH-99",))


def test_a_plan_sends_nothing(judged: Judged, reference: Any) -> None:
    report = judged(reference(), planned=True, with_fuzz=True)
    assert report["requests"] == 0
    assert 0 < report["plan"]["requests"] <= 400
    assert {c["phase"] for c in report["plan"]["classes"]} >= {"explore", "pairs", "negatives"}


def test_a_key_that_is_needed_is_a_matter_of_configuration(judged: Judged, reference: Any) -> None:
    app = reference(api_keys=["right"])
    report = judged(app)
    assert report["gate"]["exit_code"] == 2
    assert report["stopped_by"] == "preflight"
    item = next(i for i in report["preflight"] if i["check"] == "auth")
    assert item["blame"] == "configuration"


def test_with_the_right_key_access_is_judged(judged: Judged, reference: Any) -> None:
    app = reference(api_keys=["right-key"])
    report = judged(app, credentials=(("X-API-Key", "right-key"),), secrets={"KEY": "right-key"})
    assert findings(report) == []
    assert outcome(report, "OCSS-AUTH-01") == "passed"
    assert outcome(report, "OCSS-STATUS-02") == "passed"
    assert "right-key" not in json.dumps(report)


def test_declared_blocks_are_looked_for(judged: Judged, reference: Any) -> None:
    async def only_status(scope: Any, receive: Any, send: Any) -> None:
        found = scope["path"].endswith("/status")
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    report = judged(only_status, {"blocks": ("search", "status")})
    assert verdicts(report)["status"] == "conforming"
    assert report["gate"]["exit_code"] == 1
    assert verdicts(report)["driver-trips"] == "non-conforming"
    assert outcome(report, "OCSS-GEN-02") == "failed"
    absent = [i for i in report["preflight"] if i["ok"] is False]
    assert {i["blame"] for i in absent} == {"target"}


def test_a_wrong_base_path_is_a_matter_of_configuration(judged: Judged) -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>not here</html>"})

    report = judged(nothing)
    assert report["gate"]["exit_code"] == 2
    assert any(i["check"] == "path" and i["blame"] == "configuration" for i in report["preflight"])


def test_an_interruption_keeps_what_was_seen(judged: Judged, reference: Any) -> None:
    sent = 0

    def interrupt(exchange: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == 50:
            raise KeyboardInterrupt

    report = judged(reference(), listeners=(interrupt,))
    assert report["stopped_by"] == "interrupted"
    assert report["requests"] == 50
    assert any(row["outcome"] == "passed" for row in report["requirements"])
    assert report["gate"]["exit_code"] == 3
