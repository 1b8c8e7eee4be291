"""What does not serve for one reason only: refused."""

from __future__ import annotations

from mobstd.conformance.kinds.making import control_of, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import REFUSED, spoke
from mobstd.conformance.scenarios.material import spoilt
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["UNFIT"]


def _unfit(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Make one from an item that does not serve, and for one reason only."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = control_of(workshop, resource, row)
    candidate = spoilt(lab, resource, check["because"], workshop.now)
    if control is None or candidate is None:
        return Result(reason="no-data")
    body = workshop.body(resource, candidate)
    sent = workshop.post(resource, body, row, "negative", negative=True)
    if not spoke(sent):
        return Result()
    if sent.status in REFUSED:
        return Result(1)
    workshop.drop(workshop.thing(resource, body, sent, candidate))
    finding = found(
        row,
        "probe.unfit",
        (sent, control.created),
        pointer="/response/status",
        expected="refused",
        received=sent.status,
        text=check.get("message"),
    )
    return Result(1, (finding,))


UNFIT = Probe(
    lambda check, row, operation, lab: 2,
    _unfit,
    "writes",
    {"en": "make one from what does not serve", "fr": "en créer un de ce qui ne convient pas"},
    writes=True,
)
