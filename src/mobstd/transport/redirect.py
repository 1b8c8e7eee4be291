"""Which redirects are followed: on the same origin, for reading, a few times, never in circles."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote_plus, urljoin, urlsplit

from mobstd.errors import ConfigError, RedirectRefused
from mobstd.judging.exchange import Request, Response
from mobstd.transport.address import Address

__all__ = ["MAX_REDIRECTS", "Trail"]

MAX_REDIRECTS = 5
_STATUSES = frozenset({301, 302, 303, 307, 308})


class Trail:
    """The way of one call through redirects."""

    def __init__(self, address: Address, most: int = MAX_REDIRECTS) -> None:
        self._address = address
        self._most = most
        self._seen: set[str] = set()

    def follow(self, request: Request, response: Response) -> Request | None:
        """Return the request to send next, or ``None`` where the response stands.

        Raises:
            RedirectRefused: to another scheme, host or port; in circles; or once too often.
        """
        location = response.header("location")
        if response.status not in _STATUSES or not location or not self._most:
            return None
        if request.method not in ("GET", "HEAD"):
            return None
        operation = f"{request.method} {request.path}"
        url = _join(self._address.origin + request.target, location.strip())
        elsewhere = _elsewhere(url, self._address)
        if elsewhere is not None:
            raise RedirectRefused("transport.redirect-elsewhere", operation=operation, to=elsewhere)
        parts = urlsplit(url)
        self._seen.add(request.target)
        query = tuple(_pair(part) for part in parts.query.split("&") if part)
        following = replace(request, path=parts.path or "/", query=query)
        if following.target in self._seen:
            raise RedirectRefused("transport.redirect-loop", operation=operation)
        if len(self._seen) > self._most:
            raise RedirectRefused("transport.redirects", operation=operation, most=self._most)
        return following


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return unquote_plus(name), unquote_plus(value)


def _join(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return ""


def _elsewhere(url: str, address: Address) -> str | None:
    """Return the origin of ``url`` where it is another one, without credentials or path."""
    try:
        parts = urlsplit(url)
        target = Address.parse(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    except (ConfigError, ValueError):
        return "?"
    return None if target.origin == address.origin else target.origin
