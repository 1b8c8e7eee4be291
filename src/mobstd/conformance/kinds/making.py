"""What a target makes, and what it answers then: what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.difference import Difference, about, differences
from mobstd.conformance.scenarios.material import sorts
from mobstd.conformance.scenarios.resource import Resource, resources
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import TRIES, Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

SORTS = 3
"""How many sorts of candidates are tried."""

__all__ = [
    "RETURNED",
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
        if not made and workshop.insists(resource):
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


RETURNED = Probe(
    lambda check, row, operation, lab: 8,
    _returned,
    "writes",
    {"en": "make one of each sort", "fr": "en créer un de chaque sorte"},
    writes=True,
)
