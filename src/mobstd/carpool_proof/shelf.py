"""The token that is there, until when, and when another may be asked for: nothing waits here."""

from __future__ import annotations

import base64
import copy
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from mobstd.carpool_proof.limits import Limits
from mobstd.errors import (
    ApiError,
    MobstdError,
    RateLimited,
    RefusedDocument,
    TransportError,
    Unreachable,
)
from mobstd.judging.exchange import Request

__all__ = ["NoToken", "Shelf"]

MARGIN = 30.0
"""Seconds before its end from which on a token is not used; a quarter of its life at most."""


class NoToken(Unreachable):
    """No token could be had now, so that nothing was sent."""


@dataclass
class Shelf:
    """The token that is kept, and how often one was asked for; whoever uses it holds a lock."""

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
