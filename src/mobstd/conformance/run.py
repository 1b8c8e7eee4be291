"""One run: look, explore, probe, fuzz, judge everything that was recorded, and report.

``check`` is the whole main job as one function: a sender and a profile in, a report out.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mobstd.conformance import later
from mobstd.conformance.assemble import assemble, redactor
from mobstd.conformance.calls import hear, hear_of_made, judge_calls, overall, prepare
from mobstd.conformance.explore import explore
from mobstd.conformance.fuzz import fuzz
from mobstd.conformance.kinds import PROBES
from mobstd.conformance.needs import set_up_call
from mobstd.conformance.opening import open_listed
from mobstd.conformance.outline import (
    Options,
    Outline,
    Progress,
    credentials,
    missing,
    operations_to_judge,
    outlined,
    renewals,
    second_credentials,
    the_role,
    writable,
    wrong,
)
from mobstd.conformance.places import place
from mobstd.conformance.plan import plan
from mobstd.conformance.preflight import Preflight, preflight
from mobstd.conformance.profile import Profile
from mobstd.conformance.record import Recorder
from mobstd.conformance.result import Run
from mobstd.conformance.scenarios.oracle import unreached
from mobstd.conformance.scenarios.presence import names_a_code, presence
from mobstd.conformance.scenarios.resource import resources
from mobstd.conformance.session import PhaseSpent, SenderLike, Stopped
from mobstd.conformance.sweep import SWEEP, sweep
from mobstd.errors import UsageError
from mobstd.judging.judge import Tally, judge, limited_severity
from mobstd.judging.requirement import Check, Requirement

__all__ = [
    "Options",
    "Progress",
    "check",
    "credentials",
    "renewals",
    "second_credentials",
    "the_role",
    "wrong",
]

LOOKING = ("declared", "implements")
"""Kinds that look at what preflight found and send nothing."""

LOOK_BACK = 40
"""Requests kept for asking again what seems to be missing."""


def _jobs(outline: Outline, operation: str, phase: str) -> list[tuple[Requirement, Check]]:
    lab = outline.lab
    jobs = [
        (row, check)
        for row, check in lab.context.catalogue.by_operation[operation]
        if row.id in outline.rows and check.kind in PROBES and PROBES[check.kind].phase == phase
        if lab.presence.get(lab.context.catalogue.block_of.get(operation, "")) != "absent"
        or check.kind in LOOKING
    ]
    return sorted(jobs, key=lambda job: PROBES[job[1].kind].cost(job[1], job[0], operation, lab))


def _probe(outline: Outline, operations: list[str], phase: str, tallies: list[Tally]) -> None:
    """Run every probe of a phase: cheap ones first, operations in turn, to share a budget.

    Once it is spent, rows that need no request any more are still judged.
    """
    lab, spent = outline.lab, None
    jobs = {operation: _jobs(outline, operation, phase) for operation in operations}
    for turn in range(max((len(pairs) for pairs in jobs.values()), default=0)):
        for operation, pairs in jobs.items():
            if turn >= len(pairs):
                continue
            row, check = pairs[turn]
            when = check.get("when_block")
            if when is not None and when not in lab.context.blocks:
                continue
            try:
                result = PROBES[check.kind].run(check, row, operation, lab)
            except PhaseSpent as end:
                spent = end
                continue
            findings = tuple(limited_severity(row, check, f) for f in result.findings)
            if result.evidence or findings or result.reason:
                tally = Tally(row, check, operation, result.evidence, findings, result.reason)
                tallies.append(tally)
    if spent is not None:
        raise spent


def _walk(outline: Outline, seen: Preflight, tallies: list[Tally], profile: Profile) -> None:
    lab, options, budget = outline.lab, outline.options, outline.lab.session.budget

    def begin(name: str, total: int) -> None:
        if options.progress is not None:
            options.progress.phase(name, total)

    begin("preflight", len(lab.context.catalogue.blocks))
    with lab.session.phase("preflight"):
        preflight(lab, None if options.blocks else outline.declared, outline.now, seen)
    if seen.stop:
        return
    operations = operations_to_judge(outline)
    profile = _set_up(outline, seen, profile, operations, begin)
    if seen.stop:
        return
    there = frozenset(b for b, state in lab.presence.items() if state == "present")
    lab.context = replace(lab.context, blocks=lab.context.blocks | there)
    searches = [op for op in operations if op in lab.context.catalogue.collections]
    begin("explore", budget.explore)
    with lab.session.phase("explore", budget.explore):
        explore(lab, searches, areas=profile.areas, hints=profile.hints, now=outline.now)
        open_listed(lab, searches)
    for operation in operations:
        if operation not in searches:
            lab.controls.setdefault(operation, {})
    look_back = min(LOOK_BACK, budget.reads // 10)
    share = min(budget.probe, max(0, budget.reads - len(lab.session.exchanges) - look_back))
    begin("negatives", share // 2)
    before = len(lab.session.exchanges)
    with lab.session.phase("negatives", share // 2):
        _probe(outline, operations, "negatives", tallies)
    left = share - (len(lab.session.exchanges) - before)
    begin("pairs", left)
    with lab.session.phase("pairs", left):
        _probe(outline, [*operations, *missing(outline)], "pairs", tallies)
    rest = budget.reads - len(lab.session.exchanges) - look_back
    around = min(SWEEP, rest * 7 // 10)
    if searches and around > 0:
        begin("sweep", around)
        with lab.session.phase("sweep", around):
            sweep(lab, searches, outline.rows)
    begin("last", look_back)
    with lab.session.phase("last"):
        _probe(outline, operations, "last", tallies)
    rest = budget.reads - len(lab.session.exchanges)
    if lab.workshop is not None:
        _write(outline, seen, tallies, begin, profile)
    if lab.receiver is not None:
        begin("listen", 0)
        hear(outline, seen, profile)
    ahead = later.kept(outline)
    rest = min(rest, lab.session.left - ahead)
    if options.with_fuzz and searches and rest > 0 and not options.only:
        begin("fuzz", rest)
        with lab.session.phase("fuzz", rest):
            fuzz(lab, searches, options.seed)
    if ahead:
        begin("later", ahead)
        with lab.session.phase("later", ahead):
            later.watch(outline, seen, tallies)


def _set_up(
    outline: Outline,
    seen: Preflight,
    profile: Profile,
    operations: list[str],
    begin: Callable[[str, int], None],
) -> Profile:
    """Let the target make test data, where it can and may; return the profile with its hints."""
    if outline.setup is None:
        if profile.setup is not None:
            seen.add("setup", False, "setup-not-permitted", "configuration")
        return profile
    begin("setup", 0)
    lab, run = outline.lab, outline.setup.run
    call = set_up_call(lab, profile, run, outline.now, operations, writable(outline))
    return outline.setup.begin(call, profile, lab.context.catalogue, seen)


def _write(
    outline: Outline,
    seen: Preflight,
    tallies: list[Tally],
    begin: Callable[[str, int], None],
    profile: Profile,
) -> None:
    """Make, read, change and take back; then it is known which of these blocks are there."""
    lab = outline.lab
    operations = writable(outline)
    if not operations or lab.workshop is None:
        return
    begin("writes", lab.session.budget.writes)
    with lab.session.phase("writes", lab.session.budget.writes):
        _reach(outline, seen)
        _probe(outline, operations, "writes", tallies)
        prepare(outline)
        tallies += overall(outline, "asked")
    hear_of_made(outline, profile)
    lab.workshop.debts.settle_all()
    for block, state in presence(lab, operations).items():
        lab.presence[block] = state
    there = frozenset(b for b, state in lab.presence.items() if state == "present")
    lab.context = replace(lab.context, blocks=lab.context.blocks | there)


def _reach(outline: Outline, seen: Preflight) -> None:
    """See whether what is told is taken, and whether it is reached by changes, where it may be."""
    lab = outline.lab
    catalogue = lab.context.catalogue
    for resource in resources(catalogue.version, catalogue.role).values():
        if lab.workshop is None or resource.news is None or resource.change is None:
            continue
        apart = unreached(lab.workshop, resource, None)
        block = catalogue.block_of.get(resource.change, "")
        if apart is not None and outline.declared is None and not names_a_code(lab, apart):
            lab.presence[block] = "absent"
        refusals = lab.workshop.refusals.get(resource.id, [])
        if refusals and all(exchange.status == 401 for exchange in refusals):
            code = "token-refused" if lab.workshop.maker.tokens.signed else "stand-in-refused"
            seen.add("token", False, code, "configuration")


def _fault(seen: Preflight, error: Exception) -> str:
    """Note a fault of ours, so that what was seen before it is reported all the same."""
    if os.environ.get("MOBSTD_DEBUG", "") not in ("", "0"):
        traceback.print_exception(error)
    reason = " ".join(str(error).split())[:300]
    seen.add("engine", False, "engine.fault", "mobstd", kind=type(error).__name__, reason=reason)
    return "internal-error"


def _take_back(outline: Outline, seen: Preflight) -> None:
    """Undo what is left of what was made, however the run ended; the journal keeps the rest."""
    shop, setup, journal = outline.lab.workshop, outline.setup, outline.journal
    if not journal.used:
        return
    clean = torn_down = False
    try:
        if shop is not None:
            shop.debts.settle_all()
        clean = shop is None or not shop.debts.left
        torn_down = setup is None or setup.end(seen)
    except KeyboardInterrupt:
        pass
    finally:
        journal.close(clean=clean and torn_down)
    if not clean:
        seen.add("cleanup", False, "left-behind", "target", file=str(journal.path))


def check(sender: SenderLike, profile: Profile, options: Options | None = None) -> dict[str, Any]:
    """Judge a target, and return the report (``conformance/report.schema.json``).

    Whatever happens on the way, what was seen so far is judged and reported; ``stopped_by`` says
    why the run ended early.

    Raises:
        UsageError: where the standard, a block, a row or an area is unknown, before anything is
            sent.
    """
    options = options or Options()
    outline = outlined(sender, profile, options)
    for area in profile.areas:
        place(area)
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
        for renewal in options.renewals.values():
            for name, value in renewal.secrets.items():
                recorder.conceal(name, value)
            renewal.tell.append(recorder.conceal)
        if lab.grants is not None:
            lab.grants.tell.append(recorder.conceal)
    planned = plan(
        lab,
        operations_to_judge(outline),
        outline.rows,
        with_fuzz=options.with_fuzz and not options.only,
        writable=writable(outline),
        hook=None if outline.setup is None else outline.setup.url,
    )
    if not options.planned:
        try:
            _walk(outline, seen, tallies, profile)
            if "writes" in lab.session.short:
                stopped = "requests"
        except Stopped as end:
            stopped = end.reason
        except KeyboardInterrupt:
            stopped = "interrupted"
        except UsageError:
            raise
        except Exception as error:
            stopped = _fault(seen, error)
    _take_back(outline, seen)
    for failure in (renewal.failure for renewal in options.renewals.values()):
        if failure is not None:
            seen.add("token", False, failure.code, "configuration", **failure.params)
    if seen.stop:
        stopped = "unreachable" if seen.stop == "unreachable" else "preflight"
    judged: list[Tally] = []
    try:
        judge(lab.session.exchanges, lab.context, judged)
        if not options.planned:
            judged += judge_calls(outline, profile)
    except KeyboardInterrupt:
        stopped = "interrupted"
    except Exception as error:
        stopped = _fault(seen, error)
    if recorder is not None and lab.receiver is not None:
        for exchange in lab.receiver.exchanges:
            recorder(exchange)
    secrets = dict(options.secrets)
    for renewal in options.renewals.values():
        secrets |= renewal.secrets
    secrets |= lab.grants.secrets if lab.grants is not None else {}
    passive = [t for t in judged if t.requirement.id in outline.rows]
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
            selected=bool(options.blocks),
            secrets=secrets,
            baseline=options.baseline,
            fail_on=options.fail_on,
            recorded=recorded,
        )
    )
