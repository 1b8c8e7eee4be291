"""Rows of a requirement catalogue, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Calls", "Check", "Requirement"]


@dataclass(frozen=True)
class Check:
    """How a row is tried: a ``kind`` that the engine knows, with its parameters."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.params[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return one parameter, or ``default``."""
        return self.params.get(name, default)


@dataclass(frozen=True)
class Calls:
    """What a row asks of who calls, and how that is tried on their requests.

    ``title`` is what it means for them, where the row's own says what it means for who serves.
    """

    checks: tuple[Check, ...]
    title: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Requirement:
    """One normative sentence.

    Attributes:
        id: permanent, such as ``OCSS-SEARCH-12``.
        level: ``MUST``, ``SHOULD`` or ``MAY``.
        origin: ``text``, ``schema``, ``description``, ``http`` or ``reading``. A finding of a
            ``reading`` is a warning at most.
        roles: the parties that it binds.
        blocks: the blocks that it counts in; empty for a cross-cutting row, which counts in
            each block that it touched.
        operations: the operations that it is about; empty for all of its blocks.
        topic: the middle of the id.
        title: one line in each language.
        source: where the standard says so.
        ambiguities: ids of the settlements that it rests on.
        checks: how it is tried; empty where ``untested`` or ``covers`` says why.
        covers: the rows because of which it fails (an umbrella).
        untested: ``{"reason": ..., "because": {"en", "fr"}}`` where nothing tries it.
        calls: what it asks of who calls, whatever their role; ``None``: nothing that is seen.
    """

    id: str
    level: str
    origin: str
    roles: tuple[str, ...]
    blocks: tuple[str, ...]
    operations: tuple[str, ...]
    topic: str
    title: Mapping[str, str]
    source: tuple[Mapping[str, str], ...] = ()
    ambiguities: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    covers: tuple[str, ...] = ()
    untested: Mapping[str, Any] | None = None
    calls: Calls | None = None

    @property
    def severity(self) -> str:
        """``error`` for a MUST of the standard, else ``warning``."""
        return "error" if self.level == "MUST" and self.origin != "reading" else "warning"
