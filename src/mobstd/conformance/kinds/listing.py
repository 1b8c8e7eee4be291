"""What a target lists by the way, in items of another sort: it is made from as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.conformance.kinds.making import control_of, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import NEAR_KM, NEAR_SECONDS, Anchor, Lab
from mobstd.conformance.scenarios.answers import NOT_FOUND, named
from mobstd.conformance.scenarios.edit import put_all
from mobstd.conformance.scenarios.material import Candidate, material, unfit
from mobstd.conformance.scenarios.resource import Resource, Source
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.conformance.vicinity import around, query_of
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["MADE_FROM"]

FEW = 3
"""How many candidates of a source are tried: one may be taken by somebody else."""


@dataclass(frozen=True)
class _Refusal:
    """What was listed and refused in every way; ``unknown``: as something that is not there."""

    exchange: Exchange
    unknown: bool


def _made_from(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = control_of(workshop, resource, row)
    if control is None:
        return Result(reason="no-data")
    evidence: int = 0
    findings: list[Finding] = []
    for source in resource.apart:
        if source.apart == check["source"]:
            tried = list(_each(check, row, workshop, resource, source))
            evidence += len(tried)
            findings += _findings(check, row, control, tried)
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _findings(
    check: Check, row: Requirement, control: Thing, tried: list[_Refusal | None]
) -> Iterator[Finding]:
    """Yield what is wrong: one that is not known there is, another refusal only where all are."""
    refused = [one for one in tried if one is not None]
    unknown = next((one for one in refused if one.unknown), None)
    shown = unknown or (refused[0] if refused and len(refused) == len(tried) else None)
    if shown is not None:
        yield found(
            row,
            "probe.made-from" if unknown else "probe.made-from.refused",
            (shown.exchange, control.created),
            pointer="/response/status",
            expected=control.created.status,
            received=shown.exchange.status,
            severity="error" if unknown else "warning",
            text=check.get("message") if unknown else None,
        )


def _each(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, source: Source
) -> Iterator[_Refusal | None]:
    """Yield for each candidate ``None`` where it was taken, in one way or another."""
    candidates = material(workshop.lab, [source], workshop.now).candidates
    for candidate in _ends(candidates):
        known = _again(workshop, resource, candidate, row)
        refusal = None if known is None else _tried(check, row, workshop, resource, known)
        if known is not None and (refusal is None or 400 <= (refusal.exchange.status or 0) < 500):
            yield refusal


def _ends(candidates: list[Candidate]) -> list[Candidate]:
    """Return a few: what is listed first, last and in between."""
    last = len(candidates) - 1
    places = dict.fromkeys(last * step // (FEW - 1) for step in (0, FEW - 1, *range(1, FEW - 1)))
    return [candidates[place] for place in places if candidates]


def _tried(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, candidate: Candidate
) -> _Refusal | None:
    refusals: list[Exchange] = []
    for edits in ({}, *check.get("otherwise", ())):
        body = put_all(workshop.body(resource, candidate), edits)
        sent = workshop.post(resource, body, row, "scenario", negative=True)
        if sent.accepted:
            workshop.drop(workshop.thing(resource, body, sent, candidate))
            return None
        refusals.append(sent)
        if sent.status == NOT_FOUND or check["code"] in named(sent, resource.refusal):
            return _Refusal(sent, unknown=True)
    return _Refusal(refusals[0], unknown=False)


def _again(
    workshop: Workshop, resource: Resource, candidate: Candidate, row: Requirement
) -> Candidate | None:
    """Return a candidate as the search for it shows it now, where it has it.

    ``None``: what is shown does not serve, so that its refusal would be right.
    """
    lab, source = workshop.lab, candidate.source
    if source.again is None or _absent(lab, source.again):
        return candidate
    item = candidate.item
    key = lab.identity(source.again, item)
    own = Anchor(source.again, item, key, query_of(lab, source.again, item, {}))
    exchange = lab.ask(source.again, around(lab, own, NEAR_KM, NEAR_SECONDS), "control", row)
    shown = (other for _, other in lab.context.items(exchange) if _same(source, item, other))
    now = next(shown, None)
    if now is None:
        return candidate
    merged: Mapping[str, Any] = {**item, **now}
    usual = [one for one in resource.sources if one.operation == source.again]
    wrong = any(unfit(c, merged, lab, workshop.now) for one in usual for c in one.only)
    return None if wrong else Candidate(source, merged)


def _absent(lab: Lab, operation: str) -> bool:
    block = lab.context.catalogue.block_of.get(operation, "")
    return lab.presence.get(block, "unknown") != "present"


def _same(source: Source, item: Any, other: Any) -> bool:
    pairs = [(get(item, pointer), get(other, pointer)) for pointer in source.same]
    return all(one is not MISSING and one == two for one, two in pairs)


MADE_FROM = Probe(
    lambda check, row, operation, lab: FEW * 2 * (2 + len(check.get("otherwise", ()))),
    _made_from,
    "writes",
    {"en": "make some of what is listed by the way", "fr": "en créer de ce qui est listé ailleurs"},
    writes=True,
)
