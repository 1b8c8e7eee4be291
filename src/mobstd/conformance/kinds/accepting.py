"""What is unusual and right: taken, whatever else the target makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mobstd.conformance.kinds.correcting import prepared
from mobstd.conformance.kinds.making import right_change, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.kinds.varying import each_edit, many
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import answered, spoke
from mobstd.conformance.scenarios.edit import Edit, edits
from mobstd.conformance.scenarios.oracle import look, wandered
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["ACCEPT", "ACCEPT_CHANGE"]

PLAIN: tuple[Mapping[str, Any], ...] = ({},)
"""Where no edits are asked for: what is right just like that."""


class Ask(Protocol):
    """Asks for a change, or a correction, with a body."""

    def __call__(self, body: Any, *, unusual: bool) -> Exchange: ...


def _accept(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
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
        findings.append(_refused(check, row, again, sent, edit, expected=201))
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _accept_change(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for changes and corrections that are unusual and right, each of a new thing."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    results = [
        _asked(check, row, workshop, resource, operation, place) for place in range(_many(check))
    ]
    evidence = sum(result.evidence for result in results)
    findings = tuple(one for result in results for one in result.findings)
    return Result(evidence, findings, None if evidence else "no-data")


def _many(check: Check) -> int:
    return len(check.get("edits", PLAIN))


def _asked(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, operation: str,
    place: int,
) -> Result:  # fmt: skip
    """Ask for one change: it is taken, and done; a right one is taken instead where it is not."""
    thing = prepared(check, row, workshop, resource)
    if thing is None:
        return Result()
    right, corrects = right_change(resource), operation == resource.correct
    whole = workshop.correction(thing) if corrects else resource.asked(right)[1]
    document = right if whole is MISSING else whole
    if "edits" in check.params:
        edit = next(edits(check["edits"][place : place + 1], document, {}), None)
    else:
        edit = Edit("", "", document)
    if edit is None:
        workshop.drop(thing)
        return Result()

    def ask(body: Any, *, unusual: bool) -> Exchange:
        if corrects:
            return workshop.correct(thing, body, row, "scenario", negative=unusual)
        asked, told = (body, MISSING) if whole is MISSING else (right, body)
        return workshop.change(thing, asked, row, "scenario", body=told, negative=unusual)

    sent = ask(edit.document, unusual=True)
    if corrects:
        workshop.read(thing, row)
    result = Result()
    if spoke(sent):
        result = Result(1)
        if sent.accepted and not corrects:
            result = _done(check, row, workshop, thing, sent, right[resource.state or ""], edit)
        elif not sent.accepted and _otherwise(row, workshop, resource, ask, document, edit):
            result = Result(1, (_refused(check, row, thing.created, sent, edit),))
    workshop.drop(thing)
    return result


def _otherwise(
    row: Requirement, workshop: Workshop, resource: Resource, ask: Ask, right: Any, edit: Edit
) -> bool:
    """Say whether the same is taken without the edit; without any, whether it is of a new thing."""
    if edit.document != right:
        return ask(right, unusual=False).accepted
    thing = workshop.make(resource, row)
    taken = thing is not None and workshop.change(thing, right_change(resource), row).accepted
    if thing is not None:
        workshop.drop(thing)
    return taken


def _done(
    check: Check, row: Requirement, workshop: Workshop, thing: Thing, sent: Exchange, wanted: str,
    edit: Edit,
) -> Result:  # fmt: skip
    """Read whether what was taken was done."""
    now, read = look(workshop, thing, wanted, row)
    resource = thing.resource
    if now is None and "refused" in check.params and read is not None:
        now = str(get(answered(read), thing.resource.life.at)) if thing.resource.life else None
    same = now in (None, wanted) or wandered(workshop, resource, wanted, now)
    if same or read is None or not _done_plainly(row, workshop, resource, wanted):
        return Result(1)
    lost = found(
        row, "probe.accept.lost", (read, sent), pointer="/response/body", expected=wanted,
        received=now, severity=edit.severity, text=check.get("message"), edit=edit.name,
    )  # fmt: skip
    return Result(1, (lost,))


def _done_plainly(row: Requirement, workshop: Workshop, resource: Resource, wanted: str) -> bool:
    """Say whether a right change of a new thing is taken and done."""
    thing = workshop.make(resource, row)
    if thing is None:
        return False
    taken = workshop.change(thing, right_change(resource), row).accepted
    now, _ = look(workshop, thing, wanted, row)
    workshop.drop(thing)
    return taken and now == wanted


def _refused(
    check: Check, row: Requirement, control: Exchange, sent: Exchange, edit: Edit,
    expected: int = 200,
) -> Finding:  # fmt: skip
    return found(
        row, "probe.accept", (sent, control), pointer="/response/status",
        expected=check.get("expect", [expected])[0], received=sent.status,
        severity=edit.severity, text=check.get("message"), edit=edit.name,
    )  # fmt: skip


ACCEPT = Probe(
    many,
    _accept,
    "writes",
    {"en": "make unusual ones that are right", "fr": "en créer d'inhabituels et justes"},
    writes=True,
)
ACCEPT_CHANGE = Probe(
    lambda check, row, operation, lab: 6 * _many(check),
    _accept_change,
    "writes",
    {"en": "change in unusual ways", "fr": "changer de façon inhabituelle"},
    writes=True,
)
