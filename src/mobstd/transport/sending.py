"""What a sender is: anything that takes a request and brings its response."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from mobstd.judging.exchange import Request, Response

__all__ = ["MAX_BODY", "MAX_HEADERS", "AsyncSends", "Sends", "user_agent"]

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a decoded body that are kept."""

MAX_HEADERS = 64 * 1024
"""Bytes of response headers that are accepted."""


@runtime_checkable
class Sends(Protocol):
    """Sends one request and waits for its response. No retries happen here."""

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Return the response; ``timeout`` in seconds replaces the sender's total.

        Raises:
            TransportError: where no usable response came.
        """

    def close(self) -> None:
        """Let go of every connection."""


@runtime_checkable
class AsyncSends(Protocol):
    """As ``Sends``, awaited."""

    async def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Return the response; ``timeout`` in seconds replaces the sender's total.

        Raises:
            TransportError: where no usable response came.
        """

    async def aclose(self) -> None:
        """Let go of every connection."""


def user_agent(product: str = "") -> str:
    """Return ``mobstd/<version>``, followed by the caller's own product where given."""
    from mobstd import __version__

    return f"mobstd/{__version__} {product}".strip()
