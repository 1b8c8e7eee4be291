"""What a target says beforehand of what it would do: it does so, and nothing was done by asking."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mobstd.conformance.kinds.making import shop
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.kinds.varying import each_edit
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import NO_ANSWER, answered, spoke
from mobstd.conformance.scenarios.edit import Edit
from mobstd.conformance.scenarios.oracle import there
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["FORETOLD"]


def _foretold(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask whether each document would do, then send it: it does where that was said."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, trial = opened
    seen = [
        twice(partial(_one, check, row, workshop, trial, control, make))
        for control, make in each_edit(check, row, workshop, workshop.resource(check["of"]))
    ]
    evidence = sum(one for one, _ in seen)
    findings = [finding for _, some in seen for finding in some]
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _one(
    check: Check,
    row: Requirement,
    workshop: Workshop,
    trial: Resource,
    control: Thing,
    make: Callable[[], Edit],
) -> Tried:
    edit, real = make(), control.resource
    said = workshop.post(trial, edit.document, row, "scenario", negative=True)
    if not spoke(said) or said.status in NO_ANSWER:
        return 0, []
    kept = there(workshop, real, workshop.key_of(real, edit.document), row)
    if kept is not None:
        workshop.found(real, workshop.key_of(real, edit.document))
        wrong = found(row, "probe.foretold.kept", (kept, said), pointer="/response/status",
                      expected=404, received=kept.status, edit=edit.name)  # fmt: skip
        return 1, [wrong]
    done = _done(check, row, workshop, control, edit)
    if not spoke(done):
        return 0, []
    promised = said.accepted and get(answered(said), check["says"]) is True
    if promised == done.accepted:
        return 1, []
    wrong = found(
        row,
        "probe.foretold" if promised else "probe.foretold.refused",
        (said, done),
        pointer=f"/response/body{check['says']}" if said.accepted else "/response/status",
        expected=done.accepted,
        received=promised,
        severity=edit.severity,
        text=check.get("message"),
        edit=edit.name,
    )
    return 1, [wrong]


def _done(
    check: Check, row: Requirement, workshop: Workshop, control: Thing, edit: Edit
) -> Exchange:
    """Send it for good, and lead it to the state that is foretold; return the last answer."""
    real = control.resource
    made = workshop.post(real, edit.document, row, "scenario", negative=True)
    if not made.accepted:
        return made
    thing = workshop.thing(real, edit.document, made, control.candidate)
    asked = {real.state or "": check["to"]}
    done = workshop.change(thing, asked, row, "scenario", negative=True)
    workshop.drop(thing)
    return done


FORETOLD = Probe(
    lambda check, row, operation, lab: 6 * len(check["edits"]),
    _foretold,
    "writes",
    {"en": "ask whether it would do, then do it", "fr": "demander si cela irait, puis le faire"},
    writes=True,
)
