"""Tokens for a pair of keys: asked for seldom, kept until shortly before they end, never shown.

    with Tokens("https://registry.example.org/v3.4", access_key, secret_key) as tokens:
        with Client("https://registry.example.org/v3.4", auth=tokens) as client:
            ...

Whoever calls at the same time waits for one request. A token that the registry refuses before its
time is asked for anew, once a call. The token route is asked no more often than the rule profile
says it may be; where it answers 429 all the same, because other processes share the address, what
it asks for is waited for.
"""

from __future__ import annotations

import base64
import copy
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from mobstd.carpool_proof.limits import LATEST, Limits, limits
from mobstd.errors import (
    ApiError,
    MobstdError,
    RateLimited,
    RefusedDocument,
    TransportError,
    Unreachable,
)
from mobstd.judging.exchange import Request

__all__ = ["AsyncTokens", "NoToken", "Tokens"]

MARGIN = 30.0
"""Seconds before its end from which on a token is not used; a quarter of its life at most."""

PATIENCE = 90.0
"""Seconds that one call waits for the token route at most."""


class NoToken(Unreachable):
    """No token could be had now, so that nothing was sent."""


@dataclass
class _Shelf:
    """The token that is there, and how often one was asked for; what waits is outside."""

    limits: Limits
    clock: Callable[[], float]
    wall: Callable[[], float]
    token: str = field(default="", repr=False)
    until: float = 0.0
    not_before: float = 0.0
    asked: deque[float] = field(default_factory=deque)
    failed: tuple[float, MobstdError] | None = None

    def fresh(self) -> str:
        """Return the token while it serves, else an empty text."""
        return self.token if self.clock() < self.until else ""

    def pause(self) -> float:
        """Return the seconds until the route may be asked."""
        now, window = self.clock(), self.limits.token_window.total_seconds()
        while self.asked and self.asked[0] <= now - window:
            self.asked.popleft()
        full = len(self.asked) >= self.limits.token_requests
        return max(0.0, self.not_before - now, self.asked[0] + window - now if full else 0.0)

    def asking(self) -> float:
        """Note that the route is asked, and return when."""
        self.asked.append(self.clock())
        return self.asked[-1]

    def keep(self, token: str, asked_at: float) -> None:
        """Keep a token that was asked for then."""
        life = _life(token, self.wall()) or self.limits.token_life.total_seconds()
        self.token, self.until = token, asked_at + life - min(MARGIN, life / 4)
        self.failed = None

    def drop(self, sent: Request) -> bool:
        """Forget the token that was refused, if it still is the one that is kept."""
        used = next((v for k, v in sent.headers if k.lower() == "authorization"), "")
        if self.token and used == f"Bearer {self.token}":
            self.token, self.until = "", 0.0
        return True

    def too_many(self, error: RateLimited) -> None:
        """Note for how long the route wants to be left alone."""
        self.not_before = self.clock() + max(1.0, error.retry_after or 0.0)

    def failure(self, error: MobstdError) -> MobstdError:
        """Return what a failed request is to its callers, and keep it for those who wait."""
        told = _without_secrets(error)
        if isinstance(told, ApiError) and (told.status == 408 or told.status >= 500):
            if told.retry_after is not None:
                self.not_before = self.clock() + told.retry_after
            told = NoToken("sending.no-token", because=f"HTTP {told.status}")
        elif isinstance(told, TransportError):
            told = NoToken("sending.no-token", because=told.code)
        self.failed = (self.clock(), told)
        return told

    def shared(self, since: float) -> None:
        """Raise the failure of another caller's request that ended after ``since``."""
        if self.failed is not None and self.failed[0] >= since:
            raise copy.copy(self.failed[1])


