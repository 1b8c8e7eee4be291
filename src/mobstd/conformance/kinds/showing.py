"""What the calls of a target show of what the run made: the other person, and all that there is."""

from __future__ import annotations

from collections.abc import Mapping

from mobstd.conformance.kinds.announcing import calls_of, done_by_us, made_of
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.difference import differences
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["SHOWN", "WHOLE"]


def _shown(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """A call about what the run made shows the other person, and not the one that is ours."""
    resource = made_of(check, lab)
    if lab.receiver is None:
        return Result(reason="no-listener")
    if resource is None or lab.workshop is None:
        return Result(reason="not-permitted")
    made = {one.key: one for one in done_by_us(lab, resource) if one.made}
    sides: Mapping[str, str] = check["sides"]
    evidence: int = 0
    findings: list[Finding] = []
    for call in calls_of(check["of"], lab):
        one = made.get(call.key)
        if one is None:
            continue
        there = [side for side, shown in sides.items() if get(call.value, shown) is not MISSING]
        caller = lab.workshop.maker.caller
        ours = [side for side in sides if get(one.document, side + "/operator") == caller]
        if len(there) != 1 or len(ours) != 1:
            continue
        evidence += 1
        person = get(call.value, sides[there[0]])
        if there == ours or get(person, "/operator") == caller:
            findings.append(
                found(
                    row,
                    "probe.shown",
                    (call.exchange, one.exchange),
                    pointer=f"/request{sides[there[0]]}",
                    expected=next(side for side in sides if side not in ours).strip("/"),
                    received=there[0].strip("/"),
                    text=check.get("message"),
                )
            )
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _whole(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """A call about what the run made leaves out nothing of it that it has a place for."""
    resource = made_of(check, lab)
    if lab.receiver is None:
        return Result(reason="no-listener")
    if resource is None:
        return Result(reason="not-permitted")
    made = {one.key: one for one in done_by_us(lab, resource) if one.made}
    evidence: int = 0
    findings: list[Finding] = []
    for call in calls_of(check["of"], lab):
        one = made.get(call.key)
        shown = get(call.value, check["at"])
        if one is None or not isinstance(shown, dict):
            continue
        alone = check.get("either", ())
        told = {
            name: one.document[name]
            for name in check["members"]
            if name in one.document and (name in shown or name not in alone)
        }
        evidence += bool(told)
        findings += [
            found(
                row,
                "probe.whole" if lost.came is None else "probe.whole.other",
                (call.exchange, one.exchange),
                pointer=f"/request{check['at']}{lost.pointer}",
                expected=lost.sent,
                received=lost.came,
                member=lost.pointer,
            )
            for lost in differences(told, shown)
            if lost.came is None or (check.get("equal") and not lost.close)
        ]
    return Result(evidence, tuple(findings), None if evidence else "no-data")


_TITLE = {"en": "judge what calls show", "fr": "juger ce que montrent les appels"}

SHOWN = Probe(lambda check, row, operation, lab: 0, _shown, "heard", _TITLE)
WHOLE = Probe(lambda check, row, operation, lab: 0, _whole, "heard", _TITLE)
