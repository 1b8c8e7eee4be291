"""What a report tells of all aids that a run saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.profile import Profile
from mobstd.conformance.report import markdown, terminal
from mobstd.conformance.run import Options, check
from mobstd.mobility_aid.reference import build
from mobstd.mobility_aid.reference.loading import aids_of
from mobstd.serving.faults import FaultMiddleware, select
from mobstd.transport.asgi import AsgiSender

from .documents import VERSION

TEN: list[Any] = aids_of(None)


def told(app: Any) -> tuple[dict[str, int], dict[str, Any]]:
    with AsgiSender(app) as sender:
        profile = Profile("http://app.localhost", "mobility-aid@0.1", role="publisher")
        report = check(sender, profile, Options(quick=True, with_fuzz=False))
    (aids,) = report["survey"]
    return {"items": aids["items"], **{one["id"]: one["count"] for one in aids["sorts"]}}, report


def test_each_aid_counts_once_and_in_each_sort_that_it_is_of(tmp_path: Path) -> None:
    stale = {**TEN[0]["provenance"], "lastVerified": "2024-02-29"}
    text = {"type": "text", "text": "Se renseigner."}
    own = [
        {**TEN[0], "id": "stale", "provenance": stale},
        {**TEN[0], "id": "in-words", "benefits": [{"kind": "grant", "amount": text}]},
        {**TEN[0], "id": "over", "validity": {"end": "2025-12-31"}},
        {**TEN[0], "id": "right"},
    ]
    path = tmp_path / "aids.json"
    path.write_text(json.dumps(own), "utf-8")
    counts, report = told(build(data=path))
    sorts = {"ended": 1, "past": 0, "stale": 1, "broken": 0, "text-only": 1}
    assert counts == {"items": 4, **sorts, "incomplete": counts["incomplete"]}
    for said in (terminal.render(report), markdown.render(report)):
        assert "Aids seen: 4, of which 1 closed or exhausted" in " ".join(said.split())


@pytest.mark.parametrize(
    ("fault", "sort"), [("AID-DAT-01/without-title", "broken"), ("AID-DAT-12/never", "stale")]
)
def test_what_is_wrong_is_counted(fault: str, sort: str) -> None:
    counts, _ = told(FaultMiddleware(build(), select(VERSION, [fault]), VERSION, "publisher"))
    active = sum(one["status"] == "active" for one in TEN)
    assert counts[sort] == (counts["items"] if sort == "broken" else active)
    assert counts["items"] == len(TEN)
