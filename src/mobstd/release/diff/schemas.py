"""Two schemas in one direction: each difference, decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mobstd.release.diff.api import Placed
from mobstd.release.diff.compare import Walk
from mobstd.release.diff.compiled import Compiler
from mobstd.release.diff.difference import Difference, Place
from mobstd.release.diff.instance import Builder
from mobstd.release.diff.judge import Judge
from mobstd.release.diff.library import Address, Library
from mobstd.release.diff.node import Book, Node
from mobstd.release.diff.telling import WORDS, difference
from mobstd.release.diff.witness import Pair, Witness

__all__ = ["Decided", "Desk"]

NO, YES, UNKNOWN = "no", "yes", "unknown"


@dataclass(frozen=True)
class Decided:
    """A difference, and what is known of it.

    Attributes:
        lost: ``yes`` with a witness, ``no`` with a proof, else ``unknown``: whether a document
            that was allowed is refused because of it.
        won: the same of documents that were refused and are allowed.
        old, new: where the two schemas are written.
        shown: the one document that both accept and that is read otherwise, if there is one.
    """

    difference: Difference
    lost: str
    won: str
    old: str
    new: str
    loss: Witness | None = None
    gain: Witness | None = None
    shown: tuple[Any, ...] = ()


class Desk:
    """Compares schemas of two libraries for one direction."""

    def __init__(self, old: Library, new: Library, direction: str | None) -> None:
        definitions: dict[str, dict[str, Any]] = {}
        self.old = Compiler(old, direction, "a", definitions)
        self.new = Compiler(new, direction, "b", definitions)
        self._book = Book(definitions)
        self.judge = Judge(self._book)
        self.builder = Builder(self.judge)
        self._inline: dict[tuple[bool, Address], dict[str, Any]] = {}
        self._settled: dict[tuple[Any, ...], Decided] = {}

    def compare(self, old: Placed, new: Placed) -> Iterator[Decided]:
        """Yield what is different between two schemas.

        Raises:
            ConfigError: for a reference that leads nowhere.
        """
        nodes = self.node(old, new=False), self.node(new, new=True)
        pair = Pair(*nodes, self.judge, self.builder)
        roots = old.address, new.address
        try:
            found = list(Walk().compare(pair.old, pair.new, Place()))
        except RecursionError:
            found = [difference("DIFF-LIMIT-01", pair.old, pair.new, Place(), True, True)]
        for one in found:
            yield self._decide(pair, one, roots)

    def reached(self, *, new: bool) -> set[str]:
        """Return the documents that were compared as a whole somewhere."""
        return (self.new if new else self.old).whole()

    def node(self, placed: Placed, *, new: bool) -> Node:
        """Return all that a schema of one side says.

        Raises:
            ConfigError: for a reference that leads nowhere.
        """
        compiler = self.new if new else self.old
        if not placed.made:
            return self._book.node(compiler.compile(placed.address))
        key = (new, placed.address)
        if key not in self._inline:
            self._inline[key] = compiler.inline(placed.schema, placed.address)
        return self._book.node(self._inline[key])

    def _decide(
        self, pair: Pair, difference: Difference, roots: tuple[Address, Address]
    ) -> Decided:
        old, new = (self._book.origin(part) for part in (difference.old, difference.new))
        where = self.old.pointer(old, roots[0]), self.new.pointer(new, roots[1])
        place = difference.place
        key = (
            *(difference.rule, *where, difference.name, difference.loses, difference.gains),
            *(difference.meaning, place.sure, *(n.key for n in difference.nodes)),
            *(() if place.sure else roots),
        )
        known = self._settled.get(key)
        if known is not None and UNKNOWN not in (known.lost, known.won):
            return Decided(
                difference, known.lost, known.won, *where, known.loss, known.gain, known.shown
            )
        decided = self._settled[key] = self._fresh(pair, difference, where)
        return decided

    def _fresh(self, pair: Pair, difference: Difference, where: tuple[str, str]) -> Decided:
        self.builder.refresh()
        if difference.rule in WORDS:
            return Decided(difference, NO, NO, *where)
        doubt = not difference.place.sure
        if difference.meaning:
            new = difference.rule.endswith(("-01", "-03"))
            shown = pair.shown(difference, new=new, without="DEFAULT" in difference.rule)
            if not (difference.loses or difference.gains or doubt):
                return Decided(difference, NO, NO, *where, shown=shown)
        loss = pair.loss(difference) if difference.loses or doubt else None
        gain = pair.gain(difference) if difference.gains or doubt else None
        lost, won = (
            YES
            if found
            else NO
            if not (may or doubt) or pair.kept(difference, gain=way)
            else UNKNOWN
            for found, may, way in ((loss, difference.loses, False), (gain, difference.gains, True))
        )
        return Decided(difference, lost, won, *where, loss, gain)
