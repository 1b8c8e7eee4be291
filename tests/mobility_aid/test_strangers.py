"""Funder and catalogue as strangers ask them: whatever is sent, it is no fault of theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from mobstd.canon.files import load
from mobstd.judging.exchange import Request
from mobstd.mobility_aid.funder.asking import Caller
from mobstd.mobility_aid.reference import build
from mobstd.transport.asgi import AsgiSender

from .documents import VERSION
from .funders import ANSWERS, BIKE, CITY, PAID, TOWN, Asked, document, new_id, request

ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, 1e308, 5e-324, [], [[]], [None], {}, {"": 1}),
    *("", "\0", "😀", "x" * 5000, "a\u0300" * 50, "\u202e", "'; DROP TABLE subscription;--"),
    *("2023-02-31", "9999-12-31", "0001-01-01", "0000-00-00"),
    *("-1", "1e3", "00", "1" * 60, "0.00001", "NaN", "Infinity", "1e999999999"),
)
PLENTY = (
    *(b"", b"{", b"\xff\xfe", b"\0", b"NaN", b"1e999999", b'"\\ud800"', b'{"id": "\\ud800"}'),
    *(b'{"id": 1, "id": 2}', b"[" * 100_000, b'{"a":' * 50_000, b" " * 3_000_000),
    *(b'"' + b"x" * 3_000_000 + b'"', b'{"price": ' + b"9" * 5000 + b"}"),
)
EXAMPLES = VERSION.folder / "examples/valid"


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked(options={"check_answers": True})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for step in [*value] if isinstance(value, dict) else range(len(value)):
            yield from places(value[step], (*path, step))


def variants(document: Any, count: int, seed: int = 0) -> Iterator[Any]:
    """Yield a document with something odd in one place, from everywhere in it."""
    random = Random(seed)
    everywhere = [*places(document)]
    for _ in range(count):
        *above, last = random.choice(everywhere) or (None,)
        odd, made = random.choice(ODD), json.loads(json.dumps(document))
        node = made
        for step in above:
            node = node[step]
        if last is None:
            yield odd
        else:
            node[last] = odd
            yield made


def sent(app: Any, method: str, path: str, body: Any, by: str = "", **query: str) -> Any:
    headers = (("Content-Type", "application/json"),)
    if by:
        headers = (*headers, ("Authorization", f"Bearer {by}"))
    raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with AsgiSender(app) as sender:
        return sender.send(Request(method, path, tuple(query.items()), headers, raw))


def refused_well(answer: Any, what: Any) -> None:
    assert answer.status < 500, (what, answer.body[:500])
    if answer.status >= 400:
        assert answer.json["status"] == answer.status


def operations(asked: Asked) -> list[tuple[str, str, Any, str]]:
    me, agent = asked.person(new_id()), asked.funder()
    draft = asked.begun(by=me)
    steps = f"/subscriptions/{draft}/steps"
    invoice = {key: value for key, value in document().items() if key != "content"}
    invoice |= {"type": "application/json", "invoice": load(EXAMPLES / "invoice/full.json")}
    return [
        ("POST", "/subscriptions", request(BIKE), me),
        ("POST", "/subscriptions", request(TOWN, subject="x"), asked.funder(CITY)),
        ("PATCH", f"/subscriptions/{draft}", {"answers": {**ANSWERS, "price": 3}}, me),
        ("POST", steps, {"to": "submitted"}, me),
        ("POST", steps, {**PAID, "text": "x"}, agent),
        ("POST", steps, {"to": "rejected", "code": "other", "text": "x"}, agent),
        ("POST", "/trials", request(BIKE), me),
        ("POST", "/documents", document(), me),
        ("POST", "/documents", invoice, me),
    ]


def test_a_wrong_value_in_any_place_is_refused(asked: Asked) -> None:
    for method, path, body, by in operations(asked):
        for made in variants(body, 40):
            if isinstance(made, dict) and made.get("id") == body.get("id", 0):
                made["id"] = new_id()
            refused_well(sent(asked.app, method, path, made, by), (method, path, made))


def test_a_body_of_any_kind_is_refused(asked: Asked) -> None:
    for method, path, _, by in operations(asked):
        for body in PLENTY:
            answer = sent(asked.app, method, path, body, by)
            refused_well(answer, (method, path, body[:40]))
            assert answer.status in (400, 413, 422)


def test_names_and_parameters_of_any_kind_are_refused(asked: Asked) -> None:
    me = asked.person("stranger")
    for name in ("limit", "cursor", "after", "state", "aid", "subscription", "x"):
        for text in ("", "-1", "1e3", "9" * 30, "x" * 9000, "%", "\0", "é", "' or 1=1", "draft,x"):
            for path in ("/terms", "/subscriptions", "/events", "/evidence"):
                refused_well(sent(asked.app, "GET", path, None, me, **{name: text}), (path, name))
    for name in ("x", "../x", "%2e%2e", "😀", "\0", "x" * 9000, "' or 1=1", " "):
        for path in ("/subscriptions/{}", "/documents/{}", "/documents/{}/content"):
            at = path.format(quote(name, safe=""))
            answer = sent(asked.app, "GET", at, None, asked.funder())
            assert answer.status in (400, 404, 405), (at, answer.status)


@pytest.mark.parametrize(("who", "status"), [("", 400), ("x" * 129, 400), ("x" * 128, 200)])
def test_nobody_has_a_name_that_no_subscription_can_have(
    asked: Asked, who: str, status: int
) -> None:
    answer = sent(asked.app, "POST", "/sandbox/tokens", {"person": who})
    assert answer.status == status
    if status == 200:
        by = answer.json["access_token"]
        assert sent(asked.app, "POST", "/subscriptions", request(TOWN), by).status == 201
    else:
        forged = asked.app.issuer.token(Caller("person", who))
        assert sent(asked.app, "GET", "/subscriptions", None, forged).status == 401


def test_one_request_64_times_at_once_is_one_subscription_and_one_document(asked: Asked) -> None:
    me, made, file = asked.person("twice"), request(TOWN), document()
    for path, body in (("/subscriptions", made), ("/documents", file)):
        with ThreadPoolExecutor(64) as crew:
            answers = [*crew.map(lambda _: sent(asked.app, "POST", path, body, me), range(64))]  # noqa: B023
        assert sorted(one.status for one in answers) == [200] * 63 + [201]
        assert len({one.body for one in answers}) == 1
    listed = asked("GET", "/events", by=me, limit=100).json["events"]
    assert [one["subscription"] for one in listed].count(made["id"]) == 1


def test_one_document_serves_one_of_many_drafts_at_once(asked: Asked) -> None:
    me = asked.person("splitting")
    file = asked.uploaded(by=me)
    first = asked.begun(by=me)
    asked.step(first, "withdrawn", by=me)
    drafts = [request(BIKE, documents=[file]) for _ in range(16)]
    with ThreadPoolExecutor(16) as crew:
        answers = [
            *crew.map(lambda one: sent(asked.app, "POST", "/subscriptions", one, me), drafts)
        ]
    assert sorted(one.status for one in answers) == [201] + [422] * 15


def test_a_catalogue_evaluates_what_can_be_read(asked: Asked) -> None:
    app = build(development=True, check_answers=True)
    aids = sent(app, "GET", "/aids", None).json["aids"]
    situation = {
        "date": "2026-11-28",
        "answers": {
            **{"residence.commune": "33063", "person.age": 30, "person.status": ["student"]},
            **{"vehicle.priceInclTax": "1500", "vehicle.category": "e-bike"},
            **{"household.referenceTaxIncome": "8000", "household.taxShares": 1.5},
            **{"trip.distanceKm": 20, "trip.count": 10, "purchase.date": "2026-11-20"},
        },
        "received": [{"aid": aids[0]["id"], "amount": "100", "date": "2026-01-01"}],
    }
    for made in variants(situation, 80):
        refused_well(sent(app, "POST", "/evaluations", {"situation": made}), made)
        named = {"situation": made, "aids": [one["id"] for one in aids]}
        refused_well(sent(app, "POST", "/evaluations", named), made)
    for body in PLENTY:
        refused_well(sent(app, "POST", "/evaluations", body), body[:40])


@pytest.mark.parametrize(
    ("since", "count"),
    [
        ("0001-01-01T00:00:00+14:00", 10),
        ("0001-01-01T00:00:00Z", 10),
        ("9999-12-31T23:59:59-14:00", 0),
        ("9999-12-31T23:59:59Z", 0),
    ],
)
def test_an_instant_at_the_edge_of_all_calendars_is_one(since: str, count: int) -> None:
    answer = sent(build(), "GET", "/aids", None, updatedSince=since)
    assert (answer.status, len(answer.json["aids"])) == (200, count)
