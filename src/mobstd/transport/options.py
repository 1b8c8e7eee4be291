"""What a client and a single call do differently."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from mobstd.endpoint import Endpoint
from mobstd.judging.exchange import Request, Response
from mobstd.transport.auth import Auth
from mobstd.transport.dialect import Dialect
from mobstd.transport.retry import RetryPolicy
from mobstd.transport.translating import Translation

__all__ = ["OnRequest", "OnResponse", "OnTranslations", "RequestOptions", "Settings"]

OnRequest = Callable[[Request], Request | Awaitable[Request | None] | None]
"""Sees each attempt before credentials are added; what it returns, if anything, is sent.

An ``AsyncClient`` awaits it where it is async; a ``Client`` refuses one that is.
"""

OnResponse = Callable[[Request, Response], Awaitable[None] | None]
"""Sees each response, with the request as it was before credentials were added."""


OnTranslations = Callable[[Endpoint, tuple[Translation, ...]], None]
"""Sees what was sent and read in a dialect, once a call, where there is anything."""


@dataclass(frozen=True)
class RequestOptions:
    """What one call, or one copy of a client, does differently.

    Attributes:
        timeout: seconds for each attempt.
        headers: sent besides those of the client.
        retry: what is tried again.
    """

    timeout: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    retry: RetryPolicy | None = None


@dataclass(frozen=True, repr=False)
class Settings:
    """What a client does with every call; secrets are in it, so it is never shown."""

    path: str
    auth: Auth | None
    retry: RetryPolicy
    timeout: float | None
    headers: Mapping[str, str]
    on_request: OnRequest | None
    on_response: OnResponse | None
    validate: bool
    strict: bool
    dialect: Dialect | None = None
    on_translations: OnTranslations | None = None
