"""Where a partner is: a base URL, taken apart once and checked."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request

__all__ = ["Address", "request_target"]

_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True)
class Address:
    """Scheme, host (in ASCII), port and base path (without a slash at its end)."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, base_url: str) -> Address:
        """Take a base URL apart.

        Raises:
            ConfigError: where it is not ``http(s)://host[:port][/path]``, or holds credentials, a
                query or a fragment. The message never repeats credentials.
        """
        text = base_url.strip()
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ConfigError("transport.base-url", url=_harmless(text)) from None
        if parts.scheme.lower() not in _PORTS or not host or _UNSAFE.search(text):
            raise ConfigError("transport.base-url", url=_harmless(text))
        if parts.username is not None or parts.password is not None:
            raise ConfigError("transport.base-url-credentials", host=host)
        if parts.query or parts.fragment:
            raise ConfigError("transport.base-url-query", url=_harmless(text))
        scheme = parts.scheme.lower()
        return cls(scheme, _ascii(host), port or _PORTS[scheme], parts.path.rstrip("/"))

    @property
    def explicit_port(self) -> int | None:
        """The port, where it is not the one of the scheme."""
        return None if self.port == _PORTS[self.scheme] else self.port

    @property
    def authority(self) -> str:
        """``host`` or ``host:port``, as it stands in the ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.explicit_port is None else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """``scheme://authority``."""
        return f"{self.scheme}://{self.authority}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this very machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return self.origin + self.path


def request_target(request: Request) -> bytes:
    """Return path and query as bytes that can stand in a request line.

    Raises:
        ConfigError: for text that no URL can carry.
    """
    try:
        return quote(request.target, safe="/%:@!$&'()*+,;=~?-._[]").encode("ascii")
    except UnicodeEncodeError:
        raise ConfigError("transport.bad-request", reason="lone surrogate") from None


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ConfigError("transport.base-url", url=_harmless(host)) from None


def _harmless(url: str) -> str:
    """Return the URL without what may be a secret, cut to a readable length."""
    return re.sub(r"(?<=://)[^/@]*@|[?#].*$", "", url, flags=re.DOTALL)[:200]
