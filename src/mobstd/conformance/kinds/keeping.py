"""What a target keeps: read again as it was made, and changed in nothing but its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.kinds.making import compared, examples, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import shown
from mobstd.conformance.scenarios.difference import differences
from mobstd.conformance.scenarios.oracle import at, ladder
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import LEADING, reads_true, table, taken
from mobstd.conformance.scenarios.thing import unsettled
from mobstd.conformance.scenarios.workshop import Thing, Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["BEGUN", "READ_BACK", "STATE_KEPT", "UNCHANGED"]


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
    for beside in _bystanders(workshop, resource, row):
        evidence += 1
        findings += [] if beside is None else [beside]
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _bystanders(
    workshop: Workshop, resource: Resource, row: Requirement
) -> Iterator[Finding | None]:
    """Make several of one candidate; what becomes of one is nothing to the others."""
    life = resource.life
    if life is None or resource.read is None or resource.state is None:
        return
    for place in taken(workshop, resource, row):
        seen = list(_beside(workshop, resource, row, place))
        if any(seen):  # its owner may have acted in that moment; hardly twice
            seen = list(_beside(workshop, resource, row, place))
        yield from seen


def _beside(
    workshop: Workshop, resource: Resource, row: Requirement, place: int
) -> Iterator[Finding | None]:
    life = resource.life
    assert life is not None
    one = workshop.make(resource, row, place)
    other = None if one is None else workshop.made(resource, one.candidate, row, {})
    if one is None or other is None:
        return
    workshop.read(other, row)
    sent = workshop.change(one, {resource.state or "": life.undone}, row)
    if sent.accepted:
        yield _moved(workshop, row, other, sent, taken_back=True)
        third = workshop.made(resource, one.candidate, row, {})
        if third is not None:
            yield _moved(workshop, row, one, third.created, taken_back=False)
            workshop.drop(third)
    workshop.drop(other)
    workshop.drop(one)


def _moved(
    workshop: Workshop, row: Requirement, thing: Thing, sent: Exchange, *, taken_back: bool
) -> Finding | None:
    """Say that a thing was taken back with another one, or is there again because of one."""
    read, life = workshop.read(thing, row), thing.resource.life
    now = shown(read, thing.resource)
    if read is None or life is None or now is None or (now == life.undone) is not taken_back:
        return None
    return found(
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
    for thing, read in _first_reads(workshop, resource, row):
        state = get(read.body, life.at) if _whole(read) else MISSING
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
            if not _whole(before) or not _whole(after):
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


def _whole(exchange: Exchange) -> bool:
    response = exchange.response
    readable = response is not None and response.not_json is None
    return exchange.accepted and readable and isinstance(exchange.body, dict)


READ_BACK = Probe(
    lambda check, row, operation, lab: 6,
    _read_back,
    "writes",
    {"en": "read again what was made", "fr": "relire ce qui a été créé"},
    writes=True,
)
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
