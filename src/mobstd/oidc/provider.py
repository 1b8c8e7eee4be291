"""The keys of one issuer: discovered, fetched within limits, kept for a while."""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from mobstd.errors import ConfigError, TransportError
from mobstd.judging.exchange import Request
from mobstd.oidc.identity import KeysUnavailable
from mobstd.serving.limiting import Limit
from mobstd.transport.address import Address
from mobstd.transport.sending import Sends

__all__ = ["Key", "Opens", "Provider", "network"]

Key = RSAKey | ECKey | OKPKey
Opens = Callable[[str], Sends]
"""Takes the origin of an issuer, such as ``https://id.example.org``, and returns a sender."""

FRESH, KEPT = 3600.0, 86_400.0
"""Seconds after which keys are fetched again, and after which they no longer count."""

MOST_KEYS, MOST_BYTES, SECONDS = 50, 256 * 1024, 5.0
_SMALLEST_RSA = 2048
_WELL_KNOWN = "/.well-known/openid-configuration"

_log = logging.getLogger("mobstd.serving")


def network(origin: str) -> Sends:
    """Return a sender over the network, with tight limits on time and size."""
    from mobstd.transport.http import Sender

    return Sender(origin, timeout=SECONDS, max_body=MOST_BYTES)


class _Failed(Exception):
    """Why no keys came."""


class Provider:
    """One issuer that is trusted; safe to share between threads.

    Its documents are read at most three times a minute, whoever asks for whatever key.

    Args:
        issuer: its identifier, a URL, exactly as it stands in tokens.
        jwks_uri: where its keys are; what its discovery document says when ``None``.
        opens: makes the senders.
        insecure: whether plain http is enough beyond this machine.
        clock: seconds that only grow.

    Raises:
        ConfigError: for anything but a URL with https, or with http to this very machine.
    """

    def __init__(
        self,
        issuer: str,
        *,
        jwks_uri: str | None = None,
        opens: Opens = network,
        insecure: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self._jwks_uri = jwks_uri
        self._insecure = insecure
        if not all(self._may_ask(url) for url in (issuer, jwks_uri) if url is not None):
            raise ConfigError("oidc.bad-issuer", issuer=issuer[:200])
        self._opens = opens
        self._clock = clock
        self._lock = threading.Lock()
        self._limit = Limit(3, 60.0, clock)
        self._keys: tuple[Key, ...] | None = None
        self._since = 0.0

    def keys(self) -> tuple[Key, ...]:
        """Return its keys, fetched where there are none yet or they are old.

        Raises:
            KeysUnavailable: where they can't be had, and none are kept.
        """
        keys = self._keys
        if keys is None or self._age > FRESH:
            self.refresh(keys)
        if self._keys is None or self._age > KEPT:
            raise KeysUnavailable(self.issuer)
        return self._keys

    def refresh(self, seen: tuple[Key, ...] | None) -> None:
        """Fetch the keys again, unless that was done often enough, or by another thread meanwhile.

        Args:
            seen: the keys that were not enough.
        """
        with self._lock:
            if self._keys is not seen or self._limit.wait(""):
                return
            try:
                self._keys = self._fetched()
            except _Failed as error:
                _log.warning("the keys of %s can't be had: %s", self.issuer, error)
            else:
                self._since = self._clock()

    @property
    def _age(self) -> float:
        return self._clock() - self._since

    def _fetched(self) -> tuple[Key, ...]:
        uri = self._jwks_uri or self._discovered()
        listed = self._read(uri).get("keys")
        if not isinstance(listed, list):
            raise _Failed("there is no list of keys")
        return tuple(key for key in map(_key, listed[:MOST_KEYS]) if key is not None)

    def _discovered(self) -> str:
        found = self._read(self.issuer.removesuffix("/") + _WELL_KNOWN)
        uri = found.get("jwks_uri")
        if found.get("issuer") != self.issuer:
            raise _Failed("its discovery document names another issuer")
        downgraded = self.issuer.startswith("https:") and not str(uri).startswith("https:")
        if not isinstance(uri, str) or downgraded or not self._may_ask(uri):
            raise _Failed("its discovery document has no jwks_uri that may be asked")
        return uri

    def _may_ask(self, url: str) -> bool:
        try:
            address = Address.parse(url.partition("?")[0])
        except ConfigError:
            return False
        return address.scheme == "https" or address.is_loopback or self._insecure

    def _read(self, url: str) -> Mapping[str, Any]:
        """Return the JSON object at a URL; redirects are followed on the same origin only."""
        parts = urlsplit(url)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        request = Request("GET", parts.path or "/", query, (("Accept", "application/json"),))
        sender = self._opens(f"{parts.scheme}://{parts.netloc}")
        try:
            response = sender.send(request, timeout=SECONDS)
        except TransportError as error:
            raise _Failed(str(error)) from None
        finally:
            sender.close()
        if response.status != 200 or len(response.body) > MOST_BYTES:
            raise _Failed(f"{parts.path} answers {response.status}")
        if not isinstance(response.json, dict):
            raise _Failed(f"{parts.path} is no JSON object")
        return response.json


def _key(described: Any) -> Key | None:
    """Return a public key that may verify, or ``None``: symmetric, too small, of other use."""
    if not isinstance(described, dict) or described.get("use", "sig") != "sig":
        return None
    if described.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)
            key = import_key({name: described[name] for name in _PUBLIC if name in described})
            if isinstance(key, RSAKey) and key.public_key.key_size < _SMALLEST_RSA:
                return None
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError, AttributeError):
        return None
    return key if isinstance(key, Key) else None


_PUBLIC = ("kty", "kid", "alg", "use", "n", "e", "crv", "x", "y")
