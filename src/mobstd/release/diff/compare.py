"""Walks two schemas side by side, and yields each difference with the place where it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mobstd.release.diff.branches import disjoint, paired
from mobstd.release.diff.difference import Difference, Place
from mobstd.release.diff.keywords import local
from mobstd.release.diff.node import Book, Child, Node, Part
from mobstd.release.diff.telling import (
    WORDS,
    brief,
    difference,
    grouped,
    holder,
    required,
    said,
    short,
    unlike,
)
from mobstd.release.diff.texts import matching

__all__ = ["Walk"]

_DEPTH = 40
_MOST = 100_000
_RELATIONS = 2_000
_STRING = {"type": "string"}


@dataclass
class Walk:
    """One walk over a pair of schemas.

    Attributes:
        seen: what was compared; keeps the walk finite where schemas refer to themselves.
        relations: what is known of the pairs below ``not``, ``if`` and the like.
        room: how many such pairs may still be looked at.
    """

    seen: set[tuple[Any, ...]] = field(default_factory=set)
    relations: dict[tuple[Any, ...], tuple[bool, bool]] = field(default_factory=dict)
    room: list[int] = field(default_factory=lambda: [_RELATIONS])

    def compare(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        """Yield the differences of ``a`` and ``b``, old and new, at a place."""
        if not place.around:
            place = replace(place, around=(a.potential, b.potential))
        if a.looks or b.looks:
            place = place.unsure()
        key = (a.key, b.key, place.sure, *(node.key for node in place.around))
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
                found.loses,
                found.gains,
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
        if place.strict or (old.declared and new.declared):
            yield from self.compare(old.node, new.node, below)
            return
        if not old.declared and not new.declared:
            return
        child, other = (new, old) if new.declared else (old, new)
        around = place.around[0 if new.declared else 1]
        hurts = child.node.never != other.node.never
        forbids = child.node.never and hurts
        loses, gains = (forbids, hurts and not forbids)
        part = child.node.part() if child.node.parts else {}
        held = holder(a, name), holder(b, name)
        if new.declared:
            yield Difference(
                "DIFF-MEMBER-01", a.part("properties"), part, None, name, loses, gains, place,
                (a, b), "", name, held,
            )  # fmt: skip
        else:
            meaning = "" if hurts else "unknown"
            yield Difference(
                "DIFF-MEMBER-02", part, b.part("properties"), name, None, gains, loses, place,
                (a, b), meaning, name, held,
            )  # fmt: skip
        if not hurts and not (other.free and name not in around.known):
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
                loses,
                gains,
                place,
                (a, b),
            )
            return
        names = ("another", *(f"another{place}" for place in range(20)))
        free = (n for n in names if not a.child(n).declared and not b.child(n).declared)
        yield from self.compare(old, new, place.at(next(free, names[0])))

    def _patterns(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (grouped(node, "patternProperties") for node in (a, b))
        for pattern in dict.fromkeys((*old, *new)):
            if pattern in old and pattern in new:
                named = (n for n in matching(pattern) if n not in a.names and n not in b.names)
                first, second = a.book.node(*old[pattern]), b.book.node(*new[pattern])
                yield from self.compare(first, second, place.at(next(named, "another")))
            else:
                rule = "DIFF-NAMES-04" if pattern in old else "DIFF-NAMES-03"
                yield difference(rule, a, b, place, True, True, "patternProperties", name=pattern)

    def _names(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (n.book.node(*n.values("propertyNames")) for n in (a, b))
        if old.parts or new.parts:
            loses, gains = self._relation(old.and_(_STRING), new.and_(_STRING))
            if loses or gains:
                rule = "DIFF-NAMES-01" if loses else "DIFF-NAMES-02"
                yield difference(rule, a, b, place, loses, gains, "propertyNames")

    def _dependent(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        old, new = (
            {(n, m) for said in node.values("dependentRequired") for n in said for m in said[n]}
            for node in (a, b)
        )
        word = "dependentRequired"
        if new - old:
            yield difference("DIFF-DEPENDENT-01", a, b, place, True, False, word)
        if old - new:
            yield difference("DIFF-DEPENDENT-02", a, b, place, False, True, word)
        first, second = (grouped(node, "dependentSchemas") for node in (a, b))
        for name in dict.fromkeys((*first, *second)):
            if name in first and name in second:
                there = {"required": [name]}
                inside = place.where((there, *first[name]), (there, *second[name]))
                nodes = a.book.node(*first[name]), b.book.node(*second[name])
                yield from self.compare(*nodes, inside)
                continue
            added = name in second
            rule = "DIFF-DEPENDENT-03" if added else "DIFF-DEPENDENT-04"
            yield difference(rule, a, b, place, added, not added, "dependentSchemas", name=name)

    def _arrays(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        if not ("array" in a.types or "array" in b.types):
            return
        longest = max(a.prefix, b.prefix)
        for index in range(longest + 1):
            old, new = a.item(index), b.item(index)
            if index == longest and old.never != new.never:
                rule = "DIFF-ITEMS-09" if new.never else "DIFF-ITEMS-10"
                yield difference(rule, a, b, place, new.never, old.never, "items")
                continue
            yield from self.compare(old, new, place.at(index))
        yield from self._contains(a, b, place)

    def _contains(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        words = ("contains", "minContains", "maxContains")
        old, new = unlike(
            list(a.having("contains")),
            list(b.having("contains")),
            lambda one, two: self._counted(a.book, one, two),
        )
        if not old and not new:
            return
        loses, gains = bool(new), bool(old)
        if len(old) == len(new) == 1:
            loses, gains = self._counted(a.book, old[0], new[0])
        rule = "DIFF-ITEMS-07" if loses else "DIFF-ITEMS-08"
        yield difference(rule, a, b, place, loses, gains, *words)

    def _counted(self, book: Book, one: Part, two: Part) -> tuple[bool, bool]:
        """Return what one ``contains`` may refuse or admit beside another, as they are counted."""
        narrower, wider = self._relation(book.node(one["contains"]), book.node(two["contains"]))
        least, most = (
            [part.get(word, otherwise) for part in (one, two)]
            for word, otherwise in (("minContains", 1), ("maxContains", float("inf")))
        )
        capped = max(most) < float("inf") or most[0] != most[1]
        loses = narrower or least[1] > least[0] or most[1] < most[0] or (wider and capped)
        gains = wider or least[1] < least[0] or most[1] > most[0] or (narrower and capped)
        return loses, gains

    def _relation(self, a: Node, b: Node) -> tuple[bool, bool]:
        """Return whether ``b`` may refuse or admit more than ``a``, without telling why.

        Where the two are met again below themselves they are first taken to be the same; if that
        proves wrong, everything that rested on it is looked at again, and nothing is assumed.
        """
        key = (a.key, b.key)
        if key in self.relations:
            return self.relations[key]
        before = dict(self.relations)
        for assumed in (False, True):
            self.room[0] -= 1
            if self.room[0] < 0:
                return True, True
            self.relations.clear()
            self.relations.update(before)
            self.relations[key] = assumed, assumed
            found = [
                d
                for d in Walk(set(), self.relations, self.room).compare(a, b, Place(strict=True))
                if d.rule not in WORDS
            ]
            sure = all(d.place.sure for d in found)
            loses = not sure or any(d.loses for d in found)
            gains = not sure or any(d.gains for d in found)
            if not loses and not gains:
                break
        self.relations[key] = loses, gains
        return loses, gains

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
                effect = (loses, gains)
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
            effect = (True, not sure)
            gone = place.where((one,), ())
            yield Difference(
                "DIFF-UNION-01", one, b.part("anyOf", "oneOf"), brief(one), None, *effect, gone,
                (a.and_(one), b),
            )  # fmt: skip
        elif two is not None:
            effect = (not sure, True)
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
        old, new = unlike(
            a.values("not"),
            b.values("not"),
            lambda one, two: self._relation(a.book.node(one), b.book.node(two)),
        )
        if not old and not new:
            return
        loses, gains = bool(new), bool(old)
        if len(old) == len(new) == 1:
            gains, loses = self._relation(a.book.node(old[0]), b.book.node(new[0]))
        rule = "DIFF-NOT-01" if loses else "DIFF-NOT-02"
        yield difference(rule, a, b, place, loses, gains, "not")

    def _conditions(self, a: Node, b: Node, place: Place) -> Iterator[Difference]:
        looking = a.looks or b.looks
        old, new = (
            [part for part in n.having("if") if looking or "then" in part or "else" in part]
            for n in (a, b)
        )
        if len(old) != len(new):
            more = len(new) > len(old)
            rule = "DIFF-CONDITION-01" if more else "DIFF-CONDITION-02"
            yield difference(rule, a, b, place, bool(new), bool(old), "if")
            return
        for one, two in self._conditioned(a.book, old, new):
            condition = a.book.node(one["if"]), b.book.node(two["if"])
            if any(self._relation(*condition)) or (looking and one["if"] != two["if"]):
                yield difference("DIFF-CONDITION-03", a, b, place, True, True, "if")
            for word in ("then", "else"):
                first, second = one.get(word, {}), two.get(word, {})
                met = word == "then"
                inside = place.where(
                    (*((one["if"],) if met else ()), first),
                    (*((two["if"],) if met else ()), second),
                )
                yield from self.compare(a.book.node(first), b.book.node(second), inside)

    def _conditioned(
        self, book: Book, old: list[Part], new: list[Part]
    ) -> Iterator[tuple[Part, Part]]:
        """Yield the parts in pairs, those with the same condition first."""
        left = list(new)
        others = []
        for one in old:
            conditions = [book.node(one["if"]), *(book.node(two["if"]) for two in left)]
            place = next(
                (
                    n
                    for n, c in enumerate(conditions[1:])
                    if not any(self._relation(conditions[0], c))
                ),
                None,
            )
            if place is None:
                others.append(one)
            else:
                yield one, left.pop(place)
        yield from zip(others, left, strict=True)


def _ordered(own: Node, other: Node, is_old: bool) -> tuple[Node, Node]:
    return (own, other) if is_old else (other, own)
