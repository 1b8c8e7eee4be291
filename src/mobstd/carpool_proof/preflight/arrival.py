"""When a journey reaches the registry: known from a column, or taken to be so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from mobstd.carpool_proof.rules.facts import instant
from mobstd.errors import ConfigError

__all__ = ["Arrival", "arrival", "duration"]

_DURATION = re.compile(r"([0-9]{1,15})(ms|s|m|h|d)")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True)
class Arrival:
    """How the instant of reception is found, in milliseconds.

    Attributes:
        how: ``column``, ``after``: so long after the end of the journey, or ``now``: one instant.
        column: the member that holds it, which is taken out before the journey is judged.
        after: how long after the end.
        now: the instant, which also stands in where a column has none.
        within: how much later than that it may be.
    """

    how: Literal["column", "after", "now"]
    now: int
    column: str = ""
    after: int = 0
    within: int = 0

    def of(self, told: Any, end: int) -> int:
        """Return when a journey arrives at the earliest.

        Args:
            told: what the column says; ``None`` where there is none.
            end: when the journey ended.

        Raises:
            ValueError: where what is told is no instant.
        """
        if self.how == "after":
            return end + self.after
        if self.how == "column" and told is not None:
            if isinstance(told, str):
                return instant(told)
            raise ValueError("no text")
        return self.now


def arrival(
    now: str | None, sent_after: str | None, column: str | None, within: str = "0s"
) -> Arrival:
    """Return how the reception is found, as it was asked for; at this moment unless it was.

    Raises:
        ConfigError: for what is no instant or no duration, or where more than one is asked for.
    """
    if sum(one is not None for one in (now, sent_after, column)) > 1:
        raise ConfigError("proof.one-reception")
    moment = int(datetime.now(UTC).timestamp() * 1000)
    width = duration(within)
    if column is not None:
        return Arrival("column", moment, column, within=width)
    if sent_after is not None:
        return Arrival("after", moment, after=duration(sent_after), within=width)
    if now is not None:
        try:
            moment = instant(now)
        except ValueError:
            raise ConfigError("proof.not-an-instant", value=now[:40]) from None
    return Arrival("now", moment, within=width)


def duration(text: str) -> int:
    """Return a duration such as ``90s``, ``15m``, ``2h`` or ``1d`` in milliseconds.

    Raises:
        ConfigError: for anything else.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ConfigError("proof.not-a-duration", value=text[:40])
    return int(match[1]) * _UNITS[match[2]]
