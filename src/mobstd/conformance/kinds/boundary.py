"""A known item just inside and just outside the margins of a filter.

The control finds the item; the twin moves one centre, so that only this filter can lose it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Anchor, Lab, Query
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import RADII, Edge, edges
from mobstd.judging.kinds.filters import is_filter, match
from mobstd.judging.requirement import Check, Requirement

__all__ = [
    "BOUNDARY",
    "TRIES",
    "lost",
]

TRIES = 3
MOST = 14
"""Edges of one filter that are tried."""

WIDE_KM, WIDE_SECONDS = 50.0, 43_200
"""The margins of the other filters, where an item is just outside of one."""


def lost(
    lab: Lab, row: Requirement, anchor: Anchor, control: Query, twin: Query
) -> tuple[Exchange, Exchange] | None:
    """Return twin and control where the control finds the item and the twin does not.

    Asked again before it is believed, since live data moves.
    """
    pair = None
    for attempt in range(TRIES):
        fresh = attempt > 0
        found_by = lab.ask(anchor.operation, control, "control", row, fresh=fresh)
        answer = lab.ask(anchor.operation, twin, "twin", row)
        if anchor.key not in lab.keys(found_by) or not lab.readable(answer):
            return None
        if anchor.key in lab.keys(answer):
            return None
        pair = (answer, found_by)
    return pair


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Try the edges of every filter of the row, on one item after another.

    Inside, nothing but this filter may lose the item. Outside, whatever comes is judged.
    """
    evidence, findings = 0, []
    for filter_check in _filters(row, operation, lab):
        for anchor, edge in _chosen(filter_check, lab.anchors.get(operation, ()), lab):
            twin = {**anchor.query, **edge.query}
            if not edge.inside:
                if match(filter_check, anchor.item, lab.written(operation, twin), lab.context):
                    continue
                lab.ask(operation, {**_others_wide(lab, anchor, edge), **edge.query}, "twin", row)
            elif lab.surely(operation, anchor.item, lab.written(operation, twin)):
                evidence += 1
                findings += _inside(lab, row, check, anchor, twin)
                if findings:
                    return Result(evidence, tuple(findings))
    return Result(evidence, tuple(findings))


def _others_wide(lab: Lab, anchor: Anchor, edge: Edge) -> Query:
    """Return the query of an item; with wide margins beside the one of the edge, so that many come.

    An edge that moves no margin changes nothing else, so that what ignores it answers as before.
    """
    how = lab.role_of(anchor.operation)
    if set(edge.query).isdisjoint((*how.get("radii", ()), how.get("margin"))):
        return anchor.query
    return lab.around(anchor, WIDE_KM, WIDE_SECONDS)


def _filters(row: Requirement, operation: str, lab: Lab) -> list[Check]:
    """Return the filters that the row applies to this operation."""
    return [
        check
        for check in row.checks
        if is_filter(check, lab.context)
        and operation in lab.context.catalogue.operations_of(row, check)
    ]


def _chosen(check: Check, anchors: Sequence[Anchor], lab: Lab) -> list[tuple[Anchor, Edge]]:
    """Return one edge of each sort, the items in turn among those that have it."""
    sorts: dict[tuple[frozenset[str], bool, int], list[tuple[Anchor, Edge]]] = {}
    for anchor in anchors:
        seen: Counter[tuple[frozenset[str], bool]] = Counter()
        for edge in edges(check, anchor.item, anchor.query, lab.context):
            sort = (frozenset(edge.query), edge.inside)
            sorts.setdefault((*sort, seen[sort]), []).append((anchor, edge))
            seen[sort] += 1
    return [pairs[turn % len(pairs)] for turn, pairs in enumerate(sorts.values())][:MOST]


def _inside(lab: Lab, row: Requirement, check: Check, anchor: Anchor, twin: Query) -> list[Finding]:
    pair = lost(lab, row, anchor, anchor.query, twin)
    if pair is None:
        return []
    changed = {k: str(v) for k, v in twin.items() if anchor.query.get(k) != v}
    return [
        found(
            row,
            "probe.boundary",
            pair,
            pointer="/response/body",
            expected="the item of the control",
            received="not found",
            text=check.get("message"),
            changed=", ".join(f"{k}={v}" for k, v in changed.items()),
        )
    ]


BOUNDARY = Probe(
    lambda check, row, operation, lab: len(RADII) * len(_filters(row, operation, lab)),
    _run,
    "pairs",
    {
        "en": "move the centre so that a known item is just inside or outside",
        "fr": "déplacer le centre pour qu'un résultat connu soit juste dedans ou dehors",
    },
)
