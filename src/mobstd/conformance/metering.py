"""A sender that keeps a run within its memory, whatever is answered again and again.

A session keeps an answer that is the same, byte for byte, once. What is made of it while it is
judged is made each time, so that it is not for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from mobstd.conformance.session import SenderLike
from mobstd.judging.exchange import Request, Response

__all__ = ["Metered"]

ALL_ANSWERS, KEPT = 64 << 20, 64 << 10
"""Bytes that all answers may take, and those that are left of one that is cut."""

OBJECT = 256
"""Bytes that an object takes beside its text."""

AGAIN = 2
"""What came before counts for half of what is new."""


@dataclass
class Metered:
    """Cuts answers once all of them took too much; a session stops after some in a row."""

    sender: SenderLike
    address: Any = None
    _known: set[str] = field(default_factory=set)
    _volume: int = 0

    def send(self, request: Request) -> Response:
        """Send one request, and return the answer or raise a TransportError."""
        response = self.sender.send(request)
        if len(response.body) <= KEPT:
            return response
        if self._volume >= ALL_ANSWERS:
            return replace(response, body=response.body[:KEPT], truncated=True)
        weight = len(response.body) + OBJECT * response.body.count(b"{")
        self._volume += weight // AGAIN if response.sha256 in self._known else weight
        self._known.add(response.sha256)
        return response
