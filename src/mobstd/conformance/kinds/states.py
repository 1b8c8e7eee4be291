"""What state a target keeps: that which was given last, whatever becomes of other things."""

from __future__ import annotations

from collections.abc import Iterator

from mobstd.conformance.kinds.keeping import first_reads
from mobstd.conformance.kinds.making import shop
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import NOT_FOUND, shown, whole
from mobstd.conformance.scenarios.oracle import at
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import LEADING, table, taken
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["BEGUN", "STATE_KEPT"]


def _state_kept(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What is read has the state that was given last: as made, and after each change taken."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    findings: list[Finding] = []
    evidence = 0
    for cell in table(workshop, resource, row):
        if cell.kind not in LEADING or not cell.taken:
            continue
        if cell.after is None or cell.read is None:
            continue
        evidence += 1
        if cell.after != cell.wanted:
            findings.append(
                found(
                    row,
                    "probe.state-kept",
                    (cell.read, cell.exchange),
                    pointer=at(resource),
                    expected=cell.wanted,
                    received=cell.after,
                    before=cell.before,
                )
            )
    beside, wrong = _bystanders(check, workshop, resource, row)
    return Result(evidence + beside, (*findings, *wrong), None if evidence + beside else "no-data")


def _bystanders(check: Check, workshop: Workshop, resource: Resource, row: Requirement) -> Tried:
    """Make several of one candidate; what becomes of one is nothing to the others."""
    evidence: int = 0
    findings: list[Finding] = []
    if resource.life is None or resource.read is None or resource.state is None:
        return evidence, findings
    for place in taken(workshop, resource, row):
        # its owner may have acted in that moment; hardly twice
        seen, wrong = twice(lambda place=place: _beside(check, workshop, resource, row, place))  # type: ignore[misc]
        evidence += seen
        findings += wrong
    return evidence, findings


def _beside(
    check: Check, workshop: Workshop, resource: Resource, row: Requirement, place: int
) -> Tried:
    """Take back one of two, and make a third: the other stays, and the first does not return."""
    life = resource.life
    assert life is not None
    one = workshop.make(resource, row, place)
    if one is None:
        return 0, []
    shared = {pointer: get(one.sent, pointer) for pointer in check.get("same", ())}
    other = workshop.made(resource, one.candidate, row, shared)
    if other is None:
        return 0, []
    stood = _gone(workshop, row, other)
    sent = workshop.change(one, {resource.state or "": life.undone}, row)
    evidence: int = 0
    findings: list[Finding] = []
    if sent.accepted and stood is False:
        evidence += 1
        findings += _moved(workshop, row, other, sent, gone=True)
    if sent.accepted and _gone(workshop, row, one):
        third = workshop.made(resource, one.candidate, row, {})
        if third is not None:
            evidence += 1
            findings += _moved(workshop, row, one, third.created, gone=False)
            workshop.drop(third)
    workshop.drop(other)
    workshop.drop(one)
    return evidence, findings


def _gone(workshop: Workshop, row: Requirement, thing: Thing) -> bool | None:
    """Say whether a thing is read as taken back; ``None``: no read says."""
    read = workshop.read(thing, row)
    if read is None or thing.resource.life is None:
        return None
    now = shown(read, thing.resource)
    if now is None:
        return True if read.status == NOT_FOUND else None
    return now == thing.resource.life.undone


def _moved(
    workshop: Workshop, row: Requirement, thing: Thing, sent: Exchange, *, gone: bool
) -> Iterator[Finding]:
    """Yield that a thing was taken back with another one, or is there again because of one."""
    read, life = workshop.read(thing, row), thing.resource.life
    now = shown(read, thing.resource)
    if read is None or life is None or now is None or (now == life.undone) is not gone:
        return
    yield found(
        row,
        "probe.state-kept.beside",
        (read, sent, thing.created),
        pointer=at(thing.resource),
        expected=thing.state,
        received=now,
    )


def _begun(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What was made is read in the state that it begins in, or in one that follows."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    life = opened[1].life
    evidence, findings = 0, []
    for thing, read in first_reads(workshop, resource, row):
        state = get(read.body, life.at) if whole(read) else MISSING
        if not isinstance(state, str):
            continue
        evidence += 1
        if state not in life.first:
            findings.append(
                found(
                    row,
                    "probe.begun",
                    (read, thing.created),
                    pointer=at(resource),
                    expected=life.first[0],
                    received=state,
                    text=check.get("message"),
                )
            )
    return Result(evidence, tuple(findings), None if evidence else "no-data")


STATE_KEPT = Probe(
    lambda check, row, operation, lab: 18,
    _state_kept,
    "writes",
    {"en": "read the state after each change", "fr": "relire l'état après chaque changement"},
    writes=True,
)
BEGUN = Probe(
    lambda check, row, operation, lab: 2,
    _begun,
    "writes",
    {"en": "read the state of what was made", "fr": "lire l'état de ce qui a été créé"},
    writes=True,
)
