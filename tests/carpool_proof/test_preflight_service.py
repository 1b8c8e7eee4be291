"""Preflight over HTTP: the same verdicts, in any language."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.run import Plan
from mobstd.carpool_proof.preflight.service import Service
from mobstd.carpool_proof.rules.profile import profile
from mobstd.judging.exchange import Request
from mobstd.transport import AsgiSender

from .worlds import NOON, journey, key

PLAN = Plan([], find("carpool-proof@3.4"), profile("2026-07"), Arrival("after", 0, after=3_600_000))


def ask(
    body: bytes = b"",
    *query: tuple[str, str],
    method: str = "POST",
    path: str = "/journeys",
    most: int = 10**6,
) -> tuple[int, Any]:
    with AsgiSender(Service(PLAN, most)) as sender:
        answer = sender.send(Request(method, path, query=query, body=body))
    assert answer.body is not None
    lines = [json.loads(line) for line in answer.body.splitlines()]
    return answer.status, lines


def ndjson(*journeys: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in journeys)


def test_verdicts_and_summary() -> None:
    close = journey(2, start=NOON + timedelta(minutes=30))
    status, lines = ask(ndjson(journey(1), close))
    assert status == 200
    assert [line["verdict"] for line in lines[:-1]] == ["accepted", "refused"]
    assert [r["rule"] for r in lines[1]["reasons"]] == ["too_close_trips"]
    assert lines[-1]["summary"]["verdicts"] == {"refused": 1, "depends": 0, "accepted": 1}
    assert "body" not in json.dumps(lines)
    assert key("d") not in json.dumps(lines)


def test_other_forms_and_what_a_query_says() -> None:
    one = journey(1, operator_class="C")
    short = journey(1, distance=1500)
    assert ask(gzip.compress(json.dumps([one]).encode()))[1][0]["verdict"] == "depends"
    assert ask(ndjson(one), ("assume", "route"))[1][0]["verdict"] == "accepted"
    assert ask(ndjson(short))[1][0]["verdict"] == "accepted"
    assert ask(ndjson(short), ("rules", "2025-08"))[1][0]["verdict"] == "refused"
    late = ask(ndjson(one), ("now", "2026-07-09T00:00:00Z"))[1]
    assert late[0]["reasons"][0]["rule"] == "expired"
    assert late[-1]["summary"]["reception"]["how"] == "now"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"query": [("rules", "x")]}, 400),
        ({"query": [("nothing", "x")]}, 400),
        ({"query": [("now", "x")]}, 400),
        ({"query": [("now", "2026-07-09T00:00:00Z"), ("sent_after", "1h")]}, 400),
        ({"query": [("rules", "2025-08"), ("rules", "2026-07")]}, 400),
        ({"query": [("assume", "luck")]}, 400),
        ({"body": b"x" * 200, "most": 100}, 413),
        ({"path": "/other"}, 404),
        ({"method": "GET"}, 405),
    ],
)
def test_what_is_refused(asked: dict[str, Any], status: int) -> None:
    query = asked.pop("query", [])
    body = asked.pop("body", b"")
    found, lines = ask(body, *query, **asked)
    assert found == status
    assert set(lines[0]["message"]) == {"en", "fr"}


def test_it_says_that_it_is_there() -> None:
    assert ask(method="GET", path="/")[1] == [{"standard": "carpool-proof@3.4", "rules": "2026-07"}]


def test_nothing_is_no_journey() -> None:
    status, lines = ask(b"")
    assert (status, len(lines), lines[0]["summary"]["journeys"]) == (200, 1, 0)
