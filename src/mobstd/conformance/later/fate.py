"""What becomes of a thing in hours and days: in the lists by then, and the same from then on."""

from __future__ import annotations

from mobstd.conformance.kinds.correcting import prepared
from mobstd.conformance.kinds.making import right_change, shop
from mobstd.conformance.kinds.probe import found
from mobstd.conformance.lab import Lab
from mobstd.conformance.later.wait import Waiting
from mobstd.conformance.scenarios.answers import answered, spoke
from mobstd.conformance.scenarios.resource import Resource
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["changed_late", "listed_by", "stays"]


def _state(read: Exchange | None, resource: Resource) -> str | None:
    """Return the state that was read: any word, for it becomes what no run can lead it to."""
    if read is None or not read.accepted or resource.life is None:
        return None
    state = get(answered(read), resource.life.at)
    return state if isinstance(state, str) else None


def stays(check: Check, row: Requirement, operation: str, lab: Lab) -> Waiting:
    """Read a thing after a while and again much later: its state is the same."""
    opened = shop(lab, operation)
    thing = opened[0].make(opened[1], row) if opened else None
    if opened is None or thing is None:
        return Result(reason="no-data")
    workshop, resource = opened
    yield check["from"]
    first = workshop.read(thing, row)
    yield check["to"]
    last = workshop.read(thing, row)
    before, after = _state(first, resource), _state(last, resource)
    if first is None or last is None or before is None or after is None:
        return Result(reason="no-data")
    if after == before:
        return Result(1)
    wrong = found(
        row,
        "probe.stays",
        (last, first, thing.created),
        pointer=f"/response/body{resource.life.at if resource.life else ''}",
        expected=before,
        received=after,
        text=check.get("message"),
        first=check["from"],
        last=check["to"],
    )
    return Result(1, (wrong,))


def listed_by(check: Check, row: Requirement, operation: str, lab: Lab) -> Waiting:
    """Have a thing, and look for it in the list of its state when it has to be there."""
    opened, opening = None, lab.context.catalogue.collections[operation].opens
    if opening is not None:
        opened = shop(lab, opening.operation)
    thing = prepared(check, row, *opened) if opened else None
    if opened is None or opening is None or thing is None:
        return Result(reason="no-data")
    workshop, resource = opened
    yield check["within"]
    read = workshop.read(thing, row)
    state = _state(read, resource)
    if read is None or state is None:
        return Result(reason="no-data")
    told = {} if opening.over is None else {opening.over: state}
    query = {**lab.controls.get(operation, {}), **check.get("with", {}), **told}
    listed = lab.ask(operation, query, "scenario", row)
    keys = [get(item, opening.at) for _, item in lab.context.items(listed)]
    if thing.key in keys:
        return Result(1)
    if not listed.accepted or len(keys) >= check["most"]:
        return Result(reason="no-data")
    wrong = found(
        row,
        "probe.listed-by",
        (listed, read, thing.created),
        pointer="/response/body",
        expected=thing.key,
        received=len(keys),
        text=check.get("message"),
        seconds=check["within"],
    )
    return Result(1, (wrong,))


def changed_late(check: Check, row: Requirement, operation: str, lab: Lab) -> Waiting:
    """Ask for a change long after a thing was made: it is taken, and done."""
    opened = shop(lab, operation)
    thing = opened[0].make(opened[1], row) if opened else None
    if opened is None or thing is None or opened[1].state is None:
        return Result(reason="no-data")
    workshop, resource = opened
    yield check["after"]
    before = workshop.read(thing, row)
    asked = right_change(resource)
    sent = workshop.change(thing, asked, row)
    after = workshop.read(thing, row)
    state, wanted = _state(after, resource), asked[resource.state or ""]
    if _state(before, resource) is None or not spoke(sent) or after is None:
        return Result(reason="no-data")
    if sent.accepted and state in (wanted, None):
        return Result(1)
    wrong = found(
        row,
        "probe.late-change.lost" if sent.accepted else "probe.late-change",
        (after if sent.accepted else sent, thing.created),
        pointer="/response/body" if sent.accepted else "/response/status",
        expected=wanted if sent.accepted else 200,
        received=state if sent.accepted else sent.status,
        text=check.get("message"),
        seconds=check["after"],
    )
    return Result(1, (wrong,))
