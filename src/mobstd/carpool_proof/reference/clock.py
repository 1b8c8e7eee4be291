"""What time it is at the sandbox: that of the machine, or one that is moved."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mobstd.carpool_proof.rules.facts import instant
from mobstd.errors import ConfigError

__all__ = ["Clock", "clock_of", "written"]

_LATEST = 4_102_444_800_000
"""The end of the century, in milliseconds."""


@dataclass
class Clock:
    """Milliseconds since 1970.

    Attributes:
        stands: where it stands still until it is moved; ``None``: it runs.
        moved: by how much it was moved, where it runs.
        movable: whether callers may move it.
        machine: seconds, as the machine has them.
    """

    stands: int | None = None
    moved: int = 0
    movable: bool = False
    machine: Callable[[], float] = field(default=time.time, repr=False)

    def now(self) -> int:
        """Return the instant."""
        if self.stands is not None:
            return self.stands
        return int(self.machine() * 1000) + self.moved

    def move(self, to: int) -> None:
        """Go to an instant; time never goes back.

        Raises:
            ValueError: where it lies before now, or beyond this century.
        """
        now = self.now()
        if not now <= to <= _LATEST:
            raise ValueError(to)
        if self.stands is not None:
            self.stands = to
        else:
            self.moved += to - now


def clock_of(text: str | None) -> Clock:
    """Return the clock that ``--clock`` asks for: ``now`` runs, an instant stands; both move.

    Raises:
        ConfigError: where it is neither.
    """
    if text is None:
        return Clock()
    if text == "now":
        return Clock(movable=True)
    try:
        at = instant(text)
    except ValueError:
        raise ConfigError("proof.bad-clock", value=text) from None
    if not 0 <= at <= _LATEST:
        raise ConfigError("proof.bad-clock", value=text)
    return Clock(stands=at, movable=True)


def written(at: int) -> str:
    """Return an instant as the registry writes it: milliseconds and Z, always."""
    moment = datetime.fromtimestamp(at // 1000, UTC).replace(microsecond=at % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
