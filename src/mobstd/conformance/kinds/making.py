"""What a target makes: taken, returned as it was sent, refused where it is wrong, made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.difference import Difference, about, differences
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.material import Candidate, sorts
from mobstd.conformance.scenarios.oracle import wandered
from mobstd.conformance.scenarios.resource import Resource, resources
from mobstd.conformance.scenarios.thing import unsettled
from mobstd.conformance.scenarios.workshop import TRIES, Thing, Workshop, named
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

REFUSED = range(300, 500)

SORTS = 3
"""How many sorts of candidates are tried."""

__all__ = [
    "OUTDATED",
    "REPEAT",
    "RETURNED",
    "STRANGER",
    "compared",
    "control_of",
    "examples",
    "right_change",
    "shop",
]


def shop(lab: Lab, operation: str) -> tuple[Workshop, Resource] | None:
    """Return the workshop and what the operation is about; ``None`` where nothing is written."""
    if lab.workshop is None:
        return None
    catalogue = lab.context.catalogue
    for resource in resources(catalogue.version, catalogue.role).values():
        if operation in resource.operations:
            return lab.workshop, resource
    return None


def examples(workshop: Workshop, resource: Resource, row: Requirement | None) -> list[Thing]:
    """Return things of each source and sort of candidate, and of each variant; made once."""
    key = ("examples", resource.id)
    if key not in workshop.shared:
        workshop.begin(resource)
        made: list[Thing] = []
        workshop.shared[key] = made
        for place in range(len(resource.sources)):
            made += _some(workshop, resource, row, place)
    things: list[Thing] = workshop.shared[key]
    return things


def _some(
    workshop: Workshop, resource: Resource, row: Requirement | None, place: int
) -> list[Thing]:
    candidates = workshop.material(resource).of(resource.sources[place])
    made: list[Thing] = []
    with workshop.maker.trying():
        bodies = [workshop.body(resource, one) for one in candidates]
    for few in sorts(bodies)[:SORTS]:
        tried = (workshop.made(resource, candidates[n], row, {}) for n in few[:TRIES])
        thing = next((thing for thing in tried if thing is not None), None)
        if thing is not None:
            made.append(thing)
        elif not made:
            break
    for variant in resource.variants if made else ():
        thing = workshop.made(resource, made[0].candidate, row, variant)
        if thing is not None:
            made.append(thing)
            taken = workshop.variants.setdefault(resource.id, [])
            if variant not in taken:
                taken.append(variant)
    return made


def compared(
    check: Check,
    row: Requirement,
    lab: Lab,
    wanted: Any,
    exchange: Exchange,
    other: Exchange,
    code: str,
) -> Iterator[Finding]:
    """Yield a finding for each value of an answer that is not as it has to be."""
    refused = lab.context.refused(exchange)
    root = check.get("in", "")
    for one in differences(wanted, get(exchange.body, root)):
        if not about(one.pointer, check.get("only", ()), check.get("except", ())):
            continue
        if refused.touches(one.pointer, frozenset()) or _lost(refused, one):
            continue
        yield found(
            row,
            code,
            (exchange, other),
            pointer=f"/response/body{root}{one.pointer}",
            expected=one.sent,
            received=one.came,
            severity="warning" if one.close else "error",
            text=check.get("message"),
            member=one.pointer,
        )


def _lost(refused: Any, one: Difference) -> bool:
    """Say whether the schema refuses that it is missing."""
    above, _, name = one.pointer.rpartition("/")
    return one.came is None and name in refused.below.get(above, ())


def _nothing_came(row: Requirement, made: Exchange) -> Finding:
    response = made.response
    reason = response.not_json.reason if response is not None and response.not_json else "JSON"
    return found(
        row,
        "probe.returned.nothing",
        (made,),
        pointer="/response/body",
        expected="what was made",
        received=reason,
    )


def _returned(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    evidence, findings = 0, []
    for thing in examples(workshop, resource, row):
        made = thing.created
        if not made.response or made.response.not_json or not isinstance(made.body, dict):
            if "only" not in check.params and made.response is not None:
                findings.append(_nothing_came(row, made))
            continue
        evidence += 1
        findings += list(compared(check, row, lab, thing.sent, made, made, "probe.returned"))
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _repeat(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Post a known key again, with other values and word for word: new, changed, and undone."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    states: list[str | None] = [None]
    if resource.life is not None and resource.state is not None:
        states += [right_change(resource)[resource.state], resource.life.undone]
    evidence: int = 0
    findings: list[Finding] = []
    for state in states:
        thing = workshop.make(resource, row)
        if thing is None:
            return Result(reason="no-data")
        if state is not None and resource.state is not None:
            workshop.change(thing, {resource.state: state}, row)
        workshop.read(thing, row)
        before = workshop.read(thing, row)
        for same in (False, True):
            found_ = _posted_again(check, row, workshop, thing, same=same)
            if found_ is None:
                continue
            sent, wrong = found_
            evidence += 1
            findings += wrong
            findings += _other_now(check, row, lab, workshop, thing, before, sent)
        workshop.drop(thing)
    return Result(evidence, tuple(findings))


def _posted_again(
    check: Check, row: Requirement, workshop: Workshop, thing: Thing, *, same: bool
) -> tuple[Exchange, list[Finding]] | None:
    body = thing.sent
    for pointer, value in () if same else check["set"].items():
        body = put(body, pointer, value)
    sent = workshop.post(thing.resource, body, row, "negative", negative=True)
    thing.history.append(("again", sent))
    if sent.status is None or sent.status >= 500:
        return None
    if same:
        return sent, []
    expect, code = check.get("expect", REFUSED), check.get("code")
    if sent.status not in expect:
        why = "probe.repeat" if sent.accepted else "probe.repeat.status"
        wrong = found(row, why, (sent, thing.created), pointer="/response/status", expected=409,
                      received=sent.status)  # fmt: skip
    elif code is not None and code not in named(sent, thing.resource.refusal):
        wrong = found(row, "probe.repeat.code", (sent,), pointer="/response/body", expected=code)
    else:
        return sent, []
    return sent, [wrong]


def _other_now(
    check: Check,
    row: Requirement,
    lab: Lab,
    workshop: Workshop,
    thing: Thing,
    before: Exchange | None,
    sent: Exchange,
) -> Iterator[Finding]:
    after = workshop.read(thing, row)
    if before is None or after is None or not before.accepted or not after.accepted:
        return
    if not isinstance(after.body, dict) or not isinstance(before.body, dict):
        return
    life = thing.resource.life
    known = workshop.known(thing.resource)
    restless = unsettled(thing)
    for one in compared(
        Check(check.kind), row, lab, before.body, after, before, "probe.repeat.changed"
    ):
        at = str(one.params["member"])
        by_itself = life is not None and at == life.at
        by_itself = by_itself and wandered(workshop, thing.resource, one.expected, one.received)
        if "/" + at.split("/")[1] in known and at not in restless and not by_itself:
            yield _caused(one, sent)


def _caused(finding: Finding, sent: Exchange) -> Finding:
    read, *others = finding.exchanges
    return replace(finding, exchanges=(read, sent.id, *others))


def control_of(workshop: Workshop, resource: Resource, row: Requirement) -> Thing | None:
    """Return something that was taken just like that: the control of what is to be refused."""
    return next(iter(examples(workshop, resource, row)), None)


def right_change(resource: Resource) -> dict[str, Any]:
    """Return a right change of a new thing, as a document that edits apply to."""
    assert resource.life is not None
    assert resource.state is not None
    first = resource.life.first[0]
    step = next(to for to, kind in resource.life.pairs[first].items() if kind == "step")
    return {resource.state: step}


def _stranger(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What is made is for somebody whom the target has never seen."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if control_of(workshop, resource, row) is not None:
        return Result(1)
    refusals = workshop.refusals.get(resource.id, [])
    told = next((x for x in refusals if check["code"] in named(x, resource.refusal)), None)
    if told is None:
        return Result(reason="no-data")
    return Result(
        1,
        (
            found(
                row,
                "probe.stranger",
                (told,),
                pointer="/response/status",
                expected=201,
                received=told.status,
                error=check["code"],
            ),
        ),
    )


def _outdated(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What is right is refused, whatever it is made of, and taken with another value."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    taken = {id(thing.candidate.source) for thing in examples(workshop, resource, row)}
    evidence, findings = len(taken), []
    for source in resource.sources:
        candidates = workshop.material(resource).of(source)
        if id(source) in taken or not candidates:
            continue
        found_ = _only_otherwise(check, row, workshop, resource, candidates[0])
        evidence += found_ is not None
        findings += [] if found_ is None else [found_]
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _only_otherwise(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, candidate: Candidate
) -> Finding | None:
    right = workshop.body(resource, candidate)
    refused = workshop.post(resource, right, row, "negative", negative=True)
    if refused.status is None or not 400 <= refused.status < 500:
        return None
    body = put(workshop.body(resource, candidate), check["at"], check["value"])
    sent = workshop.post(resource, body, row, "twin", negative=True)
    if not sent.accepted:
        return None
    workshop.drop(workshop.thing(resource, body, sent, candidate))
    return found(
        row,
        "probe.outdated",
        (refused, sent),
        pointer="/response/status",
        expected=sent.status,
        received=refused.status,
        text=check.get("message"),
        value=check["value"],
    )


RETURNED = Probe(
    lambda check, row, operation, lab: 8,
    _returned,
    "writes",
    {"en": "make one of each sort", "fr": "en créer un de chaque sorte"},
    writes=True,
)
REPEAT = Probe(
    lambda check, row, operation, lab: 24,
    _repeat,
    "writes",
    {"en": "post a known id again", "fr": "envoyer de nouveau un id connu"},
    writes=True,
)
STRANGER = Probe(
    lambda check, row, operation, lab: 0,
    _stranger,
    "writes",
    {"en": "see that strangers are served", "fr": "voir que les inconnus sont servis"},
    writes=True,
)
OUTDATED = Probe(
    lambda check, row, operation, lab: 2,
    _outdated,
    "writes",
    {"en": "see which version is taken", "fr": "voir quelle version est acceptée"},
    writes=True,
)
