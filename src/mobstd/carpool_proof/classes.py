"""Proof classes: what each certifies, and the highest that given evidence supports.

A class is about what was proven, not about how: A that driver and passenger were matched, B besides
that one of them travelled, C that both did and are two persons. The registry takes the operator's
word and is sent none of the evidence. An operator may send a lower class where evidence is missing,
such as with a dead phone; to lower it because the evidence showed that there was no trip is
forbidden, and such a journey is not to be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CLASSES", "Evidence", "Need", "ProofClass", "Trace", "highest", "missing"]

ProofClass = Literal["A", "B", "C"]
CLASSES: tuple[ProofClass, ...] = ("A", "B", "C")
"""From the least to the most that is proven."""

Need = Literal[
    "matching",
    "distinct-identities",
    "driver-times",
    "driver-device",
    "driver-start",
    "driver-end",
    "passenger-times",
    "passenger-device",
    "passenger-start",
    "passenger-end",
]
"""One piece of evidence."""


@dataclass(frozen=True)
class Trace:
    """What is held of the trip of one occupant.

    Attributes:
        times: the instants at which it began and ended.
        device: an identifier of the device that says so.
        start: a position where it began.
        end: a position where it ended.
    """

    times: bool = False
    device: bool = False
    start: bool = False
    end: bool = False

    def lacks(self) -> tuple[str, ...]:
        """Return the names of what is not held."""
        held = (
            ("times", self.times),
            ("device", self.device),
            ("start", self.start),
            ("end", self.end),
        )
        return tuple(name for name, there in held if not there)


NO_TRACE = Trace()


@dataclass(frozen=True)
class Evidence:
    """What an operator holds of one journey.

    Attributes:
        matching: driver and passenger were brought together with the intent to share the ride.
        driver: of the driver's trip.
        passenger: of the passenger's trip.
        distinct_identities: it was made sure that they are two persons.
    """

    matching: bool = False
    driver: Trace = NO_TRACE
    passenger: Trace = NO_TRACE
    distinct_identities: bool = False


def missing(evidence: Evidence, wanted: ProofClass) -> tuple[Need, ...]:
    """Return what evidence lacks for a class; for B, of the occupant who lacks less."""
    found: list[str] = [] if evidence.matching else ["matching"]
    driver = [f"driver-{name}" for name in evidence.driver.lacks()]
    passenger = [f"passenger-{name}" for name in evidence.passenger.lacks()]
    if wanted == "B":
        found += driver if len(driver) <= len(passenger) else passenger
    elif wanted == "C":
        found += driver + passenger
        found += [] if evidence.distinct_identities else ["distinct-identities"]
    return tuple(found)  # type: ignore[arg-type]


def highest(evidence: Evidence) -> ProofClass | None:
    """Return the highest class that evidence supports; ``None``: not even A."""
    supported = [wanted for wanted in CLASSES if not missing(evidence, wanted)]
    return supported[-1] if supported else None
