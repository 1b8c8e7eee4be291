"""A known item just inside and just outside the margins of a filter.

Outside, no control is needed: those queries are asked with the sweep. Inside, the control finds
the item; the twin moves one centre, so that only this filter can lose it. What is lost in a crowd
only, or in the middle of the margins too, is lost to something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import LIMIT, NEAR_KM, NEAR_SECONDS, Anchor, Lab, Query
from mobstd.conformance.vicinity import around, query_of
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import RADII, Edge, edges
from mobstd.judging.kinds.filters import is_filter, match
from mobstd.judging.requirement import Check, Requirement

__all__ = [
    "BOUNDARY",
    "TRIES",
    "lost",
    "outside",
]

TRIES = 3
MOST = 20
"""Edges of one filter that are tried."""

OTHERS = 60
"""Items beside the confirmed ones that are tried just outside, where no control is needed."""

TIGHT_KM, TIGHT_SECONDS = 0.3, 300
"""The margins of the other filters, so that hardly another item comes."""

WIDE_KM, WIDE_SECONDS = 50.0, 43_200
"""The margins of the other filters, where an item is just outside of one."""


def lost(
    lab: Lab, row: Requirement, anchor: Anchor, control: Query, twin: Query
) -> tuple[Exchange, Exchange] | None:
    """Return twin and control where the control finds the item and the twin does not.

    Asked again before it is believed, since live data moves.
    """
    pair: tuple[Exchange, Exchange]
    for attempt in range(TRIES):
        fresh = attempt > 0
        found_by = lab.ask(anchor.operation, control, "control", row, fresh=fresh)
        answer = lab.ask(anchor.operation, twin, "twin", row)
        if anchor.key not in lab.keys(found_by) or not lab.readable(answer):
            return None
        if anchor.key in lab.keys(answer) or lab.sibling(anchor.operation, anchor.item, answer):
            return None
        asked = lab.written(anchor.operation, twin)
        if lab.moved(anchor.operation, anchor.item, found_by, asked):
            return None
        pair = (answer, found_by)
    if lab.full(anchor.operation, pair[0]):
        return None
    told = anchor, control, twin
    if not _centred(lab, row, *told) or _in_company(lab, row, *told):
        return None
    return None if lab.computes(anchor.operation) else pair


def _centred(lab: Lab, row: Requirement, anchor: Anchor, control: Query, twin: Query) -> bool:
    """Say whether all that the twin changes but the centre finds the item in the middle of it."""
    how = lab.role_of(anchor.operation)
    centres = {*how.get("departure", ()), *how.get("arrival", ())}
    centres |= {how.get("instant"), how.get("time_of_day")}
    changed = {k: v for k, v in twin.items() if control.get(k) != v}
    if centres.isdisjoint(changed):
        return True
    others = {k: v for k, v in changed.items() if k not in centres}
    answer = lab.ask(anchor.operation, {**control, **others}, "control", row)
    return anchor.key in lab.keys(answer)


def _in_company(lab: Lab, row: Requirement, anchor: Anchor, control: Query, twin: Query) -> bool:
    """Say whether the twin finds the item where hardly anything else comes, and all of it."""
    tight = around(lab, anchor, TIGHT_KM, TIGHT_SECONDS, any_day=False)
    kept = {k: v for k, v in tight.items() if twin.get(k) == control.get(k) and k in control}
    limit = lab.role_of(anchor.operation).get("limit")
    answer = lab.ask(
        anchor.operation, {**twin, **kept, **({limit: LIMIT} if limit else {})}, "twin", row
    )
    return anchor.key in lab.keys(answer)


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Try the inner edges of every filter of the row, on one item after another.

    Nothing but this filter may lose the item there.
    """
    evidence, findings = 0, []
    for filter_check in _filters(row, operation, lab):
        for case in _chosen(filter_check, operation, lab, inside=True):
            if case.edge.inside and case.telling:
                evidence += 1
                findings += _inside(lab, row, check, case)
                if any(finding.severity == "error" for finding in findings):
                    return Result(evidence, tuple(findings))
    return Result(evidence, tuple(findings))


def outside(lab: Lab, operation: str) -> Iterator[tuple[Requirement, Query]]:
    """Yield queries just beyond whose edge an item lies; the filters judge whatever comes."""
    for row, check in lab.context.catalogue.by_operation[operation]:
        if check.kind != "boundary":
            continue
        for filter_check in _filters(row, operation, lab):
            for case in _chosen(filter_check, operation, lab, inside=False):
                if case.edge.inside:
                    continue
                query = {**_others_wide(lab, case.anchor, case.edge), **case.edge.query}
                if case.edge.tight:
                    yield row, {**query, **_own_centre(lab, case.anchor, query)}
                yield row, query


