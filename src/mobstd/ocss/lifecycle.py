"""The statuses of a booking, and how one leads to the next: ``conformance/ocss/lifecycle.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from mobstd.canon.files import load
from mobstd.canon.standard import find

__all__ = ["Lifecycle", "Move", "Transition", "lifecycle"]


class Transition(StrEnum):
    """What becomes of a wanted status.

    ``OK``: it is set. ``SAME``: the booking has it already (409, ``status_already_set``).
    ``DISMISSED``: it does not follow, or is no status of the version; the booking stays as it is.
    """

    OK = "ok"
    SAME = "same"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class Move:
    """One step that is allowed.

    Attributes:
        by: whose step it is in production, ``driver``, ``passenger`` or both. A record of use: the
            same step by the other side is not refused.
        because: why it is allowed, by language.
        requirements: the rows that it follows from.
    """

    by: tuple[str, ...]
    because: Mapping[str, str]
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class Lifecycle:
    """The statuses of one version.

    Attributes:
        statuses: all of them, in the order in which they follow.
        moves: by the status that is and the one that is wanted; ``None``: there is no booking yet.
        aliases: other words that a tolerant reader takes for a status.
    """

    statuses: tuple[str, ...]
    moves: Mapping[tuple[str | None, str], Move]
    aliases: Mapping[str, str]

    @property
    def first(self) -> tuple[str, ...]:
        """What a booking may begin as."""
        return tuple(wanted for now, wanted in self.moves if now is None)

    def known(self, status: str) -> str:
        """Return the status that a word means; a word that means none is returned as it is."""
        return self.aliases.get(status, status)

    def transition(self, now: str | None, wanted: str) -> Transition:
        """Return what becomes of ``wanted`` where a booking is ``now``; ``None``: there is none."""
        now, wanted = None if now is None else self.known(now), self.known(wanted)
        if now == wanted:
            return Transition.SAME
        return Transition.OK if (now, wanted) in self.moves else Transition.DISMISSED


@cache
def lifecycle(standard: str) -> Lifecycle:
    """Return the life cycle of bookings in ``standard``, such as ``ocss@1.0-alpha``."""
    version = find(standard)
    every = load(version.conformance / "lifecycle.yaml")
    row = next(one for one in every if one["version"] == version.version)
    moves: dict[tuple[str | None, str], Move] = {}
    for step in (
        *({**one, "from": [None], "to": [one["to"]]} for one in row["first"]),
        *row["moves"],
    ):
        move = Move(tuple(step["by"]), step["because"], tuple(step["requirements"]))
        moves.update({(now, wanted): move for now in step["from"] for wanted in step["to"]})
    return Lifecycle(tuple(row["statuses"]), moves, row.get("aliases", {}))
