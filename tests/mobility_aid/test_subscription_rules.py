"""Rules of subscriptions over the calls of a run: what is wrong is seen, what may be is not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange, Request, Response
from mobstd.judging.rule import RunRule
from mobstd.mobility_aid.rules import RULES

from .documents import VERSION
from .funders import ANSWERS, BIKE

CATALOGUE = catalogue(VERSION, "funder")
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ONE, TWO, NEW = (f"00000000-0000-4000-8000-00000000000{n}" for n in "123")
DRAFT, SENT = ("draft", "2026-11-23T09:00:00Z"), ("submitted", "2026-11-23T09:01:00Z")
TERMS = ("listTerms", "/terms", None, 200, {"terms": [{"aid": BIKE, "limit": 1}]})


def shown(key: str, state: str, at: str, entries: int = 1, **more: Any) -> dict[str, Any]:
    entry = {"at": at, "event": "created", "state": state, "actor": "funder"}
    return {
        "id": key,
        "aid": BIKE,
        "subject": "somebody",
        "state": state,
        "consent": {"given": True, "version": "2026-01", "at": "2026-11-23T09:00:00Z"},
        "answers": ANSWERS,
        "documents": [],
        "createdAt": "2026-11-23T09:00:00Z",
        "updatedAt": at,
        "evidenced": False,
        "allowed": [],
        "history": [{"sequence": n + 1, **entry} for n in range(entries)],
        **more,
    }


Call = tuple[str, str, Any, int | None, Any]


def begun(key: str, status: int | None = 201, **more: Any) -> Call:
    asked = {"id": key, "aid": BIKE, "subject": "somebody"}
    answer = shown(key, *DRAFT) if status == 201 else {"status": status, **more}
    return "createSubscription", "/subscriptions", asked, status, answer


def read(key: str, *what: Any, **more: Any) -> Call:
    return "getSubscription", f"/subscriptions/{key}", None, 200, shown(key, *what, **more)


def step(key: str, status: int | None, *what: Any) -> Call:
    answer = shown(key, *what) if what else {"status": status}
    return "stepSubscription", f"/subscriptions/{key}/steps", {"to": "submitted"}, status, answer


def updated(key: str, answers: Any, now: Any) -> Call:
    answer = shown(key, *DRAFT, answers=now)
    return "updateSubscription", f"/subscriptions/{key}", {"answers": answers}, 200, answer


def events(after: int, latest: int, *what: tuple[int, str, str]) -> Call:
    told = [
        {"sequence": n, "at": "2026-11-23T09:00:00Z", "subscription": key, "aid": BIKE, "state": s}
        for n, key, s in what
    ]
    return "listEvents", f"/events?{after}", None, 200, {"events": told, "latest": latest}


def judged(rule: str, *calls: Call, purpose: str = "scenario") -> list[str]:
    found = RULES[rule]
    assert isinstance(found, RunRule)
    exchanges = [_exchange(n, call, purpose) for n, call in enumerate(calls)]
    judging = found.judge(exchanges, Context(CATALOGUE))
    return [one.code for _, troubles in judging for one in troubles]


def _exchange(number: int, call: Call, purpose: str) -> Exchange:
    operation, path, sent, status, answer = call
    path, _, after = path.partition("?")
    body = None if sent is None else json.dumps(sent).encode()
    query = (("after", after),) if after else ()
    response = None if status is None else Response(status, (), json.dumps(answer).encode())
    request = Request("GET", path, query, (), body)
    return Exchange(f"x{number}", operation, purpose, AT, request, response)


def test_who_has_an_aid_is_told_which_subscription() -> None:
    has = (TERMS, begun(ONE))
    assert judged("limit-names", *has, begun(NEW, 409, existing=ONE)) == []
    assert judged("limit-names", *has, begun(NEW, 409)) == ["existing-unnamed"]
    assert judged("limit-names", *has, begun(NEW, 409, existing=TWO)) == ["existing-of-other"]


@pytest.mark.parametrize(
    "calls",
    [
        (begun(ONE), begun(NEW, 409)),
        (TERMS, begun(ONE), begun(ONE, 409)),
        (TERMS, begun(ONE), step(ONE, 200, "withdrawn", DRAFT[1]), begun(NEW, 409)),
        (TERMS, begun(ONE), begun(NEW, 422)),
        (TERMS, begun(NEW, 409)),
    ],
    ids=["no limit is published", "its id is taken", "it is over", "it is wrong", "they have none"],
)
def test_another_conflict_names_nothing(calls: Sequence[Call]) -> None:
    assert judged("limit-names", *calls) == []


def test_what_is_refused_changes_nothing() -> None:
    refused = (read(ONE, *DRAFT), step(ONE, 409))
    assert judged("refused-changes-nothing", *refused, read(ONE, *DRAFT)) == []
    later, longer = read(ONE, "draft", SENT[1]), read(ONE, *DRAFT, 2)
    assert judged("refused-changes-nothing", *refused, later) == ["changed-by-refused"] * 2
    assert judged("refused-changes-nothing", *refused, longer) == ["changed-by-refused"]


@pytest.mark.parametrize(
    "calls",
    [
        (read(ONE, *DRAFT), step(ONE, 409), step(ONE, 200, *SENT), read(ONE, *SENT)),
        (read(ONE, *DRAFT), step(ONE, 409), step(ONE, 503), read(ONE, "draft", SENT[1])),
        (read(ONE, *DRAFT), step(ONE, 409), step(ONE, None), read(ONE, "draft", SENT[1])),
        (read(ONE, *DRAFT), step(ONE, 409), read(ONE, *SENT)),
        (read(ONE, *DRAFT), step(TWO, 409), read(ONE, "draft", SENT[1])),
        (
            *(read(TWO, *DRAFT), read(TWO, *DRAFT, 2), read(ONE, *DRAFT)),
            *(step(ONE, 409), read(ONE, *DRAFT, 2)),
        ),
    ],
    ids=["taken", "failed", "unanswered", "moved by itself", "of another", "restless"],
)
def test_what_else_changes_it_is_no_refusal(calls: Sequence[Call]) -> None:
    assert judged("refused-changes-nothing", *calls) == []


def test_traffic_of_others_is_not_seen_whole() -> None:
    calls = (read(ONE, *DRAFT), step(ONE, 409), read(ONE, "draft", SENT[1]))
    assert judged("refused-changes-nothing", *calls, purpose="traffic") == []


def test_an_update_is_merged_in() -> None:
    less = {name: value for name, value in ANSWERS.items() if name != "frameNumber"}
    back = {"frameNumber": None}
    assert judged("updates-merge", updated(ONE, back, less), read(ONE, *DRAFT, answers=less)) == []
    assert judged("updates-merge", updated(ONE, back, ANSWERS)) == ["not-taken-back"]
    kept = (updated(ONE, back, less), read(ONE, *DRAFT))
    assert judged("updates-merge", *kept) == ["not-taken-back"]
    assert judged("updates-merge", updated(ONE, {"price": 3}, less)) == ["not-put-in"]
    again = (updated(ONE, back, less), updated(ONE, {"frameNumber": "B"}, ANSWERS))
    assert judged("updates-merge", *again, read(ONE, *DRAFT)) == []


COURSE = (
    events(0, 4, (4, NEW, "draft")),
    *(begun(ONE), begun(TWO)),
    *(step(ONE, 200, *SENT, 2), step(TWO, 200, *SENT, 2)),
)


def test_a_feed_tells_every_change() -> None:
    whole = events(4, 6, (5, ONE, "submitted"), (6, TWO, "submitted"))
    assert judged("changes-told", *COURSE, whole) == []
    assert judged("changes-told", *COURSE, events(4, 6, (6, TWO, "submitted"))) == [
        "change-not-told"
    ]


def test_a_feed_may_be_late_and_come_in_parts() -> None:
    assert judged("changes-told", *COURSE, events(4, 5, (5, ONE, "submitted"))) == []
    parts = events(4, 6, (5, ONE, "submitted")), events(5, 6, (6, TWO, "submitted"))
    assert judged("changes-told", *COURSE, *parts) == []
    assert judged("changes-told", *COURSE, events(5, 6, (6, TWO, "submitted"))) == []


def test_a_feed_tells_no_refusal() -> None:
    told = [(5, ONE, "draft"), (6, ONE, "submitted"), (7, TWO, "submitted")]
    refused = (*COURSE, step(ONE, 409))
    assert judged("changes-told", *refused, events(4, 7, *told)) == []
    twice = events(4, 8, *told, (8, ONE, "submitted"))
    assert judged("changes-told", *refused, twice) == ["told-unchanged"]
    assert judged("changes-told", *refused, step(ONE, None), twice) == []


def test_a_feed_may_tell_a_change_in_parts() -> None:
    parts = [(n, key, "submitted") for n, key in enumerate((ONE, TWO) * 3, 5)]
    assert judged("changes-told", *COURSE, step(ONE, 409), events(4, 10, *parts)) == []


def test_a_page_that_is_no_page_is_no_reading() -> None:
    odd: Call = ("listEvents", "/events", None, 200, [])
    assert judged("changes-told", *COURSE, odd) == []
    for rule in ("limit-names", "refused-changes-nothing", "updates-merge"):
        bare: Call = ("getSubscription", f"/subscriptions/{ONE}", None, 200, [])
        assert judged(rule, *COURSE, bare, bare, odd) == [], rule


GRANT = {"to": "granted", "payment": {"type": "once", "amount": "12.50", "currency": "EUR"}}


def decided(amount: str, **more: Any) -> dict[str, Any]:
    payment = {"type": "once", "amount": amount, "currency": "EUR"}
    told = {"outcome": "granted", "code": "conditionsMet", "text": "Oui.", "payment": payment}
    return {"decision": {**told, "actor": "funder", "at": SENT[1], **more}}


def granted(key: str, amount: str) -> Call:
    answer = shown(key, "granted", SENT[1], **decided(amount))
    return "stepSubscription", f"/subscriptions/{key}/steps", GRANT, 200, answer


@pytest.mark.parametrize(
    ("amount", "wrong"), [("12.50", []), ("12.5", []), ("12", ["decided-otherwise"])]
)
def test_a_decision_is_what_was_sent(amount: str, wrong: list[str]) -> None:
    assert judged("decisions-kept", begun(ONE), granted(ONE, amount)) == wrong
    later = read(ONE, "granted", SENT[1], **decided(amount))
    assert judged("decisions-kept", begun(ONE), granted(ONE, "12.50"), later) == wrong


def test_a_decision_that_another_act_followed_is_not_compared() -> None:
    later = read(ONE, "granted", SENT[1], **decided("9"))
    assert judged("decisions-kept", granted(ONE, "12.50"), step(ONE, None), later) == []


def test_what_was_told_of_a_history_stays() -> None:
    entries = [
        {"sequence": 1, "at": DRAFT[1], "event": "created", "state": "draft", "actor": "funder"},
        {
            "sequence": 2,
            "at": SENT[1],
            "event": "submitted",
            "state": "submitted",
            "actor": "funder",
        },
    ]
    whole = read(ONE, *SENT, history=entries)
    assert judged("history-kept", begun(ONE), whole, begun(ONE), whole) == []
    anew = [{**entries[1], "sequence": 1}]
    lost = read(ONE, *SENT, history=anew)
    assert judged("history-kept", begun(ONE), whole, lost) == ["history-rewritten"]


def held(status: int, **more: Any) -> Call:
    asked = {"id": ONE, "aid": BIKE, "for": "invoice", "name": "a.pdf", "type": "application/pdf"}
    digest = "e7dac2d2a5d9e8f7ffb4ca97b5dca4ba2a5b1b5c5a0a1c7d3bdbf2f9a3cb3b49"
    answer = {**asked, "size": 9, "sha256": digest, "keyId": "k", "keyVersion": 1, **more}
    answer["createdAt"] = DRAFT[1]
    return "createDocument", "/documents", {**asked, "content": "JVBERi0xLjcK"}, status, answer


def test_a_document_is_held_as_it_was_sent() -> None:
    right = hashlib.sha256(b"%PDF-1.7\n").hexdigest()
    assert judged("held-as-sent", held(201, sha256=right)) == []
    assert judged("held-as-sent", held(201, sha256=right, size=12)) == ["held-otherwise"]
    assert judged("held-as-sent", held(201)) == ["held-otherwise"]
    assert judged("held-as-sent", held(200, size=12)) == []
