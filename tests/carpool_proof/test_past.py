"""Journeys of days ago: what the sandbox makes of them, and what a check finds in the lists."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from mobstd.canon.standard import find
from mobstd.carpool_proof.past import LISTED, PREFIX, past_of
from mobstd.carpool_proof.reference.keys import DEFAULTS
from mobstd.judging.catalogue import catalogue
from mobstd.judging.exchange import Request
from mobstd.transport.asgi import AsgiSender

from .sandbox import NOON, Sandbox
from .test_registry_check import CLOCK, VERSION, build, checked, held

STATUSES = ("ok", "pending", "canceled", "terms_violation_error", "anomaly_error", "fraud_error")


def lists(box: Sandbox, operator: int = 1) -> dict[str, set[str]]:
    """Return the statuses in whose lists a journey of the past stands, by its name."""
    found: dict[str, set[str]] = {}
    for status in STATUSES:
        query = f"status={status}&limit=1000&start=2026-06-01T00:00:00Z"
        answer = box.ask("GET", f"/journeys?{query}", operator=operator)
        for one in answer.body:
            id_ = one["operator_journey_id"]
            assert id_.startswith(PREFIX)
            found.setdefault(id_.removeprefix(PREFIX).partition("-")[0], set()).add(status)
    return found


def test_the_past_and_its_rows_name_each_other() -> None:
    past, rows = past_of(VERSION), catalogue(VERSION, "registry").rows
    assert {one["row"] for one in past if "row" in one} == set(LISTED)
    names = Counter(one["name"] for one in past)
    assert max(names.values()) == 1
    for row in LISTED:
        calls = [check["call"] for check in rows[row].checks if check.kind == "rule"]
        assert calls == [f"past-{row.removeprefix('PROOF-').lower()}"]
    assert past == past_of(find("carpool-proof@3.3"))


@pytest.mark.parametrize("version", ["3.3", "3.4"])
def test_the_sandbox_makes_of_it_what_it_has_to(version: str) -> None:
    box = Sandbox({"past": True, "version": version})
    own, other = lists(box), lists(box, 2)
    for one in past_of(VERSION):
        shown = own.get(one["name"], set())
        if one.get("by") == "other":
            assert shown == set()
            assert len(other[one["name"]]) == 1
        elif "becomes" in one:
            assert shown == {one["becomes"]}, one
        else:
            assert len(shown) == 1


def test_the_server_of_2025_08_processed_what_was_over() -> None:
    """Its journeys are judged by its rules, and what it refused or was canceled counts."""
    box = Sandbox({"past": True, "version": "3.3", "rules": "2025-08"})
    found = lists(box)
    wrong = [
        one["name"]
        for one in past_of(VERSION)
        if one.get("becomes") and found[one["name"]] != {one["becomes"]}
    ]
    assert wrong == ["many", "canceled", "seventh"]


def call(what: str, run: str) -> dict[str, Any]:
    told = {"format_version": 1, "call": what, "run": run, "standard": "carpool-proof@3.4"}
    told["role"] = "registry"
    if what == "set-up":
        told |= {"blocks": [], "caller": "mobstd.example.org", "timezone": "Europe/Paris"}
        told |= {"now": 1_783_339_200, "until": 1_783_425_600, "areas": [], "needs": []}
    return told


@pytest.mark.usefixtures("each_database")
def test_a_hook_declares_it_and_takes_it_away() -> None:
    box = Sandbox({"setup_path": "/mobstd"})
    runs = [str(uuid4()), str(uuid4())]
    for run in runs:
        answer = box.ask("POST", "/mobstd", call("set-up", run), operator=None)
        assert answer.status == 200
        assert {"status": "anomaly_error"} in answer.body["hints"]["listJourneys"]
    once = lists(box)
    assert once["overlapping"] == {"anomaly_error"}
    for run in runs:
        assert lists(box) == once
        assert box.ask("POST", "/mobstd", call("tear-down", run), operator=None).status == 204
    assert lists(box) == {}
    assert box.app.private("/mobstd")
    assert box.app.private("/sandbox/clock")


def test_a_hook_asks_for_a_secret_where_keys_are_ones_own() -> None:
    box = Sandbox({"setup_path": "/mobstd", "api_keys": ["7:key:mine"], "clock": NOON})
    assert box.ask("POST", "/mobstd", call("set-up", str(uuid4())), operator=None).status == 401


def test_a_check_judges_it_for_two_operators(tmp_path: Path) -> None:
    with AsgiSender(build(clock=CLOCK, past=True)) as sender:
        tokens = [exchanged(sender, number) for number in (0, 1)]
        report = checked(
            sender, tokens[0], journal=str(tmp_path / "j"), second=(("Authorization", tokens[1]),)
        )
    assert (report["verdict"], held(report)) == ("conforming", {})
    assert report["writes"]["left"] == []
    outcomes = {row["id"]: row["outcome"] for row in report["requirements"]}
    assert {outcomes[row] for row in (*LISTED, "PROOF-LIST-11")} == {"passed"}


def test_what_it_does_wrong_shows_to_a_check(tmp_path: Path) -> None:
    app = build(clock=CLOCK, past=True, behaviours=["overlaps-pass", "others-are-listed"])
    with AsgiSender(app) as sender:
        report = checked(sender, exchanged(sender, 0), journal=str(tmp_path / "j"))
    assert held(report) == {"PROOF-ANOM-01": "failed", "PROOF-STAT-13": "warned"}


def exchanged(sender: AsgiSender, number: int) -> str:
    pair = DEFAULTS[number]
    body = {"access_key": pair.access_key, "secret_key": pair.secret_key}
    headers = (("Content-Type", "application/json"),)
    asked = Request("POST", "/auth/access_token", (), headers, json.dumps(body).encode())
    return f"Bearer {sender.send(asked).json['access_token']}"
