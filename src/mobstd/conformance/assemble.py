"""From what checks saw to the report: outcomes of rows, verdicts of blocks, the run's verdict."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from typing import Any

import mobstd
from mobstd.canon.schemas import documents
from mobstd.conformance.baseline import gate
from mobstd.conformance.digest import digest
from mobstd.conformance.lab import Lab
from mobstd.conformance.later import unmoved
from mobstd.conformance.preflight import Item
from mobstd.conformance.redaction import Redactor, personal_members
from mobstd.conformance.report.contract import FORMAT_VERSION
from mobstd.conformance.report.findings import merged, message
from mobstd.conformance.report.finish import finish
from mobstd.conformance.result import (
    Judged,
    Run,
    direct,
    every_operation,
    in_block,
    operations_of,
    undeclared,
    with_umbrellas,
)
from mobstd.conformance.scenarios.account import has_made, lacking, made
from mobstd.conformance.survey import survey
from mobstd.judging.judge import settle
from mobstd.judging.outcome import block_verdict, run_verdict
from mobstd.judging.pointer import steps
from mobstd.messages import LANGUAGES, render

__all__ = ["assemble", "redactor"]


def _requirement(
    run: Run, found: Judged, by_block: Mapping[str, Mapping[str, Judged]]
) -> dict[str, Any]:
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
        "blocks": [
            {"id": name, "outcome": judged[row.id].outcome.name}
            for name, judged in by_block.items()
            if name in blocks and row.id in judged
        ],
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


def _told(run: Run, name: str) -> Mapping[str, str]:
    """Return what `suite.yaml` calls a block."""
    blocks: Mapping[str, Any] = run.lab.context.catalogue.version.suite["blocks"]
    title: Mapping[str, str] = blocks[name].get("title", {})
    return title


def _block(run: Run, judged: Mapping[str, Judged], name: str) -> dict[str, Any]:
    block = run.lab.context.catalogue.blocks[name]
    outcomes = {key: found.outcome for key, found in judged.items()}
    core = [row for row in block.core if row in judged]
    if run.only:
        core = [row for row in judged if row in run.rows]
    counted = [f for f in judged.values() if f.row.checks or f.row.covers]
    if run.only:
        counted = [f for f in counted if f.row.id in run.rows]
    exercised = [f for f in counted if f.outcome.name in EXERCISED]
    without = [
        f.row.id
        for f in counted
        if f.outcome.name == "inconclusive" and f.outcome.reason != "explained"
    ]
    declared = None
    if run.declared is not None:
        declared = "present" if name in run.declared else "absent"
    return {
        "id": name,
        "title": _both(
            run.lab.context.catalogue.version.suite["blocks"][name].get("title", {}), name
        ),
        "verdict": block_verdict(outcomes, core),
        "exercised": len(exercised),
        "total": len(counted),
        "declared": declared,
        "operations": list(block.operations),
        "core": [{"id": row, "outcome": outcomes[row].name} for row in core],
        "unlock": _unlock(run, tuple(sorted(operations_of(run, name))), without),
    }


def _unlock(run: Run, operations: tuple[str, ...], rows: list[str]) -> list[dict[str, Any]]:
    """Say what data would let the rest be judged."""
    if not rows:
        return []
    told = [] if run.lab.workshop is None else lacking(run.lab.workshop, operations)
    if told:
        return [{"message": one, "requirements": rows} for one in told]
    catalogue = run.lab.context.catalogue
    served = [op for op in operations if op in catalogue.operations]
    searches = [op for op in served if op in catalogue.collections]
    bare = bool(searches) and not any(run.lab.anchors.get(op) for op in searches)
    bare = bare and not (run.lab.workshop and has_made(run.lab.workshop, operations))
    code = "unlock.stopped" if run.stopped else "unlock.items" if bare else "unlock.variety"
    params = {"operation": ", ".join(searches if code == "unlock.items" else operations)}
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
    everywhere = [one for one in suite if isinstance(one, str)]
    patterns = [*personal_members(documents(version).values()), *everywhere]
    alone = (steps(pattern) for pattern in patterns)
    said: dict[str, list[str]] = {}
    if any(exchange.purpose == "traffic" for exchange in lab.session.exchanges):
        for one in suite:
            for operation in () if isinstance(one, str) else one["operations"]:
                said.setdefault(operation, []).append(one["at"])
    return Redactor(
        patterns,
        said=said,
        parameters=[found[1] for found in alone if len(found) == 2 and found[0] == "**"],
        secrets=secrets,
        headers=[name for name, _ in lab.session.credentials],
        seed=seed,
    )


def _standard(run: Run) -> dict[str, Any]:
    version = run.lab.context.catalogue.version
    name = str(version)
    return {
        "id": version.name,
        "version": version.version,
        "status": version.status,
        "title": _both(version.source.get("title", {}), name),
        "text": _both(version.source.get("meaning", {}), name),
    }


def _both(texts: Mapping[str, str], otherwise: str) -> dict[str, str]:
    return {lang: str(texts.get(lang, otherwise)).strip() for lang in LANGUAGES}


def assemble(run: Run) -> dict[str, Any]:
    """Return the report."""
    catalogue = run.lab.context.catalogue
    settled = settle([*run.tallies, *unmoved(run)])
    every = with_umbrellas(direct(run, settled, every_operation(run)), undeclared(run, settled))
    by_block = {name: in_block(run, settled, name) for name in run.blocks}
    blocks = [_block(run, judged, name) for name, judged in by_block.items()]
    verdicts = [block["verdict"] for block in blocks]
    receiver = run.lab.receiver
    called = receiver.exchanges if receiver is not None else []
    by_phase = Counter(x.purpose for x in (*run.lab.session.exchanges, *called))
    budget = run.lab.session.budget
    report = {
        "format_version": FORMAT_VERSION,
        "tool": {
            "name": "mobstd",
            "version": mobstd.__version__,
            "python": platform.python_version(),
        },
        "suite": {"catalogue": catalogue.hash, "kill_digest": digest(catalogue.version)},
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
        "requirements": [_requirement(run, found, by_block) for found in every.values()],
        "plan": dict(run.plan),
        "budget": {
            "requests": budget.requests,
            "by_phase": {"explore": budget.explore, "probe": budget.probe},
            "seconds": budget.seconds,
            "per_second": run.lab.session.pace.per_second,
            "writes": run.lab.session.allow_writes,
        },
        "preflight": [
            {"check": item.check, "ok": item.ok, "blame": item.blame, "message": _advised(item)}
            for item in run.preflight.items
        ],
        "exploration": _exploration(run),
        "coverage": _coverage(run),
        "survey": survey(run.lab),
    }
    report["record"] = run.recorded
    report["writes"] = None if run.lab.workshop is None else made(run.lab.workshop)
    report["gate"] = gate(report, run.baseline, fail_on=run.fail_on)
    hiding = redactor(run.lab, run.secrets, run.seed)
    exchanges = [*run.lab.session.exchanges, *called]
    return finish(report, exchanges, hiding, _origin(run), receiver.url if receiver else "")


def _advised(item: Item) -> dict[str, Any]:
    """Return the message of an item, and what to do about it where it is not as it should be."""
    said = message(item.code, item.params)
    if item.ok is not False:
        return said
    for lang in LANGUAGES:
        general = render(f"{item.code}.next", {**item.params}, lang, default="")
        advice = render(f"preflight.{item.code}.next", {**item.params}, lang, default=general)
        said[lang] = f"{said[lang]} {advice}".strip()
    return said


def _origin(run: Run) -> str:
    """Return scheme, host and port that requests went to."""
    address = getattr(run.lab.session.sender, "address", None)
    return address.origin if address is not None else "http://localhost"


def _target(run: Run) -> dict[str, Any]:
    name = run.profile.target
    servers = (
        x.response.header("server") for x in run.lab.session.exchanges if x.response is not None
    )
    return {
        "kind": "url" if "://" in name else "app",
        "name": name,
        "url": _origin(run) + run.lab.session.base_path,
        "software": next((server for server in servers if server), None),
    }
