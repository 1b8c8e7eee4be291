"""Relations between two answers of the same target; they need no known data."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.boundary import TRIES
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab, Query
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["COUNTED", "STABLE", "SUBSET", "SUPERSET", "SWAPPED", "TOKENS", "missing_from"]


def missing_from(
    lab: Lab, row: Requirement, operation: str, smaller: Query, larger: Query
) -> tuple[Exchange, Exchange, int] | bool | None:
    """Compare two answers: is each item of the smaller one in the larger one?

    Returns:
        ``True`` where it is so and the smaller one has items, ``None`` where nothing can be said,
        else the exchanges (larger first) with the number of items lost, after asking again.
    """
    lost = 0
    pair: tuple[Exchange, Exchange] | None = None
    for attempt in range(TRIES):
        small = lab.ask(operation, smaller, "control", row, fresh=attempt > 0)
        large = lab.ask(operation, larger, "twin", row)
        if not (small.accepted and large.accepted):
            return None
        if large.response is None or large.response.not_json is not None:
            return None
        keys = set(lab.keys(small))
        if not keys:
            return None
        lost = len(keys - set(lab.keys(large)))
        if not lost:
            return True
        pair = (large, small)
    return (*pair, lost) if pair else None


def _scale(value: Any, factor: float) -> Any:
    scaled = value * factor
    return int(scaled) if isinstance(value, int) else round(scaled, 6)


def _related(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    wider = check.kind == "superset"
    evidence, findings = 0, []
    for name, change in check["parameters"].items():
        described = lab.context.catalogue.operations[operation].parameter(name)
        if described is None:
            continue
        for anchor in lab.anchors.get(operation, ())[-1:]:
            start = anchor.query.get(name, described.default)
            if not isinstance(start, (int, float)):
                continue
            base = {**anchor.query, name: start}
            other = {**anchor.query, name: _scale(start, change["factor"])}
            smaller, larger = (base, other) if wider else (other, base)
            result = missing_from(lab, row, operation, smaller, larger)
            if result is None:
                continue
            evidence += 1
            if isinstance(result, tuple):
                large, small, count = result
                findings.append(
                    found(
                        row,
                        f"probe.{check.kind}",
                        (large, small),
                        pointer="/response/body",
                        expected="every item of the narrower query",
                        received=f"{count} missing",
                        text=check.get("message"),
                        parameter=name,
                        lost=count,
                    )
                )
                break
    return Result(evidence, tuple(findings))


def _stable(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    evidence, findings = 0, []
    for anchor in lab.anchors.get(operation, ())[:1]:
        differences = 0
        pair: tuple[Exchange, Exchange] | None = None
        for attempt in range(TRIES):
            first = lab.ask(operation, anchor.query, "control", row, fresh=attempt > 0)
            second = lab.ask(operation, anchor.query, "twin", row)
            if not (first.accepted and second.accepted):
                return Result()
            evidence = 1
            pair = (second, first)
            if set(lab.keys(first)) == set(lab.keys(second)):
                break
            differences += 1
        if differences == TRIES and pair is not None:
            findings.append(
                found(
                    row,
                    "probe.stable",
                    pair,
                    pointer="/response/body",
                    expected="the same items",
                    received="other items",
                    text=check.get("message"),
                )
            )
    return Result(evidence, tuple(findings))


def _swapped(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    evidence = 0
    for anchor in lab.anchors.get(operation, ())[:1]:
        query = dict(anchor.query)
        for one, other in check["pairs"]:
            query[one], query[other] = anchor.query[other], anchor.query[one]
        exchange = lab.ask(operation, query, "twin", row)
        evidence += int(exchange.accepted)
    return Result(evidence)


def _tokens(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    name = check["parameter"]
    evidence, findings = 0, []
    tokens: list[str] = check["tokens"]
    for anchor in lab.anchors.get(operation, ())[:1]:
        everything = {**anchor.query, name: check.get("default", tokens)}
        for part in (tokens[: len(tokens) // 2], tokens[len(tokens) // 2 :]):
            result = missing_from(lab, row, operation, {**anchor.query, name: part}, everything)
            if result is None:
                continue
            evidence += 1
            if isinstance(result, tuple):
                large, small, count = result
                findings.append(
                    found(
                        row,
                        "probe.token-subset",
                        (large, small),
                        pointer="/response/body",
                        expected="every item of the narrower query",
                        received=f"{count} missing",
                        parameter=name,
                    )
                )
    return Result(evidence, tuple(findings))


COUNTS = (1, 2, 0)


def _counted(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for few, many and none; the passive part judges how many came."""
    name = check["parameter"]
    query = lab.panorama(operation)
    if query is None:
        return Result()
    if len(lab.keys(lab.ask(operation, query, "control", row))) <= max(COUNTS[:2]):
        start = lab.wide.get(operation) or lab.controls[operation]
        query = {k: v for k, v in start.items() if k != name}
    for count in COUNTS:
        lab.ask(operation, {**query, name: count}, "twin", row)
    return Result()


SUPERSET = Probe(
    lambda check, row, operation, lab: len(check["parameters"]) + 1,
    _related,
    "pairs",
    {"en": "widen a margin: no item may be lost", "fr": "élargir : aucun résultat perdu"},
)
SUBSET = Probe(
    lambda check, row, operation, lab: len(check["parameters"]) + 1,
    _related,
    "pairs",
    {"en": "narrow a margin: no item may be new", "fr": "resserrer : aucun résultat nouveau"},
)
STABLE = Probe(
    lambda check, row, operation, lab: 2,
    _stable,
    "pairs",
    {"en": "ask the same twice", "fr": "demander deux fois la même chose"},
)
SWAPPED = Probe(
    lambda check, row, operation, lab: 1,
    _swapped,
    "pairs",
    {"en": "exchange the ends", "fr": "échanger les extrémités"},
)
TOKENS = Probe(
    lambda check, row, operation, lab: 4,
    _tokens,
    "pairs",
    {"en": "ask with fewer values of a list", "fr": "demander avec moins de valeurs d'une liste"},
)
COUNTED = Probe(
    lambda check, row, operation, lab: len(COUNTS) + 1,
    _counted,
    "pairs",
    {"en": "limit the number of results", "fr": "limiter le nombre de résultats"},
)
