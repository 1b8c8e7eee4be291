"""The recording proxy: one upstream, nothing of the hop, no secret, and clear failures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mobstd.canon.standard import find
from mobstd.conformance.traffic import forwarding
from mobstd.conformance.traffic.forwarding import Forwarding
from mobstd.judging.exchange import Exchange
from mobstd.serving.hosting import hosted
from mobstd.serving.recording import Recording

SEEN: list[dict[str, Any]] = []


async def upstream(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what is asked for by the path, and note what came."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = {n.decode(): v.decode() for n, v in scope["headers"]}
    SEEN.append({**scope, "body": body, "headers": headers})
    where = [(b"location", f"http://{headers['host']}/base/new".encode())]
    answers: dict[str, tuple[int, list[tuple[bytes, bytes]], bytes]] = {
        "/base/moved": (302, where, b""),
        "/base/hop": (200, [(b"connection", b"x-hop"), (b"x-hop", b"1"), (b"x-own", b"2")], b"{}"),
        "/base/large": (200, [], b"x" * 3000),
    }
    status, found, content = answers.get(scope["path"], (201, [(b"set-cookie", b"s=1")], body))
    await send({"type": "http.response.start", "status": status, "headers": found})
    await send({"type": "http.response.body", "body": content})


@pytest.fixture
def heard() -> list[Exchange]:
    return []


def told(heard: list[Exchange]) -> list[Exchange]:
    """Return what was heard, once it is there: it comes after the answer."""
    deadline = time.monotonic() + 5
    while not heard and time.monotonic() < deadline:
        time.sleep(0.01)
    return heard


@pytest.fixture
def proxy(heard: list[Exchange]) -> Iterator[str]:
    SEEN.clear()
    with hosted(upstream, "127.0.0.1", 0) as origin:
        app = Recording(
            Forwarding(f"{origin}/base", 5), find("ocss@1.0-alpha"), "operator", heard.append
        )
        with hosted(app, "127.0.0.1", 0) as url:
            yield url


def test_a_request_arrives_as_it_was_sent(proxy: str, heard: list[Exchange]) -> None:
    got = httpx.post(
        f"{proxy}/bookings?a=1&a=%C3%A9",
        content='{"é": 1}'.encode(),
        headers={"X-API-Key": "k", "Connection": "X-Hop", "X-Hop": "1", "TE": "trailers"},
    )
    assert (got.status_code, got.text) == (201, '{"é": 1}')
    assert got.headers["set-cookie"] == "s=1"
    (came,) = SEEN
    assert came["path"] == "/base/bookings"
    assert came["query_string"] == b"a=1&a=%C3%A9"
    assert came["headers"]["x-api-key"] == "k"
    assert came["headers"]["host"] != proxy.removeprefix("http://")
    assert not {"x-hop", "te"} & set(came["headers"])
    (exchange,) = told(heard)
    assert exchange.operation == "postBookings"
    assert dict(exchange.request.headers)["x-api-key"] == "***"
    assert exchange.response is not None
    assert exchange.response.header("set-cookie") == "***"
    assert exchange.request.body == '{"é": 1}'.encode()


def test_answers_lose_what_is_of_the_hop_and_lead_back(proxy: str) -> None:
    got = httpx.get(f"{proxy}/hop")
    assert "x-hop" not in got.headers
    assert got.headers["x-own"] == "2"
    assert httpx.get(f"{proxy}/moved").headers["location"] == "/new"


def test_it_goes_nowhere_else(proxy: str) -> None:
    import socket

    host, port = proxy.removeprefix("http://").split(":")
    for line in (
        b"GET http://127.0.0.1:1/driver_journeys HTTP/1.1",
        b"CONNECT a.test:443 HTTP/1.1",
    ):
        with socket.create_connection((host, int(port)), 5) as peer:
            peer.sendall(line + b"\r\nHost: evil.test\r\nConnection: close\r\n\r\n")
            answer = peer.recv(200)
        assert answer.startswith((b"HTTP/1.1 405", b"HTTP/1.1 400"))
    assert SEEN == []


def test_what_is_too_large_or_away_is_said(
    proxy: str, heard: list[Exchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "LARGEST_REQUEST", 1000)
    assert httpx.post(f"{proxy}/messages", content=b"x" * 2000).status_code == 413
    with hosted(Forwarding("http://127.0.0.1:1", 5), "127.0.0.1", 0) as alone:
        got = httpx.get(f"{alone}/status")
    assert got.status_code == 502
    assert "127.0.0.1:1" in got.text
    assert told(heard)[0].response is None
    assert heard[0].failure is not None
