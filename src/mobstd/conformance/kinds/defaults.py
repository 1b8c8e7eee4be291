"""Leaving a parameter out means its default: the same items, and none beyond."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.boundary import TRIES
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Anchor, Lab, Query
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import Edge, edges
from mobstd.judging.kinds.filters import match, parameters
from mobstd.judging.requirement import Check, Requirement

__all__ = ["DEFAULTS"]


def _scaled(edge: Edge, anchor: Anchor, name: str, default: float) -> Query | None:
    """Return the edge with its margin at the default, the shift scaled with it."""
    margin = edge.query.get(name)
    if margin is None or not margin:
        return None
    ratio = default / margin
    out: Query = {name: default}
    for other, value in edge.query.items():
        if other == name:
            continue
        start = anchor.query.get(other)
        if isinstance(value, (int, float)) and isinstance(start, (int, float)):
            moved = start + (value - start) * ratio
            out[other] = int(moved) if isinstance(value, int) else round(moved, 6)
        else:
            return None
    return out


def _cases(
    lab: Lab, operation: str, anchor: Anchor, name: str, default: Any
) -> list[tuple[Query, bool]]:
    """Return queries with the default written out, and whether the item must be found."""
    context: Context = lab.context
    out: list[tuple[Query, bool]] = []
    for _, check in lab.filters(operation):
        if name not in parameters(check, context):
            continue
        for edge in _edges_at(check, anchor, name, default, context):
            query = {**anchor.query, **edge.query}
            written = lab.written(operation, query)
            if edge.inside and lab.surely(operation, anchor.item, written):
                out.append((query, True))
            elif not edge.inside and match(check, anchor.item, written, context) is False:
                out.append((query, False))
    inside = [case for case in out if case[1]]
    return inside[:1] + [case for case in out if not case[1]][:1]


def _edges_at(
    check: Check, anchor: Anchor, name: str, default: float, context: Context
) -> list[Edge]:
    found_edges = []
    for edge in edges(check, anchor.item, anchor.query, context):
        scaled = _scaled(edge, anchor, name, default)
        if scaled is not None:
            found_edges.append(Edge(scaled, edge.inside))
    return found_edges


def _queries(lab: Lab, operation: str, anchor: Anchor, name: str, default: Any) -> list[Query]:
    """A list is tried on many items at once, so that each of its values has some."""
    if isinstance(default, list):
        return [{**(lab.panorama(operation) or anchor.query), name: default}]
    return [query for query, _ in _cases(lab, operation, anchor, name, default)]


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    evidence, findings = 0, []
    for name, default in check["parameters"].items():
        described = lab.context.catalogue.operations[operation].parameter(name)
        if described is None:
            continue
        for anchor in lab.anchors.get(operation, ())[:1]:
            for written_out in _queries(lab, operation, anchor, name, default):
                result = _same(lab, row, check, operation, name, written_out)
                if result is None:
                    continue
                evidence += 1
                if isinstance(result, Finding):
                    findings.append(result)
                    break
    return Result(evidence, tuple(findings))


def _same(
    lab: Lab, row: Requirement, check: Check, operation: str, name: str, explicit: Query
) -> Finding | bool | None:
    """Compare leaving out with writing out; asked again before a difference is believed."""
    left_out = {k: v for k, v in explicit.items() if k != name}
    pair: tuple[Exchange, Exchange] | None = None
    difference: set[tuple[str, ...]] = set()
    for attempt in range(TRIES):
        with_it = lab.ask(operation, explicit, "control", row, fresh=attempt > 0)
        without = lab.ask(operation, left_out, "twin", row)
        if not with_it.accepted or without.status is None or without.status >= 500:
            return None
        pair = (without, with_it)
        difference = set(lab.keys(with_it)) ^ set(lab.keys(without))
        if without.accepted and not difference:
            return True
    if pair is None:
        return None
    return found(
        row,
        "probe.default-equals",
        pair,
        pointer="/response/body",
        expected=f"as with {name}={lab.written(operation, explicit)[name]}",
        received=f"{len(difference)} items differ",
        text=check.get("message"),
        parameter=name,
    )


DEFAULTS = Probe(
    lambda check, row, operation, lab: 4 * len(check["parameters"]),
    _run,
    "pairs",
    {
        "en": "leave out a parameter, and write out its default",
        "fr": "omettre un paramètre, puis écrire sa valeur par défaut",
    },
)
