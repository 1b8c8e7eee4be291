"""What a registry of carpool proofs says of a journey, and the four ways in which it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

__all__ = ["Claim", "Outage", "Registry", "RegistryRefused", "TooEarly", "invented"]


@dataclass(frozen=True)
class Claim:
    """What a subscription says that the registry has.

    Attributes:
        stated: the answer that the terms name: the id of a journey, or the key of an identity.
        aid: the id of the aid.
        subscription: the id of the subscription.
        subject: the person, by the name that the issuer has for them.
    """

    stated: str = field(repr=False)
    aid: str
    subscription: str
    subject: str = field(default="", repr=False)


Registry = Callable[[Claim], str]
"""Returns the reference of the registration: the same for the same subscription, however often it
is asked. It is asked while nothing is locked, and may be asked for what then is not kept."""


class Outage(Exception):
    """The registry did not answer, or not in a way that can be read; try again."""


class TooEarly(Exception):
    """It answers later: from ``at`` on."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


class RegistryRefused(Exception):
    """There is no such journey, or it was registered for somebody else."""


def invented(claim: Claim) -> str:
    """Answer as a registry: by how the id of the journey begins (``outage``, ``early``, ``no``).

    Raises:
        Outage: as it says.
        TooEarly: as it says.
        RegistryRefused: as it says.
    """
    journey = claim.stated
    if journey.startswith("outage"):
        raise Outage
    if journey.startswith("early"):
        raise TooEarly(datetime(2099, 1, 1, tzinfo=UTC))
    if journey.startswith("no"):
        raise RegistryRefused
    return hashlib.sha256(f"{journey}|{claim.subscription}".encode()).hexdigest()[:16]
