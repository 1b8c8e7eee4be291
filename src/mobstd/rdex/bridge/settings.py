"""What the command line says of a partner, as text."""

from __future__ import annotations

import math

from mobstd.errors import ConfigError

__all__ = ["number"]


def number(name: str, value: float | str) -> float:
    """Return a positive number that an option gives.

    Raises:
        ConfigError: where it is none.
    """
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        raise ConfigError("serving.bad-option", name=name, expected="> 0")
    return found
