"""A MaaS under test that books at the suite: asked to, told of it, refused; right and wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.profile import Callbacks
from mobstd.conformance.scenarios.receiver import Receiver
from mobstd.conformance.trigger import Trigger
from mobstd.judging.exchange import Request
from mobstd.ocss.reference.maas import build
from mobstd.oidc import Issuer, published
from mobstd.transport import AsgiSender

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BLOCKS = ("driver-journeys", "booking", "messages", "booking-feed")
OWN = (("X-API-Key", "own"),)
UMBRELLAS = {"OCSS-GEN-02", "OCSS-GEN-07", "OCSS-ERR-01"}
BROUGHT = ("OCSS-HOOK-06", "OCSS-HOOK-08", "OCSS-HOOK-10", "OCSS-HOOK-11", "OCSS-BOOK-07",
           "OCSS-LIFE-05", "OCSS-BOOK-16")  # fmt: skip
CALLED = ("OCSS-SEARCH-03", "OCSS-SEARCH-04", "OCSS-BOOK-02", "OCSS-BOOK-03", "OCSS-BOOK-05",
          "OCSS-BOOK-08", "OCSS-BOOK-18", "OCSS-AUTH-01", "OCSS-LIFE-01", "OCSS-LIFE-09",
          "OCSS-LIFE-04", "OCSS-GEN-06", "OCSS-GEN-10", "OCSS-RATE-03")  # fmt: skip
CHEAP = ("OCSS-SEARCH-03", "OCSS-SEARCH-04", "OCSS-BOOK-02", "OCSS-BOOK-03", "OCSS-BOOK-05",
         "OCSS-BOOK-08", "OCSS-BOOK-18", "OCSS-GEN-06", "OCSS-GEN-10", "OCSS-BOOK-16")  # fmt: skip
RIDE = {
    "do": "book",
    "search": "getDriverJourneys",
    "query": {"departureLat": 48.8, "departureLng": 2.3, "arrivalLat": 48.7, "arrivalLng": 2.1,
              "departureDate": int(NOW.timestamp()) + 5400},
}  # fmt: skip
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
        senders.append(buttons)

        def press(wanted: Mapping[str, Any]) -> str | None:
            body = json.dumps(wanted).encode()
            answer = buttons.send(Request("POST", "/trigger", (), (), body))
            return None if answer.status == 200 else f"HTTP {answer.status}"

        def person(texts: Mapping[str, str], key: str, done: Callable[[], bool]) -> None:
            asked.append(texts["en"])
            press({"do": "change", "key": key, "state": "CANCELLED"} if key else RIDE)
            assert done()

        asked: list[str] | None = options.get("person")
        if asked is not None:
            options["person"] = person
        profile = {"role": "maas", "blocks": BLOCKS, "callbacks": Callbacks("127.0.0.1:1")}
        options.setdefault("trigger", Trigger(press, 0.0))
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


def test_what_was_made_is_told_of_in_every_way(booked: Run) -> None:
    issuer = Issuer("http://i.example.org", "suite", algorithm="ES256")
    trusting = {
        "issuer": issuer.url,
        "audience": issuer.audience,
        "issuer_opens": lambda origin: AsgiSender(published(issuer)),
    }
    report = booked(maas=trusting, issuer=issuer, only=(*CHEAP, *BROUGHT, "OCSS-CONNECT-03"))
    assert outcomes(report, "failed") == outcomes(report, "warned") == set()
    assert {"OCSS-CONNECT-03", *BROUGHT} <= outcomes(report, "passed")


def test_the_proposal_is_booked_as_well(booked: Run) -> None:
    report = booked(version="2.0-proposal", only=(*CHEAP, "OCSS-BOOK-07"))
    assert outcomes(report, "failed") == outcomes(report, "warned") == set()
    assert {"OCSS-BOOK-02", "OCSS-BOOK-16", "OCSS-BOOK-07"} <= outcomes(report, "passed")


def test_a_person_is_asked_to_book_once_and_to_cancel(booked: Run) -> None:
    asked: list[str] = []
    report = booked(only=(*CHEAP, "OCSS-BOOK-07", "OCSS-LIFE-05"), trigger=None, person=asked)
    assert outcomes(report, "failed") == set()
    assert {"OCSS-SEARCH-03", "OCSS-BOOK-05", "OCSS-BOOK-16", "OCSS-BOOK-07"} <= outcomes(
        report, "passed"
    )
    assert len(asked) == 2
    assert "2026-11-23 11:00" in asked[0]
    assert next(iter(report["host"])) in asked[1]


def test_where_nobody_books_nothing_passes(booked: Run) -> None:
    report = booked(only=CHEAP, trigger=None)
    assert outcomes(report, "passed") <= {"OCSS-GEN-06"}
    assert {reason(report, row) for row in ("OCSS-SEARCH-03", "OCSS-BOOK-16")} == {"needs-person"}
    broken = Trigger(lambda wanted: "HTTP 500", 0.0)
    report = booked(only=CHEAP, trigger=broken)
    assert reason(report, "OCSS-SEARCH-03") == "no-data"
    said = next(i["message"] for i in report["preflight"] if i["check"] == "callbacks")
    assert "HTTP 500" in said["en"]
    assert "HTTP 500" in said["fr"]


@pytest.mark.parametrize(
    ("wrong", "row", "outcome"),
    [
        ("books-what-was-not-shown", "OCSS-BOOK-08", "warned"),
        ("books-twice", "OCSS-BOOK-03", "warned"),
        ("keeps-what-was-refused", "OCSS-LIFE-05", "warned"),
        ("calls-off-what-was-refused", "OCSS-LIFE-05", "warned"),
        ("keeps-no-bookings", "OCSS-BOOK-07", "failed"),
        ("calls-back-what-was-confirmed", "OCSS-LIFE-01", "failed"),
        ("confirms-what-it-called-off", "OCSS-LIFE-09", "failed"),
        ("calls-off-here-alone", "OCSS-BOOK-16", "failed"),
        ("asks-again-at-once", "OCSS-RATE-03", "failed"),
        ("calls-without-its-key", "OCSS-AUTH-01", "failed"),
        ("searches-in-milliseconds", "OCSS-GEN-10", "failed"),
    ],
)
def test_a_wrong_one_is_reported_under_its_row(
    booked: Run, wrong: str, row: str, outcome: str
) -> None:
    report = booked(wrong, only=tuple({*CHEAP, row}))
    assert report["verdict"] == "non-conforming" or outcome == "warned"
    assert outcomes(report, outcome) == {row}
    assert outcomes(report, "failed") | outcomes(report, "warned") == {row}
