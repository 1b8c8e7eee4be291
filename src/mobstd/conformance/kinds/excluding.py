"""What a target takes of few alone: from those whom it knows, of one version of the standard."""

from __future__ import annotations

from mobstd.conformance.kinds.making import control_of, examples, shop
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import REFUSED, named, spoke
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.material import Candidate
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["OUTDATED", "STRANGER"]


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
    evidence: int = len(taken)
    findings: list[Finding] = []
    for source in resource.sources:
        candidates = workshop.material(resource).of(source)
        if id(source) in taken or not candidates:
            continue
        one = candidates[0]
        seen, wrong = twice(lambda one=one: _only_otherwise(check, row, workshop, resource, one))  # type: ignore[misc]
        evidence += seen
        findings += wrong
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _only_otherwise(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, candidate: Candidate
) -> Tried:
    """Send what is right, then the same as it once was: wrong where that alone is taken."""
    right = workshop.body(resource, candidate)
    refused = workshop.post(resource, right, row, "negative", negative=True)
    if refused.accepted:
        workshop.drop(workshop.thing(resource, right, refused, candidate))
    if not spoke(refused) or refused.status not in REFUSED:
        return 0, []
    body = put(workshop.body(resource, candidate), check["at"], check["value"])
    sent = workshop.post(resource, body, row, "twin", negative=True)
    if not sent.accepted:
        return 0, []
    workshop.drop(workshop.thing(resource, body, sent, candidate))
    wrong = found(
        row,
        "probe.outdated",
        (refused, sent),
        pointer="/response/status",
        expected=sent.status,
        received=refused.status,
        text=check.get("message"),
        value=check["value"],
    )
    return 1, [wrong]


STRANGER = Probe(
    lambda check, row, operation, lab: 0,
    _stranger,
    "writes",
    {"en": "see that strangers are served", "fr": "voir que les inconnus sont servis"},
    writes=True,
)
OUTDATED = Probe(
    lambda check, row, operation, lab: 4,
    _outdated,
    "writes",
    {"en": "see which version is taken", "fr": "voir quelle version est acceptée"},
    writes=True,
)
