"""How long a call may take."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from mobstd.errors import ConfigError

__all__ = ["Deadline", "Timeout"]


@dataclass(frozen=True)
class Timeout:
    """How long one attempt may take, in seconds.

    Attributes:
        total: from the call to the last byte of the answer, redirects included. A server that
            answers one byte at a time does not stretch it.
        connect: for finding the host and connecting to it; never more than ``total``.

    Raises:
        ConfigError: for anything but positive finite numbers.
    """

    total: float = 10.0
    connect: float = 5.0

    def __post_init__(self) -> None:
        for name in ("total", "connect"):
            value = getattr(self, name)
            if not (isinstance(value, (int, float)) and 0 < value < math.inf):
                raise ConfigError("transport.bad-timeout", name=name, value=repr(value))

    @classmethod
    def of(cls, value: Timeout | float | None) -> Timeout:
        """Return a timeout: itself, the defaults for ``None``, or a number as total."""
        if value is None:
            return cls()
        return value if isinstance(value, Timeout) else cls(total=value)


class Deadline:
    """The instant at which a call must be over."""

    __slots__ = ("_end", "_start", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._start = time.monotonic()
        self._end = self._start + seconds

    @property
    def left(self) -> float:
        """Seconds until then; negative when it is past."""
        return self._end - time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._start
