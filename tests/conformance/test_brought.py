"""A MaaS under test that books at the suite: asked to, told of it, refused; right and wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.profile import Callbacks
from mobstd.conformance.scenarios.receiver import Receiver
from mobstd.conformance.trigger import Trigger
from mobstd.judging.exchange import Request
from mobstd.ocss.reference.maas import build
from mobstd.oidc import Issuer
from mobstd.transport import AsgiSender

BLOCKS = ("driver-journeys", "booking", "messages", "booking-feed")
OWN = (("X-API-Key", "own"),)
UMBRELLAS = {"OCSS-GEN-02", "OCSS-GEN-07", "OCSS-ERR-01"}
BROUGHT = ("OCSS-HOOK-06", "OCSS-HOOK-08", "OCSS-HOOK-10", "OCSS-HOOK-11", "OCSS-BOOK-07",
           "OCSS-LIFE-05", "OCSS-BOOK-16")  # fmt: skip
CALLED = ("OCSS-SEARCH-03", "OCSS-SEARCH-04", "OCSS-BOOK-02", "OCSS-BOOK-03", "OCSS-BOOK-05",
          "OCSS-BOOK-08", "OCSS-BOOK-18", "OCSS-AUTH-01", "OCSS-LIFE-01", "OCSS-LIFE-09",
          "OCSS-LIFE-04", "OCSS-GEN-06", "OCSS-GEN-10")  # fmt: skip
Report = dict[str, Any]
Run = Callable[..., Report]


@pytest.fixture
def booked(judged: Any, tmp_path: Path) -> Iterator[Run]:
    """Judge the reference MaaS, which books at the suite when it is triggered."""
    senders: list[AsgiSender] = []

    def run(
        *wrong: str, only: tuple[str, ...] = (), version: str = "1.0-alpha", **options: Any
    ) -> Report:
        receiver = Receiver(find(f"ocss@{version}"), "operator", "http://s.example.org", key="ours")
        partner = AsgiSender(receiver.app)
        maas = build(
            api_keys=("own",),
            partner="http://s.example.org",
            partner_key="ours",
            partner_sender=partner,
            behaviours=wrong,
            version=version,
            **options.pop("maas", {}),
        )
        buttons = AsgiSender(maas)
        senders.extend((partner, buttons))

        def press(wanted: Mapping[str, Any]) -> str | None:
            body = json.dumps(wanted).encode()
            answer = buttons.send(Request("POST", "/trigger", (), (), body))
            return None if answer.status == 200 else f"HTTP {answer.status}"

        profile = {"role": "maas", "blocks": BLOCKS, "callbacks": Callbacks("127.0.0.1:1")}
        options.setdefault("trigger", Trigger(press, 5.0))
        report: Report = judged(
            maas,
            profile,
            receiver=receiver,
            allow_writes=True,
            credentials=OWN,
            only=only,
            journal=str(tmp_path / "journal.ndjson"),
            **options,
        )
        states = {key: receiver.counterpart.state(key) for key in receiver.counterpart.made}
        return {**report, "host": states, "calls": receiver.exchanges}

    yield run
    for sender in senders:
        sender.close()


def outcomes(report: Report, wanted: str) -> set[str]:
    return {r["id"] for r in report["requirements"] if r["outcome"] == wanted} - UMBRELLAS


def reason(report: Report, row: str) -> str | None:
    return next(r["reason"] for r in report["requirements"] if r["id"] == row)  # type: ignore[no-any-return]


def test_a_right_one_books_and_is_told(booked: Run, tmp_path: Path) -> None:
    report = booked()
    assert outcomes(report, "failed") == outcomes(report, "warned") == set()
    assert {*BROUGHT, *CALLED} <= outcomes(report, "passed")
    verdicts = {block["id"]: block["verdict"] for block in report["blocks"]}
    assert verdicts == dict.fromkeys(BLOCKS, "conforming")
    assert list(report["host"].values()) == ["CANCELLED", "CANCELLED"]
    assert list(tmp_path.iterdir()) == []
