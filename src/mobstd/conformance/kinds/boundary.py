"""A known item just inside and just outside the margins of a filter.

The control finds the item; the twin moves one centre, so that only this filter can lose it.
"""

from __future__ import annotations

from collections.abc import Sequence

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Anchor, Lab, Query
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import RADII, Edge, edges
from mobstd.judging.kinds.filters import is_filter, match
from mobstd.judging.requirement import Check, Requirement

__all__ = ["BOUNDARY", "lost"]

TRIES = 3
MOST = 12
"""Edges of one filter that are tried."""


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
    """Try the edges of every filter of the row, on one item after another."""
    anchors = lab.anchors.get(operation, ())
    evidence, findings = 0, []
    turn = 0
    for filter_check in _filters(row, operation, lab):
        for number in range(MOST):
            pair = _next(filter_check, anchors, turn, number, lab)
            if pair is None:
                break
            anchor, edge = pair
            turn += 1
            twin = {**anchor.query, **edge.query}
            written = lab.written(operation, twin)
            if not edge.inside:
                if match(filter_check, anchor.item, written, lab.context) is False:
                    lab.ask(operation, twin, "twin", row)
            elif lab.surely(operation, anchor.item, written):
                evidence += 1
                findings += _inside(lab, row, check, anchor, twin)
                if findings:
                    return Result(evidence, tuple(findings))
    return Result(evidence, tuple(findings))


def _filters(row: Requirement, operation: str, lab: Lab) -> list[Check]:
    """Return the filters that the row applies to this operation."""
    return [
        check
        for check in row.checks
        if is_filter(check, lab.context)
        and operation in lab.context.catalogue.operations_of(row, check)
    ]


def _next(
    check: Check, anchors: Sequence[Anchor], turn: int, number: int, lab: Lab
) -> tuple[Anchor, Edge] | None:
    """Return the edge of that number with the next item that has so many."""
    for step in range(len(anchors)):
        anchor = anchors[(turn + step) % len(anchors)]
        edge = _edge(check, anchor, number, lab)
        if edge is not None:
            return anchor, edge
    return None


def _edge(check: Check, anchor: Anchor, number: int, lab: Lab) -> Edge | None:
    every = edges(check, anchor.item, anchor.query, lab.context)
    return next((edge for place, edge in enumerate(every) if place == number), None)


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
