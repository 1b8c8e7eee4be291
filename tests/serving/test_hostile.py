"""Requests that nobody means well: answered at once, in the standard's shape, without a word of
what was sent, and never with 500."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from typing import Any

import pytest

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.ocss.v1_0 import DriverJourney, DriverJourneysQuery, OperatorService
from mobstd.serving import app

GOOD = (
    b"departureLat=45.19&departureLng=5.71&arrivalLat=45.36&arrivalLng=5.59"
    b"&departureDate=1760000000"
)
AT = "/driver_journeys"
Headers = list[tuple[bytes, bytes]]


class Nobody(OperatorService):
    """Has no journey, and counts what reaches it."""

    asked = 0

    async def get_driver_journeys(self, query: DriverJourneysQuery) -> list[DriverJourney]:
        self.asked += 1
        return []

    async def get_status(self) -> None:
        """All is well."""


def ask(
    query: bytes,
    path: str = AT,
    method: str = "GET",
    headers: Iterable[tuple[bytes, bytes]] = (),
    service: Nobody | None = None,
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send exactly these bytes, as a server would that checks nothing."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": list(headers),
    }
    served = app(service or Nobody(), "ocss@1.0-alpha", "operator", development=True)
    asyncio.run(served(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def reason(body: bytes) -> str:
    """Return the reason of an error body, which the schema of errors accepts."""
    value = json.loads(body)
    assert validator_of(find("ocss@1.0-alpha"), "error").is_valid(value)
    return str(value["error"])


def instead(old: bytes, new: bytes) -> bytes:
    """Return the good query with a part of it replaced."""
    assert old in GOOD
    return GOOD.replace(old, new)


REFUSED: dict[str, tuple[bytes, str]] = {
    "a hundred thousand parameters": (GOOD + b"&a=1" * 100_000, "65536"),
    "more parameters than anybody needs": (GOOD + b"&a=1" * 500, "200"),
    "a huge value": (instead(b"45.19", b"1" * 10_000_000), "65536"),
    "a huge unknown value": (GOOD + b"&x=" + b"%41" * 10_000_000, "65536"),
    "a long number": (instead(b"45.19", b"1" * 5_000), "departureLat"),
    "a NUL in a number": (GOOD + b"&count=1%00", "count"),
    "a broken escape": (instead(b"45.19", b"%zz"), "departureLat"),
    "half an escape": (instead(b"45.19", b"45.1%"), "departureLat"),
    "invalid UTF-8, encoded": (GOOD + b"&x=%ff%fe", "UTF-8"),
    "invalid UTF-8 in a name": (GOOD + b"&%E9=1", "UTF-8"),
    "invalid UTF-8, raw": (GOOD + b"&x=\xff", "UTF-8"),
    "the same parameter twice": (GOOD + b"&departureLat=45.19", "more than once"),
    "an empty value": (GOOD + b"&count=", "count"),
    "no value": (GOOD + b"&count", "count"),
    "not a number": (instead(b"45.19", b"NaN"), "departureLat"),
    "infinite": (instead(b"45.19", b"1e999"), "departureLat"),
    "other digits": (GOOD + b"&count=%D9%A3", "count"),
    "an instant that no calendar has": (instead(b"1760000000", b"9" * 60), "departureDate"),
    "semicolons": (GOOD.replace(b"&", b";"), "departureLat"),
    "nothing": (b"", "departureLat"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name: str) -> None:
    query, part = REFUSED[name]
    started = time.process_time()
    status, headers, body = ask(query)
    assert time.process_time() - started < 1
    assert (status, headers[b"content-type"]) == (400, b"application/json")
    assert part in reason(body)
    assert len(body) < 200


@pytest.mark.parametrize(
    "query",
    [
        GOOD + b"&%00=%00",
        GOOD + b"&utm=1&utm=2",
        b"&&" + GOOD + b"&&",
        GOOD + b"&count=" + b"9" * 60,
        GOOD + b"&departureRadius=1e300",
        instead(b"45.19", b"1e308"),
    ],
)
def test_odd_and_still_a_request(query: bytes) -> None:
    assert ask(query)[::2] == (200, b"[]")


@pytest.mark.parametrize(
    "path", ["/", "/nothing", AT + "/", "/" + AT, AT.upper(), AT + "\x00", "/\udcff", "/../status"]
)
def test_unknown_paths(path: str) -> None:
    status, _, body = ask(GOOD, path)
    assert status == 404
    assert path not in reason(body).replace("/", "", 1) or path == "/"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PURGE", "get"])
def test_wrong_methods(method: str) -> None:
    status, headers, body = ask(GOOD, AT, method)
    assert (status, headers[b"allow"]) == (405, b"GET, HEAD")
    assert reason(body)


@pytest.mark.parametrize(
    ("query", "path"), [(GOOD, AT), (b"", AT), (b"", "/nothing"), (b"", "/status")]
)
def test_head_is_get_without_the_body(query: bytes, path: str) -> None:
    status, headers, body = ask(query, path, "HEAD")
    assert body == b""
    assert (status, headers) == ask(query, path)[:2]


def test_headers_of_any_bytes() -> None:
    odd: Headers = [(b"x-api-key", b"\xff\xfe"), (b"accept-language", b"\xff"), (b"accept", b"*;;")]
    assert ask(GOOD, headers=odd)[0] == 200


def test_what_is_refused_does_not_reach_the_service() -> None:
    service = Nobody()
    for query, _ in REFUSED.values():
        ask(query, service=service)
    assert service.asked == 0
    ask(GOOD, service=service)
    assert service.asked == 1
