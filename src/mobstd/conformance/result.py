"""What a run ends with: everything that was seen, and the outcome of each row from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mobstd.canon.openapi import operations
from mobstd.conformance.baseline import Baseline
from mobstd.conformance.lab import Lab
from mobstd.conformance.preflight import Preflight
from mobstd.conformance.profile import Profile
from mobstd.judging.catalogue import callers
from mobstd.judging.finding import Finding
from mobstd.judging.judge import Tally
from mobstd.judging.outcome import Outcome, row_outcome, umbrella_outcome, untested_reason
from mobstd.judging.requirement import Check, Requirement

__all__ = [
    "Judged",
    "Run",
    "direct",
    "every_operation",
    "in_block",
    "operations_of",
    "undeclared",
    "with_umbrellas",
]


@dataclass
class Run:
    """Everything that a run ends with."""

    lab: Lab
    profile: Profile
    declared: tuple[str, ...] | None
    rows: Mapping[str, Requirement]
    tallies: list[Tally]
    preflight: Preflight
    plan: Mapping[str, Any]
    now: datetime
    started: datetime
    seconds: float
    stopped: str | None
    seed: int
    only: tuple[str, ...] = ()
    selected: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)
    baseline: Baseline | None = None
    fail_on: str = "error"
    recorded: Mapping[str, Any] | None = None

    def called(self, block: str) -> frozenset[str]:
        """Return the operations of a block that the target calls, where calls are heard."""
        receiver = self.lab.receiver
        if receiver is None:
            return frozenset()
        catalogue = self.lab.context.catalogue
        named = catalogue.version.suite["blocks"][block].get("operations", ())
        return frozenset(named) & frozenset(operations(catalogue.version, receiver.role))

    def asked(self, row: Requirement) -> frozenset[str]:
        """Return the operations that the target calls about which a row asks something."""
        receiver = self.lab.receiver
        if receiver is None or row.calls is None:
            return frozenset()
        found = callers(receiver.version, receiver.role).rows.get(row.id)
        return frozenset(found.operations) if found is not None else frozenset()

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that get a verdict: declared, or found."""
        there = [b for b, state in self.lab.presence.items() if state == "present"]
        found = tuple(there) if self.declared is None else self.declared
        if not self.only:
            return found
        catalogue = self.lab.context.catalogue
        about = {b for row in self.rows.values() for b in catalogue.blocks_of(row)}
        return tuple(block for block in found if block in about)


@dataclass(frozen=True)
class Judged:
    """A row with what was seen of it, on some operations or on all."""

    row: Requirement
    outcome: Outcome
    evidence: int
    findings: tuple[Finding, ...]
    because: tuple[str, ...] = ()


def _seen(
    run: Run, settled: Mapping[str, list[Tally]], row: Requirement, operations: frozenset[str]
) -> tuple[int, tuple[Finding, ...]]:
    """Return evidence and findings of a row on some operations.

    What shows on an operation that the row is not about counts where it was tried: news, say, is
    taken without effect, which only a change tells.
    """
    evidence, findings = 0, []
    own = set(run.lab.context.catalogue.operations_of(row)) | run.asked(row)
    for tally in settled.get(row.id, ()):
        here = tally.operation in operations
        if tally.operation is None or here:
            evidence += tally.evidence
        findings += [
            found
            for found in tally.findings
            if found.operation is None
            or found.operation in operations
            or (here and own and found.operation not in own)
        ]
    return evidence, tuple(findings)


def _why_not(run: Run, row: Requirement, blocks: tuple[str, ...], about: set[str]) -> str | None:
    """Return why a row has no evidence on these operations, where that is known."""
    if row.id not in run.rows:
        return "not-selected"
    if run.selected and blocks and not set(blocks) & set(run.declared or ()):
        return "not-selected"
    if row.untested is not None and not row.checks:
        return untested_reason(row.untested["reason"])
    if row.checks and all(_other_block(run, check) for check in row.checks):
        return "declared-absent"
    if about and not run.lab.session.allow_writes and not any(map(run.lab.askable, about)):
        return "not-permitted"
    states = {run.lab.presence.get(block, "unknown") for block in blocks}
    if blocks and states == {"absent"}:
        declared = run.declared is None or set(blocks) & set(run.declared)
        return "absent" if declared else "declared-absent"
    if run.stopped is not None:
        return "stopped"
    return None


