"""How often each address may ask, in windows, and the headers that tell it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mobstd.carpool_proof.rules.profile import Profile

__all__ = ["Headers", "Limits", "Told"]

Headers = tuple[tuple[str, str], ...]
_MOST = 10_000

_KEYS = {
    "createAccessToken": "token",
    "createJourney": "creation",
    "cancelJourney": "creation",
    "getJourney": "reading",
    "listJourneys": "reading",
    "updateJourney": "reading",
    "getRoute": "geo",
    "getPointByAddress": "geo",
    "getPointByInsee": "geo",
}
"""What is counted together; anything else is ``other``, or a certificate."""


@dataclass(frozen=True)
class Told:
    """What a caller is told: whether it may go on, and the headers."""

    goes_on: bool
    headers: Headers


@dataclass
class Limits:
    """The windows of all callers, by the clock of the machine.

    Args:
        profile: how often, and in how many seconds.
        plain: whether headers are named without ``X-`` too, as the text has them.
    """

    profile: Profile
    plain: bool = True
    clock: Callable[[], float] = time.time
    _windows: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict, repr=False)

    def take(self, operation: str, address: str) -> Told:
        """Count a request."""
        rule = self.profile["limits"]
        key = "certificates" if "Cee" in operation else _KEYS.get(operation, "other")
        most, seconds = rule[key], rule["other_window" if key == "other" else "window"]
        now = self.clock()
        ends, count = self._windows.get((key, address), (0.0, 0))
        if now >= ends:
            ends, count = now + seconds, 0
            if len(self._windows) > _MOST:
                self._windows = {k: v for k, v in self._windows.items() if v[0] > now}
        count += 1
        self._windows[key, address] = ends, count
        wait = max(0, math.ceil(ends - now))
        goes_on = not rule.bites(key)(count)
        rest = (str(most), str(max(0, most - count)))
        prefix = rule["headers"]
        headers = _named(prefix, *rest, str(math.ceil(ends)))
        if self.plain and prefix != "RateLimit":
            headers += _named("RateLimit", *rest, str(wait))
        return Told(goes_on, headers if goes_on else (*headers, ("Retry-After", str(wait))))


def _named(prefix: str, limit: str, remaining: str, reset: str) -> Headers:
    return (
        (f"{prefix}-Limit", limit),
        (f"{prefix}-Remaining", remaining),
        (f"{prefix}-Reset", reset),
    )
