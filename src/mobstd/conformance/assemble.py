"""From what checks saw to the report: outcomes of rows, verdicts of blocks, the run's verdict."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import mobstd
from mobstd.canon.schemas import documents
from mobstd.conformance.baseline import Baseline, gate
from mobstd.conformance.lab import Lab
from mobstd.conformance.preflight import Preflight
from mobstd.conformance.profile import Profile
from mobstd.conformance.redaction import Redactor, personal_members
from mobstd.conformance.report.contract import FORMAT_VERSION
from mobstd.conformance.report.findings import merged, message
from mobstd.conformance.report.finish import finish
from mobstd.judging.finding import Finding
from mobstd.judging.judge import Tally, settle
from mobstd.judging.outcome import (
    Outcome,
    block_verdict,
    row_outcome,
    run_verdict,
    umbrella_outcome,
    untested_reason,
)
from mobstd.judging.requirement import Check, Requirement

__all__ = ["Run", "assemble", "redactor"]


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
    secrets: Mapping[str, str] = field(default_factory=dict)
    baseline: Baseline | None = None
    fail_on: str = "error"
    recorded: Mapping[str, Any] | None = None

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that get a verdict: declared, or found."""
        there = [b for b, state in self.lab.presence.items() if state == "present"]
        if self.declared is None:
            return tuple(there)
        return self.declared


@dataclass(frozen=True)
class _Judged:
    """A row with what was seen of it, on some operations or on all."""

    row: Requirement
    outcome: Outcome
    evidence: int
    findings: tuple[Finding, ...]
    because: tuple[str, ...] = ()


def _seen(
    run: Run, settled: Mapping[str, list[Tally]], row: Requirement, operations: frozenset[str]
) -> tuple[int, tuple[Finding, ...]]:
    evidence, findings = 0, []
    for tally in settled.get(row.id, ()):
        if tally.operation is None or tally.operation in operations:
            evidence += tally.evidence
        findings += [f for f in tally.findings if f.operation is None or f.operation in operations]
    return evidence, tuple(findings)


def _why_not(run: Run, row: Requirement, blocks: tuple[str, ...]) -> str | None:
    """Return why a row has no evidence, where that is known."""
    if row.id not in run.rows:
        return "not-selected"
    if row.untested is not None and not row.checks:
        return untested_reason(row.untested["reason"])
    if row.checks and all(_other_block(run, check) for check in row.checks):
        return "declared-absent"
    states = {run.lab.presence.get(block, "unknown") for block in blocks}
    if blocks and states == {"absent"}:
        declared = run.declared is None or set(blocks) & set(run.declared)
        return "absent" if declared else "declared-absent"
    if run.stopped is not None:
        return "stopped"
    return None


def _direct(
    run: Run, settled: Mapping[str, list[Tally]], operations: frozenset[str]
) -> dict[str, _Judged]:
    """Judge every row that is about some of these operations."""
    catalogue = run.lab.context.catalogue
    out: dict[str, _Judged] = {}
    for row in catalogue.rows.values():
        about = catalogue.operations_of(row)
        if about and not set(about) & operations:
            continue
        evidence, findings = _seen(run, settled, row, operations)
        blocks = tuple(
            b for b in catalogue.blocks_of(row) if set(catalogue.blocks[b].operations) & operations
        )
        reason = None
        if not evidence and not findings:
            said = (t.reason for t in settled.get(row.id, ()) if t.operation in operations)
            reason = next(filter(None, said), None) or _why_not(run, row, blocks)
        outcome = row_outcome(row.level, row.origin, findings, evidence, reason)
        out[row.id] = _Judged(row, outcome, evidence, findings)
    return out


def _other_block(run: Run, check: Check) -> bool:
    """Say whether a check judges only where a block is declared that is not."""
    return "when_block" in check.params and check["when_block"] not in run.lab.context.blocks


_WORST = ("failed", "warned", "inconclusive", "passed", "not-run")


