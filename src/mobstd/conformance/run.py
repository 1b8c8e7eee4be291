"""One run: look, explore, probe, fuzz, judge everything that was recorded, and report.

``check`` is the whole main job as one function: a sender and a profile in, a report out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find
from mobstd.conformance.assemble import Run, assemble, redactor
from mobstd.conformance.baseline import Baseline
from mobstd.conformance.explore import explore
from mobstd.conformance.fuzz import fuzz
from mobstd.conformance.kinds import PROBES
from mobstd.conformance.lab import Lab
from mobstd.conformance.plan import plan
from mobstd.conformance.preflight import Preflight, preflight
from mobstd.conformance.profile import Profile
from mobstd.conformance.record import Recorder
from mobstd.conformance.session import Budget, Listener, Pace, SenderLike, Session, Stopped
from mobstd.errors import ConfigError, UnknownName
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.context import Context
from mobstd.judging.judge import Tally, judge, limited_severity
from mobstd.judging.requirement import Check, Requirement

__all__ = ["Options", "Progress", "bound", "check", "credentials", "the_role"]

QUICK = 40
LOOKING = ("declared", "implements")
"""Kinds that look at what preflight found and send nothing."""

LOOK_BACK = 24
"""Requests kept for asking again what seems to be missing."""


class Progress(Protocol):
    """Hears how far the run is."""

    def phase(self, name: str, total: int) -> None:
        """A phase begins, of at most ``total`` requests."""

    def advance(self) -> None:
        """One request was answered."""


@dataclass(frozen=True)
class Options:
    """How to run, beside what the profile says.

    Attributes:
        blocks: judge these only; they override what the profile declares.
        only: judge these rows only.
        now: the instant that dates are relative to; the real now when ``None``.
        with_fuzz: send generated requests with what is left of the budget.
        planned: stop after the plan; nothing is sent.
        rate: requests a second at most; over what the profile says.
        record: a folder that keeps every exchange as it was.
    """

    blocks: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    seed: int = 0
    now: datetime | None = None
    quick: bool = False
    with_fuzz: bool = True
    planned: bool = False
    credentials: tuple[tuple[str, str], ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    roots: tuple[Root, ...] = ()
    listeners: tuple[Listener, ...] = ()
    progress: Progress | None = None
    baseline: Baseline | None = None
    fail_on: str = "error"
    rate: float | None = None
    record: str | None = None
    sleep: Callable[[float], None] = time.sleep


def the_role(version: Version, wanted: str | None) -> str:
    """Return the role to judge: the wanted one, or the only one that serves.

    Raises:
        UnknownName: where it has no document, or there are several and none was named.
    """
    roles = version.roles
    if wanted is None and len(roles) == 1:
        return roles[0]
    if wanted not in roles:
        known = ", ".join(roles)
        raise UnknownName(
            "canon.unknown-role", wanted=wanted or "", version=str(version), known=known
        )
    return wanted


def bound(found: Catalogue, profile: Profile) -> Catalogue:
    """Return the catalogue as the contract of the profile binds it."""
    rows = dict(found.rows)
    for clause in (*profile.adds, *profile.lifts):
        if clause.requirement not in rows:
            raise UnknownName("engine.unknown-row", wanted=clause.requirement)
    for clause in profile.adds:
        row = rows[clause.requirement]
        rows[row.id] = replace(row, level="MUST", origin="text")
    for clause in profile.lifts:
        rows.pop(clause.requirement)
    return found if rows == dict(found.rows) else replace(found, rows=rows)


def _selected(found: Catalogue, options: Options, profile: Profile) -> tuple[str, ...] | None:
    """Return the blocks that are declared, with groups spelled out."""
    wanted = options.blocks or profile.blocks
    if wanted is None:
        return None
    blocks: list[str] = []
    for name in wanted:
        group = [b.id for b in found.blocks.values() if name in (b.id, b.group)]
        if not group:
            known = ", ".join(
                [*found.blocks, *sorted({b.group for b in found.blocks.values() if b.group})]
            )
            raise UnknownName("engine.unknown-block", wanted=name, known=known)
        blocks += group
    return tuple(dict.fromkeys(blocks))


def _rows(found: Catalogue, only: tuple[str, ...]) -> Mapping[str, Requirement]:
    if not only:
        return found.rows
    for name in only:
        if name not in found.rows:
            raise UnknownName("engine.unknown-row", wanted=name)
    return {name: found.rows[name] for name in only}


@dataclass
class _Outline:
    """What is known before anything is sent."""

    lab: Lab
    declared: tuple[str, ...] | None
    rows: Mapping[str, Requirement]
    now: datetime
    options: Options


def _outline(sender: SenderLike, profile: Profile, options: Options) -> _Outline:
    version = find(profile.standard, options.roots)
    found = bound(catalogue(version, the_role(version, profile.role)), profile)
    declared = _selected(found, options, profile)
    requests = min(profile.max_requests, QUICK) if options.quick else profile.max_requests
    address = getattr(sender, "address", None)
    session = Session(
        sender,
        found,
        Budget.of(requests, profile.time_budget),
        Pace(options.rate or profile.rate, options.sleep),
        base_path=address.path if address else "",
        credentials=options.credentials,
        wrong_credentials=tuple((k, "mobstd-wrong-key") for k, _ in options.credentials),
        listeners=list(options.listeners),
    )
    context = Context(
        found,
        frozenset(declared or ()),
        profile.timezone,
        profile.operator_domains,
    )
    lab = Lab(
        session,
        context,
        options.seed,
        declared=declared or (),
        has_credentials=bool(options.credentials),
    )
    now = options.now or datetime.now(UTC)
    return _Outline(lab, declared, _rows(found, options.only), now, options)


def _operations(outline: _Outline) -> list[str]:
    """Return the operations to judge: of blocks that are declared or there."""
    lab = outline.lab
    return [
        operation
        for block in lab.context.catalogue.blocks.values()
        if outline.declared is None or block.id in outline.declared or _undeclared(outline)
        if lab.presence.get(block.id, "unknown") != "absent"
        for operation in block.operations
    ]


def _missing(outline: _Outline) -> list[str]:
    """Return the operations that are declared and absent: only rows about that are tried."""
    lab = outline.lab
    return [
        operation
        for name in lab.declared
        if lab.presence.get(name) == "absent"
        for operation in lab.context.catalogue.blocks[name].operations
    ]


def _undeclared(outline: _Outline) -> bool:
    """What is there is judged although the profile does not declare it, unless blocks are named."""
    return not outline.options.blocks


def _jobs(outline: _Outline, operation: str, phase: str) -> list[tuple[Requirement, Check]]:
    lab = outline.lab
    jobs = [
        (row, check)
        for row, check in lab.context.catalogue.by_operation[operation]
        if row.id in outline.rows and check.kind in PROBES and PROBES[check.kind].phase == phase
        if lab.presence.get(lab.context.catalogue.block_of.get(operation, "")) != "absent"
        or check.kind in LOOKING
    ]
    return sorted(jobs, key=lambda job: PROBES[job[1].kind].cost(job[1], job[0], operation, lab))


def _probe(outline: _Outline, operations: list[str], phase: str, tallies: list[Tally]) -> None:
    """Run every probe of a phase: cheap ones first, operations in turn, to share a budget."""
    lab = outline.lab
    jobs = {operation: _jobs(outline, operation, phase) for operation in operations}
    for place in range(max((len(pairs) for pairs in jobs.values()), default=0)):
        for operation, pairs in jobs.items():
            if place >= len(pairs):
                continue
            row, check = pairs[place]
            when = check.get("when_block")
            if when is not None and when not in lab.context.blocks:
                continue
            result = PROBES[check.kind].run(check, row, operation, lab)
            findings = tuple(limited_severity(row, check, f) for f in result.findings)
            if result.evidence or findings or result.reason:
                tally = Tally(row, check, operation, result.evidence, findings, result.reason)
                tallies.append(tally)


def _walk(outline: _Outline, seen: Preflight, tallies: list[Tally], profile: Profile) -> None:
    lab, options, budget = outline.lab, outline.options, outline.lab.session.budget

    def begin(name: str, total: int) -> None:
        if options.progress is not None:
            options.progress.phase(name, total)

    begin("preflight", len(lab.context.catalogue.blocks))
    with lab.session.phase("preflight"):
        found = preflight(lab, outline.declared, outline.now)
    seen.items, seen.stop = found.items, found.stop
    if seen.stop:
        return
    operations = _operations(outline)
    there = frozenset(b for b, state in lab.presence.items() if state == "present")
    lab.context = replace(lab.context, blocks=lab.context.blocks | there)
    searches = [op for op in operations if op in lab.context.catalogue.collections]
    begin("explore", budget.explore)
    with lab.session.phase("explore", budget.explore):
        explore(lab, searches, areas=profile.areas, hints=profile.hints, now=outline.now)
    for operation in operations:
        if operation not in searches:
            lab.controls.setdefault(operation, {})
    share = max(0, budget.probe - LOOK_BACK)
    begin("negatives", share // 2)
    before = len(lab.session.exchanges)
    with lab.session.phase("negatives", share // 2):
        _probe(outline, operations, "negatives", tallies)
    left = share - (len(lab.session.exchanges) - before)
    begin("pairs", left)
    with lab.session.phase("pairs", left):
        _probe(outline, [*operations, *_missing(outline)], "pairs", tallies)
    rest = budget.requests - len(lab.session.exchanges) - LOOK_BACK
    if options.with_fuzz and searches and rest > 0 and not options.only:
        begin("fuzz", rest)
        with lab.session.phase("fuzz", rest):
            fuzz(lab, searches, options.seed)
    begin("last", LOOK_BACK)
    with lab.session.phase("last"):
        _probe(outline, operations, "last", tallies)


def check(sender: SenderLike, profile: Profile, options: Options | None = None) -> dict[str, Any]:
    """Judge a target, and return the report (``conformance/report.schema.json``).

    Whatever happens on the way, what was seen so far is judged and reported; ``stopped_by`` says
    why the run ended early.

    Raises:
        UsageError: where the standard, a block or a row is unknown, before anything is sent.
    """
    options = options or Options()
    outline = _outline(sender, profile, options)
    started, seen = datetime.now(UTC), Preflight()
    clock = time.monotonic()
    tallies: list[Tally] = []
    stopped: str | None = None
    lab = outline.lab
    progress = options.progress
    if progress is not None:
        lab.session.listeners.append(lambda _: progress.advance())
    recorder = None
    if options.record is not None and not options.planned:
        about = {
            "standard": profile.standard,
            "role": lab.context.catalogue.role,
            "target": profile.target,
            "seed": options.seed,
            "now": outline.now.isoformat(),
        }
        recorder = Recorder(options.record, about, redactor(lab, options.secrets, options.seed))
        lab.session.listeners.append(recorder)
    planned = plan(
        lab, _operations(outline), outline.rows, with_fuzz=options.with_fuzz and not options.only
    )
    if not options.planned:
        try:
            _walk(outline, seen, tallies, profile)
        except Stopped as end:
            stopped = end.reason
        except KeyboardInterrupt:
            stopped = "interrupted"
    if seen.stop:
        stopped = "unreachable" if seen.stop == "unreachable" else "preflight"
    passive = [
        t for t in judge(lab.session.exchanges, lab.context) if t.requirement.id in outline.rows
    ]
    recorded = recorder.close() if recorder else None
    return assemble(
        Run(
            lab=lab,
            profile=profile,
            declared=outline.declared,
            rows=outline.rows,
            tallies=[*tallies, *passive],
            preflight=seen,
            plan=planned,
            now=outline.now,
            started=started,
            seconds=time.monotonic() - clock,
            stopped=stopped,
            seed=options.seed,
            only=options.only,
            secrets=options.secrets,
            baseline=options.baseline,
            fail_on=options.fail_on,
            recorded=recorded,
        )
    )


def credentials(profile: Profile) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
    """Return the headers that present mobstd to the target, and the secrets in them by name.

    Raises:
        ConfigError: where an environment variable is not set, or the kind needs a token first.
    """
    auth = profile.auth
    if auth is None:
        return (), {}
    if auth.kind not in ("header", "bearer") or auth.secret is None:
        raise ConfigError("engine.auth-kind", kind=auth.kind)
    return ((auth.header, auth.value()),), {auth.secret.name: auth.secret.reveal()}
