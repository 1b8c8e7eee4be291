"""Keywords that say something of one value: what their change may refuse, and what it may admit.

Each comparer yields a change only where a keyword is written otherwise. Where what it means stayed
the same, the change is ``DIFF-FORM-01``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mobstd.canon import formats
from mobstd.release.diff.node import Node, token

__all__ = ["FORM", "Local", "local"]

FORM = "DIFF-FORM-01"
_NUMBERS = frozenset(("integer", "fraction"))


@dataclass(frozen=True)
class Local:
    """A change of keywords at one place, seen alone."""

    rule: str
    keywords: tuple[str, ...]
    before: Any
    after: Any
    loses: bool
    gains: bool
    meaning: str = ""


def local(a: Node, b: Node) -> Iterator[Local]:
    """Yield what is different between what two nodes say of a value itself."""
    yield from _types(a, b)
    yield from _values(a, b)
    for compare, types in _BY_TYPE:
        for found in compare(a, b):
            yield _vacuous(found, bool(types & a.types), bool(types & b.types))
    yield from _defaults(a, b)
    yield from _access(a, b)


def _vacuous(found: Local, before: bool, after: bool) -> Local:
    """Return the change without what it can't do: such values are not allowed anyway."""
    loses, gains = found.loses and before, found.gains and after
    if (found.loses or found.gains) and not (loses or gains or found.meaning):
        return Local(FORM, found.keywords, found.before, found.after, False, False)
    return Local(found.rule, found.keywords, found.before, found.after, loses, gains, found.meaning)


def _written(node: Node, *keywords: str) -> list[str]:
    return sorted(token([w, part[w]]) for part in node.parts for w in keywords if w in part)


def _spoken(types: frozenset[str]) -> list[str]:
    out = sorted(types - {"fraction"})
    if "fraction" in types:
        out = sorted({*out, "number"} - {"integer"})
    return out


def _types(a: Node, b: Node) -> Iterator[Local]:
    if _written(a, "type") == _written(b, "type"):
        return
    before, after = (_type_words(node) for node in (a, b))
    lost, won = before - after, after - before
    params = (("type",), _spoken(before), _spoken(after))
    if a.finite is not None and a.types <= b.types:
        lost = frozenset()
    if b.finite is not None and b.types <= a.types:
        won = frozenset()
    if lost and won:
        yield Local("DIFF-TYPE-03", *params, True, True)
    elif lost:
        yield Local("DIFF-TYPE-01", *params, True, False)
    elif won:
        yield Local("DIFF-TYPE-02", *params, False, True)
    else:
        yield Local(FORM, *params, False, False)


def _type_words(node: Node) -> frozenset[str]:
    """Return the types that ``type`` leaves, whatever ``enum`` says."""
    found = {"object", "array", "string", "integer", "fraction", "boolean", "null"}
    for said in node.values("type"):
        names = {said} if isinstance(said, str) else set(said)
        found &= names | (_NUMBERS if "number" in names else set())
    return frozenset(found)


def _values(a: Node, b: Node) -> Iterator[Local]:
    words = ("enum", "const")
    if _written(a, *words) == _written(b, *words):
        return
    if a.finite is None or b.finite is None:
        rule = "DIFF-ENUM-03" if a.finite is None else "DIFF-ENUM-04"
        yield Local(rule, words, _list(a), _list(b), a.finite is None, b.finite is None)
        return
    old, new = ({token(value): value for value in node.finite or ()} for node in (a, b))
    gone = [value for key, value in old.items() if key not in new]
    come = [value for key, value in new.items() if key not in old]
    if gone:
        yield Local("DIFF-ENUM-01", words, gone, None, True, False)
    if come:
        yield Local("DIFF-ENUM-02", words, None, come, False, True)
    if not gone and not come:
        yield Local(FORM, words, _list(a), _list(b), False, False)


def _list(node: Node) -> list[Any] | None:
    return None if node.finite is None else list(node.finite)


Bound = tuple[float, bool] | None


def _lower(node: Node) -> Bound:
    found = [(n, False) for n in node.values("minimum") if _number(n)]
    found += [(n, True) for n in node.values("exclusiveMinimum") if _number(n)]
    if not found:
        return None
    value, exclusive = max(found)
    if "fraction" in node.types:
        return value, exclusive
    whole = math.floor(value) + 1 if exclusive else math.ceil(value)
    return whole, False


def _upper(node: Node) -> Bound:
    found = [(n, False) for n in node.values("maximum") if _number(n)]
    found += [(n, True) for n in node.values("exclusiveMaximum") if _number(n)]
    if not found:
        return None
    value, inclusive = min((n, not exclusive) for n, exclusive in found)
    if "fraction" in node.types:
        return value, not inclusive
    whole = math.floor(value) if inclusive else math.ceil(value) - 1
    return whole, False


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _range(a: Node, b: Node) -> Iterator[Local]:
    words: tuple[str, ...] = ("minimum", "exclusiveMinimum")
    if _written(a, *words) != _written(b, *words):
        low = [(-math.inf, False) if v is None else v for v in (_lower(a), _lower(b))]
        yield _moved(
            "DIFF-RANGE-01", "DIFF-RANGE-02", words, a, b, low[1] > low[0], low[1] < low[0]
        )
    words = ("maximum", "exclusiveMaximum")
    if _written(a, *words) != _written(b, *words):
        high = [(math.inf, True) if v is None else (v[0], not v[1]) for v in (_upper(a), _upper(b))]
        down, up = high[1] < high[0], high[1] > high[0]
        yield _moved("DIFF-RANGE-03", "DIFF-RANGE-04", words, a, b, down, up)


