"""How a target changes states: as the table says, never by what is wrong, never of the unknown."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.making import examples, refuse, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.edit import edits
from mobstd.conformance.scenarios.oracle import at, look
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import Cell, table
from mobstd.conformance.scenarios.workshop import Thing, Workshop, named
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["ACCEPT_CHANGE", "REJECT", "TRANSITION", "UNKNOWN", "right_change"]

REFUSED = range(400, 500)
LEADING = ("step", "skip", "odd")


def _transition(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    evidence: int = 0
    findings: list[Finding] = []
    for cell in table(workshop, resource, row):
        if cell.kind not in check["pairs"] or (cell.exchange.status or 500) >= 500:
            continue
        wrong = _wrong(check, row, cell, resource)
        if cell.kind in LEADING or cell.after is not None or wrong:
            evidence += 1
        findings += wrong
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _wrong(check: Check, row: Requirement, cell: Cell, resource: Resource) -> list[Finding]:
    sent = (cell.exchange, cell.read) if cell.read is not None else (cell.exchange,)

    def one(
        code: str, exchanges: tuple[Exchange, ...], where: str, expected: Any, came: Any
    ) -> Any:
        return found(
            row,
            code,
            exchanges,
            pointer=where,
            expected=expected,
            received=came,
            before=cell.before,
            wanted=cell.wanted,
        )

    if cell.kind in LEADING:
        if cell.taken:
            return []
        return [
            one("probe.transition.refused", sent, "/response/status", 200, cell.exchange.status)
        ]
    if cell.moved:
        read = (cell.read, cell.exchange) if cell.read is not None else sent
        where = "/response/body" if resource.read else at(resource)
        return [one("probe.transition.moved", read, where, cell.before, cell.after)]
    if cell.kind != "same":
        return []
    expect = check.get("expect", [409])
    if cell.exchange.status not in expect:
        return [one("probe.transition.status", sent, "/response/status", expect[0],
                    cell.exchange.status)]  # fmt: skip
    code = check.get("code")
    if code is not None and code not in named(cell.exchange):
        return [one("probe.transition.code", sent, "/response/body", code, None)]
    return []


def _reject(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if operation == resource.create:
        return refuse(check, row, workshop, resource)
    return _refuse_change(check, row, workshop, resource)


def right_change(resource: Resource) -> dict[str, Any]:
    """Return a right change of a new thing, as a document that edits apply to."""
    assert resource.life is not None
    assert resource.state is not None
    first = resource.life.first[0]
    step = next(to for to, kind in resource.life.pairs[first].items() if kind == "step")
    return {resource.state: step}


def _refuse_change(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource
) -> Result:
    """Ask for changes that are wrong in one edit; each is to be refused, and change nothing."""
    if resource.life is None or resource.change is None:
        return Result(reason="not-permitted")
    right = right_change(resource)
    evidence: int = 0
    findings: list[Finding] = []
    thing: Thing | None = None
    for edit in edits(check["edits"], right, {}):
        thing = thing or workshop.make(resource, row)
        if thing is None:
            return Result(reason="no-data")
        sent = workshop.change(thing, edit.document, row, "negative", negative=True)
        after, _ = look(workshop, thing, resource.life.first[0], row)
        moved = after is not None and after != resource.life.first[0]
        if sent.status is not None and sent.status < 500 and sent.status != 429:
            evidence += 1
            wrong = sent.status not in check.get("expect", [400])
            if wrong or moved:
                findings.append(
                    found(
                        row,
                        "probe.reject.moved" if moved and not wrong else "probe.reject",
                        (sent, thing.created),
                        pointer="/response/status",
                        expected=check.get("expect", [400])[0],
                        received=sent.status if wrong else after,
                        severity=edit.severity,
                        text=check.get("message"),
                        edit=edit.name,
                    )
                )
        if moved or sent.accepted:
            workshop.drop(thing)
            thing = None
    thing = thing or workshop.make(resource, row)
    if thing is None or not workshop.change(thing, right, row).accepted:
        return Result()
    workshop.drop(thing)
    return Result(evidence, tuple(findings))


def _accept_change(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for changes that are unusual and right, each of a new thing."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    right = right_change(resource)
    evidence: int = 0
    findings: list[Finding] = []
    for edit in edits(check["edits"], right, {}):
        thing = workshop.make(resource, row)
        if thing is None:
            return Result(reason="no-data")
        sent = workshop.change(thing, edit.document, row, "scenario", negative=True)
        if sent.status is not None and sent.status < 500:
            evidence += 1
            if not sent.accepted and workshop.change(thing, right, row).accepted:
                findings.append(
                    found(
                        row,
                        "probe.accept",
                        (sent, thing.created),
                        pointer="/response/status",
                        expected=200,
                        received=sent.status,
                        severity=edit.severity,
                        text=check.get("message"),
                        edit=edit.name,
                    )
                )
        workshop.drop(thing)
    return Result(evidence, tuple(findings))


def _unknown(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for what nobody made, beside something that is there."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = next(iter(examples(workshop, resource, row)), None)
    if control is None:
        return Result(reason="no-data")
    key = workshop.maker.key()
    if operation == resource.read:
        sent = workshop.read(key, row, "negative", resource, negative=True)
    else:
        sent = workshop.change(
            control, right_change(resource), row, "negative", key=key, negative=True
        )
    if sent is None or sent.status is None or sent.status >= 500:
        return Result()
    expect, codes = check.get("expect", [404]), check.get("codes", ())
    text = named(sent)
    if sent.status not in expect:
        if not check.get("judges_status", True):
            return Result()
        wrong = found(row, "probe.unknown", (sent, control.created), pointer="/response/status",
                      expected=expect[0], received=sent.status)  # fmt: skip
    elif codes and not any(code in text for code in codes):
        wrong = found(row, "probe.unknown.code", (sent,), pointer="/response/body",
                      expected=list(codes), received=None)  # fmt: skip
    else:
        return Result(1)
    return Result(1, (wrong,))


def _cells(check: Check, row: Requirement, operation: str, lab: Lab) -> int:
    opened = shop(lab, operation)
    life = opened[1].life if opened is not None else None
    return 0 if life is None else len(life.states) ** 2 * 6


TRANSITION = Probe(
    _cells,
    _transition,
    "writes",
    {"en": "ask for every state from every state", "fr": "demander tout état depuis tout état"},
    writes=True,
)
REJECT = Probe(
    lambda check, row, operation, lab: 2 * len(check["edits"]) + 3,
    _reject,
    "writes",
    {"en": "send what is wrong in one edit", "fr": "envoyer ce qui est faux d'une retouche"},
    writes=True,
)
ACCEPT_CHANGE = Probe(
    lambda check, row, operation, lab: 3 * len(check["edits"]),
    _accept_change,
    "writes",
    {"en": "change in unusual ways", "fr": "changer de façon inhabituelle"},
    writes=True,
)
UNKNOWN = Probe(
    lambda check, row, operation, lab: 1,
    _unknown,
    "writes",
    {"en": "ask for what nobody made", "fr": "demander ce que personne n'a créé"},
    writes=True,
)
