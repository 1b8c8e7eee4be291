"""The life of a subscription: the table of the standard, and what it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import find

__all__ = ["Step", "Table", "table"]


@dataclass(frozen=True)
class Step:
    """A step that may be asked for.

    Attributes:
        by: who may ask: ``person``, ``funder``, ``system``.
        event: what the history calls it.
        where: the member of the terms that has to be true for it.
    """

    before: str
    after: str
    by: tuple[str, ...]
    event: str
    where: str = ""


@dataclass(frozen=True)
class Table:
    """The table.

    Attributes:
        first: the state in which all begin.
        changes: the states in which answers and documents change.
        final: the states after which nothing follows.
        steps: everything that is allowed.
    """

    first: str
    changes: tuple[str, ...]
    final: tuple[str, ...]
    steps: tuple[Step, ...]

    def step(self, before: str, after: str, terms: Mapping[str, Any]) -> Step | None:
        """Return the step from one state to another, where the terms allow it."""
        return next((s for s in self._from(before, terms) if s.after == after), None)

    def allowed(self, before: str, terms: Mapping[str, Any]) -> list[str]:
        """Return the states that somebody may ask for, in the order of the table."""
        return [s.after for s in self._from(before, terms) if set(s.by) - {"system"}]

    def also(self, *steps: Step) -> Table:
        """Return a table that allows more."""
        return replace(self, steps=(*self.steps, *steps))

    def _from(self, before: str, terms: Mapping[str, Any]) -> list[Step]:
        found = (step for step in self.steps if step.before == before)
        return [step for step in found if not step.where or terms.get(step.where)]


@cache
def table() -> Table:
    """Return the table of the standard: ``registry/subscription-states.yaml``."""
    data: Any = load(find("mobility-aid@0.1").folder / "registry/subscription-states.yaml")
    steps = tuple(
        Step(row["from"], row["to"], tuple(row["by"]), row["event"], row.get("where", ""))
        for row in data["steps"]
    )
    return Table(data["first"], tuple(data["changes"]), tuple(data["final"]), steps)
