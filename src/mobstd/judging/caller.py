"""Who sent a request: a name to tell callers apart by, from which no key can be learnt."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.judging.exchange import Pairs, Request

__all__ = ["Caller", "identify", "without_secrets"]

CLAIMS = ("azp", "client_id")
"""Claims of a token that name the client, the most telling first."""


@dataclass(frozen=True)
class Caller:
    """A caller's name; ``told_by``: ``key``, ``client``, ``address`` or ``nothing``."""

    name: str
    told_by: str

    @property
    def known(self) -> bool:
        """Whether the request had credentials at all."""
        return self.told_by in ("key", "client")


def identify(
    request: Request,
    places: Iterable[tuple[str, str]],
    names: Mapping[str, str] | None = None,
    address: str | None = None,
) -> Caller:
    """Return who sent a request.

    Args:
        request: with all its headers.
        places: where credentials may stand: ``header`` or ``query``, with the name.
        names: known keys, with the names to call them by.
        address: where it came from, for requests without credentials.
    """
    headers: dict[str, str] = {}
    for name, value in request.headers:
        headers.setdefault(name.lower(), value)
    query = dict(request.query)
    for where, name in sorted(places, key=lambda place: place[1] == "authorization"):
        value = headers.get(name, "") if where == "header" else query.get(name, "")
        if not value.strip() or _moves(name):
            continue
        if (where, name) == ("header", "authorization"):
            return _authorized(value.strip(), names or {})
        return _keyed(value.strip(), names or {})
    if address:
        return Caller(address, "address")
    return Caller("unknown", "nothing")


def _moves(name: str) -> bool:
    """Say whether a parameter differs in each request, so that it tells nobody apart."""
    return name in ("signature", "timestamp")


def _keyed(key: str, names: Mapping[str, str]) -> Caller:
    digest = hashlib.sha256(b"mobstd caller\0" + key.encode("utf-8", "surrogateescape"))
    return Caller(names.get(key) or f"key {digest.hexdigest()[:8]}", "key")


def _authorized(value: str, names: Mapping[str, str]) -> Caller:
    scheme, _, rest = value.partition(" ")
    rest = rest.strip()
    if scheme.lower() == "basic":
        user = _decoded(rest).partition(b":")[0].decode("utf-8", "replace")
        return Caller(f"client {user}", "client") if user else _keyed(value, names)
    if scheme.lower() == "bearer" and rest.count(".") == 2:
        claims = _claims(rest.split(".")[1])
        told = next((claims[c] for c in CLAIMS if isinstance(claims.get(c), str)), None)
        if told:
            return Caller(f"client {told}", "client")
    return _keyed(rest or value, names)


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _claims(part: str) -> Mapping[str, Any]:
    """Return what a token says of itself; nobody vouches for it, and only a name comes of it."""
    try:
        claims = json.loads(_decoded(part))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def without_secrets(headers: Pairs, known: Iterable[str] = ()) -> Pairs:
    """Return headers in which only values that say nothing secret are left.

    Args:
        headers: as they came.
        known: names of more headers whose values are needed.
    """
    plain = PLAIN | {name.lower() for name in known}
    return tuple((name, value if name.lower() in plain else MASK) for name, value in headers)


MASK = "***"

PLAIN = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "allow",
        "cache-control",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "expires",
        "host",
        "last-modified",
        "retry-after",
        "server",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "www-authenticate",
    }
)
"""Headers that are kept as they come; any other may carry a secret, under whatever name."""
