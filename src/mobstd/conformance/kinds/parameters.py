"""One edit of a query that works: left out, wrong, or odd and right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.kinds.probe import Probe, found, readable
from mobstd.conformance.lab import Lab, Query
from mobstd.conformance.scenarios.answers import spoke
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["BAD", "EMPTY", "GOOD", "REQUIRED"]


def _control(lab: Lab, row: Requirement, operation: str) -> tuple[Query, Exchange] | None:
    """Return a query that is accepted, sent just now or before in this run."""
    query = lab.controls.get(operation)
    if query is None:
        return None
    exchange = lab.ask(operation, query, "control", row)
    if not exchange.accepted:
        return None
    listed = operation in lab.context.catalogue.collections
    return (query, exchange) if readable(exchange) or not listed else None


def _refused(
    lab: Lab,
    row: Requirement,
    check: Check,
    operation: str,
    cases: list[tuple[str, Query, str]],
) -> Result:
    """Send queries that are wrong in one edit; each is to be answered as ``expect`` says."""
    control = _control(lab, row, operation)
    if control is None:
        return Result()
    expect = check.get("expect", [400])
    evidence, findings = 0, []
    for name, query, severity in cases:
        twin = lab.ask(operation, query, "negative", row, negative=True)
        if not spoke(twin):
            continue
        evidence += 1
        if twin.status in expect:
            continue
        again = lab.ask(operation, control[0], "control", row, fresh=True)
        twin = lab.ask(operation, query, "negative", row, negative=True)
        if not again.accepted or twin.status in expect:
            continue
        findings.append(_answered(row, check, twin, again, name, severity, expect))
    return Result(evidence, tuple(findings))


def _answered(
    row: Requirement,
    check: Check,
    twin: Exchange,
    control: Exchange,
    name: str,
    severity: str,
    expect: list[int],
) -> Finding:
    return found(
        row,
        f"probe.{check.kind}",
        (twin, control),
        pointer="/response/status",
        expected=expect[0] if len(expect) == 1 else expect,
        received=twin.status,
        severity=severity,
        text=check.get("message"),
        parameter=name,
    )


def _required(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    query = lab.controls.get(operation, {})
    cases = [
        (name, {k: v for k, v in query.items() if k != name}, "error")
        for name in check["parameters"]
        if name in query
    ]
    return _refused(lab, row, check, operation, cases)


def _edited(query: Mapping[str, Any], edit: Mapping[str, Any]) -> Query:
    edited = dict(query)
    if "remove" in edit:
        for name in [edit["remove"]] if isinstance(edit["remove"], str) else edit["remove"]:
            edited.pop(name, None)
        return edited
    if "set" in edit:
        return {**edited, **edit["set"]}
    return {**edited, edit["parameter"]: edit["value"]}


def _moves(edit: Mapping[str, Any]) -> bool:
    return str(edit.get("value", "")).startswith("$now")


def _edits(check: Check, operation: str, lab: Lab) -> Iterator[tuple[str, Query, str]]:
    described = lab.context.catalogue.operations[operation]
    query = lab.controls.get(operation, {})
    workshop = lab.workshop  # dates that move need what writes
    moving = [edit for edit in check["edits"] if _moves(edit)]
    for edit in check["edits"]:
        if edit in moving and workshop is None:
            continue
        if workshop is not None:
            edit = workshop.maker.words(edit)
        name = str(edit.get("parameter", edit.get("name", ", ".join(edit.get("set", {})))))
        known = described.parameter(name) is not None or "parameter" not in edit
        if known or check.kind == "good-parameter":
            yield name, _edited(query, edit), str(edit.get("severity", "error"))


def _bad(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    if operation in lab.refused:
        return _only_wrong(check, row, operation, lab)
    return _refused(lab, row, check, operation, list(_edits(check, operation, lab)))


def _only_wrong(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Where every right query was refused: a wrong value that is accepted tells why."""
    right = lab.refused[operation]
    described = lab.context.catalogue.operations[operation]
    for edit in check["edits"]:
        parameter = described.parameter(str(edit.get("parameter")))
        if parameter is None or not parameter.required:
            continue
        wrong = lab.ask(operation, _edited(right, edit), "negative", row, negative=True)
        again = lab.ask(operation, right, "control", row, fresh=True)
        if wrong.accepted and not again.accepted:
            return Result(1, (_answered(row, check, again, wrong, parameter.name, "error", [200]),))
    return Result()


def _refuses_all(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Nothing but what is required was sent, and refused, as was every other right query."""
    again = lab.ask(operation, lab.refused[operation], "twin", row)
    if again.accepted or not spoke(again):
        return Result()
    finding = found(
        row,
        "probe.refuses-all",
        (again,),
        pointer="/response/status",
        expected=200,
        received=again.status,
        text=check.get("message"),
    )
    return Result(1, (finding,))


def _good(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    if operation in lab.refused and any("remove" in edit for edit in check["edits"]):
        return _refuses_all(check, row, operation, lab)
    control = _control(lab, row, operation)
    if control is None:
        return Result()
    expect = check.get("expect", [200])
    evidence, findings = 0, []
    for name, query, severity in _edits(check, operation, lab):
        twin = lab.ask(operation, query, "twin", row)
        if not spoke(twin):
            continue
        evidence += 1
        if twin.status in expect:
            continue
        again = lab.ask(operation, control[0], "control", row, fresh=True)
        if again.accepted:
            findings.append(_answered(row, check, twin, again, name, severity, expect))
    return Result(evidence, tuple(findings))


def _empty(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    control = _control(lab, row, operation)
    if control is None:
        return Result()
    twin = lab.ask(operation, {**control[0], **check.get("query", {})}, "twin", row)
    if not spoke(twin):
        return Result()
    if twin.status == 200:
        return Result(1)
    finding = found(
        row,
        "probe.empty",
        (twin, control[1]),
        pointer="/response/status",
        expected=200,
        received=twin.status,
    )
    return Result(1, (finding,))


REQUIRED = Probe(
    lambda check, row, operation, lab: len(check["parameters"]) + 1,
    _required,
    "negatives",
    {"en": "leave out each required parameter", "fr": "omettre chaque paramètre obligatoire"},
)
BAD = Probe(
    lambda check, row, operation, lab: len(check["edits"]),
    _bad,
    "negatives",
    {"en": "send wrong values", "fr": "envoyer des valeurs fausses"},
)
GOOD = Probe(
    lambda check, row, operation, lab: len(check["edits"]),
    _good,
    "pairs",
    {
        "en": "send unusual values that are right",
        "fr": "envoyer des valeurs inhabituelles et justes",
    },
)
EMPTY = Probe(
    lambda check, row, operation, lab: 1,
    _empty,
    "pairs",
    {"en": "ask for what cannot be there", "fr": "demander ce qui ne peut exister"},
)
