"""Instants of many journeys: their texts share hours, minutes and offsets, which are read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mobstd.carpool_proof.rules.facts import instant

__all__ = ["Instants"]

_HOUR, _SECOND = 13, 19
"""Where the hour of an RFC 3339 text ends, and where the second does."""

_MOST = 1 << 13
"""Parts that are remembered of each kind."""

_MIDNIGHT = "1970-01-01T00"


class Instants:
    """Reads texts of which a pattern is found, and remembers their parts.

    An instant is the sum of what its parts stand for: the hour, the second within it, and the
    fraction with the offset. The pattern has to be one of a text of that form, whose parts do not
    depend on one another.
    """

    def __init__(self, found: Callable[[str], Any]) -> None:
        self._found = found
        self._hours: dict[str, int] = {}
        self._seconds: dict[str, int] = {}
        self._rests: dict[str, int] = {}

    def of(self, text: str) -> int:
        """Return an instant in milliseconds, cut and not rounded.

        Raises:
            ValueError: where the pattern is not found, or no clock shows the instant.
        """
        try:
            begun = self._hours[text[:_HOUR]] + self._seconds[text[_HOUR:_SECOND]]
            return begun + self._rests[text[_SECOND:]]
        except KeyError:
            return self._learned(text)

    def _learned(self, text: str) -> int:
        if self._found(text) is None:
            raise ValueError("no pattern")
        at = instant(text)
        hour, second, rest = text[:_HOUR], text[_HOUR:_SECOND], text[_SECOND:]
        for known, part, whole in (
            (self._hours, hour, f"{hour}:00:00Z"),
            (self._seconds, second, f"{_MIDNIGHT}{second}Z"),
            (self._rests, rest, f"{_MIDNIGHT}:00:00{rest}"),
        ):
            if part not in known:
                if len(known) >= _MOST:
                    known.clear()
                known[part] = instant(whole)
        return at