def _with_umbrellas(judged: dict[str, _Judged]) -> dict[str, _Judged]:
    """Let umbrellas fall with what they cover; nested ones need a second round."""
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
            because = tuple(c for c in covered if judged[c].outcome.name in ("failed", "warned"))
            if row.checks:
                worst = min((over, found.outcome), key=lambda o: _WORST.index(o.name))
                over = found.outcome if worst.name in ("inconclusive", "passed") else worst
            evidence = found.evidence if row.checks else sum(judged[c].evidence for c in covered)
            judged[name] = _Judged(row, over, evidence, found.findings, because)
        if before == {name: found.outcome for name, found in judged.items()}:
            break
    return judged


def _covered(row: Requirement, judged: Mapping[str, _Judged]) -> list[str]:
    if "*" not in row.covers:
        return [c for c in row.covers if c in judged]
    return [
        name
        for name, found in judged.items()
        if found.row.severity == "error" and "*" not in found.row.covers
    ]


def _requirement(run: Run, found: _Judged) -> dict[str, Any]:
    row = found.row
    catalogue = run.lab.context.catalogue
    blocks = catalogue.blocks_of(row)
    note = row.untested["because"] if row.untested and not row.checks else None
    return {
        "id": row.id,
        "level": row.level,
        "origin": row.origin,
        "title": dict(row.title),
        "block": blocks[0] if len(blocks) == 1 else None,
        "outcome": found.outcome.name,
        "reason": found.outcome.reason,
        "note": dict(note) if note else None,
        "evidence": found.evidence,
        "because": list(found.because),
        "findings": merged(found.findings, catalogue.version.messages),
        "source": [dict(source) for source in row.source],
        "ambiguities": list(row.ambiguities),
    }


EXERCISED = ("passed", "failed", "warned")


def _block(run: Run, settled: Mapping[str, list[Tally]], name: str) -> dict[str, Any]:
    catalogue = run.lab.context.catalogue
    block = catalogue.blocks[name]
    operations = frozenset(block.operations)
    if not operations:
        own = [row for row in catalogue.rows.values() if name in row.blocks]
        operations = frozenset(op for row in own for op in catalogue.operations_of(row))
    judged = _with_umbrellas(_direct(run, settled, operations))
    if not block.operations:
        judged = {key: found for key, found in judged.items() if name in found.row.blocks}
    outcomes = {key: found.outcome for key, found in judged.items()}
    core = [row for row in block.core if row in judged]
    if run.only:
        core = [row for row in judged if row in run.rows]
    counted = [f for f in judged.values() if f.row.checks or f.row.covers]
    if run.only:
        counted = [f for f in counted if f.row.id in run.rows]
    exercised = [f for f in counted if f.outcome.name in EXERCISED]
    without = [f.row.id for f in counted if f.outcome.name == "inconclusive"]
    declared = None
    if run.declared is not None:
        declared = "present" if name in run.declared else "absent"
    return {
        "id": name,
        "verdict": block_verdict(outcomes, core),
        "exercised": len(exercised),
        "total": len(counted),
        "declared": declared,
        "operations": list(block.operations),
        "core": [{"id": row, "outcome": outcomes[row].name} for row in core],
        "unlock": _unlock(run, tuple(sorted(operations)), without),
    }


def _unlock(run: Run, operations: tuple[str, ...], rows: list[str]) -> list[dict[str, Any]]:
    """Say what data would let the rest be judged."""
    if not rows:
        return []
    searches = [op for op in operations if op in run.lab.context.catalogue.collections]
    bare = bool(searches) and not any(run.lab.anchors.get(op) for op in searches)
    code = "unlock.stopped" if run.stopped else "unlock.items" if bare else "unlock.variety"
    params = {"operation": ", ".join(operations)}
    return [{"message": message(code, params), "requirements": rows}]


def _exploration(run: Run) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for operation in run.lab.anchors:
        sent = [
            x
            for x in run.lab.session.exchanges
            if x.operation == operation and x.purpose == "explore"
        ]
        items = {key for exchange in sent for key in run.lab.keys(exchange)}
        queries = [dict(x.query) for x in sent if run.lab.context.items(x)]
        out[operation] = {"requests": len(sent), "items": len(items), "queries": queries[:2]}
    return out


