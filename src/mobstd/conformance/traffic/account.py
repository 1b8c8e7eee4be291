"""The report on traffic that others made: the report of any run, with a section on the callers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from mobstd.canon.openapi import credential_names
from mobstd.conformance.assemble import assemble
from mobstd.conformance.baseline import Baseline, gate
from mobstd.conformance.lab import Lab
from mobstd.conformance.preflight import Preflight
from mobstd.conformance.profile import Profile
from mobstd.conformance.report.findings import message
from mobstd.conformance.result import Run, in_block
from mobstd.conformance.session import Session
from mobstd.conformance.traffic.hearing import CALLER, Hearing
from mobstd.conformance.traffic.ledger import Ledger, Use
from mobstd.errors import Unreachable
from mobstd.judging.catalogue import Catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Request, Response
from mobstd.judging.judge import Tally, settle
from mobstd.judging.outcome import block_verdict, run_verdict
from mobstd.transport.address import Address

__all__ = ["About", "account"]


REASONS = {"absent": "unused", "no-data": "not-shown"}
"""What a reason means where callers are judged."""


@dataclass(frozen=True)
class About:
    """What a report says beside what was heard.

    Attributes:
        name: of the target: who was called, or the file.
        kind: ``url`` or ``recording``.
        base: scheme, host, port and base path that requests went to, where it is one.
        secrets: values that must never show, by name.
        stopped: why it ended early: ``interrupted``, ``time`` or ``command``.
        command: what is known of a command that was run.
        bases: where in a recording the role was found.
    """

    name: str
    kind: str
    base: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    baseline: Baseline | None = None
    fail_on: str = "error"
    stopped: str | None = None
    command: Mapping[str, Any] | None = None
    bases: tuple[str, ...] = ()


class _Nobody:
    """Sends nothing: the exchanges were made by others."""

    def __init__(self, base: str) -> None:
        self.address = Address.parse(base) if base else None

    def send(self, request: Request) -> Response:
        raise Unreachable("transport.unreachable", host="-", reason="-", operation=request.path)


def account(hearing: Hearing, about: About) -> dict[str, Any]:
    """Return the report (``conformance/report.schema.json``) on what was heard so far."""
    end = hearing.ended or datetime.now(UTC)
    parties = {name: (ledger, _settled(ledger)) for name, ledger in hearing.parties.items()}
    use = _use(hearing)
    tallies = [tally for _, own in parties.values() for tally in own]
    run = _run(hearing, _used(hearing.catalogue, use), tallies, use, about, end)
    run.lab.session.exchanges = [x for ledger, _ in parties.values() for x in ledger.cited()]
    report = assemble(run)
    singles = {
        name: _single(hearing, ledger, own, about, end) for name, (ledger, own) in parties.items()
    }
    report["side"] = hearing.side
    report["target"] = _target(hearing, about)
    report["requests"] = hearing.requests
    report["requests_by_phase"] = {"traffic": hearing.requests}
    report["coverage"] = _coverage(hearing.catalogue, use)
    for name in ("plan", "budget", "exploration", "preflight"):
        report.pop(name, None)
    report["traffic"] = {
        "unmatched": hearing.unmatched,
        "elsewhere": [
            {"base": base, "requests": count} for base, count in hearing.elsewhere.most_common(10)
        ],
        "bases": list(about.bases),
        "forgotten": sum(ledger.forgotten for ledger in hearing.parties.values()),
    }
    report["command"] = about.command
    if hearing.side == CALLER:
        report["callers"] = [
            _caller(name, hearing.parties[name], singles[name]) for name in singles
        ]
        report["suite"]["kill_digest"] = None
        _of_callers(report, singles)
    report["gate"] = gate(report, about.baseline, fail_on=about.fail_on)
    return report


def _settled(ledger: Ledger) -> list[Tally]:
    return [tally for own in settle(ledger.tallies()).values() for tally in own]


def _use(hearing: Hearing) -> dict[str, Use]:
    whole: dict[str, Use] = {}
    for ledger in hearing.parties.values():
        for operation, use in ledger.use.items():
            one = whole.setdefault(operation, Use())
            one.requests += use.requests
            one.statuses += use.statuses
            one.parameters |= use.parameters
    return whole


def _used(catalogue: Catalogue, use: Mapping[str, Use]) -> Catalogue:
    """Return the catalogue of callers with the core rows that are about what was called."""
    if not catalogue.callers:
        return catalogue
    blocks = {}
    for name, block in catalogue.blocks.items():
        called = set(block.operations) & set(use)
        core = tuple(r for r in block.core if set(catalogue.rows[r].operations) & called)
        blocks[name] = replace(block, core=core)
    return replace(catalogue, blocks=blocks)


def _run(
    hearing: Hearing,
    catalogue: Catalogue,
    tallies: list[Tally],
    use: Mapping[str, Use],
    about: About,
    end: datetime,
) -> Run:
    places = credential_names(hearing.version, hearing.role)
    session = Session(
        _Nobody(about.base),
        catalogue,
        credentials=tuple((name, "") for where, name in places if where == "header"),
        allow_writes=True,
    )
    presence = {
        name: "present" if set(block.operations) & set(use) else "absent"
        for name, block in catalogue.blocks.items()
    }
    return Run(
        lab=Lab(session, Context(catalogue), presence=presence),
        profile=Profile(about.name, str(hearing.version), hearing.role),
        declared=None,
        rows=catalogue.rows,
        tallies=tallies,
        preflight=Preflight(),
        plan={"requests": 0, "classes": []},
        now=end.replace(microsecond=0),
        started=hearing.began,
        seconds=max(0.0, (end - hearing.began).total_seconds()),
        stopped=about.stopped,
        seed=0,
        secrets=about.secrets,
        fail_on=about.fail_on,
    )


@dataclass(frozen=True)
class _Single:
    """What became of one caller: verdicts of blocks, and rows by outcome."""

    blocks: Mapping[str, str]
    failed: tuple[str, ...]
    warned: tuple[str, ...]
    findings: tuple[str, ...]


def _single(
    hearing: Hearing, ledger: Ledger, tallies: list[Tally], about: About, end: datetime
) -> _Single:
    run = _run(hearing, _used(ledger.catalogue, ledger.use), tallies, ledger.use, about, end)
    own = settle(tallies)
    judged = {name: in_block(run, own, name) for name in run.blocks}
    blocks = run.lab.context.catalogue.blocks
    outcomes = {
        name: {row: one.outcome for row, one in found.items()} for name, found in judged.items()
    }

    def named(wanted: str) -> tuple[str, ...]:
        found = (r for rows in outcomes.values() for r, o in rows.items() if o.name == wanted)
        return tuple(dict.fromkeys(found))

    return _Single(
        {name: block_verdict(rows, blocks[name].core) for name, rows in outcomes.items()},
        named("failed"),
        named("warned"),
        tuple(dict.fromkeys(f.fingerprint for t in tallies for f in t.findings)),
    )


def _caller(name: str, ledger: Ledger, single: _Single) -> dict[str, Any]:
    return {
        "name": name,
        "told_by": ledger.told_by,
        "software": ledger.software,
        "requests": ledger.requests,
        "verdict": run_verdict(single.blocks.values()),
        "blocks": [{"id": key, "verdict": value} for key, value in single.blocks.items()],
        "failed": list(single.failed),
        "warned": list(single.warned),
        "findings": list(single.findings),
    }


def _of_callers(report: dict[str, Any], singles: Mapping[str, _Single]) -> None:
    """Let each block have the worst verdict of a caller that used it, and say so in words."""
    for block in report["blocks"]:
        verdicts = [
            one.blocks[block["id"]] for one in singles.values() if block["id"] in one.blocks
        ]
        block["verdict"] = run_verdict(verdicts)
        for item in block["unlock"]:
            operations = ", ".join(block["operations"])
            item["message"] = message("unlock.calls", {"operation": operations})
    report["verdict"] = run_verdict(block["verdict"] for block in report["blocks"])
    for row in report["requirements"]:
        row["reason"] = REASONS.get(row["reason"], row["reason"])


def _coverage(catalogue: Catalogue, use: Mapping[str, Use]) -> dict[str, Any]:
    return dict(_covered(catalogue, use))


def _covered(catalogue: Catalogue, use: Mapping[str, Use]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in catalogue.operations.items():
        if name in use:
            seen = use[name]
            known = [p.name for p in operation.parameters if p.where == "query"]
            yield (
                name,
                {
                    "requests": seen.requests,
                    "statuses": dict(sorted(Counter(seen.statuses).items())),
                    "parameters": {
                        "seen": [p for p in known if p in seen.parameters],
                        "unseen": [p for p in known if p not in seen.parameters],
                    },
                },
            )


def _target(hearing: Hearing, about: About) -> dict[str, Any]:
    kind = "caller" if hearing.side == CALLER else about.kind
    return {"kind": kind, "name": about.name, "url": about.base or None, "software": None}
