"""What a funder asks of others is asked while nothing is locked, and what it kept lasts."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mobstd.judging.exchange import Request
from mobstd.mobility_aid.funder.authority import LocalAuthority, Unstamped
from mobstd.mobility_aid.funder.registering import Claim, RegistryRefused
from mobstd.transport.asgi import AsgiSender
from mobstd.validation.evidence import verify_evidence

from .funders import (
    BIKE,
    CARPOOL,
    CITY,
    DEPARTMENT,
    METROPOLIS,
    PAID,
    TOWN,
    Asked,
    document,
    request,
)


def test_others_are_served_while_a_registry_thinks() -> None:
    asked_of: list[str] = []

    def registry(claim: Claim) -> str:
        asked_of.append(claim.subscription)
        other = Asked.begun(asked, TOWN, by=asked.person("somebody-else"))
        assert asked.read(other, by=asked.person("somebody-else"))["state"] == "draft"
        return "r-1"

    asked = Asked(options={"registry": registry})
    id_ = asked.begun(CARPOOL)
    assert asked.step(id_, "submitted").json["state"] == "granted"
    assert asked_of == [id_]


def test_what_changed_while_a_registry_thought_is_what_counts() -> None:
    def registry(claim: Claim) -> str:
        assert asked.step(claim.subscription, "withdrawn").status == 200
        return "r-1"

    asked = Asked(options={"registry": registry})
    id_ = asked.begun(CARPOOL)
    answer = asked.step(id_, "submitted")
    assert (answer.status, answer.json["state"]) == (409, "withdrawn")
    assert [e["event"] for e in asked.read(id_)["history"]] == ["created", "withdrawn"]


def test_another_journey_meanwhile_is_asked_about_too() -> None:
    stated: list[str] = []

    def registry(claim: Claim) -> str:
        stated.append(claim.stated)
        if claim.stated == "trip-1":
            answers = {"answers": {"journey": "trip-2"}}
            assert asked("PATCH", f"/subscriptions/{claim.subscription}", answers).status == 200
            return "r-1"
        raise RegistryRefused

    asked = Asked(options={"registry": registry})
    id_ = asked.begun(CARPOOL)
    assert asked.step(id_, "submitted").json["state"] == "rejected"
    assert stated == ["trip-1", "trip-2"]


def test_a_stamp_is_of_what_is_kept_though_others_are_served_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked()
    right, again = LocalAuthority.stamp, [True]

    def stamp(self: LocalAuthority, digest: str) -> str:
        if again[0]:
            again[0] = False
            price = {"answers": {"price": 7}}
            assert asked("PATCH", f"/subscriptions/{id_}", price).status == 200
        return right(self, digest)

    id_ = asked.begun()
    monkeypatch.setattr(LocalAuthority, "stamp", stamp)
    told = asked.step(id_, "submitted").json
    assert [e["event"] for e in told["history"]] == ["created", "updated", "submitted"]
    listed = asked("GET", "/evidence", subscription=id_).json["evidence"]
    kept = json.loads(listed[-1]["data"])
    assert (kept["answers"]["price"], kept["entry"]["sequence"]) == (7, 3)
    with AsgiSender(asked.app) as sender:
        root = sender.send(Request("GET", "/sandbox/authority.pem")).body
    for one in listed:
        verify_evidence(one["data"], one["digest"], one["token"], roots=[root])


def test_what_never_stands_still_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked()
    right, price = LocalAuthority.stamp, [0]
    id_ = asked.begun()
    patching = threading.local()

    def stamp(self: LocalAuthority, digest: str) -> str:
        if not getattr(patching, "now", False):
            price[0] += 1
            change(price[0])
        return right(self, digest)

    def change(number: int) -> None:
        item = json.loads(rows().execute("SELECT content FROM subscription").fetchone()[0])
        item["answers"]["price"] = number
        rows().execute("UPDATE subscription SET content = ?", (json.dumps(item),))

    def rows() -> Any:
        return asked.app.service.ledger._database._db

    monkeypatch.setattr(LocalAuthority, "stamp", stamp)
    rows().execute("DELETE FROM subscription WHERE id <> ?", (id_,))
    answer = asked.step(id_, "submitted")
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (503, "no-time-stamp")
    assert 20 < price[0] < 60


def test_submissions_at_once_are_one_and_none_waits_for_another() -> None:
    together = threading.Barrier(8, timeout=60)

    def registry(claim: Claim) -> str:
        together.wait()
        return f"r-{claim.subscription}"

    asked = Asked(options={"registry": registry})
    id_ = asked.begun(CARPOOL)
    with ThreadPoolExecutor(8) as crew:
        answers = [*crew.map(lambda _: asked.step(id_, "submitted"), range(8))]
    assert not together.broken
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert [e["event"] for e in asked.read(id_)["history"]] == ["created", "submitted", "granted"]


def test_without_an_authority_all_that_needs_no_stamp_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked()
    draft, file = asked.begun(), asked.uploaded()

    def away(self: LocalAuthority, digest: str) -> str:
        raise Unstamped

    monkeypatch.setattr(LocalAuthority, "stamp", away)
    asked.clock.at += timedelta(days=31)
    assert asked.read(draft)["state"] == "draft"
    for path in ("/subscriptions", "/events", "/evidence", "/terms"):
        assert asked("GET", path).status == 200
    assert asked("GET", f"/documents/{file}").status == 404
    town = asked.begun(TOWN)
    assert asked.step(town, "submitted").status == 200
    assert asked("POST", "/trials", request(TOWN)).status == 200
    assert asked("POST", "/documents", document()).status == 201
    monkeypatch.undo()
    asked.clock.at += timedelta(hours=1)
    assert asked.read(draft)["state"] == "expired"


def test_it_begins_though_the_authority_is_away() -> None:
    asked = Asked(options={"stamps": "http://127.0.0.1:1/tsa"})
    assert asked("GET", "/subscriptions", by=asked.funder()).json["subscriptions"] == []
    assert asked.step(asked.begun(TOWN), "submitted").status == 200


def test_evidence_is_proven_by_the_same_root_after_a_restart(tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path / 'funder.db'}"
    first = Asked(options={"db": where})
    id_ = first.begun()
    second = Asked(options={"db": where})
    second.step(id_, "submitted")
    with AsgiSender(second.app) as sender:
        root = sender.send(Request("GET", "/sandbox/authority.pem")).body
    listed = second("GET", "/evidence", subscription=id_).json["evidence"]
    assert len(listed) == 2
    for one in listed:
        verify_evidence(one["data"], one["digest"], one["token"], roots=[root])


def test_what_is_offered_no_longer_is_still_decided(tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path / 'funder.db'}"
    first = Asked(options={"db": where})
    id_ = first.begun(TOWN)
    terms = [one for one in first("GET", "/terms").json["terms"] if one["aid"] != TOWN]
    file = tmp_path / "terms.json"
    file.write_text(json.dumps(terms))
    second = Asked(options={"db": where, "data": file})
    assert [one["aid"] for one in second("GET", "/terms").json["terms"]] == [CARPOOL, BIKE]
    assert second("POST", "/subscriptions", request(TOWN)).status == 404
    assert second.step(id_, "submitted").status == 200
    assert second.step(id_, PAID, by=second.funder(CITY)).json["state"] == "granted"


def test_a_document_that_is_sent_again_is_told_as_it_is_now() -> None:
    asked = Asked()
    made = document()
    first = asked("POST", "/documents", made)
    assert (first.status, "expiresAt" in first.json) == (201, True)
    id_ = asked.begun(documents=[made["id"]])
    again = asked("POST", "/documents", made)
    assert (again.status, again.json["subscription"]) == (200, id_)
    assert again.json == asked("GET", f"/documents/{made['id']}").json
    assert {METROPOLIS, DEPARTMENT}.isdisjoint(again.json.values())