def _moved(
    narrow: str, wide: str, words: tuple[str, ...], a: Node, b: Node, loses: bool, gains: bool
) -> Local:
    rule = narrow if loses else wide if gains else FORM
    return Local(rule, words, _said(a, words), _said(b, words), loses, gains)


def _said(node: Node, words: tuple[str, ...]) -> Any:
    found = [(word, part[word]) for part in node.parts for word in words if word in part]
    if not found:
        return None
    return found[0][1] if len(words) == 1 and len(found) == 1 else dict(found)


def _multiple(a: Node, b: Node) -> Iterator[Local]:
    words = ("multipleOf",)
    if _written(a, *words) == _written(b, *words):
        return
    old, new = (_steps(node) for node in (a, b))
    loses = not all(any((x / y).denominator == 1 for x in old) for y in new)
    gains = not all(any((y / x).denominator == 1 for y in new) for x in old)
    rule = "DIFF-MULTIPLE-03"
    if not (loses and gains):
        rule = "DIFF-MULTIPLE-01" if loses else "DIFF-MULTIPLE-02" if gains else FORM
    yield Local(rule, words, _said(a, words), _said(b, words), loses, gains)


def _steps(node: Node) -> list[Fraction]:
    """Return what numbers are multiples of; of integers alone, as integers."""
    found = [Fraction(str(n)) for n in node.values("multipleOf") if _number(n) and n > 0]
    if "fraction" in node.types:
        return found
    return [Fraction(step.numerator) for step in found if step.numerator > 1]


def _counts(least: str, most: str, topic: str) -> Any:
    def compare(a: Node, b: Node) -> Iterator[Local]:
        words: tuple[str, ...] = (least,)
        if _written(a, least) != _written(b, least):
            low = [node.bound(least, max) or 0 for node in (a, b)]
            rules = (f"DIFF-{topic}-01", f"DIFF-{topic}-02")
            yield _moved(*rules, words, a, b, low[1] > low[0], low[1] < low[0])
        words = (most,)
        if _written(a, most) != _written(b, most):
            found = [node.bound(most, min) for node in (a, b)]
            high = [math.inf if n is None else n for n in found]
            rules = (f"DIFF-{topic}-03", f"DIFF-{topic}-04")
            yield _moved(*rules, words, a, b, high[1] < high[0], high[1] > high[0])

    return compare


def _pattern(a: Node, b: Node) -> Iterator[Local]:
    yield from _sets(
        a, b, "pattern", "DIFF-PATTERN", set(a.values("pattern")), set(b.values("pattern"))
    )


def _sets(
    a: Node, b: Node, word: str, topic: str, old: set[Any], new: set[Any], meaning: str = ""
) -> Iterator[Local]:
    if _written(a, word) == _written(b, word):
        return
    loses, gains = bool(new - old), bool(old - new)
    rule = f"{topic}-03" if loses and gains else f"{topic}-01" if loses else f"{topic}-02"
    rule = rule if loses or gains else FORM
    yield Local(rule, (word,), _said(a, (word,)), _said(b, (word,)), loses, gains, meaning)


def _format(a: Node, b: Node) -> Iterator[Local]:
    """Compare formats; one that nobody can judge here only has a meaning."""
    old, new = ({f for f in n.values("format") if isinstance(f, str)} for n in (a, b))
    known = {n for n, row in formats.table().items() if row["applies_to"] == "string"}
    meaning = "unknown" if (old ^ new) - set(formats.table()) else ""
    for found in _sets(a, b, "format", "DIFF-FORMAT", old, new, meaning):
        loses, gains = bool((new - old) & known), bool((old - new) & known)
        yield Local(
            found.rule, found.keywords, found.before, found.after, loses, gains, found.meaning
        )


def _unique(a: Node, b: Node) -> Iterator[Local]:
    old, new = (any(v is True for v in node.values("uniqueItems")) for node in (a, b))
    if old != new:
        rule = "DIFF-ITEMS-05" if new else "DIFF-ITEMS-06"
        yield Local(rule, ("uniqueItems",), old, new, new, old)


def _defaults(a: Node, b: Node) -> Iterator[Local]:
    words = ("default",)
    if _written(a, *words) == _written(b, *words):
        return
    there = bool(a.values("default")), bool(b.values("default"))
    rule = {(False, True): "DIFF-DEFAULT-01", (True, False): "DIFF-DEFAULT-02"}.get(
        there, "DIFF-DEFAULT-03"
    )
    meaning = "both" if all(there) else "unknown"
    yield Local(rule, words, _said(a, words), _said(b, words), False, False, meaning)


def _access(a: Node, b: Node) -> Iterator[Local]:
    words = ("readOnly", "writeOnly")
    if _written(a, *words) != _written(b, *words):
        yield Local(
            "DIFF-ACCESS-01", words, _said(a, words), _said(b, words), False, False, "unknown"
        )


_BY_TYPE = (
    (_range, _NUMBERS),
    (_multiple, _NUMBERS),
    (_counts("minLength", "maxLength", "LENGTH"), frozenset(("string",))),
    (_pattern, frozenset(("string",))),
    (_format, frozenset(("string",))),
    (_counts("minItems", "maxItems", "ITEMS"), frozenset(("array",))),
    (_unique, frozenset(("array",))),
    (_counts("minProperties", "maxProperties", "SIZE"), frozenset(("object",))),
)
