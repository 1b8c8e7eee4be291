"""Requests of all kinds, for a server that must survive them: good, nearly good, and garbage."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID

from mobstd.canon.openapi import Operation, operations
from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.judging.catalogue import catalogue
from mobstd.serving.examples import example_query

__all__ = ["Real", "Shot", "storm"]

LARGEST = 2_000_000
ID = "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"

TEXTS = (
    "", " ", "0", "-1", "1e400", "-1e400", "NaN", "Infinity", "null", "true", "[]", "{}", "é", "💥",
    "'", '"', "<script>", "../../etc/passwd", "%00", "\x00", "\r\nX: y", "0x10", "1_000", "١٢",
    "1,2", "9" * 30, "9" * 400, "1." + "9" * 400, "x" * 5000, "MON,MON,FUNDAY",
    "25:61:61", "07:30:00", "2026-02-30", "2026-11-23", "253402300800", "-62135596800", "1e3", "+5",
    "5 ", "90.0000001",
    "00000000-0000-0000-0000-000000000000", f"urn:uuid:{ID}", "CONFIRMED",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 0.5, 10**25, -(10**400), 1e308, "", [], {}, [[]], [None], {"": None},
    "\ud800", "\x00", "x" * 5000, "MON", {"a": {"b": [1]}}, *TEXTS[:16],
)  # fmt: skip
BODIES = (
    b"", b" ", b"null", b"0", b"[]", b"{}", b"{", b"}", b'"', b"NaN", b"Infinity", b"-",
    b'{"a":1,"a":2}', b"[" * 100_000, b'{"a":' * 50_000, b"[" * 300 + b"]" * 300,
    b"\xff\xfe{\x00}\x00",
    b'{"id": "\xc3\x28"}', b"\xef\xbb\xbf{}", b'"\\ud800"', b"1" * 5000, b"1e999999", b"{}" * 1000,
    b"a=1&b=2", b"a=%ff&%=&=", b"a[b][c]=1&a[b]=2&a=3&a[]=4", b"\x00" * 100, b"\x1f\x8b\x08",
    b"x" * 1_500_000,
)  # fmt: skip
MEDIA = (
    "application/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded",
    "text/plain", "multipart/form-data; boundary=x", "APPLICATION/JSON", "", "é/ï",
    "application/xml",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "get")
PATHS = (
    "/", "//", "/%", "/%00", "/%ff", "/..", "/../..", "/.", "/é".encode().decode("latin-1"), "*",
    "/driver_journeys/", "/bookings", "/bookings/", "/bookings//", "/bookings/%2e%2e", "/status/x",
    "/bookings/" + "x" * 5000, "/journeys.xml", "/.json", "/" + "a/" * 2000,
)  # fmt: skip
LINES = (
    b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"POST /bookings HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /bookings HTTP/1.1\r\nContent-Length: 10\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /messages HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /bookings HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
    b"GET /status HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"GET /status HTTP/1.1\r\nX: \xff\xfe\r\n\r\n",
    b"GET /status HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
)  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One request as bytes; ``fair``: it is HTTP, so that it must be answered."""

    method: str
    raw: bytes
    fair: bool = True


@dataclass(frozen=True)
class Real:
    """What a server has: queries that find something, and bodies that it takes, by operation."""

    queries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bodies: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    ids: Sequence[str] = (ID,)


def storm(version: Version, role: str, seed: int, real: Real) -> Iterator[Shot]:
    """Yield requests without end, the same for the same seed."""
    chance = random.Random(seed)
    known = list(operations(version, role).values())
    rows = catalogue(version, role)
    while True:
        kind = chance.random()
        if kind < 0.05:
            yield Shot("GET", chance.choice(LINES), fair=False)
            continue
        operation = chance.choice(known)
        asked = {p.name: p for p in operation.parameters if p.where == "query"}
        example = example_query(rows, operation.id) or {}
        good = {name: asked[name].write(example[name]) for name in asked if name in example}
        query = _query(chance, list(asked), {**good, **real.queries.get(operation.id, {})})
        method, path = operation.method, _path(chance, operation, real.ids)
        if kind < 0.12:
            method = chance.choice(METHODS)
        elif kind < 0.18:
            path = chance.choice(PATHS)
        media, body = _body(chance, version, operation, real.bodies.get(operation.id, ()))
        yield Shot(method, _request(chance, method, path, query, media, body))


