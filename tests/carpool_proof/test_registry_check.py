"""A registry under check: what is right passes, what it keeps is canceled, what is odd is found."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.carpool_proof.reference import build, build_3_3
from mobstd.carpool_proof.reference.keys import DEFAULTS
from mobstd.conformance import matrix
from mobstd.conformance.profile import Auth, Profile
from mobstd.conformance.renewal import Renewal
from mobstd.conformance.run import Options, check
from mobstd.conformance.scenarios.cleanup import clean
from mobstd.conformance.token import Token, life_of
from mobstd.errors import TransportError
from mobstd.judging.catalogue import catalogue
from mobstd.judging.exchange import Request, Response
from mobstd.serving.faults import load_faults
from mobstd.transport.asgi import AsgiSender

VERSION = find("carpool-proof@3.4")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CLOCK = NOW.isoformat()
KEYS = {"access_key": DEFAULTS[0].access_key, "secret_key": DEFAULTS[0].secret_key}
waited: list[float] = []
"""Seconds that a check was told to wait: they are over then."""

JSON = (("Accept", "application/json"), ("Content-Type", "application/json"))


@contextmanager
def sandbox(make: Callable[..., Any] = build, **options: Any) -> Iterator[tuple[AsgiSender, str]]:
    app = make(clock=CLOCK, **options)
    app._limits.clock = lambda: time.time() + sum(waited)
    with AsgiSender(app) as sender:
        asked = Request("POST", "/auth/access_token", (), JSON, json.dumps(KEYS).encode())
        yield sender, f"Bearer {sender.send(asked).json['access_token']}"


def checked(sender: Any, token: str, version: str = "3.4", **options: Any) -> Mapping[str, Any]:
    profile = Profile("test:app", f"carpool-proof@{version}", blocks=("access", "journeys"))
    told = Options(
        now=NOW, with_fuzz=False, allow_writes=True, keys=KEYS,
        credentials=(("Authorization", token),), sleep=waited.append, **options,
    )  # fmt: skip
    return check(sender, profile, told)


def held(report: Mapping[str, Any]) -> dict[str, str]:
    rows = report["requirements"]
    return {r["id"]: r["outcome"] for r in rows if r["outcome"] in ("failed", "warned")}


def listed(sender: AsgiSender, token: str, status: str) -> list[str]:
    query = (("status", status), ("limit", "1000"), ("start", "2026-11-01T00:00:00Z"),
             ("end", "2026-11-30T00:00:00Z"))  # fmt: skip
    asked = Request("GET", "/journeys", query, (*JSON, ("Authorization", token)), None)
    return [item["operator_journey_id"] for item in sender.send(asked).json]


@pytest.mark.parametrize(("make", "version"), [(build, "3.4"), (build_3_3, "3.3")])
def test_the_sandbox_conforms_and_nothing_is_left(
    make: Callable[..., Any], version: str, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.ndjson"
    with sandbox(make) as (sender, token):
        report = checked(sender, token, version, journal=str(journal))
        assert (report["verdict"], held(report)) == ("conforming", {})
        assert report["writes"]["resources"]["journey"]["made"] > 20
        assert report["writes"]["left"] == []
        assert not journal.exists()
        unlock = [one["message"]["code"] for block in report["blocks"] for one in block["unlock"]]
        assert "unlock.items" not in unlock
        assert listed(sender, token, "pending") == []
        assert listed(sender, token, "terms_violation_error") == []
        assert len(listed(sender, token, "canceled")) > 30


@pytest.mark.parametrize("seen", [True, False])
def test_tokens_of_two_seconds_are_renewed(seen: bool, tmp_path: Path) -> None:
    """``seen``: time goes by for mobstd too; where it does not, only refusals tell it."""
    app = build(clock=CLOCK)
    app._tokens._life, spent = 2, [1_795_424_400.0]
    app._tokens._machine = lambda: spent[0]
    with AsgiSender(app) as sender:

        class Slow:
            address = sender.address

            def send(self, request: Request) -> Response:
                spent[0] += 0.01
                return sender.send(request)

        def ask(auth: Auth) -> Token:
            asked = Request("POST", "/auth/access_token", (), JSON, json.dumps(KEYS).encode())
            answer = sender.send(asked).json
            return Token(answer["access_token"], life_of(answer, answer["access_token"], auth))

        clock = (lambda: spent[0]) if seen else (lambda: 0.0)
        renewal = Renewal(Auth("token-exchange"), ask=ask, clock=clock)
        [(_, token)] = renewal.headers()
        report = checked(
            Slow(), token, renewals={"own": renewal}, journal=str(tmp_path / "j"),
            record=str(tmp_path),
        )  # fmt: skip
    assert (report["verdict"], held(report)) == ("conforming", {})
    assert report["writes"]["left"] == []
    assert len(renewal.secrets) > 3
    [record] = tmp_path.glob("*.ndjson")
    lines = record.read_text().splitlines()
    # what a probe was given in the same second is the same token
    kept = json.dumps(report) + "".join(x for x in lines if '"createAccessToken"' not in x)
    assert [value for value in renewal.secrets.values() if value in kept] == []


def test_no_key_is_in_a_report(tmp_path: Path) -> None:
    with sandbox() as (sender, token):
        report = checked(
            sender, token, secrets={"SK": KEYS["secret_key"]}, journal=str(tmp_path / "j")
        )
    text = json.dumps(report)
    assert KEYS["secret_key"] not in text
    assert token.removeprefix("Bearer ") not in text


def test_oddities_of_the_real_server_are_found(tmp_path: Path) -> None:
    with sandbox(build_3_3, quirks="2025-08") as (sender, token):
        report = checked(sender, token, "3.3", journal=str(tmp_path / "j"))
        assert report["writes"]["left"] == []
    assert held(report) == {
        "PROOF-GEN-04": "failed",
        "PROOF-LIST-03": "warned",
        "PROOF-LIM-02": "warned",
        "PROOF-UPD-05": "warned",
    }


class _NoCancellation:
    """Breaks every connection that would cancel something."""

    def __init__(self, sender: AsgiSender) -> None:
        self.sender, self.address = sender, sender.address

    def send(self, request: Request) -> Response:
        if request.path.endswith("/cancel"):
            raise TransportError("transport.reset", operation="-", host="registry.example.org")
        return self.sender.send(request)


def test_what_is_left_is_canceled_from_the_journal(tmp_path: Path) -> None:
    journal = tmp_path / "journal.ndjson"
    with sandbox() as (sender, token):
        report = checked(
            _NoCancellation(sender), token, journal=str(journal), only=("PROOF-JRN-16",)
        )
        left = {target.split("/")[2] for target in report["writes"]["left"]}
        assert left == set(listed(sender, token, "pending")) != set()
        assert KEYS["secret_key"] not in journal.read_text()
        undone = clean(journal, lambda about: sender, {"own": (("Authorization", token),)})
        assert all(one.done for one in undone)
        assert set(listed(sender, token, "canceled")) == left
        assert not journal.exists()


def test_every_checked_row_has_a_fault_and_half_were_seen() -> None:
    rows = catalogue(VERSION, "registry").rows
    faults = load_faults(VERSION)
    checked_rows = {row.id for row in rows.values() if row.checks}
    assert checked_rows <= {fault.requirement for fault in faults}
    assert {row.untested["reason"] for row in rows.values() if row.untested}.isdisjoint(
        {"needs-write"}
    )
    assert sum(fault.seen is not None for fault in faults) * 2 >= len(faults)


@pytest.mark.parametrize(
    "name",
    [
        "PROOF-AUTH-04/anyone",
        "PROOF-CANC-04/says-so",
        "PROOF-TERM-04/close",
        "PROOF-UPD-05/revives",
        "PROOF-JRN-17/taken",
        "PROOF-JRN-17/same-again",
        "PROOF-AUTH-04/signature-unread",
        "PROOF-LIST-14/one-further",
        "PROOF-LIST-15/end-included",
        "PROOF-STAT-16/canceled-anew",
        "PROOF-UPD-03/errors-stay",
    ],
)
def test_a_wrong_registry_is_found_under_its_row(name: str) -> None:
    (mutant,) = matrix.mutants(VERSION, [name])
    cell = matrix.measure(VERSION, mutant, whole=True)
    assert (cell.end, cell.others) == ("killed", ())
