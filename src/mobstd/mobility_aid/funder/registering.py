"""What a registry of carpool proofs says of a journey, and the four ways in which it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["Outage", "Registry", "RegistryRefused", "TooEarly", "invented"]

Registry = Callable[[str, str], str]
"""Takes the id of the journey and the id of the subscription, returns the reference of the
registration: the same for the same subscription, however often it is asked."""


class Outage(Exception):
    """The registry did not answer, or not in a way that can be read; try again."""


class TooEarly(Exception):
    """It answers later: from ``at`` on."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


class RegistryRefused(Exception):
    """There is no such journey, or it was registered for somebody else."""


def invented(journey: str, subscription: str) -> str:
    """Answer as a registry: by how the id of the journey begins (``outage``, ``early``, ``no``).

    Raises:
        Outage: as it says.
        TooEarly: as it says.
        RegistryRefused: as it says.
    """
    if journey.startswith("outage"):
        raise Outage
    if journey.startswith("early"):
        raise TooEarly(datetime(2099, 1, 1, tzinfo=UTC))
    if journey.startswith("no"):
        raise RegistryRefused
    return hashlib.sha256(f"{journey}|{subscription}".encode()).hexdigest()[:16]