def _query(chance: random.Random, asked: list[str], good: Mapping[str, str]) -> str:
    pairs = list(good.items())
    for _ in range(chance.choice((0, 1, 1, 1, 2, 5))):
        name = chance.choice([*asked, "unknown", "a[b]", ""])
        match chance.randrange(4):
            case 0:
                pairs = [pair for pair in pairs if pair[0] != name]
            case 1:
                pairs.append((name, chance.choice(TEXTS)))
            case _:
                rest = [pair for pair in pairs if pair[0] != name]
                pairs = [*rest, (name, chance.choice(TEXTS))]
    if chance.random() < 0.03:
        return chance.choice(
            ("&" * 1000, "=", "%", "%ff=%fe", "a&b&c", "x=" + "y" * 60_000, "?", "#")
        )
    write = quote_plus if chance.random() < 0.9 else _raw
    return "&".join(f"{write(name)}={write(text)}" for name, text in pairs)


def _raw(text: str) -> str:
    return quote(text, safe="[]{}'\"<>,:;")


def _path(chance: random.Random, operation: Operation, ids: Sequence[str]) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter.where == "path":
            text = chance.choice(ids if chance.random() < 0.6 else TEXTS)
            path = path.replace("{" + parameter.name + "}", quote(text, safe=""))
    return path


def _body(
    chance: random.Random, version: Version, operation: Operation, real: Sequence[Any]
) -> tuple[str, bytes | None]:
    if not operation.body:
        if operation.method == "GET" or chance.random() < 0.5:
            return "", None
        return chance.choice(MEDIA), chance.choice(BODIES)
    media, schema = chance.choice(list(operation.body.items()))
    if chance.random() < 0.3:
        return chance.choice(MEDIA), chance.choice(BODIES)
    known = documents(version).get(str(schema.get("$ref")), schema)
    examples = [*known.get("examples", ()), *real]
    value = copy.deepcopy(chance.choice(examples)) if examples else {}
    if isinstance(value, dict) and "id" in value and chance.random() < 0.5:
        value["id"] = str(UUID(int=chance.getrandbits(128)))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
        value = _mutated(chance, value)
    if "form" in media:
        flat = value.items() if isinstance(value, dict) else ()
        text = "&".join(f"{quote_plus(str(k))}={quote_plus(_plain(v))}" for k, v in flat)
        return media, text.encode()
    raw = json.dumps(value).encode()[:LARGEST]
    if chance.random() < 0.05:
        raw = raw[: chance.randrange(len(raw) + 1)]
    elif chance.random() < 0.05:
        cut = chance.randrange(len(raw) + 1)
        raw = raw[:cut] + bytes([chance.randrange(256)]) + raw[cut:]
    return media, raw


def _plain(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()


def _mutated(chance: random.Random, value: Any) -> Any:
    """Return the value with something wrong somewhere in it."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        match chance.randrange(6):
            case 0:
                return {key: inner for key, inner in value.items() if key != name}
            case 1:
                return {**value, chance.choice(("", "x", "é", "$ref", "__proto__")): name}
            case 2:
                return {**value, name: chance.choice(VALUES)}
            case _:
                return {**value, name: _mutated(chance, value[name])}
    if isinstance(value, list) and value and chance.random() < 0.7:
        if len(value) < 10 and chance.random() < 0.1:
            return value * 100
        at = chance.randrange(len(value))
        return [*value[:at], _mutated(chance, value[at]), *value[at + 1 :]]
    return chance.choice(VALUES)


def _request(
    chance: random.Random, method: str, path: str, query: str, media: str, body: bytes | None
) -> bytes:
    target = f"{path}?{query}" if query else path
    head = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    if media:
        head.append(f"Content-Type: {media}")
    if chance.random() < 0.1:
        head.append(chance.choice(("Accept: text/html", "Accept-Language: fr", "Range: bytes=0-1",
                                   "X-API-Key: é", "Authorization: Bearer " + "x" * 3000,
                                   "Content-Encoding: gzip", "Expect: 100-continue")))  # fmt: skip
    sent = body or b""
    if body is not None:
        head.append(f"Content-Length: {len(sent)}")
    return "\r\n".join(head).encode("utf-8", "replace") + b"\r\n\r\n" + sent