def direct(
    run: Run, settled: Mapping[str, list[Tally]], operations: frozenset[str]
) -> dict[str, Judged]:
    """Judge every row that is about some of these operations."""
    catalogue = run.lab.context.catalogue
    out: dict[str, Judged] = {}
    for row in catalogue.rows.values():
        about = set(catalogue.operations_of(row))
        if about and not (about | run.asked(row)) & operations:
            continue
        evidence, findings = _seen(run, settled, row, operations)
        blocks = tuple(
            b for b in catalogue.blocks_of(row) if set(catalogue.blocks[b].operations) & operations
        )
        reason = None
        if not evidence and not findings:
            own = settled.get(row.id, ())
            said = (t.reason for t in own if t.operation is None or t.operation in operations)
            there = about & operations
            reason = next(filter(None, said), None) or _why_not(run, row, blocks, there)
        outcome = row_outcome(row.level, row.origin, findings, evidence, reason)
        out[row.id] = Judged(row, outcome, evidence, findings)
    return out


def _other_block(run: Run, check: Check) -> bool:
    """Say whether a check judges only where a block is declared that is not."""
    return "when_block" in check.params and check["when_block"] not in run.lab.context.blocks


_WORST = ("failed", "warned", "inconclusive", "passed", "not-run")


def undeclared(run: Run, settled: Mapping[str, list[Tally]]) -> tuple[str, ...]:
    """Return the binding rows that failed in blocks that are there without being declared."""
    blocks = run.lab.context.catalogue.blocks
    there = {op for name in run.lab.undeclared for op in blocks[name].operations}
    return tuple(
        name
        for name, tallies in settled.items()
        if any(f.severity == "error" and f.operation in there for t in tallies for f in t.findings)
    )


def with_umbrellas(judged: dict[str, Judged], elsewhere: tuple[str, ...] = ()) -> dict[str, Judged]:
    """Let umbrellas fall with what they cover; nested ones need a second round.

    ``elsewhere``: the rows that failed in blocks that are not declared, for the row about them.
    """
    for name, found in judged.items():
        if elsewhere and any(check.kind == "not-declared" for check in found.row.checks):
            failed = umbrella_outcome(found.row.level, found.row.origin, [Outcome("failed")])
            judged[name] = replace(found, outcome=failed, because=elsewhere)
    for _ in range(3):
        before = {name: found.outcome for name, found in judged.items()}
        for name, found in judged.items():
            row = found.row
            if not row.covers or (
                found.outcome.name == "not-run" and found.outcome.reason == "not-selected"
            ):
                continue
            covered = _covered(row, judged)
            outcomes = [judged[c].outcome for c in covered]
            over = umbrella_outcome(row.level, row.origin, outcomes)
            because = tuple(c for c in covered if judged[c].outcome.name == "failed")
            if row.checks:
                worst = min((over, found.outcome), key=lambda o: _WORST.index(o.name))
                over = found.outcome if worst.name in ("inconclusive", "passed") else worst
            evidence = found.evidence if row.checks else sum(judged[c].evidence for c in covered)
            judged[name] = Judged(row, over, evidence, found.findings, because)
        if before == {name: found.outcome for name, found in judged.items()}:
            break
    return judged


def _covered(row: Requirement, judged: Mapping[str, Judged]) -> list[str]:
    if any(check.kind == "schema" for check in row.checks):
        return [c for c in row.covers if c in judged and _of_the_schema(judged[c])]
    if "*" not in row.covers:
        return [c for c in row.covers if c in judged]
    return [
        name
        for name, found in judged.items()
        if found.row.severity == "error" and "*" not in found.row.covers
    ]


def _of_the_schema(found: Judged) -> bool:
    """Say whether a row is about the schema here: what failed of it did so by a keyword."""
    errors = [f for f in found.findings if f.severity == "error"]
    return not errors or any(f.code.startswith("schema.") for f in errors)


def every_operation(run: Run) -> frozenset[str]:
    """Return what the target serves, and what it calls where calls are heard."""
    catalogue = run.lab.context.catalogue
    return frozenset(catalogue.operations).union(*(run.called(name) for name in catalogue.blocks))


def operations_of(run: Run, name: str) -> frozenset[str]:
    """Return the operations of a block, or those of its rows where it has none of its own."""
    catalogue = run.lab.context.catalogue
    called = run.called(name)
    if catalogue.blocks[name].operations or called:
        return frozenset(catalogue.blocks[name].operations) | called
    own = [row for row in catalogue.rows.values() if name in row.blocks]
    return frozenset(op for row in own for op in catalogue.operations_of(row))


def in_block(run: Run, settled: Mapping[str, list[Tally]], name: str) -> dict[str, Judged]:
    """Judge every row that counts in a block, on the operations of that block alone."""
    judged = with_umbrellas(
        direct(run, settled, operations_of(run, name)), undeclared(run, settled)
    )
    catalogue = run.lab.context.catalogue
    whole = bool(catalogue.blocks[name].operations)
    called = run.called(name)
    return {
        key: found
        for key, found in judged.items()
        if name in found.row.blocks
        or (whole and (catalogue.operations_of(found.row) or not found.row.blocks))
        or (not found.row.blocks and run.asked(found.row) & called)
    }
