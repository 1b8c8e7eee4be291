"""What of a thing stays as it was told first, however often it is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from mobstd.conformance.kinds.keeping import first_reads
from mobstd.conformance.kinds.making import shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import answered
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["STEADY"]

SECOND = timedelta(seconds=1)

FEW = 3
"""How many things are read once more."""


def _steady(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Read a thing again: these members are as they were, and as they were when it was made."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    evidence, findings = 0, []
    for thing, first, again in _reads(workshop, resource, row):
        if again is None or not (first.accepted and again.accepted):
            continue
        for member, made in check["members"].items():
            told = [get(answered(first), member)]
            told += [get(answered(thing.created), made)] if made else []
            if _refused(lab, again, member) or (made and _refused(lab, thing.created, made)):
                continue
            now = get(answered(again), member)
            known = [value for value in told if value is not MISSING]
            if now is MISSING or not known:
                continue
            evidence += 1
            if not all(_same(value, now) for value in known):
                findings.append(
                    found(
                        row,
                        "probe.steady",
                        (again, first, thing.created),
                        pointer=f"/response/body{member}",
                        expected=next(value for value in known if not _same(value, now)),
                        received=now,
                        text=check.get("message"),
                        member=member,
                    )
                )
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _refused(lab: Lab, exchange: Exchange, pointer: str) -> bool:
    """Say whether the schema refuses what stands there: another row is about that."""
    return bool(lab.context.refused(exchange).touches(pointer, frozenset()))


def _reads(
    workshop: Workshop, resource: Resource, row: Requirement
) -> Iterator[tuple[Thing, Exchange, Exchange | None]]:
    """Yield things with two answers that show them: later, and after it was changed."""
    for thing, first in first_reads(workshop, resource, row)[:FEW]:
        yield thing, first, workshop.read(thing, row)
    thing_ = workshop.make(resource, row) if resource.life is not None else None
    first_ = None if thing_ is None else workshop.read(thing_, row)
    if thing_ is None or first_ is None or resource.life is None:
        return
    if resource.correct and workshop.correct(thing_, workshop.correction(thing_), row).accepted:
        yield thing_, first_, workshop.read(thing_, row)
    undo = {resource.state or "": resource.life.undone}
    if resource.change and workshop.change(thing_, undo, row).accepted:
        yield thing_, first_, workshop.read(thing_, row)
    workshop.drop(thing_)


def _same(one: Any, other: Any) -> bool:
    """Say whether two values are equal, or one instant that is written in two ways."""
    if one == other or not (isinstance(one, str) and isinstance(other, str)):
        return bool(one == other)
    try:
        apart = datetime.fromisoformat(one) - datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False
    return abs(apart) < SECOND


STEADY = Probe(
    lambda check, row, operation, lab: FEW + 7,
    _steady,
    "writes",
    {"en": "read the same again", "fr": "relire la même chose"},
    writes=True,
)
