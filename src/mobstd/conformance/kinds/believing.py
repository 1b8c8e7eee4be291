"""Which tokens a target believes: none that is wrong, and an old one for news of what is known."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.kinds.telling import later_states, opened_for
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import spoke
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.news import tell
from mobstd.conformance.scenarios.oracle import there
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["TOKEN"]


def _token(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = opened_for(lab, operation, row)
    if lab.workshop is not None and not lab.workshop.maker.tokens.signed:
        return Result(reason="no-issuer")
    if isinstance(opened, str):
        return Result(reason=opened)
    workshop, _, control = opened
    attempt = _late if check.get("late") else _believed
    evidence: int = 0
    findings: list[Finding] = []
    for kind in check["as"]:
        seen, wrong = twice(lambda k=kind: attempt(check, row, workshop, control, k))  # type: ignore[misc]
        evidence += seen
        findings += wrong
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _believed(
    check: Check, row: Requirement, workshop: Workshop, control: Thing, kind: str
) -> Tried:
    """Tell of something new under a wrong token: it is refused, and nothing is kept."""
    resource = control.resource
    body = put(workshop.body(resource, control.candidate), check["at"],
               workshop.maker.tokens.token(kind))  # fmt: skip
    sent = workshop.post(resource, body, row, "negative", negative=True)
    if not spoke(sent):
        return 0, []
    if sent.accepted:
        workshop.drop(workshop.thing(resource, body, sent, control.candidate))
    if sent.status not in check.get("expect", [401]):
        return 1, [_told_of(row, "probe.token.believed" if sent.accepted else "probe.token.status",
                            (sent, control.created), kind, 401)]  # fmt: skip
    kept = there(workshop, resource, workshop.key_of(resource, body), row)
    if kept is None:
        return 1, []
    workshop.found(resource, workshop.key_of(resource, body))
    return 1, [_told_of(row, "probe.token.kept", (kept, sent), kind, 404)]


def _late(check: Check, row: Requirement, workshop: Workshop, control: Thing, kind: str) -> Tried:
    """Tell of something known under a token that was right once: it counts."""
    resource = control.resource
    assert resource.life is not None
    thing = workshop.make(resource, row)
    if thing is None:
        return 0, []
    later = later_states(resource.life)[0]
    edited = {check["at"]: workshop.maker.tokens.token(kind)}
    sent = tell(workshop, thing, later, row, "scenario", edited=edited, negative=True)
    wrong: list[Any] = []
    if spoke(sent) and not sent.accepted:
        wrong = [_told_of(row, "probe.token.late", (sent, thing.created), kind, 200)]
    workshop.drop(thing)
    return int(spoke(sent)), wrong


def _told_of(
    row: Requirement, code: str, exchanges: tuple[Exchange, ...], kind: str, expected: int
) -> Finding:
    return found(row, code, exchanges, pointer="/response/status", expected=expected,
                 received=exchanges[0].status, token=kind)  # fmt: skip


TOKEN = Probe(
    lambda check, row, operation, lab: 3 * len(check["as"]),
    _token,
    "writes",
    {"en": "tell under wrong tokens", "fr": "annoncer sous de faux jetons"},
    writes=True,
)
