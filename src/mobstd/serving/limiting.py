"""At most so many requests in so many seconds, counted for each caller."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Limit"]

_FORGET_ABOVE = 10_000


@dataclass
class Limit:
    """A bucket of tokens for each caller; it holds ``requests`` and fills up in ``seconds``."""

    requests: int
    seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    _room: int = field(default=_FORGET_ABOVE, repr=False)

    def wait(self, caller: str) -> int:
        """Take one token; return 0, or the whole seconds to wait where there is none."""
        now = self.clock()
        rate = self.requests / self.seconds
        tokens, since = self._buckets.get(caller, (float(self.requests), now))
        tokens = min(float(self.requests), tokens + (now - since) * rate)
        if len(self._buckets) > self._room:
            self._forget(now)
        if tokens < 1:
            self._buckets[caller] = (tokens, now)
            return max(1, math.ceil((1 - tokens) / rate))
        self._buckets[caller] = (tokens - 1, now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop callers whose bucket is full again; not again before there are twice as many."""
        self._buckets = {
            caller: bucket
            for caller, bucket in self._buckets.items()
            if now - bucket[1] < self.seconds
        }
        self._room = max(_FORGET_ABOVE, 2 * len(self._buckets))