class _Provider:
    """What both providers share: everything but waiting."""

    def __init__(
        self,
        base_url: str,
        access_key: str,
        secret_key: str,
        *,
        rules: str = LATEST,
        patience: float = PATIENCE,
        sender: Any = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Any = None,
        **options: Any,
    ) -> None:
        from mobstd.carpool_proof.v3_4 import TokenRequest

        self._client = self._door(base_url, sender, options)
        self._keys = TokenRequest(access_key=access_key, secret_key=secret_key)
        self._shelf = _Shelf(limits(rules), clock, wall)
        self._patience = patience
        self._sleep = sleep

    def _door(self, base_url: str, sender: Any, options: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _bounded(self, pause: float) -> float:
        if pause > self._patience:
            raise NoToken("sending.no-token-soon", seconds=round(pause))
        return pause


class Tokens(_Provider):
    """A provider for ``Client(auth=...)``; to be shared between threads, and closed.

    Args:
        base_url: of the registry, version included.
        access_key: the public half of the pair.
        secret_key: the secret half.
        rules: the rule profile whose limit of the token route holds.
        patience: seconds that a call waits for the token route at most.
        sender: what sends, instead of the network.
        clock: seconds of a clock that never goes back.
        wall: seconds since 1970.
        sleep: what waits, in place of ``time.sleep``.
        options: of the client that asks for tokens, such as ``timeout``, ``verify``, ``proxy``.
    """

    def _door(self, base_url: str, sender: Any, options: Mapping[str, Any]) -> Any:
        from mobstd.carpool_proof.v3_4 import Client

        self._lock = threading.Lock()
        return Client(base_url, sender=sender, **options)

    def __call__(self, request: Request) -> Mapping[str, str]:
        """Return the header.

        Raises:
            NoToken: none can be had now.
            ApiError: the registry refuses the keys.
        """
        return {"Authorization": f"Bearer {self.token()}"}

    def renew(self, request: Request) -> bool:
        """Forget the token of a request that was refused."""
        with self._lock:
            return self._shelf.drop(request)

    def token(self) -> str:
        """Return a token that serves; raises as a call does."""
        shelf, since = self._shelf, self._shelf.clock()
        with self._lock:
            if not shelf.fresh():
                shelf.shared(since)
                self._fill(shelf)
            return shelf.token

    def _fill(self, shelf: _Shelf) -> None:
        waited = 0.0
        while not shelf.fresh():
            while pause := shelf.pause():
                waited = self._bounded(waited + pause)
                (self._sleep or time.sleep)(pause)
            asked_at = shelf.asking()
            try:
                answer = self._client.create_access_token(self._keys)
            except RateLimited as error:
                shelf.too_many(error)
            except MobstdError as error:
                raise shelf.failure(error) from None
            else:
                shelf.keep(answer.access_token, asked_at)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncTokens(_Provider):
    """As ``Tokens``, for ``AsyncClient``; bound to the event loop that it is first used on."""

    def _door(self, base_url: str, sender: Any, options: Mapping[str, Any]) -> Any:
        import anyio

        from mobstd.carpool_proof.v3_4 import AsyncClient

        self._lock = anyio.Lock()
        return AsyncClient(base_url, sender=sender, **options)

    async def __call__(self, request: Request) -> Mapping[str, str]:
        """Return the header; raises as ``Tokens`` does."""
        return {"Authorization": f"Bearer {await self.token()}"}

    async def renew(self, request: Request) -> bool:
        """Forget the token of a request that was refused."""
        async with self._lock:
            return self._shelf.drop(request)

    async def token(self) -> str:
        """Return a token that serves; raises as a call does."""
        shelf, since = self._shelf, self._shelf.clock()
        async with self._lock:
            if not shelf.fresh():
                shelf.shared(since)
                await self._fill(shelf)
            return shelf.token

    async def _fill(self, shelf: _Shelf) -> None:
        import anyio

        waited = 0.0
        while not shelf.fresh():
            while pause := shelf.pause():
                waited = self._bounded(waited + pause)
                await (self._sleep or anyio.sleep)(pause)
            asked_at = shelf.asking()
            try:
                answer = await self._client.create_access_token(self._keys)
            except RateLimited as error:
                shelf.too_many(error)
            except MobstdError as error:
                raise shelf.failure(error) from None
            else:
                shelf.keep(answer.access_token, asked_at)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def _life(token: str, now: float) -> float | None:
    """Return for how many seconds a token says that it serves, or ``None``.

    Its own two instants are believed before ours, whose clock may be wrong.
    """
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        life = float(claims["exp"]) - float(claims.get("iat", now))
    except (IndexError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return life if 0 < life <= 86_400 else None


def _without_secrets(error: MobstdError) -> MobstdError:
    """Return the error without what was answered, which may have a token or a key in it."""
    if isinstance(error, ApiError):
        kind, code, wait = type(error), error.code, error.retry_after
        return kind(code, status=error.status, operation=error.operation, retry_after=wait)
    if isinstance(error, RefusedDocument):
        return NoToken("sending.no-token", because=error.code)
    if hasattr(error, "body"):
        error.body = b""
    return error
