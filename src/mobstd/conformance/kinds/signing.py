"""Whose tokens a target sends: those that the test issuer made for who signed in there."""

from __future__ import annotations

from mobstd.conformance.kinds.announcing import calls_of, done_by_us
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.resource import resources
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["SIGNED"]


def _signed(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Judge the tokens of calls about what a person made: nobody signs in for what the run made."""
    if lab.receiver is None:
        return Result(reason="no-listener")
    if lab.workshop is None or not lab.workshop.maker.tokens.signed:
        return Result(reason="no-issuer")
    catalogue = lab.context.catalogue
    resource = resources(catalogue.version, catalogue.role).get(check["resource"])
    ours = set()
    if resource is not None:
        ours = {one.key for one in done_by_us(lab, resource, odd=True)}
    evidence: int = 0
    findings: list[Finding] = []
    for call in calls_of(check["of"], lab):
        token = get(call.value, check["at"])
        if call.key in ours or token is MISSING:
            continue
        evidence += 1
        why = lab.workshop.maker.tokens.refused(str(token))
        if why is not None:
            wrong = found(row, "probe.signed", (call.exchange,), why=why,
                          pointer=f"/request{check['at']}", text=check.get("message"))  # fmt: skip
            findings.append(wrong)
    return Result(evidence, tuple(findings), None if evidence else "needs-person")


SIGNED = Probe(
    lambda check, row, operation, lab: 0,
    _signed,
    "heard",
    {"en": "judge the tokens of calls", "fr": "juger les jetons des appels"},
)
