"""Each behaviour is really served: seen from a raw socket, without any HTTP library."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.request
import zlib
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from .server import BEHAVIOURS, MEGABYTE, Hostile, bomb, hostile, nested_bomb

REQUEST = b"GET /status?a=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")


def received(url: str, limit: int = MEGABYTE, seconds: float = 5.0) -> bytes:
    """Everything that comes back, until the end, the limit or the time is reached."""
    parts = urlsplit(url)
    deadline = time.monotonic() + seconds
    data = bytearray()
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=seconds) as sock:
        sock.sendall(REQUEST)
        while len(data) < limit:
            sock.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                piece = sock.recv(1 << 16)
            except TimeoutError:
                break
            if not piece:
                break
            data += piece
    return bytes(data)


def split(answer: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, content = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return status.removeprefix("HTTP/1.1 "), headers, content


def answer_of(name: str, limit: int = 20 * MEGABYTE) -> tuple[str, dict[str, str], bytes]:
    with hostile(name) as url:
        return split(received(url, limit))


@pytest.mark.parametrize("name", sorted(BEHAVIOURS))
def test_starts_and_stops_in_no_time(name: str) -> None:
    if BEHAVIOURS[name].needs_openssl and shutil.which("openssl") is None:
        pytest.skip("no openssl command")
    server = hostile(name)
    with server as url:
        parts = urlsplit(url)
        with (
            suppress(ConnectionResetError),  # who resets at once may do so before it is asked
            socket.create_connection((parts.hostname, parts.port or 0), timeout=5) as sock,
        ):
            sock.sendall(REQUEST)
        started = time.monotonic()
    assert time.monotonic() - started < 3
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((parts.hostname, parts.port or 0), timeout=1)


@pytest.mark.parametrize(
    ("name", "status", "media_type"),
    [
        ("html", "200 OK", "text/html; charset=utf-8"),
        ("html-as-json", "200 OK", "application/json"),
        ("html-502", "502 Bad Gateway", "text/html; charset=utf-8"),
        ("wrong-base-path", "404 Not Found", "text/html; charset=utf-8"),
    ],
)
def test_web_pages(name: str, status: str, media_type: str) -> None:
    got, headers, content = answer_of(name)
    assert (got, headers["content-type"]) == (status, media_type)
    assert content.startswith(b"<!doctype html>")


@pytest.mark.parametrize("name", ["endless", "endless-unframed", "endless-continue"])
def test_endless(name: str) -> None:
    with hostile(name) as url:
        assert len(received(url, 8 * MEGABYTE)) >= 8 * MEGABYTE


def test_huge_announces_its_200_megabytes_and_sends_them() -> None:
    with hostile("huge") as url:
        status, headers, content = split(received(url, 24 * MEGABYTE))
    assert (status, headers["content-length"]) == ("200 OK", str(200 * MEGABYTE + 4))
    assert len(content) > 20 * MEGABYTE


@pytest.mark.parametrize(
    ("name", "opening"), [("slow-drip", b"\r\n\r\n["), ("slow-headers", b"HTTP/1.1")]
)
def test_slow(name: str, opening: bytes) -> None:
    with Hostile(name, drip_seconds=0.02) as url:
        early = received(url, seconds=0.3)
    assert opening in early + b"\r\n\r\n["
    assert len(split(early)[2]) < 40
    with hostile(name) as url:
        assert len(received(url, seconds=0.3)) < 150


def test_silent() -> None:
    with hostile("silent") as url:
        assert received(url, seconds=0.3) == b""


def test_redirect_loop_leads_to_itself() -> None:
    status, headers, _ = answer_of("redirect-loop")
    assert (status, headers["location"]) == ("302 Found", "/status?a=1")


def test_redirect_elsewhere_is_listened_to_there() -> None:
    server = hostile("redirect-elsewhere")
    with server as url:
        _, headers, _ = split(received(url))
        assert headers["location"] == server.url_elsewhere + "/status?a=1"
        assert server.requests_elsewhere == []
        assert split(received(server.url_elsewhere))[2] == b"[]"
    assert (len(server.requests), len(server.requests_elsewhere)) == (1, 1)


def test_redirect_file() -> None:
    assert answer_of("redirect-file")[1]["location"].startswith("file:")


@pytest.mark.parametrize(
    ("name", "length", "content"),
    [
        ("short-body", "1000", b"[]"),
        ("long-body", "1", b"[]"),
        ("bad-length", "banana", b"[]"),
    ],
)
def test_lengths(name: str, length: str, content: bytes) -> None:
    _, headers, got = answer_of(name)
    assert (headers["content-length"], got) == (length, content)


def test_two_lengths() -> None:
    with hostile("two-lengths") as url:
        assert received(url).count(b"Content-Length: ") == 2


def test_bad_chunk() -> None:
    assert answer_of("bad-chunk")[2].startswith(b"zz\r\n")


@pytest.mark.parametrize("name", ["reset", "reset-at-once"])
def test_reset(name: str) -> None:
    with hostile(name) as url, pytest.raises(OSError, match="reset"):
        received(url)


def test_hang_up_and_garbage() -> None:
    with hostile("hang-up") as url:
        assert received(url) == b""
    with hostile("garbage") as url:
        assert not received(url).startswith(b"HTTP")


def test_headers_without_measure() -> None:
    with hostile("many-headers") as url:
        assert received(url, 4 * MEGABYTE).count(b"\r\nX-H") == 100_000
    assert len(answer_of("long-header")[1]["x-long"]) == MEGABYTE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("overflow", b'"passengerPickupLat": 1e400'),
        ("extreme", b'"passengerPickupLat": -1.7976931348623157e+308'),
        ("digits", b"9" * 5000),
        ("exponent", b"1e999999999"),
        ("nan", b": NaN"),
        ("infinity", b": -Infinity"),
        ("nesting", b"[" * 100_000 + b"]" * 100_000),
        ("nesting-inside", b'{"a":' * 100_000),
        ("duplicate-keys", b'"duration": 1800, "duration": "x"'),
        ("trailing", b"<!-- served by nginx -->"),
        ("lone-surrogate", b'"\\ud83d"'),
        ("control-characters", b"\\u001b[2J"),
        ("long-string", b"x" * 5 * MEGABYTE),
        ("invalid-utf8", b'"\xc3\x28\xff"'),
        ("utf-16", b"\xff\xfe[\x00{\x00"),
        ("bom", b"\xef\xbb\xbf["),
    ],
)
def test_bodies(name: str, value: bytes) -> None:
    status, headers, content = answer_of(name)
    assert (status, headers["content-type"]) == ("200 OK", "application/json")
    assert len(content) == int(headers["content-length"])
    assert value in content


def test_bodies_that_are_no_json() -> None:
    assert answer_of("empty")[2] == b""
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer_of("truncated")[2])
    assert json.loads(answer_of("not-an-array")[2]) == {"journeys": []}
    assert len(json.loads(answer_of("many-items")[2])) == 100_000


def test_the_bomb_is_small_and_grows() -> None:
    assert sum(map(len, bomb())) < 11 * MEGABYTE
    decoder = zlib.decompressobj(31)
    grown = 0
    for piece in bomb(1):
        grown += len(decoder.decompress(piece, 16 * MEGABYTE))
    assert grown > 16 * MEGABYTE
    with hostile("gzip-bomb") as url:
        _, headers, content = split(received(url))
    assert headers["content-encoding"] == "gzip"
    assert b"\x1f\x8b" in content[:20]


def test_the_nested_bomb() -> None:
    _, headers, content = answer_of("gzip-bomb-nested")
    assert headers["content-encoding"] == "gzip, gzip"
    assert content == nested_bomb()
    assert len(content) < 100_000
    assert len(zlib.decompressobj(31).decompress(content, 9 * MEGABYTE)) == 9 * MEGABYTE


def test_other_encodings() -> None:
    _, headers, content = answer_of("not-gzip")
    assert (headers["content-encoding"], content) == ("gzip", b"[]")
    assert answer_of("unknown-encoding")[1]["content-encoding"] == "snappy"
    decoder = zlib.decompressobj(31)
    decoder.decompress(answer_of("truncated-gzip")[2])
    assert not decoder.eof


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retry-after-seconds", "1"),
        ("retry-after-year", "31536000"),
        ("retry-after-negative", "-5"),
        ("retry-after-nonsense", "soon"),
        ("retry-after-digits", "9" * 5000),
    ],
)
def test_retry_after(name: str, value: str) -> None:
    status, headers, _ = answer_of(name)
    assert (status, headers["retry-after"]) == ("429 Too Many Requests", value)


def test_retry_after_a_date() -> None:
    assert answer_of("retry-after-date")[1]["retry-after"].endswith(" gmt")


@needs_openssl
@pytest.mark.parametrize(
    ("name", "reason"), [("tls-self-signed", "self-signed"), ("tls-expired", "self-signed|expired")]
)
def test_certificates(name: str, reason: str) -> None:
    with hostile(name) as url:
        assert url.startswith("https://")
        with pytest.raises(urllib.error.URLError, match=reason):
            urllib.request.urlopen(url, timeout=5)
        careless = ssl.create_default_context()
        careless.check_hostname = False
        careless.verify_mode = ssl.CERT_NONE
        with urllib.request.urlopen(url, timeout=5, context=careless) as response:
            assert response.read() == b"[]"


def test_tls_missing() -> None:
    with hostile("tls-missing") as url, pytest.raises(urllib.error.URLError, match=r"SSL|WRONG"):
        urllib.request.urlopen(url, timeout=5)


def test_can_be_honest_first() -> None:
    with Hostile("html", after=2) as url:
        contents = [split(received(url))[2] for _ in range(3)]
    assert contents[:2] == [b"[]", b"[]"]
    assert contents[2].startswith(b"<!doctype")


def test_keeps_the_requests() -> None:
    server = hostile("html")
    with server as url:
        received(url)
    assert server.requests == [REQUEST]
