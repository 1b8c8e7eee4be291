"""Rules of a standard that look at all exchanges of a run together."""

from __future__ import annotations

from collections.abc import Sequence

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.kinds.values import of_trouble
from mobstd.judging.requirement import Check, Requirement
from mobstd.judging.rule import RunRule

__all__ = ["ruled_overall"]


def ruled_overall(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge by a Python rule of the standard that compares exchanges; no other one is for this."""
    rule = context.catalogue.version.rules[check["call"]]
    if not isinstance(rule, RunRule):
        return Result()
    evidence, findings = 0, []
    about = context.catalogue.operations_of(row, check)
    for exchange, troubles in rule.judge(exchanges, context):
        if exchange.operation not in about:
            continue
        evidence += 1
        findings += [of_trouble(row, exchange, context, "", one) for one in troubles]
    return Result(evidence, tuple(findings))
