"""Hears what a target calls while it is judged: recorded, answered right, bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from mobstd.canon.openapi import key_header
from mobstd.canon.standard import Version
from mobstd.conformance.scenarios.counterpart import Counterpart
from mobstd.judging.exchange import Exchange
from mobstd.serving.asgi import Asgi, Receive, Scope, Send
from mobstd.serving.kit import app
from mobstd.serving.limiting import Limit
from mobstd.serving.recording import Recording

__all__ = ["Receiver"]

MOST_CALLS, MOST_BYTES, LARGEST = 5_000, 64 << 20, 1_000_000
"""Calls that are kept, bytes of them in all, and of one body that is read at all."""

A_MINUTE = 6_000
"""Calls that one caller may make in a minute; then it is told to wait."""

STEP = 0.05
QUIET = 0.5
"""Seconds without a call after which no more are on their way, once all expected ones came."""


class Receiver:
    """The other side of the standard, for a target that calls it.

    Args:
        version: the version.
        role: the role to play: what the target calls.
        url: where the target finds it; its path may stand in front of what is called, or not.
        failures: see ``Counterpart``.
        caller: see ``Counterpart``.
        key: what the target has to present, in the header that the document names; ``None``:
            nothing.

    Attributes:
        app: answers the target.
        lost: how many calls came over all bounds, and were answered but not kept.
    """

    def __init__(
        self,
        version: Version,
        role: str,
        url: str = "",
        failures: int = 1,
        *,
        caller: str = "mobstd.example.org",
        key: str | None = None,
    ) -> None:
        self.version, self.role, self.url = version, role, url
        self.counterpart = Counterpart(version, role, failures, caller)
        kit = app(
            self.counterpart,
            version,
            role,
            api_keys=None if key is None else (key,),
            key_header=key_header(version, role),
            limit=Limit(A_MINUTE),
            max_body=LARGEST,
            check_answers=False,
        )
        self.app: Asgi = _below(urlsplit(url).path, Recording(kit, version, role, self._hear))
        self.lost = 0
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []
        self._bytes = 0
        self._last = time.monotonic()

    @property
    def exchanges(self) -> list[Exchange]:
        """What was called, in the order in which the calls came."""
        with self._lock:
            return sorted(self._exchanges, key=lambda exchange: exchange.at)

    def _hear(self, exchange: Exchange) -> None:
        size = len(exchange.request.body or b"")
        with self._lock:
            self._last = time.monotonic()
            if len(self._exchanges) >= MOST_CALLS or self._bytes + size > MOST_BYTES:
                self.lost += 1
                return
            self._bytes += size
            name = f"c{len(self._exchanges) + 1}"
            self._exchanges.append(replace(exchange, id=name, purpose="callback"))

    def wait(self, seconds: float, done: Callable[[], bool]) -> bool:
        """Wait until what is expected came and it is quiet; say whether it came in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if time.monotonic() - self._last >= QUIET and done():
                return True
            time.sleep(STEP)
        return done()


def _below(path: str, inner: Asgi) -> Asgi:
    """Return an app that is found at its paths, and at these below ``path``."""
    prefix = path.rstrip("/")

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and prefix and scope["path"].startswith(prefix + "/"):
            raw: bytes = scope.get("raw_path") or scope["path"].encode()
            shorter = raw.removeprefix(prefix.encode())
            scope = {**scope, "path": scope["path"][len(prefix) :], "raw_path": shorter}
        await inner(scope, receive, send)

    return served
