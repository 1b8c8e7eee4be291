"""A thing that a run made, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from mobstd.conformance.scenarios.difference import differences
from mobstd.conformance.scenarios.material import Candidate
from mobstd.conformance.scenarios.resource import Resource
from mobstd.judging.exchange import Exchange

__all__ = ["Thing", "unsettled"]


@dataclass
class Thing:
    """Something that the run made.

    Attributes:
        sent: the document as it was posted.
        created: the exchange that made it.
        state: the state that it was last given, as far as the target said.
        history: what was asked of it since: ``read``, ``again`` (posted), or a change: ``plain``,
            with a ``body`` or with more in the ``query``.
    """

    resource: Resource
    key: str
    sent: dict[str, Any]
    created: Exchange
    candidate: Candidate
    state: str | None = None
    history: list[tuple[str, Exchange]] = field(default_factory=list)

    @property
    def sent_state(self) -> str | None:
        """The state that it was posted in."""
        return self.resource.begins(self.sent)

    @property
    def last_read(self) -> Exchange | None:
        """What was read of it, where nothing was asked of it since."""
        name, exchange = self.history[-1] if self.history else ("", None)
        return exchange if name == "read" else None


def unsettled(thing: Thing) -> set[str]:
    """Return the pointers that differ between two reads with nothing asked in between."""
    return {
        one.pointer
        for (name, first), (other, second) in pairwise(thing.history)
        if name == other == "read" and first.accepted and second.accepted
        for one in differences(first.body, second.body)
    }
