"""What is wrong in one edit: refused, and nothing kept of it, nothing moved by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mobstd.conformance.kinds.correcting import refuse_correction
from mobstd.conformance.kinds.making import right_change, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.kinds.varying import each_edit
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import NOT_FOUND, REFUSED, named, shown, spoke
from mobstd.conformance.scenarios.edit import Edit, edits
from mobstd.conformance.scenarios.oracle import look, there, wandered
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import reads_true
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING
from mobstd.judging.requirement import Check, Requirement

__all__ = ["REJECT"]


def _reject(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if operation == resource.create:
        return _refuse_made(check, row, workshop, resource)
    if operation == resource.correct:
        return refuse_correction(check, row, workshop, resource)
    return _refuse_change(check, row, workshop, resource)


def _refuse_made(check: Check, row: Requirement, workshop: Workshop, resource: Resource) -> Result:
    """Post documents that are wrong in one edit; each is to be refused, and nothing kept of it."""
    evidence: int = 0
    findings: list[Finding] = []
    for control, make in each_edit(check, row, workshop, resource):
        edit, sent = _posted(check, row, workshop, resource, make)
        refused, otherwise = sent.status in _statuses(check), sent.status in REFUSED
        if not spoke(sent):
            continue
        if not refused and otherwise and _refuses_all(row, workshop, resource, control, sent):
            continue
        evidence += 1
        if refused:
            findings += _kept(check, row, workshop, resource, edit, sent)
            findings += _named(check, row, resource, edit, sent)
        elif check.get("expect") != "refused" or not _undone(
            workshop, resource, edit, control, sent
        ):
            findings.append(
                found(
                    row,
                    "probe.reject",
                    (sent, control.created),
                    pointer="/response/status",
                    expected=_expected(check),
                    received=sent.status,
                    severity=edit.severity,
                    text=check.get("message"),
                    edit=edit.name,
                )
            )
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _posted(
    check: Check,
    row: Requirement,
    workshop: Workshop,
    resource: Resource,
    make: Callable[[], Edit],
) -> tuple[Edit, Exchange]:
    """Post what is wrong; where it is not refused as it has to be, again under another id."""
    edit, other = make(), make()
    sent = workshop.post(resource, edit.document, row, "negative", negative=True)
    one, two = (workshop.key_of(resource, wrong.document) for wrong in (edit, other))
    confounded = sent.accepted and "same" in check.params  # the first is in the way of the second
    if not spoke(sent) or sent.status in _statuses(check) or one == two or confounded:
        return edit, sent
    return other, workshop.post(resource, other.document, row, "negative", negative=True)


def _refuses_all(
    row: Requirement, workshop: Workshop, resource: Resource, control: Thing, sent: Exchange
) -> bool:
    """Say whether what is right is refused alike by now, or fails: the seat may be taken, say."""
    body = workshop.body(resource, control.candidate)
    right = workshop.post(resource, body, row, "control", negative=True)
    if right.accepted:
        workshop.drop(workshop.thing(resource, body, right, control.candidate))
    return right.status == sent.status or not spoke(right)


def _undone(
    workshop: Workshop, resource: Resource, edit: Edit, control: Thing, sent: Exchange
) -> bool:
    """Say whether what was taken is undone at once, which is a way to refuse it."""
    if not sent.accepted or resource.life is None:
        return False
    thing = workshop.thing(resource, edit.document, sent, control.candidate)
    return shown(workshop.read(thing, None), resource) == resource.life.undone


def _statuses(check: Check) -> Sequence[int]:
    wanted: Any = check.get("expect", [400])
    return REFUSED if wanted == "refused" else wanted


def _expected(check: Check) -> Any:
    expect = check.get("expect", [400])
    return expect[0] if isinstance(expect, list) and len(expect) == 1 else expect


def _kept(
    check: Check,
    row: Requirement,
    workshop: Workshop,
    resource: Resource,
    edit: Edit,
    sent: Exchange,
) -> list[Finding]:
    """Look for what was refused: it must not be there."""
    key = workshop.key_of(resource, edit.document)
    if not key or edit.at == resource.key:
        return []
    if "kept" in check.params:
        return _stored(check, row, workshop, resource, edit, sent)
    read = there(workshop, resource, key, row)
    if read is None:
        return []
    workshop.found(resource, key)
    return [
        found(
            row,
            "probe.reject.kept",
            (read, sent),
            pointer="/response/status",
            expected=404,
            received=read.status,
            severity=edit.severity,
            edit=edit.name,
        )
    ]


def _stored(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, edit: Edit,
    sent: Exchange,
) -> list[Finding]:  # fmt: skip
    """Read what was refused and may be known all the same, or must be."""
    key = workshop.key_of(resource, edit.document)
    read = workshop.read(key, row, resource=resource)
    if read is not None and read.accepted:
        workshop.found(resource, key)
    if read is None or check["kept"] != "must" or read.status != NOT_FOUND:
        return []
    return [
        found(
            row,
            "probe.reject.lost",
            (read, sent),
            pointer="/response/status",
            expected=200,
            received=read.status,
            edit=edit.name,
        )
    ]


def _named(
    check: Check, row: Requirement, resource: Resource, edit: Edit, sent: Exchange
) -> list[Finding]:
    """Look for the words that a refusal has to have."""
    text = named(sent, resource.refusal)
    lacking = [word for word in check.get("names", ()) if word not in text]
    if not lacking:
        return []
    return [
        found(
            row,
            "probe.reject.unnamed",
            (sent,),
            pointer="/response/body",
            expected=lacking,
            text=check.get("message"),
            severity=edit.severity,
            edit=edit.name,
        )
    ]


def _refuse_change(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource
) -> Result:
    """Ask for changes that are wrong in one edit; each is to be refused, and change nothing."""
    if resource.life is None or resource.change is None:
        return Result(reason="not-permitted")
    first, at_state = right_change(resource), f"/{resource.state}"
    sends = resource.sends.get(first.get("", ""))
    right = first if sends is None else dict(sends)
    evidence: int = 0
    findings: list[Finding] = []
    thing: Thing | None = None
    for edit in edits(workshop.maker.words(check["edits"]), right, {}):
        if edit.document.get(resource.state or "") in resource.life.pairs and edit.at == at_state:
            continue  # a version may have the word
        thing = thing or workshop.make(resource, row)
        if thing is None:
            return Result(reason="no-data")
        asked, body = (edit.document, MISSING) if sends is None else (first, edit.document)
        sent = workshop.change(thing, asked, row, "negative", body=body, negative=True)
        after, _ = look(workshop, thing, thing.sent_state or "", row)
        moved = after not in (None, thing.sent_state)
        moved = moved and not wandered(workshop, resource, thing.sent_state, after)
        moved = moved and reads_true(workshop, resource, row)
        if spoke(sent):
            evidence += 1
            wrong = sent.status not in check.get("expect", [400])
            if wrong or moved:
                findings.append(
                    found(
                        row,
                        "probe.reject.moved" if moved and not wrong else "probe.reject",
                        (sent, thing.created),
                        pointer="/response/status",
                        expected=check.get("expect", [400])[0],
                        received=sent.status if wrong else after,
                        severity=edit.severity,
                        text=check.get("message"),
                        edit=edit.name,
                    )
                )
        if after != thing.sent_state or sent.accepted:
            workshop.drop(thing)
            thing = None
    thing = thing or workshop.make(resource, row)
    if thing is None or not workshop.change(thing, first, row).accepted:
        return Result()
    workshop.drop(thing)
    return Result(evidence, tuple(findings))


REJECT = Probe(
    lambda check, row, operation, lab: 2 * len(check["edits"]) + 3,
    _reject,
    "writes",
    {"en": "send what is wrong in one edit", "fr": "envoyer ce qui est faux d'une retouche"},
    writes=True,
)
