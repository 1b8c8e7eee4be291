"""What is tried again, after how long: pure decisions, no sleeping."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mobstd.errors import ConfigError, Timeout, TransportError, Unreachable, Unreadable
from mobstd.judging.exchange import Request, Response

__all__ = ["NEVER", "RetryPolicy", "retry_after"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_PASSING = frozenset({"transport.disconnected", "transport.cut-short"})
_FINAL = frozenset({"transport.certificate", "transport.tls"})


@dataclass(frozen=True)
class RetryPolicy:
    """How often, and after how long, a safe request is sent again.

    A request that may change something (POST, PUT, PATCH, DELETE) is never sent again by itself.

    Attributes:
        retries: attempts after the first.
        first: longest wait before the first retry, in seconds; it doubles with each retry. The
            wait itself is drawn evenly between 0 and that (full jitter).
        most: longest wait between two attempts, in seconds.
        longest_retry_after: a ``Retry-After`` up to this many seconds is waited for exactly; a
            longer one ends the call with an error that has it in ``retry_after``.

    Raises:
        ConfigError: for negative or infinite numbers.
    """

    retries: int = 2
    first: float = 0.5
    most: float = 8.0
    longest_retry_after: float = 60.0

    def __post_init__(self) -> None:
        for name in ("retries", "first", "most", "longest_retry_after"):
            value = getattr(self, name)
            if not (isinstance(value, (int, float)) and 0 <= value < math.inf):
                raise ConfigError("transport.bad-retry", name=name, value=repr(value))

    def wait(
        self,
        attempt: int,
        request: Request,
        outcome: Response | TransportError,
        *,
        now: datetime | None = None,
        draw: float | None = None,
    ) -> float | None:
        """Return the seconds to wait before the next attempt, or ``None`` to stop.

        Args:
            attempt: how many attempts were made.
            request: what was sent.
            outcome: what came of it.
            now: the instant, for HTTP dates; the clock's when ``None``.
            draw: a number from 0 to 1 in place of the random one.
        """
        if attempt > self.retries or request.method not in _SAFE or not _worth(outcome):
            return None
        if isinstance(outcome, Response):
            asked = retry_after(outcome, now)
            if asked is not None:
                return asked if asked <= self.longest_retry_after else None
        ceiling = min(self.most, self.first * 2.0 ** min(attempt - 1, 60))
        return ceiling * (random.random() if draw is None else draw)


NEVER = RetryPolicy(retries=0)
"""One attempt only."""


def _worth(outcome: Response | TransportError) -> bool:
    match outcome:
        case Response():
            return outcome.status in _STATUSES
        case Unreachable():
            return outcome.code not in _FINAL
        case Unreadable():
            return outcome.code in _PASSING
    return isinstance(outcome, Timeout)


def retry_after(response: Response, now: datetime | None = None) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, whether it counts them or names a date.

    A date in the past gives 0; a header that is neither gives ``None``.
    """
    value = (response.header("retry-after") or "").strip()
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", value):
        return float(value)
    try:
        instant = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return max(0.0, (instant - (now or datetime.now(UTC))).total_seconds())
