"""Filters beside each other, and on later pages: none is forgotten there.

Values are those of items that the target was seen to have. What comes is judged by the filters
themselves; what should have come, by the kind ``complete``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product
from typing import Any

from mobstd.conformance.kinds.alone import followed
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Key, Lab, Query
from mobstd.conformance.scenarios.answers import REFUSED
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import edges
from mobstd.judging.kinds.filters import match
from mobstd.judging.requirement import Check, Requirement

__all__ = ["COMBINED"]

ITEMS, VALUES = 120, 30
"""Items that are looked at, and values of one filter that are chosen from."""

PAGES = 3
"""In how many pages a list is read; one more, where there seems to be more."""

FEWEST = 3
"""How many items a value has that is read in so many pages."""


@dataclass(frozen=True)
class _Value:
    """A value of one filter: which known items it finds, and which it surely does not."""

    name: str
    query: Query
    found: frozenset[Key]
    left: frozenset[Key]


def _values(lab: Lab, operation: str) -> list[list[_Value]]:
    """Return, for each filter that one parameter asks for, the values of known items."""
    known = dict(list(lab.seen(operation).items())[:ITEMS])
    items = {key: item for key, (item, _) in known.items()}
    every = (_values_of(check, lab, operation, items) for _, check in lab.filters(operation))
    return [values for values in every if values]


def _values_of(check: Check, lab: Lab, operation: str, items: Mapping[Key, Any]) -> list[_Value]:
    values: dict[str, _Value] = {}
    for item in items.values():
        for edge in edges(check, item, {}, lab.context):
            if not edge.inside or len(edge.query) != 1 or len(values) >= VALUES:
                continue
            query = lab.written(operation, edge.query)
            (name,) = query
            if query[name] not in values:
                told = {key: match(check, one, query, lab.context) for key, one in items.items()}
                values[query[name]] = _Value(
                    name,
                    dict(edge.query),
                    frozenset(key for key, there in told.items() if there),
                    frozenset(key for key, there in told.items() if there is False),
                )
    return [value for value in values.values() if value.left]


def _pair(some: list[_Value], others: list[_Value]) -> tuple[_Value, _Value] | None:
    """Return the two values that tell most: each finds what the other does not, both something."""

    def tells(pair: tuple[_Value, _Value]) -> tuple[int, bool, int]:
        one, other = pair
        apart = (one.found & other.left, other.found & one.left)
        return sum(map(bool, apart)), bool(one.found & other.found), min(map(len, apart))

    best = max(product(some, others), key=tells)
    return best if tells(best)[0] else None


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    if operation not in lab.controls:
        return Result()
    filters = _values(lab, operation)
    evidence: int = 0
    findings: list[Finding] = []
    for some, others in combinations(filters, 2):
        pair = _pair(some, others)
        if pair is not None:
            seen, wrong = _together(check, row, operation, lab, *pair)
            evidence += seen
            findings += wrong
    for value in _paged(filters):
        size = -(-len(value.found) // PAGES)
        tried = partial(followed, check, row, operation, lab, value.query, size, PAGES + 1)
        seen, wrong = twice(tried)
        evidence += seen
        findings += wrong
    return Result(evidence, tuple(findings))


def _together(
    check: Check, row: Requirement, operation: str, lab: Lab, one: _Value, other: _Value
) -> Tried:
    """Ask for both; where that is refused, each is asked for alone."""
    query = {**one.query, **other.query, check["limit"]: check["most"]}
    both = lab.ask(operation, query, "twin", row)
    if both.status not in REFUSED:
        return int(lab.readable(both)), []
    size = {check["limit"]: check["most"]}
    alone = [lab.ask(operation, {**v.query, **size}, "control", row) for v in (one, other)]
    both = lab.ask(operation, query, "twin", row)
    if both.status not in REFUSED or not all(answer.accepted for answer in alone):
        return 0, []
    wrong = found(
        row,
        "probe.combined.refused",
        (both, *alone),
        pointer="/response/status",
        expected=200,
        received=both.status,
        text=check.get("message"),
        one=one.name,
        other=other.name,
    )
    return 1, [wrong]


def _paged(filters: list[list[_Value]]) -> Iterator[_Value]:
    """Yield of each filter the value that finds fewest, and enough for pages."""
    for values in filters:
        several = [value for value in values if len(value.found) > 1]
        if several:
            yield min(several, key=lambda one: (len(one.found) < FEWEST, len(one.found)))


def _cost(check: Check, row: Requirement, operation: str, lab: Lab) -> int:
    many = len(lab.filters(operation))
    return many * (many - 1) // 2 + many * (2 + PAGES)


COMBINED = Probe(
    _cost,
    _run,
    "pairs",
    {
        "en": "ask for two filters at once, and for their pages",
        "fr": "demander deux filtres à la fois, et leurs pages",
    },
)
