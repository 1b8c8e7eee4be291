"""A thing that a run made, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mobstd.conformance.scenarios.material import Candidate
from mobstd.conformance.scenarios.resource import Resource
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import get

__all__ = ["Thing"]


@dataclass
class Thing:
    """Something that the run made.

    Attributes:
        sent: the document as it was posted.
        created: the exchange that made it.
        state: the state that it was last given, as far as the target said.
        history: what was asked of it since: ``read``, or a change: ``plain``, with a ``body`` or
            with more in the ``query``.
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
        life = self.resource.life
        state = get(self.sent, life.at) if life is not None else None
        return state if isinstance(state, str) else None
