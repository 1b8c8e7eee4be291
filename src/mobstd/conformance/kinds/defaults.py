"""Leaving a parameter out means its default: the same items, and none beyond."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mobstd.conformance.kinds.boundary import TRIES
from mobstd.conformance.kinds.probe import Probe, found, readable
from mobstd.conformance.lab import Anchor, Key, Lab, Query
from mobstd.conformance.scenarios.answers import spoke
from mobstd.conformance.vicinity import crowd
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import Edge, edges
from mobstd.judging.kinds.filters import match, parameters
from mobstd.judging.requirement import Check, Requirement

__all__ = ["DEFAULTS"]

DAY = 86_400
ASKED = 5
"""How often both are asked before a difference is believed."""

NARROWER, WIDER = 2 / 3, 3 / 2
"""Other defaults, in parts of the right one, that a sharp query tells from it."""

_CLOCK = re.compile(r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$")


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
        elif _CLOCK.match(str(value)) and _CLOCK.match(str(start)):
            out[other] = _moved_clock(str(start), str(value), ratio)
        elif isinstance(value, list):
            out[other] = value
        else:
            return None
    return out


def _moved_clock(start: str, end: str, ratio: float) -> str:
    """Return the time of day that lies at ``ratio`` of the way, the short way round the dial."""
    before, after = (
        sum(int(part) * unit for part, unit in zip(text.split(":"), (3600, 60, 1), strict=True))
        for text in (start, end)
    )
    way = (after - before + DAY // 2) % DAY - DAY // 2
    seconds = int(before + way * ratio) % DAY
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _cases(
    lab: Lab, operation: str, anchor: Anchor, name: str, default: Any
) -> list[tuple[Query, bool]]:
    """Return queries with the default written out, and whether the item must be found.

    Sharp ones come first: of several slots of an item another may lie nearer than the edge.
    """
    out: list[tuple[Query, bool]] = []
    for _, check in lab.filters(operation):
        if name not in parameters(check, lab.context):
            continue
        for edge in _edges_at(check, anchor, name, default, lab.context):
            query = {**anchor.query, **edge.query}
            written = lab.written(operation, query)
            sure = lab.surely(operation, anchor.item, written)
            if sure or match(check, anchor.item, written, lab.context) is False:
                out.append((query, sure))
    out.sort(key=lambda case: not _sharp(lab, operation, anchor, case, name, default))
    inside = [case for case in out if case[1]]
    return inside[:1] + [case for case in out if not case[1]][:1]


def _sharp(
    lab: Lab, operation: str, anchor: Anchor, case: tuple[Query, bool], name: str, default: float
) -> bool:
    """Say whether a narrower default would surely lose the item, or a wider one surely find it."""
    query, inside = case
    other = type(default)(default * (NARROWER if inside else WIDER))
    written = lab.written(operation, {**query, name: other})
    if not inside:
        return lab.surely(operation, anchor.item, written)
    return any(
        match(check, anchor.item, written, lab.context) is False
        for _, check in lab.filters(operation)
    )


def _edges_at(
    check: Check, anchor: Anchor, name: str, default: float, context: Context
) -> list[Edge]:
    found_edges = []
    for edge in edges(check, anchor.item, anchor.query, context):
        scaled = _scaled(edge, anchor, name, default)
        if scaled is not None:
            found_edges.append(Edge(scaled, edge.inside))
    return found_edges


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    evidence, findings = 0, []
    for name, default in check["parameters"].items():
        for anchor in lab.anchors.get(operation, ()):
            results = list(_compared(lab, row, check, operation, anchor, name, default))
            evidence += len(results)
            findings += [result for result in results if isinstance(result, Finding)]
            if results:
                break
    return Result(evidence, tuple(findings))


def _compared(
    lab: Lab,
    row: Requirement,
    check: Check,
    operation: str,
    anchor: Anchor,
    name: str,
    default: Any,
) -> Iterator[Finding | bool]:
    """A list or a word is tried on many items at once, so that each of its values has some.

    A margin is tried with an item just inside and just outside: where it is found or not as it
    must be, the explicit twin need not be sent.
    """
    if isinstance(default, (list, str)):
        explicit = {**(crowd(lab, operation, row) or anchor.query), name: default}
        result = _same(lab, row, check, operation, name, explicit)
        if result is not None:
            yield result
        return
    for explicit, inside in _cases(lab, operation, anchor, name, default):
        left_out = {k: v for k, v in explicit.items() if k != name}
        answer = lab.ask(operation, left_out, "twin", row)
        if answer.accepted and (anchor.key in lab.keys(answer)) == inside:
            yield True
            continue
        spelled = lab.ask(operation, explicit, "control", row)
        if (anchor.key in lab.keys(spelled)) != inside:
            continue  # wrong with the default spelled out too: another row is about that
        result = _same(lab, row, check, operation, name, explicit)
        if isinstance(result, Finding) and _right_elsewhere(
            lab, row, operation, name, default, inside
        ):
            continue
        if result is not None:
            yield result


def _right_elsewhere(
    lab: Lab, row: Requirement, operation: str, name: str, default: Any, inside: bool
) -> bool:
    """Say whether the default holds for another item: a cache, say, is wrong in one place only."""
    for anchor in lab.anchors.get(operation, ())[1:]:
        for case in _cases(lab, operation, anchor, name, default):
            explicit, side = case
            if side != inside or not _sharp(lab, operation, anchor, case, name, default):
                continue
            left_out = {k: v for k, v in explicit.items() if k != name}
            answer = lab.ask(operation, left_out, "twin", row)
            return answer.accepted and (anchor.key in lab.keys(answer)) == inside
    return False


def _same(
    lab: Lab, row: Requirement, check: Check, operation: str, name: str, explicit: Query
) -> Finding | bool | None:
    """Compare leaving out with writing out; asked again before a difference is believed.

    An item counts that is there each time on the one side and never on the other: what changes by
    itself is no other default.
    """
    left_out = {k: v for k, v in explicit.items() if k != name}
    pair: tuple[Exchange, Exchange] | None = None
    difference: set[tuple[Key, bool]] | None = None
    refused = 0
    for attempt in range(ASKED):
        sides = [(explicit, "control"), (left_out, "twin")][:: -1 if attempt % 2 else 1]
        answers = {p: lab.ask(operation, q, p, row, fresh=attempt > 0) for q, p in sides}
        with_it, without = answers["control"], answers["twin"]
        if not with_it.accepted or not spoke(without):
            return None
        if not (readable(with_it) and (readable(without) or not without.accepted)):
            return None
        pair = (without, with_it)
        refused += not without.accepted
        one, other = set(lab.keys(with_it)), set(lab.keys(without))
        apart = {(key, True) for key in one - other} | {(key, False) for key in other - one}
        difference = apart if difference is None else difference & apart
        if without.accepted and not difference:
            return True
        if refused >= TRIES:
            break
    if pair is None or difference is None:
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
    lambda check, row, operation, lab: 2 * len(check["parameters"]),
    _run,
    "pairs",
    {
        "en": "leave out a parameter, and write out its default",
        "fr": "omettre un paramètre, puis écrire sa valeur par défaut",
    },
)
