"""Moves the clock of a target from moment to moment, and tries what is due at each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from mobstd.conformance.later.fate import changed_late, listed_by, stays
from mobstd.conformance.later.token_life import present_anew, token_life
from mobstd.conformance.later.wait import Wait
from mobstd.judging.finding import Result
from mobstd.judging.judge import Tally, limited_severity
from mobstd.judging.requirement import Check, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mobstd.conformance.outline import Outline
    from mobstd.conformance.preflight import Preflight
    from mobstd.conformance.result import Run

__all__ = ["EACH", "KINDS", "kept", "unmoved", "watch"]

KINDS: Mapping[str, Wait] = {
    "token-life": token_life,
    "stays": stays,
    "listed-by": listed_by,
    "late-change": changed_late,
}
"""The kinds of checks that wait."""

EACH = 8
"""Requests that are kept for each of them."""


@dataclass(frozen=True)
class _Job:
    row: Requirement
    check: Check
    operation: str


def _jobs(outline: Outline) -> list[_Job]:
    lab = outline.lab
    catalogue = lab.context.catalogue
    return [
        _Job(row, check, operation)
        for operation, pairs in catalogue.by_operation.items()
        for row, check in pairs
        if check.kind in KINDS and row.id in outline.rows
        if lab.presence.get(catalogue.block_of.get(operation, "")) == "present"
    ]


def kept(outline: Outline) -> int:
    """Return how many requests are kept for it: none where the clock is not to be moved."""
    if outline.setup is None or not outline.setup.clock or outline.lab.workshop is None:
        return 0
    return min(EACH * len(_jobs(outline)), outline.lab.session.left)


def watch(outline: Outline, seen: Preflight, tallies: list[Tally]) -> None:
    """Try all of it in the order of time; where the clock does not move, ``seen`` says so."""
    lab, setup = outline.lab, outline.setup
    assert setup is not None
    waiting: list[tuple[int, int, _Job]] = []
    running = {}
    for place, job in enumerate(_jobs(outline)):
        running[place] = KINDS[job.check.kind](job.check, job.row, job.operation, lab)
        heappush(waiting, (0, place, job))
    at = 0
    while waiting:
        moment, place, job = heappop(waiting)
        if moment > at:
            if not setup.move(moment, seen):
                return
            at = moment
            present_anew(lab)
        try:
            heappush(waiting, (next(running[place]), place, job))
        except StopIteration as end:
            result: Result = end.value
            about = (replace(f, operation=job.operation) for f in result.findings)
            findings = tuple(limited_severity(job.row, job.check, f) for f in about)
            tallies.append(
                Tally(job.row, job.check, job.operation, result.evidence, findings, result.reason)
            )


def unmoved(run: Run) -> Iterator[Tally]:
    """Yield for each check that waits, and did not, that nothing can be seen of it."""
    if run.stopped is not None or not run.lab.session.allow_writes:
        return
    tried = {(tally.requirement.id, tally.check.kind) for tally in run.tallies}
    for row, check in run.lab.context.catalogue.checks:
        if check.kind in KINDS and (row.id, check.kind) not in tried:
            yield Tally(row, check, None, 0, (), "unobservable")
