"""Relations between two answers of the same target; they need no known data."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.boundary import TRIES
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Anchor, Key, Lab, Query
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["COUNTED", "STABLE", "SUBSET", "SUPERSET", "SWAPPED", "TOKENS", "missing_from"]


def missing_from(
    lab: Lab, row: Requirement, operation: str, smaller: Query, larger: Query
) -> tuple[Exchange, Exchange, int] | bool | None:
    """Compare two answers: is each item of the smaller one in the larger one?

    The same item has to be lost each time: live data moves.

    Returns:
        ``True`` where it is so and the smaller one has items, ``None`` where nothing can be said,
        else the exchanges (larger first) with the number of items lost, after asking again.
    """
    lost: set[Key] | None = None
    pair: tuple[Exchange, Exchange] | None = None
    for attempt in range(TRIES):
        small = lab.ask(operation, smaller, "control", row, fresh=attempt > 0)
        large = lab.ask(operation, larger, "twin", row, fresh=attempt > 0)
        if not (small.accepted and lab.readable(large)):
            return None
        keys = set(lab.keys(small))
        if not keys:
            return None if lost is None else True
        missed = keys - set(lab.keys(large))
        lost = missed if lost is None else lost & missed
        if not lost:
            return True
        pair = (large, small)
    return (*pair, len(lost)) if pair and lost else None


def _scale(value: Any, factor: float) -> Any:
    scaled = value * factor
    return int(scaled) if isinstance(value, int) else round(scaled, 6)


def _related(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Widen one margin after the other, around an item and its neighbours; compare each step."""
    evidence, findings = 0, []
    for anchor in lab.anchors.get(operation, ())[-1:]:
        for name, smaller, larger in _steps(check, operation, lab, anchor):
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


def _steps(
    check: Check, operation: str, lab: Lab, anchor: Anchor
) -> list[tuple[str, Query, Query]]:
    """Return the parameter that is widened, the query before and the query after.

    Narrowing is the same walk backwards, so that its answers are known already.
    """
    described = lab.context.catalogue.operations[operation]
    wider = check.kind == "superset"
    query = lab.neighbourhood(operation, anchor)
    out: list[tuple[str, Query, Query]] = []
    for name, change in check["parameters"].items():
        parameter = described.parameter(name)
        start = query.get(name, parameter.default if parameter else None)
        if not isinstance(start, (int, float)):
            continue
        factor = change["factor"] if wider else 1 / change["factor"]
        before = {**query, name: start}
        query = {**before, name: _scale(start, factor)}
        out.append((name, before, query))
    return out if wider else out[::-1]


def _stable(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask the same again and again: what comes, goes and comes back was not lost by moving data."""
    for anchor in lab.anchors.get(operation, ())[-1:]:
        query = lab.neighbourhood(operation, anchor)
        answers: list[Exchange] = []
        odd = 0
        while len(answers) < REPEATS or (odd == len(answers) - 2 and odd < TRIES):
            answers.append(lab.ask(operation, query, "twin", row))
            if not lab.readable(answers[-1]):
                return Result()
            if len(answers) > 2:
                odd += int(_blinks(*(set(lab.keys(x)) for x in answers[-3:])))
        if odd < TRIES:
            return Result(1)
        finding = found(
            row,
            "probe.stable",
            (answers[-2], answers[-1]),
            pointer="/response/body",
            expected="the same items",
            received="other items",
            text=check.get("message"),
        )
        return Result(1, (finding,))
    return Result()


def _blinks(first: set[Key], second: set[Key], third: set[Key]) -> bool:
    """Say whether the one between is not explained by items that end or appear."""
    if first and second and third and not (first & second or second & third):
        return True
    return bool((first & third) - second or second - first - third)


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


REPEATS = 3
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
    lambda check, row, operation, lab: len(check["parameters"]),
    _related,
    "pairs",
    {"en": "narrow a margin: no item may be new", "fr": "resserrer : aucun résultat nouveau"},
)
STABLE = Probe(
    lambda check, row, operation, lab: REPEATS,
    _stable,
    "pairs",
    {"en": "ask the same again and again", "fr": "demander plusieurs fois la même chose"},
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
