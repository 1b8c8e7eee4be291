"""What a target keeps: read again as it was made, and changed in nothing but its state."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.making import compared, examples, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.difference import about, differences
from mobstd.conformance.scenarios.oracle import at, ladder
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import table
from mobstd.conformance.scenarios.workshop import Thing, Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["READ_BACK", "STATE_KEPT", "UNCHANGED"]


def _first_reads(
    workshop: Workshop, resource: Resource, row: Requirement
) -> list[tuple[Thing, Exchange]]:
    """Return each example with the answer that shows it right after it was made."""
    key = ("reads", resource.id)
    if key not in workshop.shared:
        pairs = [(t, workshop.read(t, row)) for t in examples(workshop, resource, row)]
        workshop.shared[key] = [(thing, read) for thing, read in pairs if read is not None]
    reads: list[tuple[Thing, Exchange]] = workshop.shared[key]
    return reads


def _read_back(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What is read is what was sent, or else what was answered when it was made."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    evidence, findings = 0, []
    for thing, read in _first_reads(workshop, resource, row):
        if read.status is None or read.status >= 500:
            continue
        evidence += 1
        if not read.accepted:
            findings.append(
                found(
                    row,
                    "probe.read-back.gone",
                    (read, thing.created),
                    pointer="/response/status",
                    expected=200,
                    received=read.status,
                )
            )
        elif isinstance(read.body, dict):
            answered = _answered(thing)
            findings += [
                finding
                for finding in compared(
                    check, row, lab, thing.sent, read, thing.created, "probe.read-back"
                )
                if get(read.body, finding.params["member"])
                != get(answered, finding.params["member"])
            ]
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _answered(thing: Thing) -> Any:
    """Return the answer that made a thing, or ``MISSING``: what it says may be read as well."""
    made = thing.created
    readable = made.response is not None and made.response.not_json is None
    return made.body if readable else MISSING


def _state_kept(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What is read has the state that was given last: as made, and after each change taken."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    findings: list[Finding] = []
    evidence = 0
    for cell in table(workshop, resource, row):
        if cell.kind not in ("step", "skip", "odd") or not cell.taken:
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
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _unchanged(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """A change of the state leaves the rest as it was, with whatever else is sent along."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    assert resource.life is not None
    if resource.read is None:
        return Result(reason="unobservable")
    evidence: int = 0
    findings: list[Finding] = []
    for place in range(len(resource.sources)):
        thing = workshop.make(resource, row, place)
        if thing is None:
            continue
        for step in ladder(resource.life):
            result = _one_change(check, row, lab, workshop, thing, step)
            evidence += result.evidence
            findings += result.findings
            if not result.evidence or result.findings:
                break
        workshop.drop(thing)
        if findings:
            break
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _one_change(
    check: Check, row: Requirement, lab: Lab, workshop: Workshop, thing: Thing, step: str
) -> Result:
    resource = thing.resource
    assert resource.life is not None
    assert resource.state is not None
    first, before = workshop.read(thing, row), workshop.read(thing, row)
    with_ = check.get("with", {})
    query = {resource.state: step}
    if with_.get("note") and resource.note:
        query[resource.note] = with_["note"]
    sent = workshop.change(
        thing,
        query,
        row,
        body=with_.get("body", MISSING),
        extra=tuple((k, str(v)) for k, v in with_.get("query", {}).items()),
        negative=bool(with_.get("body") or with_.get("query")),
    )
    after = workshop.read(thing, row)
    if not (_whole(first) and _whole(before) and _whole(after)):
        return Result()
    assert first is not None
    assert before is not None
    assert after is not None
    restless = {d.pointer for d in differences(first.body, before.body)}
    refused = lab.context.refused(after)
    findings = [
        found(
            row,
            "probe.unchanged",
            (after, sent, before),
            pointer=f"/response/body{one.pointer}",
            expected=one.sent,
            received=one.came,
            text=check.get("message"),
            member=one.pointer,
        )
        for one in differences(before.body, after.body)
        if one.pointer not in restless
        and about(one.pointer, (), (resource.life.at,))
        and not refused.touches(one.pointer, frozenset())
    ]
    return Result(1, tuple(findings))


def _whole(exchange: Exchange | None) -> bool:
    return (
        exchange is not None
        and exchange.accepted
        and exchange.response is not None
        and exchange.response.not_json is None
        and isinstance(exchange.body, dict)
    )


READ_BACK = Probe(
    lambda check, row, operation, lab: 6,
    _read_back,
    "writes",
    {"en": "read again what was made", "fr": "relire ce qui a été créé"},
    writes=True,
)
STATE_KEPT = Probe(
    lambda check, row, operation, lab: 0,
    _state_kept,
    "writes",
    {"en": "read the state after each change", "fr": "relire l'état après chaque changement"},
    writes=True,
)
UNCHANGED = Probe(
    lambda check, row, operation, lab: 28,
    _unchanged,
    "writes",
    {
        "en": "see that a change leaves the rest",
        "fr": "voir qu'un changement laisse le reste",
    },
    writes=True,
)