def _own_centre(lab: Lab, anchor: Anchor, query: Query) -> Query:
    """Return the centre at which a query would find the item: asked first, it fills a cache."""
    how = lab.role_of(anchor.operation)
    names = (*how.get("departure", ()), *how.get("arrival", ()), how.get("instant"))
    return {name: anchor.query[name] for name in names if name in query and name in anchor.query}


def _others_wide(lab: Lab, anchor: Anchor, edge: Edge) -> Query:
    """Return the query of an item; with wide margins beside the one of the edge, so that many come.

    An edge that moves no margin changes nothing else, so that what ignores it answers as before.
    """
    how = lab.role_of(anchor.operation)
    if set(edge.query).isdisjoint((*how.get("radii", ()), how.get("margin"))):
        return anchor.query
    return around(lab, anchor, WIDE_KM, WIDE_SECONDS)


def _filters(row: Requirement, operation: str, lab: Lab) -> list[Check]:
    """Return the filters that the row applies to this operation."""
    return [
        check
        for check in row.checks
        if is_filter(check, lab.context)
        and operation in lab.context.catalogue.operations_of(row, check)
    ]


@dataclass(frozen=True)
class _Case:
    """An edge of an item; ``telling``: the item surely is on that side of it, where one asked."""

    anchor: Anchor
    edge: Edge
    twin: Query
    telling: bool


Sort = tuple[frozenset[str], bool, str, int]


def _chosen(check: Check, operation: str, lab: Lab, *, inside: bool) -> list[_Case]:
    """Return one edge of each sort, of an item for which it tells, the items in turn.

    Who asks for those ``inside`` uses no others, and the other way round.
    """
    sorts: dict[Sort, list[_Case]] = {}
    for anchor in lab.anchors.get(operation, ()):
        for sort, case in _cases(check, anchor, lab, inside=inside):
            sorts.setdefault(sort, []).append(case)
    wanting = {sort for sort, cases in sorts.items() if not any(c.telling for c in cases)}
    for other in _others(operation, lab, inside=inside):
        for sort, case in _cases(check, other, lab, inside=inside):
            right = case.telling and case.edge.inside is inside
            if right and (sort in wanting or sort not in sorts):
                sorts.setdefault(sort, []).append(case)
                wanting.discard(sort)
    chosen = []
    ordered = sorted(sorts.items(), key=_turn) if len(sorts) > MOST else list(sorts.items())
    for turn, (_, cases) in enumerate(ordered):
        best = [case for case in cases if case.telling] or cases
        chosen.append(best[turn % len(best)])
    return chosen[:MOST]


def _turn(pair: tuple[Sort, list[_Case]]) -> int:
    """Return how many edges of the same sort an item has before: of many, one of each is tried."""
    return pair[0][3]


def _cases(check: Check, anchor: Anchor, lab: Lab, *, inside: bool) -> Iterator[tuple[Sort, _Case]]:
    seen: Counter[tuple[frozenset[str], bool, str]] = Counter()
    words = lab.role_of(anchor.operation).get("with", {})
    for edge in edges(check, anchor.item, anchor.query, lab.context):
        twin = {**anchor.query, **edge.query}
        written = lab.written(anchor.operation, twin) if inside or not edge.inside else {}
        if edge.inside and not inside:
            telling = False
        elif edge.inside and edge.severity == "error":
            telling = lab.surely(anchor.operation, anchor.item, written)
        elif edge.inside:
            telling = match(check, anchor.item, written, lab.context) is not False
        else:
            matches = match(check, anchor.item, written, lab.context)
            if matches:
                continue
            telling = matches is False
        own = {f"{name} {anchor.query.get(name)}" for name in edge.query if name in words}
        sort = (frozenset(edge.query) | own, edge.inside, edge.mistaken_for or edge.sort)
        yield (*sort, seen[sort]), _Case(anchor, edge, twin, telling)
        seen[sort] += 1


def _others(operation: str, lab: Lab, *, inside: bool) -> Iterator[Anchor]:
    """Yield items that were seen and not confirmed, with the query that should find each.

    Inside, only those that need no more than to be listed: what is searched has to be confirmed.
    """
    known = {anchor.key for anchor in lab.anchors.get(operation, ())}
    if not known or (inside and lab.role_of(operation)):
        return
    seen = list(lab.seen(operation).items())
    for key, (item, exchange) in seen if inside else seen[:OTHERS]:
        if key not in known:
            asked = {**exchange.query, **query_of(lab, operation, item, {})}
            own = Anchor(operation, item, key, query_of(lab, operation, item, asked))
            query = around(lab, own, NEAR_KM, NEAR_SECONDS, any_day=False)
            yield Anchor(operation, item, key, query)


def _inside(lab: Lab, row: Requirement, check: Check, case: _Case) -> list[Finding]:
    anchor, twin = case.anchor, case.twin
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
            severity=case.edge.severity,
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