def _coverage(run: Run) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, operation in run.lab.context.catalogue.operations.items():
        sent = [x for x in run.lab.session.exchanges if x.operation == name]
        if not sent:
            continue
        used = {parameter for x in sent for parameter in x.query}
        known = [p.name for p in operation.parameters]
        out[name] = {
            "requests": len(sent),
            "statuses": dict(sorted(Counter(str(x.status) for x in sent if x.status).items())),
            "parameters": {
                "seen": [p for p in known if p in used],
                "unseen": [p for p in known if p not in used],
            },
        }
    return out


def redactor(lab: Lab, secrets: Mapping[str, str], seed: int) -> Redactor:
    """Return what keeps persons and secrets of a run out of its report."""
    version = lab.context.catalogue.version
    suite = version.suite.get("personal", ())
    return Redactor(
        [*personal_members(documents(version).values()), *suite],
        secrets=secrets,
        headers=[name for name, _ in lab.session.credentials],
        seed=seed,
    )


def _standard(run: Run) -> dict[str, Any]:
    version = run.lab.context.catalogue.version
    text = version.source.get("meaning", {})
    name = str(version)
    return {
        "id": version.name,
        "version": version.version,
        "status": version.status,
        "text": {lang: str(text.get(lang, name)).strip() for lang in ("en", "fr")},
    }


def assemble(run: Run) -> dict[str, Any]:
    """Return the report."""
    catalogue = run.lab.context.catalogue
    settled = settle(run.tallies)
    every = _with_umbrellas(_direct(run, settled, frozenset(catalogue.operations)))
    blocks = [_block(run, settled, name) for name in run.blocks]
    verdicts = [block["verdict"] for block in blocks]
    by_phase = Counter(x.purpose for x in run.lab.session.exchanges)
    budget = run.lab.session.budget
    report = {
        "format_version": FORMAT_VERSION,
        "tool": {
            "name": "mobstd",
            "version": mobstd.__version__,
            "python": platform.python_version(),
        },
        "suite": {"catalogue": catalogue.hash, "kill_digest": None},
        "standard": _standard(run),
        "role": catalogue.role,
        "target": _target(run),
        "profile": {
            "hash": run.profile.hash,
            "time_zone": run.profile.timezone,
            "declared": None if run.declared is None else list(run.declared),
            "deviations": [
                {"requirement": clause.requirement, "reason": clause.because}
                for clause in (*run.profile.adds, *run.profile.lifts)
            ],
        },
        "seed": run.seed,
        "now": run.now.isoformat().replace("+00:00", "Z"),
        "started_at": run.started.isoformat().replace("+00:00", "Z"),
        "duration_seconds": round(run.seconds, 3),
        "stopped_by": run.stopped,
        "requests": len(run.lab.session.exchanges),
        "requests_by_phase": dict(sorted(by_phase.items())),
        "verdict": run_verdict(verdicts),
        "blocks": blocks,
        "requirements": [_requirement(run, found) for found in every.values()],
        "plan": dict(run.plan),
        "budget": {
            "requests": budget.requests,
            "by_phase": {"explore": budget.explore, "probe": budget.probe},
            "seconds": budget.seconds,
            "per_second": run.lab.session.pace.per_second,
            "writes": run.lab.session.allow_writes,
        },
        "preflight": [
            {
                "check": item.check,
                "ok": item.ok,
                "blame": item.blame,
                "message": message(item.code, item.params),
            }
            for item in run.preflight.items
        ],
        "exploration": _exploration(run),
        "coverage": _coverage(run),
    }
    report["record"] = run.recorded
    report["gate"] = gate(report, run.baseline, fail_on=run.fail_on)
    base = run.profile.target if "://" in run.profile.target else ""
    origin = "/".join(base.split("/")[:3]) if base else "http://localhost"
    return finish(
        report, run.lab.session.exchanges, redactor(run.lab, run.secrets, run.seed), origin
    )


def _target(run: Run) -> dict[str, Any]:
    name = run.profile.target
    url = name if "://" in name else None
    servers = (
        x.response.header("server") for x in run.lab.session.exchanges if x.response is not None
    )
    software = next((server for server in servers if server), None)
    return {"kind": "url" if url else "app", "name": name, "url": url, "software": software}
