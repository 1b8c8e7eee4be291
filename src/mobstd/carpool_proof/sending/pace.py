"""When the next request of one kind may leave, as the registry's answers say."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mobstd.judging.exchange import Response
from mobstd.transport.retry import retry_after

__all__ = ["Pace"]

LONGEST = 3600.0
"""Seconds: a window that ends later is a mistake, and not waited for."""

_EPOCH = 1_000_000_000
"""A reset beyond this is an instant, below it a number of seconds."""


class Pace:
    """Counts down what ``X-RateLimit-Remaining`` leaves, and waits as ``Retry-After`` asks.

    The registry's text announces the names without ``X-``; both are read. To be shared between
    threads.

    Args:
        clock: seconds of a clock that never goes back.
        wall: seconds since 1970, where an answer has no ``Date``.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._clock, self._wall = clock, wall
        self._lock = threading.Lock()
        self._closed_until = 0.0
        self._left: int | None = None
        self._ends = 0.0
        self._under_way = 0

    def ask(self) -> float:
        """Return 0 where a request may leave, which is counted then, else the seconds to wait."""
        with self._lock:
            now = self._clock()
            if now < self._closed_until:
                return self._closed_until - now
            if now >= self._ends:
                self._left = None
            if self._left is not None:
                if self._left <= 0:
                    return self._ends - now
                self._left -= 1
            self._under_way += 1
            return 0.0

    def heard(self, response: Response | None) -> None:
        """Note what came of a request that was counted; ``None`` where nothing came."""
        with self._lock:
            self._under_way = max(0, self._under_way - 1)
            if response is None:
                return
            now, wait = self._clock(), retry_after(response)
            left = _number(_named(response, "remaining"))
            ends = self._reset(response)
            if response.status in (429, 503) and wait is not None:
                self._closed_until = max(self._closed_until, now + wait)
            elif response.status == 429:
                self._closed_until = max(self._closed_until, now + (ends or 1.0))
            if left is not None and ends is not None:
                self._left, self._ends = left - self._under_way, now + ends

    def _reset(self, response: Response) -> float | None:
        value = _number(_named(response, "reset"))
        if value is None:
            return None
        seconds = value - self._now(response) if value > _EPOCH else float(value)
        return max(0.0, seconds) if seconds <= LONGEST else None

    def _now(self, response: Response) -> float:
        try:
            said = parsedate_to_datetime(response.header("date") or "")
        except (ValueError, OverflowError):
            return self._wall()
        aware: datetime = said if said.tzinfo else said.replace(tzinfo=UTC)
        return aware.timestamp()


def _named(response: Response, what: str) -> str | None:
    return response.header(f"x-ratelimit-{what}") or response.header(f"ratelimit-{what}")


def _number(value: str | None) -> int | None:
    return int(value) if value and re.fullmatch(r"[0-9]{1,12}", value.strip()) else None
