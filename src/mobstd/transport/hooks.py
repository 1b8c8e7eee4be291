"""What hooks and providers say: awaited where somebody can wait, refused where nobody can."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request

__all__ = ["awaited", "replaced", "silent"]


async def awaited(said: Any) -> Any:
    """Return what was said, or what comes of waiting for it."""
    return await said if isinstance(said, Awaitable) else said


def replaced(request: Request, said: Any) -> Request:
    """Return the request that a hook wants instead, or the one that there is.

    Raises:
        ConfigError: where the hook returned anything but a request or ``None``.
    """
    if said is None or isinstance(said, Request):
        return said or request
    raise ConfigError("transport.bad-hook", name="on_request", got=type(said).__name__)


def silent(said: Any) -> None:
    """See that a hook was not an async one, which nobody awaits here.

    Raises:
        ConfigError: where it was.
    """
    if isinstance(said, Awaitable):
        raise ConfigError("transport.bad-hook", name="on_response", got=type(said).__name__)
