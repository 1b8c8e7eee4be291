"""Requests, responses and what is read off them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from mobstd.judging.exchange import Exchange, Request, Response

Make = Callable[..., Exchange]


def test_the_request_line() -> None:
    request = Request("GET", "/v1/things", (("a", "x y"), ("b", "é&"), ("a", "")))
    assert request.target == "/v1/things?a=x+y&b=%C3%A9%26&a="
    assert Request("GET", "/v1").target == "/v1"
    again = request.with_query((("c", "1"),))
    assert (again.target, again.method) == ("/v1/things?c=1", "GET")


def test_headers_and_bodies_are_not_shown() -> None:
    request = Request("GET", "/", headers=(("X-API-Key", "secret"),), body=b"person")
    response = Response(200, (("Set-Cookie", "secret"),), b"person")
    assert "secret" not in repr((request, response))
    assert "person" not in repr((request, response))


@pytest.mark.parametrize(
    ("value", "media_type"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/html ;x", "text/html"),
        ("", ""),
        (None, None),
    ],
)
def test_media_type(value: str | None, media_type: str | None) -> None:
    headers = () if value is None else (("CONTENT-TYPE", value),)
    assert Response(200, headers).media_type == media_type


def test_the_first_header_of_a_name_counts() -> None:
    response = Response(200, (("x-a", "1"), ("X-A", "2")))
    assert response.header("X-a") == "1"
    assert response.header("x-b") is None


def test_a_body_is_json_or_says_why_not() -> None:
    assert Response(200, body=b'{"a": 1}').json == {"a": 1}
    assert Response(200, body=b'{"a": 1}').not_json is None
    broken = Response(200, body=b"<html>")
    assert broken.json is None
    assert broken.not_json is not None
    assert broken.not_json.reason == "syntax"


def test_a_truncated_body_is_not_read_even_where_it_could_be() -> None:
    response = Response(200, body=b"[]", truncated=True)
    assert response.json is None
    assert response.not_json is not None
    assert response.not_json.reason == "truncated"


def test_the_hash_is_of_the_bytes() -> None:
    assert Response(200, body=b"x").sha256 == hashlib.sha256(b"x").hexdigest()


def test_repeated_parameters_are_joined(exchange: Make) -> None:
    assert exchange([], "a=1&b=2&a=3").query == {"a": "1,3", "b": "2"}


@pytest.mark.parametrize(
    ("status", "accepted"), [(200, True), (204, True), (302, False), (400, False), (None, False)]
)
def test_accepted(exchange: Make, status: int | None, accepted: bool) -> None:
    made = exchange({"a": 1}, status=status)
    assert made.accepted is accepted
    assert made.status == status
    assert made.body == (None if status is None else {"a": 1})


def test_exchanges_compare_by_what_they_are() -> None:
    def one() -> Any:
        return Response(200, (("a", "b"),), b"[1]")

    first, second = one(), one()
    assert first.json == [1]
    assert first == second
