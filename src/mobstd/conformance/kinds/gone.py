"""What a list says is there no longer: read alone, it is gone."""

from __future__ import annotations

from functools import partial
from itertools import islice

from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Lab
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["GONE"]

FEW = 2


def _gone(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    block = lab.context.catalogue.block_of.get(check["operation"], "")
    if operation not in lab.controls or lab.presence.get(block) == "absent":
        return Result()
    evidence, findings = twice(partial(_each, check, row, operation, lab))
    return Result(evidence, tuple(findings))


def _each(check: Check, row: Requirement, operation: str, lab: Lab) -> Tried:
    items = ((item, told) for item, told in lab.seen(operation).values())
    named = (
        (get(item, check["at"]), told)
        for item, told in items
        if all(get(item, pointer) == value for pointer, value in check["where"].items())
    )
    evidence: int = 0
    findings: list[Finding] = []
    for key, told in islice(named, FEW):
        query = {check["parameter"]: key}
        read = lab.ask(check["operation"], query, "negative", row, negative=True, fresh=True)
        if read.status is None or read.status >= 500:
            continue
        evidence += 1
        if read.status not in check["expect"]:
            findings.append(
                found(
                    row,
                    "probe.gone",
                    (read, told),
                    pointer="/response/status",
                    expected=check["expect"][0],
                    received=read.status,
                    text=check.get("message"),
                )
            )
    return evidence, findings


GONE = Probe(
    lambda check, row, operation, lab: FEW,
    _gone,
    "pairs",
    {"en": "read alone what is gone", "fr": "lire seul ce qui n'est plus là"},
)
