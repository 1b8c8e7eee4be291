"""A registry whose set-up hook moves its clock: what shows in hours and days is tried."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.contracts import contract
from mobstd.carpool_proof.reference import build
from mobstd.carpool_proof.reference.keys import DEFAULTS
from mobstd.conformance.profile import Profile
from mobstd.conformance.report.contract import problems
from mobstd.conformance.run import Options, check
from mobstd.conformance.setup import Hook
from mobstd.judging.exchange import Request, Response
from mobstd.transport.asgi import AsgiSender

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEYS = {"access_key": DEFAULTS[0].access_key, "secret_key": DEFAULTS[0].secret_key}
JSON = (("Accept", "application/json"), ("Content-Type", "application/json"))
ROWS = ("PROOF-AUTH-02", "PROOF-AUTH-05", "PROOF-LIST-12", "PROOF-LIFE-03")
Report = Mapping[str, Any]


class Heard:
    """What is said to the hook, and what it answers in another's place."""

    def __init__(self, sender: AsgiSender, **instead: Response) -> None:
        self._sender, self._instead = sender, instead
        self.calls: list[dict[str, Any]] = []

    def send(self, request: Request) -> Response:
        call = json.loads(request.body or b"")
        self.calls.append(call)
        return self._instead.get(call["call"]) or self._sender.send(request)


def run(
    tmp_path: Path, shown: str | None = NOW.isoformat(), options: Mapping[str, Any] | None = None,
    **instead: Response,
) -> tuple[Report, Heard]:  # fmt: skip
    with AsgiSender(build(clock=shown, setup_path="/mobstd")) as sender:
        asked = Request("POST", "/auth/access_token", (), JSON, json.dumps(KEYS).encode())
        token = sender.send(asked).json["access_token"]
        heard = Heard(sender, **instead)
        hook = Hook("http://app.localhost/mobstd", heard)
        profile = Profile("test:app", "carpool-proof@3.4", blocks=("access", "journeys"))
        told: dict[str, Any] = {
            "now": NOW if shown else None, "with_fuzz": False, "allow_writes": True, "keys": KEYS,
            "credentials": (("Authorization", f"Bearer {token}"),), "hook": hook,
            "journal": str(tmp_path / "journal"), "sleep": lambda _: None,
        }  # fmt: skip
        report = check(sender, profile, Options(**{**told, **(options or {})}))
    assert list(problems(report)) == []
    assert token not in json.dumps(report)
    return report, heard


def outcomes(report: Report) -> dict[str, tuple[str, str | None]]:
    found = {row["id"]: (row["outcome"], row["reason"]) for row in report["requirements"]}
    return {name: found[name] for name in ROWS}


def moves(heard: Heard) -> list[int]:
    return [call["ahead"] for call in heard.calls if call["call"] == "clock"]


def test_what_shows_later_is_seen(tmp_path: Path) -> None:
    report, heard = run(tmp_path)
    assert report["verdict"] == "conforming"
    assert outcomes(report) == dict.fromkeys(ROWS, ("passed", None))
    assert moves(heard) == sorted(set(moves(heard)))
    for call in heard.calls:
        part = call["call"].replace("-", "_")
        assert list(contract("setup", part).problems(call)) == []
    assert [call["call"] for call in heard.calls][-1] == "tear-down"
    assert len({call["run"] for call in heard.calls}) == 1
    assert report["writes"]["left"] == []
    assert report["requests_by_phase"]["cleanup"] > 0


def test_a_clock_that_does_not_move_is_told(tmp_path: Path) -> None:
    report, heard = run(tmp_path, clock=Response(500))
    assert len(moves(heard)) == 1
    assert report["verdict"] == "conforming"
    assert outcomes(report) == dict.fromkeys(ROWS, ("not-run", "unobservable"))
    [item] = [one for one in report["preflight"] if one["check"] == "move-clock"]
    assert (item["ok"], item["blame"]) == (False, "target")
    assert "500" in item["message"]["en"]
    assert report["writes"]["left"] == []


def test_a_clock_that_is_not_offered_is_left_alone(tmp_path: Path) -> None:
    report, heard = run(tmp_path, shown=None)
    assert moves(heard) == []
    assert outcomes(report) == dict.fromkeys(ROWS, ("not-run", "unobservable"))


@pytest.mark.parametrize("ahead", [0, -1, 10**9, "60", None])
def test_a_call_that_is_none_moves_nothing(ahead: Any) -> None:
    about = {"format_version": 1, "run": "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"}
    about |= {"standard": "carpool-proof@3.4", "role": "registry", "call": "clock", "ahead": ahead}
    with AsgiSender(build(clock=NOW.isoformat(), setup_path="/mobstd")) as sender:
        asked = Request("POST", "/mobstd", (), JSON, json.dumps(about).encode())
        assert sender.send(asked).status == 400
        time = sender.send(Request("GET", "/sandbox/clock", (), JSON)).json["now"]
    assert time == "2026-11-23T09:00:00.000Z"


def test_the_same_call_twice_moves_once() -> None:
    about = {"format_version": 1, "run": "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"}
    about |= {"standard": "carpool-proof@3.4", "role": "registry", "call": "clock"}
    with AsgiSender(build(clock=NOW.isoformat(), setup_path="/mobstd")) as sender:
        for ahead in (60, 60, 3600):
            body = json.dumps({**about, "ahead": ahead}).encode()
            assert sender.send(Request("POST", "/mobstd", (), JSON, body)).status == 204
        time = sender.send(Request("GET", "/sandbox/clock", (), JSON)).json["now"]
    assert time == "2026-11-23T10:00:00.000Z"


def test_rows_that_were_not_asked_for_move_nothing(tmp_path: Path) -> None:
    report, heard = run(tmp_path, options={"only": ("PROOF-JRN-01",)})
    assert moves(heard) == []
    assert report["verdict"] in ("conforming", "inconclusive")
