"""Relations between two answers of the same target; they need no known data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mobstd.conformance.kinds.boundary import TRIES
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import NEAR_KM, Key, Lab, Query
from mobstd.conformance.vicinity import around, crowd, neighbourhood
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = [
    "COUNTED",
    "STABLE",
    "SUBSET",
    "SUPERSET",
    "SWAPPED",
    "TOKENS",
    "lacking",
    "missing_from",
]

NARROWER = "the narrower query"


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
        if not (lab.readable(small) and lab.readable(large)):
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


def lacking(
    row: Requirement,
    code: str,
    of: str,
    result: tuple[Exchange, Exchange, int] | bool | None,
    text: Any = None,
    **params: Any,
) -> list[Finding]:
    """Return the finding of a comparison that lost something: ``of``, what every item is of."""
    if not isinstance(result, tuple):
        return []
    larger, smaller, count = result
    one = found(
        row,
        code,
        (larger, smaller),
        pointer="/response/body",
        expected=f"every item of {of}",
        received=f"{count} missing",
        text=text,
        **params,
    )
    return [one]


def _scale(value: Any, factor: float) -> Any:
    scaled = value * factor
    return int(scaled) if isinstance(value, int) else round(scaled, 6)


def _related(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Compare a crowd with what is left of it where one margin is narrower."""
    evidence: int = 0
    findings: list[Finding] = []
    for name, smaller, larger in _steps(check, row, operation, lab):
        result = missing_from(lab, row, operation, smaller, larger)
        if result is None:
            continue
        evidence += 1
        if isinstance(result, tuple):
            findings = lacking(
                row, f"probe.{check.kind}", NARROWER, result, check.get("message"),
                parameter=name, lost=result[2],
            )  # fmt: skip
            break
    return Result(evidence, tuple(findings))


def _steps(
    check: Check, row: Requirement, operation: str, lab: Lab
) -> Iterator[tuple[str, Query, Query]]:
    """Yield the parameter that is changed, the narrower query and the wider one.

    Widening and narrowing are the same two queries, so that one of them costs nothing.
    """
    described = lab.context.catalogue.operations[operation]
    many = crowd(lab, operation, row) if lab.anchors.get(operation) else None
    for name, change in check["parameters"].items():
        parameter = described.parameter(name)
        start = (many or {}).get(name, parameter.default if parameter else None)
        if many is None or not isinstance(start, (int, float)):
            continue
        factor = 1 / change["factor"] if check.kind == "superset" else change["factor"]
        yield name, {**many, name: _scale(start, factor)}, {**many, name: start}


def _stable(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask the same again and again: what comes, goes and comes back was not lost by moving data."""
    many = crowd(lab, operation, row)
    if operation in lab.ephemeral and many is not None:
        return _ephemeral(check, row, operation, lab, many)
    doubtful = [lab.doubtful[operation]] if operation in lab.doubtful else []
    for anchor in (lab.anchors.get(operation) or doubtful)[-1:]:
        query = many if many and operation in lab.anchors else neighbourhood(lab, anchor)
        answers: list[Exchange] = []
        odd = 0
        while len(answers) < REPEATS or (odd == len(answers) - 2 and odd < TRIES):
            answers.append(lab.ask(operation, query, "twin", row, fresh=bool(answers)))
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


def _ephemeral(check: Check, row: Requirement, operation: str, lab: Lab, many: Query) -> Result:
    """Where ids change by themselves, say so: no text forbids it, and nobody can refer to them."""
    first = lab.ask(operation, many, "twin", row, fresh=False)
    second = lab.ask(operation, many, "twin", row)
    finding = found(
        row,
        "probe.ephemeral",
        (second, first),
        pointer="/response/body",
        expected="the same ids",
        received="other ids",
        severity="warning",
    )
    return Result(1, (finding,))


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
    """Ask for the first value, the last and those between: who counts from zero errs at an end."""
    name = check["parameter"]
    evidence: int = 0
    findings: list[Finding] = []
    tokens: list[str] = check["tokens"]
    for anchor in lab.anchors.get(operation, ())[:1]:
        base = neighbourhood(lab, anchor)
        everything = {**base, name: check.get("default", tokens)}
        for part in filter(None, (tokens[:1], tokens[1:-1], tokens[-1:])):
            result = missing_from(lab, row, operation, {**base, name: part}, everything)
            if result is None:
                continue
            evidence += 1
            findings += lacking(row, "probe.token-subset", NARROWER, result, parameter=name)
    return Result(evidence, tuple(findings))


REPEATS = 3
COUNTS = (1, 2, 0)
OFF_SECONDS = 1500
"""How far from the centre of time an item is that has to come alone."""


def _counted(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for few, many and none, and for one where one is known, not at the centre.

    The passive part judges how many came; what a limit did not cut is looked for afterwards.
    """
    name = check["parameter"]
    query = crowd(lab, operation, row)
    if query is None:
        return Result()
    if len(lab.keys(lab.ask(operation, query, "control", row))) <= max(COUNTS[:2]):
        start = lab.wide.get(operation) or lab.controls[operation]
        query = {k: v for k, v in start.items() if k != name}
    for count in COUNTS:
        lab.ask(operation, {**query, name: count}, "twin", row)
    instant = lab.role_of(operation).get("instant")
    for anchor in lab.anchors.get(operation, ())[:1]:
        one = around(lab, anchor, NEAR_KM, 2 * OFF_SECONDS)
        if instant is not None and isinstance(one.get(instant), (int, float)):
            one[instant] = int(one[instant]) + OFF_SECONDS
        lab.ask(operation, {**one, name: 1}, "twin", row)
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
    lambda check, row, operation, lab: REPEATS - 1,
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
    lambda check, row, operation, lab: 5,
    _tokens,
    "pairs",
    {"en": "ask with fewer values of a list", "fr": "demander avec moins de valeurs d'une liste"},
)
COUNTED = Probe(
    lambda check, row, operation, lab: len(COUNTS) + 2,
    _counted,
    "pairs",
    {"en": "limit the number of results", "fr": "limiter le nombre de résultats"},
)
