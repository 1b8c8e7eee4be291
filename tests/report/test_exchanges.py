from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.conformance.redaction import Redactor
from mobstd.conformance.report.contract import problems
from mobstd.conformance.report.exchanges import ELLIPSIS, cut, from_json, to_json
from mobstd.judging.exchange import Exchange, Failure, Request, Response
from mobstd.judging.pointer import get

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def made(body: bytes, **options: Any) -> Exchange:
    request = Request("GET", "/a", (("q", "1"), ("q", "é&")), (("Accept", "*/*"),))
    return Exchange("x1", "getA", "control", AT, request, Response(200, (), body, **options))


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda t: json.dumps(t).encode()))
def test_raw_exchanges_come_back_as_they_were(body: bytes) -> None:
    exchange = made(body)
    data = json.loads(json.dumps(to_json(exchange, raw=True)))
    assert [p.message for p in problems(data, "exchange")] == []
    assert from_json(data) == exchange


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b'{"a": 1}', "json"),
        (b'"text"', "json"),
        (b"text", "text"),
        (b"\xff\xfe", "base64"),
        (b"[NaN]", "text"),
        (b"[" * 300, "text"),
    ],
)
def test_bodies_are_parsed_where_they_can(body: bytes, form: str) -> None:
    data = to_json(made(body))
    assert data["response"]["body_as"] == form
    again = from_json(data)
    assert again.response is not None
    if form == "json":
        assert again.body == json.loads(body)
    else:
        assert again.response.body == body


def test_a_failure_is_told_in_both_languages() -> None:
    exchange = Exchange(
        "x1",
        None,
        "fuzz",
        AT,
        Request("GET", "/"),
        failure=Failure("transport.timeout", {"operation": "a", "host": "b", "seconds": 3}),
    )
    data = to_json(exchange)
    assert [p.message for p in problems(data, "exchange")] == []
    assert data["failure"]["en"] != data["failure"]["fr"]
    assert from_json(data) == exchange


def response(body: Any) -> dict[str, Any]:
    return {"status": 200, "body": body, "body_as": "json", "bytes": 1}


def test_a_small_body_stays() -> None:
    message = response([1, 2, 3])
    assert cut(message, ["/1"]) == message


def test_a_cut_body_keeps_what_is_cited_where_it_is() -> None:
    body = [{"id": i, "line": "x" * 500} for i in range(1000)]
    message = cut(response(body), ["/777/line"], 20_000)
    assert message["truncated"]
    assert message["body_as"] == "json"
    assert get(message["body"], "/777/line") == "x" * 500
    assert get(message["body"], "/777/id") == 777
    assert get(message["body"], "/999") == ELLIPSIS
    assert get(message["body"], "/0/id") == 0
    assert len(message["body"]) == 1000
    assert len(json.dumps(message["body"])) <= 20_000


def test_what_cannot_be_shortened_becomes_text() -> None:
    message = cut(response({f"member{i}": i for i in range(5000)}), [], 1000)
    assert message["body_as"] == "text"
    assert len(message["body"].encode()) <= 1000


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=40),
        lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=40,
    ),
    st.integers(80, 400),
)
def test_no_body_is_longer_than_the_limit(body: Any, limit: int) -> None:
    message = cut(response(body), ["/0", "/a/b"], limit)
    shown = (
        message["body"]
        if message["body_as"] == "text"
        else json.dumps(message["body"], ensure_ascii=False)
    )
    assert len(shown.encode("utf-8", "replace")) <= limit


def test_text_is_cut_between_characters() -> None:
    message = cut({"status": 200, "body": "é" * 100, "body_as": "text"}, [], 33)
    assert message["body"] == "é" * 16
    assert message["truncated"]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"driver%5Buuid%5D=1042&driver%5Balias%5D=Zo%C3%A9&details=a+b", "form"),
        (b"", "form"),
        (b"details=a b", "text"),
        (b"a&b", "text"),
    ],
)
def test_a_form_is_kept_as_a_document_where_nothing_is_lost(body: bytes, kept: str) -> None:
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    exchange = Exchange("x1", "postA", "control", AT, Request("POST", "/a", (), headers, body))
    data = to_json(exchange)
    assert [p.message for p in problems(data, "exchange")] == []
    assert data["request"]["body_as"] == kept
    assert from_json(data) == exchange
    assert from_json(to_json(exchange, raw=True)) == exchange


def test_persons_in_a_form_get_pseudonyms() -> None:
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    sent = Request("POST", "/a", (), headers, b"driver%5Balias%5D=Zo%C3%A9&details=a+b")
    data = to_json(Exchange("x1", "postA", "control", AT, sent))
    told = Redactor(["/**/alias"]).exchange(data)
    assert told["request"]["body"]["driver"]["alias"] not in ("Zoé", None)
    assert told["request"]["body"]["details"] == "a b"
    assert b"Zo%C3%A9" not in (from_json(told).request.body or b"")
