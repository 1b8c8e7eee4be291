"""Rules over the values of a body: JSON Schemas where data can say it, Python where not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.filters import filtered
from mobstd.judging.pointer import MISSING, get, steps
from mobstd.judging.requirement import Check, Requirement
from mobstd.judging.rule import SURPRISED, ItemFilter, RunRule, Trouble, ValueRule

__all__ = ["asserted", "equal", "of_trouble", "ordered", "ruled", "troubles"]


def _judged(check: Check, exchange: Exchange, context: Context) -> bool:
    if context.judges_callers:
        return True
    if exchange.response is None or exchange.response.not_json is not None:
        return False
    status = exchange.response.status
    if exchange.negative and (
        check.kind != "assert" or "statuses" not in check.params or status < 400
    ):
        return False
    return status in check.get("statuses", [200])


def _values(
    check: Check, exchange: Exchange, context: Context, at: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield what the check is about and the schema accepts: it, and all that it lies in."""
    places = check.get("at", at)
    refused = context.refused(exchange)
    reads = _reads(check) if refused.pointers else frozenset()
    for pattern in places if isinstance(places, list) else [places]:
        for pointer, value in context.find(exchange, pattern):
            if not refused.touches(pointer, reads):
                yield pointer, value


def _reads(check: Check) -> frozenset[str]:
    """Return the members of the value that the check reads."""
    names = {steps(check.get(name, "/"))[0] for name in ("lower", "upper", "left", "right")}
    pending: list[Any] = [check.get("if"), check.get("then")]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            names.update(node.get("properties", ()), node.get("required", ()))
            pending += node.values()
        elif isinstance(node, list):
            pending += node
    return frozenset(names)


def asserted(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge that each value that satisfies ``if`` satisfies ``then``."""
    if not _judged(check, exchange, context):
        return Result()
    condition = context.validator(check["if"]) if "if" in check.params else None
    wanted = context.validator(check["then"])
    evidence, findings = 0, []
    for pointer, value in _values(check, exchange, context):
        if condition is not None and not condition.is_valid(value):
            continue
        evidence += 1
        if wanted.is_valid(value):
            continue
        problem = next(iter(wanted.problems(value)))
        below = "".join(f"/{step}" for step in problem.path)
        expected = {problem.keyword: problem.expected}
        received = None if problem.keyword == "required" else problem.value
        findings.append(
            Finding(
                row.id,
                str(check.get("code", "kind.assert")),
                exchange.operation,
                (exchange.id,),
                f"{context.root}{pointer}{below}",
                {"keyword": problem.keyword, "member": problem.member or ""},
                expected,
                received,
                text=check.get("message"),
            )
        )
    return Result(evidence, tuple(findings))


def ordered(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge that one number of each item is not above another."""
    if not _judged(check, exchange, context):
        return Result()
    evidence, findings = 0, []
    for pointer, item in _values(check, exchange, context):
        lower, upper = get(item, check["lower"]), get(item, check["upper"])
        if not (_number(lower) and _number(upper)):
            continue
        evidence += 1
        if lower > upper:
            findings.append(
                Finding(
                    row.id,
                    "kind.ordered",
                    exchange.operation,
                    (exchange.id,),
                    f"{context.root}{pointer}{check['lower']}",
                    {"lower": check["lower"], "upper": check["upper"]},
                    f"<= {upper}",
                    lower,
                    text=check.get("message"),
                )
            )
    return Result(evidence, tuple(findings))


def equal(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge that two values of each item are the same."""
    if not _judged(check, exchange, context):
        return Result()
    evidence, findings = 0, []
    for pointer, item in _values(check, exchange, context):
        left, right = get(item, check["left"]), get(item, check["right"])
        if left is MISSING or right is MISSING:
            continue
        evidence += 1
        if left != right:
            findings.append(
                Finding(
                    row.id,
                    "kind.equal",
                    exchange.operation,
                    (exchange.id,),
                    f"{context.root}{pointer}{check['right']}",
                    {"left": check["left"], "right": check["right"]},
                    left,
                    right,
                    text=check.get("message"),
                )
            )
    return Result(evidence, tuple(findings))


def _number(value: Any) -> bool:
    return value is not MISSING and isinstance(value, (int, float)) and not isinstance(value, bool)


def troubles(
    rule: ValueRule, value: Any, context: Context, *, whole: bool
) -> Sequence[Trouble] | None:
    """Return what a rule finds, ``None`` where it cannot read what the schema refuses.

    Raises:
        Exception: where it stumbles over a value that is ``whole``: that is a fault of the rule.
    """
    try:
        found = rule.judge(value, context)
        return None if found is None else list(found)
    except SURPRISED:
        if whole:
            raise
        return None


def ruled(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge by a Python rule of the standard."""
    rule = context.catalogue.version.rules[check["call"]]
    if isinstance(rule, ItemFilter):
        return filtered(check, row, exchange, context)
    if isinstance(rule, RunRule) or not _judged(check, exchange, context):
        return Result()
    evidence = 0
    findings: list[Finding] = []
    for pointer, value in _values(check, exchange, context, rule.at):
        whole = pointer not in context.refused(exchange).below
        found = troubles(rule, value, context, whole=whole)
        if found is None:
            continue
        evidence += 1
        findings.extend(of_trouble(row, exchange, context, pointer, one) for one in found)
    return Result(evidence, tuple(findings))


def of_trouble(
    row: Requirement, exchange: Exchange, context: Context, pointer: str, trouble: Trouble
) -> Finding:
    """Return the finding about what a rule holds against the value at a pointer of the body."""
    return Finding(
        row.id,
        trouble.code,
        exchange.operation,
        (exchange.id,),
        f"{context.root}{pointer}{trouble.pointer}",
        trouble.params,
        trouble.expected,
        trouble.received,
    )
