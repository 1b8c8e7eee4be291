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

import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from mobstd.carpool_proof.limits import LATEST, limits
from mobstd.carpool_proof.shelf import NoToken, Shelf
from mobstd.errors import (
    MobstdError,
    RateLimited,
)
from mobstd.judging.exchange import Request

__all__ = ["AsyncTokens", "NoToken", "Tokens"]

PATIENCE = 90.0
"""Seconds that one call waits for the token route at most."""


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
        self._shelf = Shelf(limits(rules), clock, wall)
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

    def _fill(self, shelf: Shelf) -> None:
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

    async def _fill(self, shelf: Shelf) -> None:
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
