"""Signed URLs: who calls, shown by an HMAC-SHA256 over the whole URL (manual of 1.2.1).

``timestamp`` and ``apikey`` stand before the other parameters; the signature is computed over the
URL as it is sent, scheme and host included and percent-encoded, and appended to it. It does not
cover the body of a POST.

    >>> url = "https://www.operator.com/rdexapi/journeys.json?timestamp=1326359986&apikey=public"
    >>> signature(url, "secret")[:8]
    '4116eff1'
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import parse_qsl

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request
from mobstd.transport.address import request_target

__all__ = ["WINDOW", "Keys", "NotAccepted", "Signing", "signature", "verified"]

WINDOW = 3600
"""Seconds that a timestamp may lie before or after the clock of the server.

The manual names no figure; this is the one of the largest implementation.
"""

_NOBODY = "nobody has this key"


@dataclass(frozen=True)
class Keys:
    """A pair of keys of one caller.

    Attributes:
        public: sent with every request as ``apikey``.
        private: signs; it is never sent, and masked in ``repr``.

    Raises:
        ConfigError: where one of them is empty.
    """

    public: str
    private: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.public or not self.private:
            raise ConfigError("signature.empty-key")


def signature(url: str, private: str) -> str:
    """Return the signature of a URL that has none, in lower-case hexadecimal."""
    return hmac.new(private.encode(), url.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Signing:
    """Signs every request of a client, each attempt anew.

    Attributes:
        keys: who calls.
        origin: scheme and host as the operator sees them, such as ``https://operator.example``.
        clock: the current time in UNIX seconds.
    """

    keys: Keys
    origin: str
    clock: Callable[[], float] = time.time

    def __call__(self, request: Request) -> Request:
        """Return the request with timestamp, key and signature."""
        head = (("timestamp", str(int(self.clock()))), ("apikey", self.keys.public))
        dated = request.with_query((*head, *request.query))
        made = signature(self.origin + request_target(dated).decode("ascii"), self.keys.private)
        return dated.with_query((*dated.query, ("signature", made)))

    def at(self, origin: str) -> Signing:
        """Return the same for another origin."""
        return replace(self, origin=origin)


class NotAccepted(Exception):
    """A request that is not signed as it should be; ``name`` is the error's name on the wire."""

    def __init__(
        self, name: Literal["access_denied", "signature_mismatch", "timestamp_too_skewed"]
    ) -> None:
        super().__init__(name)
        self.name = name


def verified(
    url: str, private_keys: Mapping[str, str], *, now: float, window: float = WINDOW
) -> str:
    """Return the public key of who signed a URL.

    Comparing says nothing about the signature by the time it takes.

    Args:
        url: as it was requested, byte for byte: a server behind a proxy has to know its public
            scheme and host.
        private_keys: by public key.
        now: the clock of the server, in UNIX seconds.
        window: how many seconds the timestamp may lie before or after it.

    Raises:
        NotAccepted: ``access_denied`` for a key that is missing or unknown, ``signature_mismatch``,
            or ``timestamp_too_skewed`` where only the time is wrong.
    """
    address, _, query = url.partition("?")
    parts = query.split("&") if query else []
    signed = [part for part in parts if not part.startswith("signature=")]
    given = [part.removeprefix("signature=") for part in parts if part.startswith("signature=")]
    said = parse_qsl("&".join(signed), keep_blank_values=True)
    public = [value for name, value in said if name == "apikey"]
    stamps = [value for name, value in said if name == "timestamp"]
    known = len(public) == 1 and public[0] in private_keys
    private = private_keys[public[0]] if known else _NOBODY
    unsigned = address + ("?" + "&".join(signed) if signed else "")
    right = hmac.compare_digest(
        signature(unsigned, private).encode(),
        (given[0] if len(given) == 1 else "").lower().encode(),
    )
    if not known:
        raise NotAccepted("access_denied")
    if not right:
        raise NotAccepted("signature_mismatch")
    if len(stamps) != 1 or not _near(stamps[0], now, window):
        raise NotAccepted("timestamp_too_skewed")
    return public[0]


def _near(stamp: str, now: float, window: float) -> bool:
    return (
        stamp.isascii()
        and stamp.isdecimal()
        and len(stamp) < 16
        and abs(int(stamp) - now) <= window
    )
