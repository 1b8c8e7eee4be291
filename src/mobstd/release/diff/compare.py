"""Walks two schemas side by side, and yields each difference with the place where it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mobstd.release.diff.branches import disjoint, paired
from mobstd.release.diff.difference import Difference, Place
from mobstd.release.diff.keywords import local
from mobstd.release.diff.node import Child, Node, Part
from mobstd.release.diff.telling import brief, difference, required, said, short, turned

__all__ = ["Walk"]

_DEPTH = 40
_MOST = 100_000


@dataclass
class Walk:
    """One walk over a pair of schemas; ``seen`` keeps it finite where they refer to themselves."""

    seen: set[tuple[Any, ...]] = field(default_factory=set)

    def compare(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        """Yield the differences of ``a`` and ``b``, old and new, at a place."""
        key = (a.key, b.key, place.sure, place.flipped)
        if key in self.seen:
            return
        self.seen.add(key)
        if len(place.path) > _DEPTH or len(self.seen) > _MOST:
            yield difference("DIFF-LIMIT-01", a, b, place, True, True)
            return
        one_sided = len(a.unions()) + len(b.unions()) == 1
        if one_sided:
            yield from self._one_sided(a, b, place)
            return
        for found in local(a, b):
            yield Difference(
                found.rule,
                a.part(*found.keywords),
                b.part(*found.keywords),
                found.before,
                found.after,
                *turned(place, found.loses, found.gains),
                place,
                (a, b),
                found.meaning,
            )
        yield from self._objects(a, b, place)
        yield from self._arrays(a, b, place)
        yield from self._unions(a, b, place)
        yield from self._nots(a, b, place)
        yield from self._conditions(a, b, place)
        yield from said(a, b, place)

    def _objects(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        if not ("object" in a.types or "object" in b.types):
            return
        yield from required(a, b, place)
        for name in dict.fromkeys((*a.names, *b.names)):
            yield from self._member(a.child(name), b.child(name), name, a, b, place)
        yield from self._rest(a, b, place)
        yield from self._patterns(a, b, place)
        yield from self._names(a, b, place)
        yield from self._dependent(a, b, place)

    def _member(
        self, old: Child, new: Child, name: str, a: Node, b: Node, place: Place
    ) -> Iterator[Difference]:
        below = place.at(name)
        if old.declared and new.declared:
            yield from self.compare(old.node, new.node, below)
            return
        node = new.node if new.declared else old.node
        part = node.part() if node.parts else {}
        refused = old.node.never if new.declared else new.node.never
        hurts = refused and not node.never
        if new.declared:
            loses, gains = turned(place, False, hurts)
            where = a.part("properties"), part
            yield Difference(
                "DIFF-MEMBER-01", *where, None, name, loses, gains, place, (a, b), "", name
            )
        else:
            loses, gains = turned(place, hurts, False)
            where = part, b.part("properties")
            meaning = "" if refused or place.flipped else "unknown"
            yield Difference(
                "DIFF-MEMBER-02", *where, name, None, loses, gains, place, (a, b), meaning, name
            )
        other = old if new.declared else new
        if not refused and not other.free:
            yield from self.compare(old.node, new.node, below)

    def _rest(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = a.rest, b.rest
        words = ("additionalProperties", "unevaluatedProperties")
        if old.never or new.never or not (old.parts and new.parts):
            loses = bool(new.parts) and not old.never
            gains = bool(old.parts) and not new.never
            if not loses and not gains:
                return
            shut = "DIFF-CLOSED-01" if new.never else "DIFF-CLOSED-03"
            opened = "DIFF-CLOSED-02" if old.never else "DIFF-CLOSED-04"
            yield Difference(
                shut if loses else opened,
                a.part(*words),
                b.part(*words),
                short(old),
                short(new),
                *turned(place, loses, gains),
                place,
                (a, b),
            )
            return
        yield from self.compare(old, new, place.at("another"))

    def _patterns(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (
            {p: s for said in n.values("patternProperties") for p, s in said.items()}
            for n in (a, b)
        )
        for pattern in dict.fromkeys((*old, *new)):
            if pattern in old and pattern in new:
                from mobstd.release.diff.texts import matching

                name = next(iter(matching(pattern)), "another")
                first, second = a.child(name), b.child(name)
                yield from self.compare(first.node, second.node, place.at(name))
            else:
                rule = "DIFF-NAMES-04" if pattern in old else "DIFF-NAMES-03"
                yield difference(rule, a, b, place, True, True, "patternProperties", name=pattern)

    def _names(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (n.book.node(*n.values("propertyNames")) for n in (a, b))
        if old.parts or new.parts:
            loses, gains = self._relation(old, new)
            if loses or gains:
                rule = "DIFF-NAMES-01" if loses else "DIFF-NAMES-02"
                yield difference(rule, a, b, place, *turned(place, loses, gains), "propertyNames")

    def _dependent(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (
            {(n, m) for said in node.values("dependentRequired") for n in said for m in said[n]}
            for node in (a, b)
        )
        word = "dependentRequired"
        if new - old:
            yield difference("DIFF-DEPENDENT-01", a, b, place, *turned(place, True, False), word)
        if old - new:
            yield difference("DIFF-DEPENDENT-02", a, b, place, *turned(place, False, True), word)
        first, second = (
            {n: s for said in node.values("dependentSchemas") for n, s in said.items()}
            for node in (a, b)
        )
        for name in dict.fromkeys((*first, *second)):
            if name in first and name in second:
                there = {"required": [name]}
                inside = place.where((there, first[name]), (there, second[name]))
                yield from self.compare(a.book.node(first[name]), b.book.node(second[name]), inside)
                continue
            added = name in second
            rule = "DIFF-DEPENDENT-03" if added else "DIFF-DEPENDENT-04"
            effect = turned(place, added, not added)
            yield difference(rule, a, b, place, *effect, "dependentSchemas", name=name)

    def _arrays(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        if not ("array" in a.types or "array" in b.types):
            return
        longest = max(a.prefix, b.prefix)
        for index in range(longest + 1):
            old, new = a.item(index), b.item(index)
            if index == longest and old.never != new.never:
                rule = "DIFF-ITEMS-09" if new.never else "DIFF-ITEMS-10"
                effect = turned(place, new.never, old.never)
                yield difference(rule, a, b, place, *effect, "items")
                continue
            yield from self.compare(old, new, place.at(index))
        yield from self._contains(a, b, place)

    def _contains(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        words = ("contains", "minContains", "maxContains")
        old, new = (list(n.having("contains")) for n in (a, b))
        if not old and not new:
            return
        if len(old) != 1 or len(new) != 1:
            rule = "DIFF-ITEMS-07" if new else "DIFF-ITEMS-08"
            loses, gains = len(new) > 0, len(old) > 0
            yield difference(rule, a, b, place, *turned(place, loses, gains), *words)
            return
        narrower, wider = self._relation(
            a.book.node(old[0]["contains"]), b.book.node(new[0]["contains"])
        )
        least, most = (
            [part[0].get(word, otherwise) for part in (old, new)]
            for word, otherwise in (("minContains", 1), ("maxContains", float("inf")))
        )
        capped = max(most) < float("inf")
        loses = narrower or least[1] > least[0] or most[1] < most[0] or (wider and capped)
        gains = wider or least[1] < least[0] or most[1] > most[0] or (narrower and capped)
        if loses or gains:
            rule = "DIFF-ITEMS-07" if loses else "DIFF-ITEMS-08"
            yield difference(rule, a, b, place, *turned(place, loses, gains), *words)

    def _relation(self, a: Node, b: Node) -> tuple[bool, bool]:
        """Return whether ``b`` may refuse or admit more than ``a``, without telling why."""
        found = list(Walk().compare(a, b, Place()))
        return any(d.loses for d in found), any(d.gains for d in found)

    def _unions(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = a.unions(), b.unions()
        if len(old) != len(new):
            yield difference("DIFF-UNION-05", a, b, place, True, True, "anyOf", "oneOf")
            return
        for (word, part), (other, counterpart) in zip(old, new, strict=True):
            first, second = part[word], counterpart[other]
            apart = disjoint(a.book, first) and disjoint(b.book, second)
            if word != other:
                loses, gains = other == "oneOf" and not apart, word == "oneOf" and not apart
                effect = turned(place, loses, gains)
                yield difference("DIFF-UNION-06", a, b, place, *effect, "anyOf", "oneOf")
            sure = apart or (word == other == "anyOf")
            for one, two in paired(a.book, first, b.book, second):
                yield from self._branch(a, b, one, two, place, sure)

    def _branch(
        self, a: Node, b: Node, one: Part | None, two: Part | None, place: Place, sure: bool
    ) -> Iterator[Difference]:
        if one is not None and two is not None:
            inside = place.where((one,), (two,), sure=sure)
            yield from self.compare(a.book.node(one), b.book.node(two), inside)
        elif one is not None:
            effect = turned(place, True, not sure)
            gone = place.where((one,), ())
            yield Difference(
                "DIFF-UNION-01", one, b.part("anyOf", "oneOf"), brief(one), None, *effect, gone,
                (a.and_(one), b),
            )  # fmt: skip
        elif two is not None:
            effect = turned(place, not sure, True)
            come = place.where((), (two,))
            yield Difference(
                "DIFF-UNION-02", a.part("anyOf", "oneOf"), two, None, brief(two), *effect, come,
                (a, b.and_(two)),
            )  # fmt: skip

    def _one_sided(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        """Compare a union with a schema that has none: its closest branch, and the others."""
        old, new = a.unions(), b.unions()
        word, part = (old or new)[0]
        own, other = (a, b) if old else (b, a)
        branches = part[word]
        left = own.without(word, part)
        best = min(
            branches,
            key=lambda branch: len(
                list(Walk().compare(*_ordered(left.and_(branch), other, bool(old)), Place()))
            ),
        )
        sure = word == "anyOf" or disjoint(own.book, branches)
        effect = (False, False) if sure else (True, True)
        rule = "DIFF-UNION-04" if old else "DIFF-UNION-03"
        yield difference(rule, a, b, place, *effect, "anyOf", "oneOf")
        imposed = ((best,), ()) if old else ((), (best,))
        inside = place.where(*imposed, sure=sure)
        yield from self.compare(*_ordered(left.and_(best), other, bool(old)), inside)
        for branch in branches:
            if branch is not best:
                one, two = (branch, None) if old else (None, branch)
                yield from self._branch(a, b, one, two, place, sure)

    def _nots(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (n.values("not") for n in (a, b))
        if not old and not new:
            return
        if len(old) == len(new) == 1:
            loses, gains = self._relation(a.book.node(old[0]), b.book.node(new[0]))
            if loses or gains:
                rule = "DIFF-NOT-01" if gains else "DIFF-NOT-02"
                yield difference(rule, a, b, place, *turned(place, gains, loses), "not")
        elif len(old) != len(new):
            rule = "DIFF-NOT-01" if len(new) > len(old) else "DIFF-NOT-02"
            effect = turned(place, bool(new), bool(old))
            yield difference(rule, a, b, place, *effect, "not")
        else:
            yield difference("DIFF-NOT-01", a, b, place, True, True, "not")

    def _conditions(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (
            [part for part in n.having("if") if "then" in part or "else" in part] for n in (a, b)
        )
        if not old and not new:
            return
        if len(old) != len(new):
            more = len(new) > len(old)
            rule = "DIFF-CONDITION-01" if more else "DIFF-CONDITION-02"
            yield difference(rule, a, b, place, *turned(place, bool(new), bool(old)), "if")
            return
        for one, two in zip(old, new, strict=True):
            condition = a.book.node(one["if"]), b.book.node(two["if"])
            if any(self._relation(*condition)):
                yield difference("DIFF-CONDITION-03", a, b, place, True, True, "if")
            for word in ("then", "else"):
                first, second = one.get(word, {}), two.get(word, {})
                met = word == "then"
                inside = place.where(
                    (*((one["if"],) if met else ()), first),
                    (*((two["if"],) if met else ()), second),
                )
                yield from self.compare(a.book.node(first), b.book.node(second), inside)


def _ordered(own: Node, other: Node, is_old: bool) -> tuple[Node, Node]:
    return (own, other) if is_old else (other, own)
