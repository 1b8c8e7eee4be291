"""Schema errors, each given to the most specific row that takes it."""

from __future__ import annotations

from typing import Any

from mobstd.canon.validator import Problem
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import join, matches
from mobstd.judging.requirement import Check, Requirement

__all__ = ["json_type", "route"]

Pairs = tuple[tuple[Requirement, Check], ...]
Taking = tuple[int, Requirement, Check]


def json_type(value: Any) -> str:
    """Return the JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _takes(check: Check, problem: Problem, pointer: str) -> int | None:
    """Return how many selectors of the check match, or ``None`` where one does not."""
    score = int("statuses" in check.params)
    if "at" in check.params:
        patterns = check["at"] if isinstance(check["at"], list) else [check["at"]]
        if not any(matches(pattern, pointer) for pattern in patterns):
            return None
        score += 1
    if "keywords" in check.params:
        if problem.keyword not in check["keywords"]:
            return None
        score += 1
    if "member" in check.params:
        if problem.member not in check["member"]:
            return None
        score += 1
    kind = json_type(problem.value)
    if "instance" in check.params:
        if kind not in check["instance"]:
            return None
        score += 1
    elif kind == "null" and score:
        return None
    return score


def route(exchange: Exchange, context: Context, pairs: Pairs) -> dict[tuple[str, int], Result]:
    """Judge a body, or a request, against its schemas.

    There is a result per ``schema`` check, by row id and place in ``pairs``.
    A row has evidence where the body was judged at all; on a negative, only rows that name the
    status take part. Problems that differ by an index alone give the same finding each, the first
    one, so that 100,000 of them cost little.
    """
    taking = [
        (place, row, check)
        for place, (row, check) in enumerate(pairs)
        if check.kind == "schema" and (context.judges_callers or _concerns(check, exchange))
    ]
    if not taking:
        return {}
    problems = context.problems(exchange)
    if problems is None:
        return {}
    evidence = _evidence(exchange, context, taking)
    found: dict[tuple[str, int], list[Finding]] = {(row.id, place): [] for place, row, _ in taking}
    taker: dict[tuple[Any, ...], Taking | None] = {}
    first: dict[tuple[Any, ...], Finding] = {}
    for problem in problems:
        alike = (_starred(problem.path), problem.keyword, problem.member, json_type(problem.value))
        if alike not in taker:
            taker[alike] = _most_specific(taking, problem)
        best = taker[alike]
        if best is None:
            continue
        place, row, check = best
        if alike not in first:
            at = context.root + join(problem.path)
            first[alike] = _finding(row, check, exchange, problem, at)
        found[row.id, place].append(first[alike])
    return {
        key: Result(max(evidence[key[1]], 1) if findings else evidence[key[1]], tuple(findings))
        for key, findings in found.items()
    }


def _concerns(check: Check, exchange: Exchange) -> bool:
    """Say whether a check takes part in judging this answer."""
    response = exchange.response
    if response is None or (exchange.negative and response.status < 400):
        return False
    known = response.status in check.get("statuses", [response.status])
    return known and (not exchange.negative or "statuses" in check.params)


def _evidence(exchange: Exchange, context: Context, taking: list[Taking]) -> dict[int, int]:
    """Return by check whether there is anything to judge: of a request, what it is about."""
    if context.judges_callers:
        return {place: int(_there(check, exchange, context)) for place, _, check in taking}
    empty = exchange.body == [] or exchange.body == {}
    if exchange.operation in context.catalogue.collections:
        empty = not context.items(exchange)
    return dict.fromkeys(
        (place for place, _, _ in taking), 0 if empty and exchange.status == 200 else 1
    )


def _there(check: Check, exchange: Exchange, context: Context) -> bool:
    places = check.get("at", "")
    patterns = places if isinstance(places, list) else [places]
    return any(context.find(exchange, pattern) for pattern in patterns)


def _starred(path: tuple[str | int, ...]) -> tuple[str | None, ...]:
    """Return the path without the indexes, which no selector tells apart."""
    return tuple(None if isinstance(step, int) else step for step in path)


def _most_specific(taking: list[Taking], problem: Problem) -> Taking | None:
    """Return the check with most selectors among those that take a problem."""
    pointer = join(problem.path)
    best: tuple[int, Taking] | None = None
    for one in taking:
        score = _takes(one[2], problem, pointer)
        if score is not None and (best is None or score > best[0]):
            best = (score, one)
    return best[1] if best else None


def _finding(
    row: Requirement, check: Check, exchange: Exchange, problem: Problem, pointer: str
) -> Finding:
    missing = problem.keyword == "required"
    at = f"{pointer}/{problem.member}" if missing and problem.member else pointer
    code = f"schema.{problem.keyword}"
    if json_type(problem.value) == "null":
        code = "schema.null"
    return Finding(
        row.id,
        code,
        exchange.operation,
        (exchange.id,),
        at,
        {"member": problem.member or "", "keyword": problem.keyword},
        {problem.keyword: problem.expected},
        None if missing else problem.value,
        text=check.get("message"),
    )
