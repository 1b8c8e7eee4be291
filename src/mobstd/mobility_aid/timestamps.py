"""Time stamps of RFC 3161 in DER: asked for, and read for what they say; none is believed here.

Whether an authority really said it is for ``mobstd.validation.evidence.verify_evidence``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = [
    "OCTETS",
    "SEQUENCE",
    "SET",
    "SHA256",
    "TST_INFO",
    "Said",
    "canonical",
    "children",
    "der",
    "digest_of",
    "number",
    "oid",
    "query",
    "read_token",
    "token_of",
]

SEQUENCE, SET, OCTETS, OID, INTEGER, TRUE = 0x30, 0x31, 0x04, 0x06, 0x02, b"\x01\x01\xff"
SHA256 = "2.16.840.1.101.3.4.2.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
_GENERALIZED = 0x18
_LARGEST = 1e15


@dataclass(frozen=True)
class Said:
    """What a token says.

    Attributes:
        imprint: the digest that was stamped, in hexadecimal.
        algorithm: of the digest, an OID with dots.
        at: ``genTime``, UTC.
    """

    imprint: str
    algorithm: str
    at: datetime


def canonical(value: Any) -> bytes:
    """Return JSON in the form of RFC 8785, for values whose names are ASCII.

    Raises:
        ValueError: for a number that is written with an exponent, of which none is an answer.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _plain(value: Any) -> Any:
    """Return a value whose numbers are written as RFC 8785 has them."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        if not abs(value) < _LARGEST or "e" in repr(value):
            raise ValueError(value)
        return int(value) if value.is_integer() else value
    return value


def der(tag: int, *parts: bytes) -> bytes:
    """Return an element of DER."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


def number(value: int) -> bytes:
    """Return an INTEGER that is not below zero."""
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | (arc & 0x7F))
        out += bytes(reversed(digits))
    return der(OID, bytes(out))


def query(digest: str) -> bytes:
    """Return the request for a stamp on a SHA-256, certificates wanted (RFC 3161, 2.4.1)."""
    imprint = der(SEQUENCE, der(SEQUENCE, oid(SHA256)), der(OCTETS, bytes.fromhex(digest)))
    return der(SEQUENCE, number(1), imprint, TRUE)


def token_of(response: bytes) -> bytes:
    """Return the token of a response of an authority.

    Raises:
        ValueError: where it granted none.
    """
    parts = list(children(_body(response)))
    if len(parts) < 2:
        raise ValueError("no token")
    status = next(children(parts[0][1]))[1]
    if int.from_bytes(status, "big") > 1:
        raise ValueError("refused")
    return der(parts[1][0], parts[1][1])


def children(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element.

    Raises:
        ValueError: where it is no DER.
    """
    at = 0
    while at < len(body):
        tag, content, at = _element(body, at)
        yield tag, content


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    if at + 2 > len(data):
        raise ValueError("cut")
    tag, size, begin = data[at], data[at + 1], at + 2
    if size >= 0x80:
        octets = size & 0x7F
        if not 0 < octets <= 4 or begin + octets > len(data):
            raise ValueError("length")
        size, begin = int.from_bytes(data[begin : begin + octets], "big"), begin + octets
    if begin + size > len(data):
        raise ValueError("cut")
    return tag, data[begin : begin + size], begin + size


def _body(data: bytes) -> bytes:
    tag, body, end = _element(data, 0)
    if tag != SEQUENCE or end != len(data):
        raise ValueError("sequence")
    return body


def read_token(token: str) -> Said:
    """Return what a token in base64 says; nothing of it is verified.

    Raises:
        ValueError: where it is no token of RFC 3161.
    """
    try:
        raw = base64.b64decode(token, validate=True)
        (_, kind), (_, wrapped) = children(_body(raw))
        (_, signed) = next(iter(children(wrapped)))
        _, _, (_, content), *_ = children(signed)
        (_, inner), (_, held) = children(content)
        (_, info) = next(iter(children(held)))
        _, _, (_, imprint), _, (tag, when), *_ = children(_body(info))
        (_, algorithm), (_, digest) = children(imprint)
        (_, named) = next(iter(children(algorithm)))
    except (binascii.Error, StopIteration, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None
    if der(OID, inner) != oid(TST_INFO) or tag != _GENERALIZED or not kind:
        raise ValueError("no time stamp")
    return Said(digest.hex(), _dotted(named), _instant(when.decode("ascii")))


def _dotted(body: bytes) -> str:
    arcs, value = [], 0
    for octet in body:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2) if arcs else 0
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:]))) if arcs else ""


def _instant(text: str) -> datetime:
    whole, _, fraction = text.removesuffix("Z").partition(".")
    found = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return found + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))) if fraction else found


def digest_of(data: str) -> str:
    """Return the SHA-256 of the UTF-8 of a text, in hexadecimal."""
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()
