"""What a target keeps: read again as it was made, and changed in nothing but its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.kinds.making import compared, examples, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import spoke, whole
from mobstd.conformance.scenarios.difference import differences
from mobstd.conformance.scenarios.oracle import ladder
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import reads_true
from mobstd.conformance.scenarios.thing import Thing, unsettled
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["READ_BACK", "UNCHANGED", "first_reads"]


def first_reads(
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
    for thing, read in first_reads(workshop, resource, row):
        if not spoke(read):
            continue
        evidence += 1
        if not read.accepted:
            if "only" in check.params:
                evidence -= 1
                continue
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
                if not _as_good(resource, finding, answered)
            ]
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _as_good(resource: Resource, finding: Finding, answered: Any) -> bool:
    """Say whether a value is what the answer said, or a state that the target's side led on to."""
    if answered is not MISSING:
        said = get(answered, finding.params["member"])
        if finding.received == (None if said is MISSING else said):
            return True
    life = resource.life
    if life is None or finding.params["member"] != life.at:
        return False
    return finding.received in life.pairs.get(str(finding.expected), {})


def _answered(thing: Thing) -> Any:
    """Return the answer that made a thing, or ``MISSING``: what it says may be read as well."""
    made = thing.created
    readable = made.response is not None and made.response.not_json is None
    return made.body if readable else MISSING


def _unchanged(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """A change of the state leaves the rest as it was, with whatever else is sent along."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if resource.read is None or resource.life is None:
        return Result(reason="unobservable")
    along = check.get("with", {})
    true = reads_true(workshop, resource, row)
    flavour = "body" if "body" in along else "query" if "query" in along else "plain"
    for place in range(len(resource.sources)):
        _climb(workshop, resource, row, place, along)
    evidence: int = 0
    findings: list[Finding] = []
    for thing in workshop.things:
        if thing.resource is not resource:
            continue
        for before, changes, after in _stretches(thing):
            if {name for name, _ in changes} != {flavour}:
                continue
            if not whole(before) or not whole(after):
                continue
            evidence += 1
            sent = changes[-1][1]
            findings += _changed(check, row, lab, thing, before, sent, after, true)
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _climb(
    workshop: Workshop, resource: Resource, row: Requirement, place: int, along: Mapping[str, Any]
) -> None:
    """Take a new thing through every state to the last, and read it before and after each."""
    thing = workshop.make(resource, row, place)
    if thing is None or resource.life is None or resource.state is None:
        return
    workshop.read(thing, row)
    workshop.read(thing, row)
    for step in (*ladder(resource.life), resource.life.undone):
        query = {resource.state: step}
        if resource.note and "note" in along:
            query[resource.note] = along["note"]
        workshop.change(
            thing,
            query,
            row,
            body=along.get("body", MISSING),
            extra=tuple((k, str(v)) for k, v in along.get("query", {}).items()),
            negative=bool(along.get("body") or along.get("query")),
        )
        workshop.read(thing, row)
    workshop.drop(thing)


Stretch = tuple[Exchange, list[tuple[str, Exchange]], Exchange]


def _stretches(thing: Thing) -> Iterator[Stretch]:
    """Yield what was read, what was asked then, and what was read afterwards."""
    before: Exchange | None = None
    changes: list[tuple[str, Exchange]] = []
    for name, exchange in thing.history:
        if name != "read":
            changes.append((name, exchange))
            continue
        if before is not None and changes:
            yield before, changes, exchange
        before, changes = exchange, []


def _changed(
    check: Check,
    row: Requirement,
    lab: Lab,
    thing: Thing,
    before: Exchange,
    sent: Exchange,
    after: Exchange,
    reads_true: bool,
) -> Iterator[Finding]:
    life = thing.resource.life
    assert life is not None
    known = set(lab.workshop.known(thing.resource)) if lab.workshop is not None else set()
    refused, restless = lab.context.refused(after), unsettled(thing)
    for one in differences(before.body, after.body):
        top = "/" + one.pointer.split("/")[1]
        if one.pointer in restless or top not in known or one.pointer == life.at:
            continue
        if refused.touches(one.pointer, frozenset()):
            continue
        yield found(
            row,
            "probe.unchanged",
            (after, sent, before),
            pointer=f"/response/body{one.pointer}",
            expected=one.sent,
            received=one.came,
            severity="warning" if one.close else "error",
            text=check.get("message"),
            member=one.pointer,
        )
    wanted = sent.query.get(thing.resource.state or "")
    now = get(after.body, life.at)
    told = now in life.pairs and now not in (wanted, get(before.body, life.at))
    if check.get("with", {}).get("body") and told and reads_true:
        yield found(
            row,
            "probe.unchanged",
            (after, sent, before),
            pointer=f"/response/body{life.at}",
            expected=wanted,
            received=now if isinstance(now, str) else None,
            text=check.get("message"),
            member=life.at,
        )


READ_BACK = Probe(
    lambda check, row, operation, lab: 6,
    _read_back,
    "writes",
    {"en": "read again what was made", "fr": "relire ce qui a été créé"},
    writes=True,
)
UNCHANGED = Probe(
    lambda check, row, operation, lab: 24,
    _unchanged,
    "writes",
    {
        "en": "see that a change leaves the rest",
        "fr": "voir qu'un changement laisse le reste",
    },
    writes=True,
)
