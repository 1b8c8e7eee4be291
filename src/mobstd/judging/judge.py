"""Judges recorded exchanges by every row that fits them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds import CALL, CALLS, EXCHANGE, RUN
from mobstd.judging.pointer import star
from mobstd.judging.requirement import Check, Requirement
from mobstd.judging.routing import route

__all__ = ["Tally", "judge", "judge_all", "judge_each", "limited_severity", "settle"]


@dataclass(frozen=True)
class Tally:
    """What one check of one row saw on one operation; ``reason``: why it saw nothing."""

    requirement: Requirement
    check: Check
    operation: str | None
    evidence: int
    findings: tuple[Finding, ...]
    reason: str | None = None


def limited_severity(row: Requirement, check: Check, finding: Finding) -> Finding:
    """Return the finding with the severity that its row and check allow."""
    levels = (row.severity, check.get("severity", "error"), finding.severity)
    severity = "warning" if "warning" in levels else "error"
    return finding if finding.severity == severity else replace(finding, severity=severity)


def _active(check: Check, context: Context) -> bool:
    """A check with ``when_block`` judges only where that block is declared."""
    return "when_block" not in check.params or check["when_block"] in context.blocks


def judge(
    exchanges: Sequence[Exchange], context: Context, tallies: list[Tally] | None = None
) -> list[Tally]:
    """Return what every passive check saw, one tally per exchange or run.

    With a context of ``callers``, the exchanges are those of one caller, in the order of time, and
    it is their requests that are judged. Tallies are added to ``tallies`` as they come, so that who
    is interrupted has those so far.
    """
    tallies = [] if tallies is None else tallies
    judge_each(exchanges, context, tallies)
    judge_all(exchanges, context, tallies)
    return tallies


def judge_each(
    exchanges: Iterable[Exchange], context: Context, tallies: list[Tally] | None = None
) -> list[Tally]:
    """Return what the checks saw that judge one exchange alone."""
    tallies = [] if tallies is None else tallies
    known = CALL if context.judges_callers else EXCHANGE
    for exchange in exchanges:
        pairs = context.catalogue.by_operation.get(exchange.operation or "", ())
        for (_, place), result in route(exchange, context, pairs).items():
            row, check = pairs[place]
            _add(tallies, row, check, exchange.operation, result)
        for row, check in pairs:
            judged = known.get(check.kind)
            if judged is not None and _active(check, context):
                _add(tallies, row, check, exchange.operation, judged(check, row, exchange, context))
        context.forget(exchange)
    return tallies


def judge_all(
    exchanges: Sequence[Exchange], context: Context, tallies: list[Tally] | None = None
) -> list[Tally]:
    """Return what the checks saw that look at all exchanges together."""
    tallies = [] if tallies is None else tallies
    known = CALLS if context.judges_callers else RUN
    for row, check in context.catalogue.checks:
        overall = known.get(check.kind)
        if overall is not None and _active(check, context):
            _add(tallies, row, check, None, overall(check, row, exchanges, context))
    return tallies


def _add(
    tallies: list[Tally], row: Requirement, check: Check, operation: str | None, result: Result
) -> None:
    if result.evidence or result.findings:
        tallies.append(
            Tally(row, check, operation, result.evidence, _folded(row, check, result.findings))
        )


def _folded(row: Requirement, check: Check, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return as many findings, each with its severity; those that are alike are one object."""
    first: dict[tuple[str | None, ...], Finding] = {}
    out = []
    for finding in findings:
        key = (finding.operation, star(finding.pointer), finding.code, finding.severity)
        if key not in first:
            first[key] = limited_severity(row, check, finding)
        out.append(first[key])
    return tuple(out)


def settle(tallies: Iterable[Tally]) -> Mapping[str, list[Tally]]:
    """Return the tallies by row; findings give way where a row that explains them failed.

    A check's ``unless_failed`` names those rows; they count on the same operation only, and
    where they failed: with an error, or with a warning where the row can have no more. A row whose
    findings an error explains has no evidence there: it cannot pass on what is left.
    """
    kept = list(tallies)
    errors = {
        (t.requirement.id, f.operation) for t in kept for f in t.findings if f.severity == "error"
    }
    failed = {
        (t.requirement.id, f.operation)
        for t in kept
        for f in t.findings
        if f.severity == "error" or t.requirement.severity == "warning"
    }
    settled: dict[str, list[Tally]] = {}
    blind: set[tuple[str, str | None]] = set()
    for tally in kept:
        explained = tally.check.get("unless_failed", ())
        findings = tuple(
            f for f in tally.findings if not any((row, f.operation) in failed for row in explained)
        )
        blind |= {
            (tally.requirement.id, f.operation)
            for f in tally.findings
            if f not in findings and any((row, f.operation) in errors for row in explained)
        }
        changed = tally if findings == tally.findings else replace(tally, findings=findings)
        settled.setdefault(tally.requirement.id, []).append(changed)
    return {row: [_blinded(t, blind) for t in found] for row, found in settled.items()}


def _blinded(tally: Tally, blind: set[tuple[str, str | None]]) -> Tally:
    if tally.findings or (tally.requirement.id, tally.operation) not in blind:
        return tally
    return replace(tally, evidence=0, reason=tally.reason or "explained")
