"""Documents that show a difference: allowed on one side and refused on the other, really tried."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mobstd.messages import Words
from mobstd.release.diff.blame import KEYWORDS, substituted, undone
from mobstd.release.diff.difference import Difference, Path, Place
from mobstd.release.diff.instance import Builder, Route, Unbuildable
from mobstd.release.diff.judge import Judge, Trouble
from mobstd.release.diff.node import Node, token

__all__ = ["Pair", "Witness", "pruned"]

_CANDIDATES = 600
_MEMBERS = 20
_WHOLE = frozenset(
    ("anyOf", "oneOf", "not", "contains", "propertyNames", "unevaluatedProperties",
     "unevaluatedItems")
)  # fmt: skip
"""Keywords that refuse a value as a whole, for whatever reason below."""
_AT_ONCE = frozenset(("UNION", "NOT", "CONDITION", "ITEMS", "NAMES"))
"""Topics of such keywords themselves."""


@dataclass(frozen=True)
class Witness:
    """A document that one side accepts and the other refuses.

    Attributes:
        document: the whole document.
        pointer: where in it the refusal is.
        because: why it is refused.
    """

    document: Any
    pointer: str
    because: Words


@dataclass
class Pair:
    """The old and the new schema of what is sent, as whole documents."""

    old: Node
    new: Node
    judge: Judge
    builder: Builder

    def loss(self, difference: Difference) -> Witness | None:
        """Return a document that was allowed and is refused because of the difference."""
        return self._find(difference, self.old, self.new, difference.nodes)

    def gain(self, difference: Difference) -> Witness | None:
        """Return a document that was refused, and is allowed because of the difference."""
        first, second = difference.nodes
        return self._find(difference, self.new, self.old, (second, first))

    def kept(self, difference: Difference, *, gain: bool) -> bool:
        """Say whether it is proven that, for all the keyword says, nothing is lost (or won)."""
        if not difference.place.sure:
            return self.judge.covers(*((self.old, self.new) if gain else (self.new, self.old)))
        first, second = difference.nodes
        narrow, wide = (second, first) if gain else (first, second)
        if narrow.finite is not None:
            allowed = [v for v in narrow.finite if self.judge.accepts(narrow, v)]
            if all(self.judge.accepts(wide, v) for v in allowed):
                return True
        return self.judge.covers(wide, narrow) or self.judge.covers(
            *((self.old, self.new) if gain else (self.new, self.old))
        )

    def shown(self, difference: Difference, *, new: bool, without: bool = False) -> tuple[Any, ...]:
        """Return a document with the place in it, to show what is read otherwise, if there is one.

        ``without``: the place itself is left out, as it is where a default counts.
        """
        root, other = (self.new, self.old) if new else (self.old, self.new)
        path = difference.place.path
        if difference.name and not without:
            path = (*path, difference.name)
        for base in self._bases(difference.place, root, path):
            document = pruned(root, other, base)
            document = _left_out(document, path) if without and path else document
            if self.judge.accepts(root, document) and self.judge.accepts(other, document):
                return (document,)
        return ()

    def _find(
        self, difference: Difference, writer: Node, reader: Node, nodes: tuple[Node, Node]
    ) -> Witness | None:
        place = difference.place
        bases = list(self._bases(place, writer, place.path))
        if not bases:
            return None
        tried: set[str] = set()
        own = self._there(place, nodes[0], writer is self.new)
        other = self._there(place, nodes[1], reader is self.new)
        near = self.builder.near(own, other, difference.name)
        for value in islice(near, _CANDIDATES):
            key = token(value)
            if key in tried:
                continue
            tried.add(key)
            if place.sure and self.judge.accepts(own, value) is False:
                continue
            for base in bases:
                found = self._tried(difference, writer, reader, _put(base, place.path, value))
                if found is not None:
                    return found
        return None

    def _there(self, place: Place, node: Node, is_new: bool) -> Node:
        """Return a node with what is imposed at its own place."""
        parts = [
            part
            for path, old, new in place.imposed
            if path == place.path
            for part in (new if is_new else old)
        ]
        return node.and_(*parts)

    def _tried(
        self, difference: Difference, writer: Node, reader: Node, document: Any
    ) -> Witness | None:
        document = pruned(writer, reader, document)
        if not self.judge.accepts(writer, document):
            return None
        if self.judge.accepts(reader, document) is not False:
            return None
        for problem in islice(self.judge.problems(reader, document), 20):
            if self._because_of(difference, problem, reader, document):
                steps = (str(s).replace("~", "~0").replace("/", "~1") for s in problem.path)
                pointer = "".join(f"/{step}" for step in steps)
                return Witness(document, pointer, problem.reason)
        return None

    def _because_of(
        self, difference: Difference, problem: Trouble, reader: Node, document: Any
    ) -> bool:
        """Say whether a document is refused because of the difference, and of nothing else."""
        place, topic = difference.place, difference.rule.split("-")[1]
        if not _near(place.path, problem.path):
            return False
        if place.sure:
            if problem.kind not in _WHOLE:
                return _named(difference, problem)
            if topic in _AT_ONCE:
                return True
        return self._alone(difference, reader, document)

    def _alone(self, difference: Difference, reader: Node, document: Any) -> bool:
        """Say whether the document would be accepted if the difference were undone."""
        book = reader.book
        own, other = difference.held or (difference.old, difference.new)
        if reader is self.new:
            own, other = other, own
        there = book.origin(own)
        back = undone(difference, there, book.origin(other))
        if back is None:
            return False
        schema = substituted(self.judge.schema(reader), (id(own), id(there)), back)
        return self.judge.allows(schema, document)

    def _bases(self, place: Place, writer: Node, path: Path) -> Iterator[Any]:
        """Yield documents with the place in them: of both versions if that can be, of one."""
        old: dict[Path, list[Any]] = {}
        new: dict[Path, list[Any]] = {}
        for where, first, second in place.imposed:
            old.setdefault(where, []).extend(first)
            new.setdefault(where, []).extend(second)
        both = {where: [*old[where], *new[where]] for where in old}
        own = new if writer is self.new else old
        together = self.old.and_(*self.new.parts)
        tries = [(together, both), (together, own), (together, {}), (writer, own), (writer, {})]
        seen: set[str] = set()
        for root, imposed in tries:
            try:
                base = self.builder.build(root, Route(path, imposed))
            except Unbuildable:
                continue
            fuller = [] if place.sure else [self._fuller(root, base)]
            for made in (base, *fuller):
                key = token(made)
                if key not in seen:
                    seen.add(key)
                    yield made

    def _fuller(self, root: Node, base: Any) -> Any:
        """Return an object with all members that are known, as a branch may ask for any."""
        if not isinstance(base, dict):
            return base
        out = dict(base)
        asked = (*root.known, *root.potential.required)
        for name in islice((n for n in asked if n not in base), _MEMBERS):
            with contextlib.suppress(Unbuildable):
                out[name] = self.builder.build(root.potential.child(name).node)
        return out


def _near(path: Path, other: Path) -> bool:
    length = min(len(path), len(other))
    return path[:length] == other[:length]


def _named(difference: Difference, problem: Trouble) -> bool:
    """Say whether a refusal names a keyword that the difference is about."""
    topic = difference.rule.split("-")[1]
    if topic == "UNION":
        return True
    words = KEYWORDS.get(difference.rule, KEYWORDS.get(topic, ()))
    if "required" in words and problem.member is not None:
        return problem.member == difference.name
    return not words or bool(problem.keywords & set(words))


def _put(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return deepcopy(value)
    out = deepcopy(document)
    node = out
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = deepcopy(value)
    return out


def _left_out(document: Any, path: Path) -> Any:
    out = deepcopy(document)
    node = out
    for step in path[:-1]:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return out
    if isinstance(node, dict) and isinstance(path[-1], str):
        node.pop(path[-1], None)
    return out


def pruned(writer: Node, reader: Node, value: Any) -> Any:
    """Return a document without the members that only the other version has a name for.

    A member that neither knows, an extension, stays, and so does one that the reader forbids by
    its name. Names count wherever a branch of a union has them.
    """
    return _pruned((writer, reader), (writer.potential, reader.potential), value)


def _pruned(nodes: tuple[Node, Node], around: tuple[Node, Node], value: Any) -> Any:
    if isinstance(value, dict):
        out = {}
        own, others = (node.known for node in around)
        for name, member in value.items():
            first, second = (node.child(name) for node in nodes)
            unused = first.free and name not in own and name in others
            if unused and not second.node.never:
                continue
            below = tuple(node.child(name).node.potential for node in around)
            out[name] = _pruned((first.node, second.node), (below[0], below[1]), member)
        return out
    if isinstance(value, list):
        return [
            _pruned(
                (nodes[0].item(place), nodes[1].item(place)),
                (around[0].item(place).potential, around[1].item(place).potential),
                item,
            )
            for place, item in enumerate(value)
        ]
    return value
