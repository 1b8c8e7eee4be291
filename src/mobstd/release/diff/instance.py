"""Small documents that a schema accepts, and values near the borders of what it does.

A document is built from the schema: what it requires, and what is asked for beside. Nothing is
returned that was not really validated.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from mobstd.release.diff.difference import Path
from mobstd.release.diff.judge import Judge
from mobstd.release.diff.node import Node, Part, token, type_of
from mobstd.release.diff.scalars import scalars
from mobstd.release.diff.texts import matching

__all__ = ["EXTENSION", "Builder", "Route", "Unbuildable"]

EXTENSION = "anExtension"
"""The name of a member that no schema knows."""

_DEPTH = 24
_BRANCHES = 8
_MEMBERS = 40
_LENGTHS = 64
_POOL = 300
_TURNS = 2
_STEPS = 120
_ROOM = 600
_SCALARS = 150
_PLAIN = ("text", 1, True, None)


class Unbuildable(Exception):
    """No document was found that a schema accepts."""


@dataclass(frozen=True)
class Route:
    """What a document must have: a place that exists, and what holds on the way to it."""

    path: Path = ()
    imposed: Mapping[Path, Sequence[Part]] = field(default_factory=dict)

    def step(self, path: Path) -> str | int | None:
        """Return the next step from ``path`` to the place, if it is on the way."""
        if len(path) < len(self.path) and self.path[: len(path)] == path:
            return self.path[len(path)]
        return None


@dataclass
class Builder:
    """Builds documents; what was built once for a node is not built again.

    ``room`` is how many more steps may be taken; whoever asks sets it anew.
    """

    judge: Judge
    room: int = _ROOM
    _least: dict[tuple[int, ...], Any] = field(default_factory=dict)
    _failed: set[tuple[int, ...]] = field(default_factory=set)
    _left: int | None = None

    def refresh(self) -> None:
        """Take as many steps again."""
        self.room = _ROOM

    def build(self, node: Node, route: Route | None = None) -> Any:
        """Return a document that the node accepts, with the place of the route in it.

        Raises:
            Unbuildable: where none was found.
        """
        outermost = self._left is None
        if outermost:
            self._left = _STEPS
        try:
            return self._build(node, (), route or Route())
        finally:
            if outermost:
                self._left = None

    def _build(self, node: Node, path: Path, route: Route) -> Any:
        self.room -= 1
        if self._left is not None:
            self._left -= 1
            if min(self._left, self.room) < 0:
                raise Unbuildable
        if path in route.imposed:
            node = node.and_(*route.imposed[path])
        busy = len(path) <= len(route.path) and route.path[: len(path)] == path and route.path
        if not busy and node.key in self._least:
            return deepcopy(self._least[node.key])
        if node.never or len(path) > _DEPTH or (not busy and node.key in self._failed):
            raise Unbuildable
        value = self._any(node, path, route)
        if not busy:
            self._least[node.key] = deepcopy(value)
        return value

    def _any(self, node: Node, path: Path, route: Route) -> Any:
        step = route.step(path)
        if step is None:
            self._failed.add(node.key)  # a schema that needs itself is not built for ever
        for value in self._tries(node, path, route, step):
            if self.judge.accepts(node, value):
                self._failed.discard(node.key)
                return value
        raise Unbuildable

    def _tries(self, node: Node, path: Path, route: Route, step: str | int | None) -> Iterator[Any]:
        unions = node.unions()
        if unions:
            word, part = unions[0]
            for branch in part[word][:_BRANCHES]:
                try:
                    yield self._build_again(node.without(word, part).and_(branch), path, route)
                except Unbuildable:
                    continue
        if step is None:
            if node.finite is not None:
                yield from node.finite
                return
            types = [name for name in _ORDER if name in node.types]
            if not node.values("type"):
                types.sort(key=lambda name: not _hinted(node, name))
        else:
            types = ["array" if isinstance(step, int) else "object"]
        pool: list[Any] = []
        for name in types:
            try:
                if name == "object":
                    yield self._object(node, path, route, step)
                elif name == "array":
                    yield self._array(node, path, route, step)
                else:
                    pool = pool or list(islice(scalars(node, node), _SCALARS))
                    yield from (v for v in pool if type_of(v) == name)
            except Unbuildable:
                continue
        for part in node.having("if"):
            for more in ((part["if"], part.get("then", {})), (part.get("else", {}),)):
                if any(more):
                    try:
                        yield self._build_again(node.without("if", part).and_(*more), path, route)
                    except Unbuildable:
                        continue

    def _build_again(self, node: Node, path: Path, route: Route) -> Any:
        kept = {place: parts for place, parts in route.imposed.items() if place != path}
        return self._build(node, path, Route(route.path, kept))

    def _object(self, node: Node, path: Path, route: Route, step: str | int | None) -> Any:
        names = dict(node.required)
        if isinstance(step, str):
            names[step] = None
        for said in node.values("dependentRequired"):
            for name in list(names):
                names.update(dict.fromkeys(said.get(name, ())))
        for said in node.values("dependentSchemas"):
            for name in list(names):
                if name in said:
                    names.update(node.book.node(said[name]).required)
        least = node.bound("minProperties", max) or 0
        spare = [n for n in node.names if n not in names] + [f"{EXTENSION}{i}" for i in range(9)]
        while len(names) < least and spare:
            name = spare.pop(0)
            if not node.child(name).node.never:
                names[name] = None
        return {name: self._build(node.child(name).node, (*path, name), route) for name in names}

    def _array(self, node: Node, path: Path, route: Route, step: str | int | None) -> Any:
        least = int(node.bound("minItems", max) or 0)
        wanted = list(node.having("contains"))
        needed = sum(int(p.get("minContains", 1)) for p in wanted)
        count = max(least, needed, step + 1 if isinstance(step, int) else 0)
        if count > 5000:
            raise Unbuildable
        contained = [p["contains"] for p in wanted for _ in range(int(p.get("minContains", 1)))]
        value: list[Any] = []
        for place in range(count):
            item = node.item(place)
            if place < len(contained) and place != step:
                item = item.and_(contained[place])
            value.append(self._build(item, (*path, place), route))
        if any(node.values("uniqueItems")) and len(set(map(token, value))) < len(value):
            keep = step if isinstance(step, int) else None
            value = self._distinct(node, value, keep)
        return value

    def _distinct(
        self, node: Node, value: list[Any], keep: int | None, depth: int = 1
    ) -> list[Any]:
        out: list[Any] = []
        seen: set[str] = {token(value[keep])} if keep is not None else set()
        for place, item in enumerate(value):
            if place == keep:
                out.append(item)
                continue
            own = node.item(place)
            more = self.near(own, own, depth=depth + 1) if depth < 2 else scalars(own, own)
            pool = chain((item,), islice(more, _POOL))
            fresh = (v for v in pool if token(v) not in seen)
            good = next((v for v in fresh if self.judge.accepts(node.item(place), v)), None)
            if good is None:
                raise Unbuildable
            seen.add(token(good))
            out.append(good)
        return out

    def near(self, writer: Node, other: Node, name: str = "", depth: int = 0) -> Iterator[Any]:
        """Yield values near the borders of two nodes, made of what the writer knows.

        Args:
            writer: who writes the documents; members that only the other knows are left out.
            other: who reads them.
            name: a member that matters more than others.
            depth: how often this has called itself.
        """
        both = writer.and_(*other.parts)
        for node in (both, writer):
            for word, part in node.unions():
                for branch in part[word]:
                    yield from self._made(node.and_(branch))
            for part in node.having("if", "not"):
                for key in ("if", "not"):
                    if key in part:
                        yield from self._made(node.and_(part[key]))
                        yield from self._made(node.book.node(part[key]))
        yield from scalars(writer, other)
        if "object" in writer.types:
            yield from self._objects(writer, both, name)
        if "array" in writer.types:
            yield from self._arrays(writer, both, depth)
        if depth < _TURNS:
            yield from self._turned(both, depth)

    def _turned(self, node: Node, depth: int) -> Iterator[Any]:
        """Yield values near what is asked below ``not`` and ``if``, met and not met."""
        for part in node.having("not", "if"):
            for key in ("not", "if"):
                if key in part:
                    below = node.book.node(part[key])
                    for value in islice(self.near(below, below, depth=depth + 1), _POOL):
                        yield value
                        if isinstance(value, dict):
                            for name in islice(below.known, _MEMBERS):
                                yield from ({**value, name: v} for v in _PLAIN)

    def _made(self, node: Node) -> Iterator[Any]:
        try:
            yield self.build(node)
        except Unbuildable:
            return

    def _member(self, node: Node, name: str) -> Iterator[Any]:
        yield from self._made(node.child(name).node)

    def _objects(self, writer: Node, both: Node, name: str) -> Iterator[Any]:
        least = [*self._made(both), *self._made(writer)]
        for value in least:
            if not isinstance(value, dict):
                continue
            yield value
            yield from ({k: v for k, v in value.items() if k != n} for n in list(value)[:_MEMBERS])
            if name in value:
                yield {k: v for k, v in value.items() if k != name}
            elif name:
                yield from ({**value, name: v} for v in self._member(writer, name))
            optional = [n for n in writer.known if n not in value][:_MEMBERS]
            made = {n: next(self._member(both, n), None) for n in optional}
            made = {n: v for n, v in made.items() if v is not None}
            yield from ({**value, n: v} for n, v in made.items())
            yield {**value, **made}
            if name in made or name in value:
                everything = {**value, **made}
                yield {k: v for k, v in everything.items() if k != name}
            yield from self._strangers(value, writer, both)

    def _strangers(self, value: dict[str, Any], writer: Node, both: Node) -> Iterator[Any]:
        """Yield objects with members that no schema names, one and many."""
        names = [EXTENSION, "a", "A-1", "a" * 40]
        for part in both.parts:
            for pattern in part.get("patternProperties", {}):
                names += matching(pattern)[:3]
        for said in both.values("propertyNames"):
            node = both.book.node(said)
            names += [v for v in scalars(node, node) if isinstance(v, str)][:20]
        for name in dict.fromkeys(names):
            if name not in value and name not in both.names:
                for member in self._few(writer.child(name).node):
                    yield {**value, name: member}
        for keyword in ("minProperties", "maxProperties"):
            for count in both.values(keyword):
                for size in (count - 1, count, count + 1):
                    if len(value) < size <= _LENGTHS:
                        more = {f"{EXTENSION}{i}": True for i in range(size - len(value))}
                        yield {**value, **more}
                        spare = [n for n in writer.known if n not in value]
                        picked = spare[: size - len(value)]
                        made = {n: v for n in picked for v in self._member(both, n)}
                        yield {**value, **made}

    def _few(self, node: Node) -> list[Any]:
        made = list(self._made(node))
        return [*made, True, "text", 1, None]

    def _arrays(self, writer: Node, both: Node, depth: int) -> Iterator[Any]:
        said = [n for w in ("minItems", "maxItems", "minContains", "maxContains")
                for n in both.values(w) if isinstance(n, (int, float))]  # fmt: skip
        sizes = {0, 1, 2, writer.prefix, writer.prefix + 1, both.prefix, both.prefix + 1}
        sizes |= {int(n) + more for n in said for more in (-1, 0, 1)}
        contained = [both.book.node(s) for s in both.values("contains")]
        for size in sorted(n for n in sizes if 0 <= n <= _LENGTHS):
            for node in (both, writer):
                try:
                    value = [self.build(node.item(place)) for place in range(size)]
                except Unbuildable:
                    continue
                yield value
                if size:
                    yield from self._varied(value, node, contained, depth)

    def _varied(
        self, value: list[Any], node: Node, contained: list[Node], depth: int
    ) -> Iterator[Any]:
        with contextlib.suppress(Unbuildable):
            yield self._distinct(node, value, None, depth)
        last = len(value) - 1
        met: list[Any] = []
        for one in contained:
            for item in (*self._made(node.item(last).and_(*one.parts)), *scalars(one, one)):
                met.append(item)
                yield [*value[:-1], item]
                yield [item] * len(value)
            if depth < _TURNS:
                for item in islice(self.near(one, one, depth=depth + 1), _MEMBERS):
                    if isinstance(item, dict):
                        yield from (
                            [*value[:-1], {**item, n: v}] for n in one.known for v in _PLAIN
                        )
        if last and contained:
            yield from ([*value[:-2], one, two] for one in met[:2] for two in _few_of(met))
        for item in [*scalars(node.item(last), node.item(last))][:12]:
            yield [*value[:-1], item]


def _few_of(values: list[Any]) -> list[Any]:
    """Return the first value of each type, and some that are seldom met."""
    found = {type_of(value): value for value in reversed(values)}
    return [*found.values(), *_PLAIN]


_ORDER = ("object", "array", "string", "integer", "fraction", "boolean", "null")
_HINTS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "contains"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "integer": ("minimum", "maximum", "multipleOf"),
}


def _hinted(node: Node, name: str) -> bool:
    words = _HINTS.get(name, ())
    return any(True for _ in node.having(*words)) if words else False
