"""A known item just inside and just outside the margins of a filter.

The control finds the item; the twin moves one centre, so that only this filter can lose it.
"""

from __future__ import annotations

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Anchor, Lab, Query
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import RADII, edges
from mobstd.judging.kinds.filters import is_filter, match
from mobstd.judging.requirement import Check, Requirement

__all__ = ["BOUNDARY", "lost"]

ANCHORS = 2
TRIES = 3
SECOND = (1,)
"""Which edges are tried on a second item as well."""


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
        if anchor.key not in lab.keys(found_by) or not answer.accepted:
            return None
        if answer.response is None or answer.response.not_json is not None:
            return None
        if anchor.key in lab.keys(answer):
            return None
        pair = (answer, found_by)
    return pair


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    filters = [c for c in row.checks if is_filter(c, lab.context)]
    evidence, findings = 0, []
    for place, anchor in enumerate(lab.anchors.get(operation, ())[:ANCHORS]):
        for filter_check in filters:
            for number, edge in enumerate(
                edges(filter_check, anchor.item, anchor.query, lab.context)
            ):
                if place and number not in SECOND:
                    continue
                twin = {**anchor.query, **edge.query}
                written = lab.written(operation, twin)
                if not edge.inside:
                    answer = match(filter_check, anchor.item, written, lab.context)
                    if answer is False:
                        lab.ask(operation, twin, "twin", row)
                    continue
                if not lab.surely(operation, anchor.item, written):
                    continue
                result = _inside(lab, row, check, anchor, twin)
                evidence += 1
                findings += result
                if findings:
                    return Result(evidence, tuple(findings))
    return Result(evidence, tuple(findings))


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
    lambda check, row, operation, lab: (len(RADII) + 2) * max(1, len(row.checks) - 1),
    _run,
    "pairs",
    {
        "en": "move the centre so that a known item is just inside or outside",
        "fr": "déplacer le centre pour qu'un résultat connu soit juste dedans ou dehors",
    },
)
