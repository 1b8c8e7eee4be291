"""How a target changes states: as the table says, never by what is wrong, never of the unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mobstd.conformance.kinds.making import examples, right_change, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import named, spoke
from mobstd.conformance.scenarios.oracle import at, wandered
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import LEADING, Cell, table
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["TRANSITION", "UNKNOWN"]


def _transition(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    evidence: int = 0
    findings: list[Finding] = []
    cells = table(workshop, resource, row)
    for cell in cells:
        if cell.kind not in check["pairs"] or not spoke(cell.exchange):
            continue
        if cell.before not in check.get("from", (cell.before,)):
            continue
        if cell.wanted not in check.get("to", (cell.wanted,)):
            continue
        wrong = _wrong(check, row, cell, resource, workshop)
        if cell.kind in LEADING or cell.after is not None or wrong:
            evidence += 1
        findings += [_eased(one, cell, cells) for one in wrong]
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _eased(finding: Finding, cell: Cell, cells: list[Cell]) -> Finding:
    """Return a warning where a state is refused from everywhere: before the ride is made, say."""
    if cell.kind != "due":
        return finding
    others = [c for c in cells if c.kind in ("due", "skip") and c.wanted == cell.wanted]
    return finding if any(c.taken for c in others) else replace(finding, severity="warning")


def _wrong(
    check: Check, row: Requirement, cell: Cell, resource: Resource, workshop: Workshop
) -> list[Finding]:
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
    if cell.moved and not wandered(workshop, resource, cell.before, cell.after):
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
    if code is not None and code not in named(cell.exchange, resource.refusal):
        return [one("probe.transition.code", sent, "/response/body", code, None)]
    return []


def _unknown(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for what nobody made, beside something that is there."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = next(iter(examples(workshop, resource, row)), None)
    if control is None:
        return Result(reason="no-data")
    for text in check.get("keys", ()):
        if operation == resource.read:
            workshop.read(text, row, "negative", resource, negative=True)
        else:
            query = right_change(resource)
            workshop.change(control, query, row, "negative", key=text, negative=True)
    if "keys" in check.params:
        return Result()
    key = _new_key(workshop, resource)
    if operation == resource.read:
        sent = workshop.read(key, row, "negative", resource, negative=True)
    else:
        sent = workshop.change(
            control, right_change(resource), row, "negative", key=key, negative=True
        )
    if sent is None or not spoke(sent):
        return Result()
    expect, codes = check.get("expect", [404]), check.get("codes", ())
    text = named(sent, resource.refusal)
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


def _new_key(workshop: Workshop, resource: Resource) -> str:
    """Return a key that nothing has, of the form that those of a resource have."""
    key = workshop.maker.key()
    return workshop.maker.digest({"new": key}, ["/new"]) if resource.digest else key


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
UNKNOWN = Probe(
    lambda check, row, operation, lab: 1,
    _unknown,
    "writes",
    {"en": "ask for what nobody made", "fr": "demander ce que personne n'a créé"},
    writes=True,
)
