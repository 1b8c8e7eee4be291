"""One difference between two schemas, and the place in documents where it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mobstd.release.diff.node import Node, Part

__all__ = ["ITEM", "Difference", "Path", "Place"]

Path = tuple[str | int, ...]
ITEM = 0
"""The item of an array that stands for all whose schema is ``items``."""


@dataclass(frozen=True)
class Place:
    """Where in documents a pair of schemas applies.

    Attributes:
        path: members and items from the root.
        imposed: what has to hold on the way: the branch of a union, the ``if`` of a ``then``. A
            path, with schemas of the old and of the new side.
        sure: what is wider here can't be narrower at the root (not so below ``oneOf`` or ``if``).
        strict: a name that only one side has is no exception: below ``not``, ``if``, ``contains``.
        around: all that may apply here, of the old and of the new side, branches and all.
    """

    path: Path = ()
    imposed: tuple[tuple[Path, tuple[Part, ...], tuple[Part, ...]], ...] = ()
    sure: bool = True
    strict: bool = False
    around: tuple[Node, ...] = ()

    def at(self, step: str | int) -> Place:
        """Return the place one step deeper."""
        around = (
            (n.item(step) if isinstance(step, int) else n.child(step).node) for n in self.around
        )
        return replace(
            self, path=(*self.path, step), around=tuple(node.potential for node in around)
        )

    def where(self, old: tuple[Part, ...], new: tuple[Part, ...], *, sure: bool = True) -> Place:
        """Return the place with something imposed on documents here."""
        imposed = (*self.imposed, (self.path, old, new))
        return replace(self, imposed=imposed, sure=self.sure and sure)

    def unsure(self) -> Place:
        """Return the place without what could be proven of it."""
        return replace(self, sure=False)


@dataclass(frozen=True, eq=False)
class Difference:
    """What is different, as far as the keyword alone says.

    Attributes:
        rule: such as ``DIFF-RANGE-01``.
        old, new: the schemas that say it.
        nodes: all that applies at the place, in the old and in the new version.
        loses: a value that was allowed may be no longer.
        gains: a value that was not allowed may be now.
        meaning: who is hurt in the meaning of documents that both sides accept: ``sender``,
            ``reader``, ``both`` or ``unknown``; else empty.
        name: the member, parameter... that it is about.
        held: the schemas that name the member, where ``old`` and ``new`` are its own.
    """

    rule: str
    old: Part
    new: Part
    before: Any
    after: Any
    loses: bool
    gains: bool
    place: Place
    nodes: tuple[Node, Node]
    meaning: str = ""
    name: str = ""
    held: tuple[Part, ...] = ()
