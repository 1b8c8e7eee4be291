"""What is unusual and right: taken, whatever else the target makes of it."""

from __future__ import annotations

from mobstd.conformance.kinds.making import right_change, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.kinds.varying import each_edit, many
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import spoke
from mobstd.conformance.scenarios.edit import Edit, edits
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING
from mobstd.judging.requirement import Check, Requirement

__all__ = ["ACCEPT", "ACCEPT_CHANGE"]


def _accept(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if operation == resource.correct:
        return _accept_correction(check, row, workshop, resource)
    evidence: int = 0
    findings: list[Finding] = []
    for control, make in each_edit(check, row, workshop, resource):
        edit = make()
        sent = workshop.post(resource, edit.document, row, "scenario", negative=True)
        if not spoke(sent):
            continue
        evidence += 1
        if sent.accepted:
            workshop.drop(workshop.thing(resource, edit.document, sent, control.candidate))
            continue
        plain = workshop.body(resource, control.candidate)
        again = workshop.post(resource, plain, row, "scenario")
        if not again.accepted:
            continue
        workshop.drop(workshop.thing(resource, plain, again, control.candidate))
        findings.append(_refused(check, row, sent, again, edit, expected=201))
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _accept_correction(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource
) -> Result:
    """Correct a new thing in ways that are unusual and right, and read what came of each."""
    thing = workshop.make(resource, row)
    if thing is None:
        return Result(reason="no-data")
    right = workshop.correction(thing)
    evidence: int = 0
    findings: list[Finding] = []
    for edit in edits(workshop.maker.words(check["edits"]), right, {}):
        sent = workshop.correct(thing, edit.document, row, "scenario", negative=True)
        workshop.read(thing, row)
        if not spoke(sent):
            continue
        evidence += 1
        if not sent.accepted and workshop.correct(thing, right, row).accepted:
            findings.append(_refused(check, row, sent, thing.created, edit))
    workshop.drop(thing)
    return Result(evidence, tuple(findings))


def _refused(
    check: Check,
    row: Requirement,
    sent: Exchange,
    control: Exchange,
    edit: Edit,
    expected: int = 200,
) -> Finding:
    return found(
        row,
        "probe.accept",
        (sent, control),
        pointer="/response/status",
        expected=check.get("expect", [expected])[0],
        received=sent.status,
        severity=edit.severity,
        text=check.get("message"),
        edit=edit.name,
    )


def _accept_change(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for changes that are unusual and right, each of a new thing."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    right = right_change(resource)
    evidence: int = 0
    findings: list[Finding] = []
    _, whole = resource.asked(right)
    for edit in edits(check["edits"], right if whole is MISSING else whole, {}):
        thing = workshop.make(resource, row)
        if thing is None:
            return Result(reason="no-data")
        asked, body = (edit.document, MISSING) if whole is MISSING else (right, edit.document)
        sent = workshop.change(thing, asked, row, "scenario", body=body, negative=True)
        if spoke(sent):
            evidence += 1
            if not sent.accepted and workshop.change(thing, right, row).accepted:
                findings.append(_refused(check, row, sent, thing.created, edit))
        workshop.drop(thing)
    return Result(evidence, tuple(findings))


ACCEPT = Probe(
    many,
    _accept,
    "writes",
    {"en": "make unusual ones that are right", "fr": "en créer d'inhabituels et justes"},
    writes=True,
)
ACCEPT_CHANGE = Probe(
    lambda check, row, operation, lab: 3 * len(check["edits"]),
    _accept_change,
    "writes",
    {"en": "change in unusual ways", "fr": "changer de façon inhabituelle"},
    writes=True,
)
