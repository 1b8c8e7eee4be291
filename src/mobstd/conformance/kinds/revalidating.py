"""Whether an answer that one has already is sent again: conditional requests by ETag."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["REVALIDATED"]

UNCHANGED, OK = 304, 200
NOBODYS = '"mobstd-no-such-tag"'


def _revalidated(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask again with the tag of an answer, and with a tag that no answer has.

    With its own tag an answer is 304, unless it has another tag by now; with another tag it is
    whole. Without a tag nothing is said: that is for the check of the header.
    """
    query = lab.controls.get(operation, {})
    control = lab.ask(operation, query, "control", row, fresh=True)
    tag = _tag(control)
    if not control.accepted or tag is None:
        return Result()
    own = _asked(lab, row, operation, query, tag)
    other = _asked(lab, row, operation, query, NOBODYS)
    findings: list[Finding] = []

    def wrong(code: str, sent: Exchange, expected: int) -> None:
        findings.append(
            found(
                row,
                code,
                (sent, control),
                pointer="/response/status",
                expected=expected,
                received=sent.status,
                severity=check.get("severity", "error"),
                text=check.get("message"),
            )
        )

    # what is weakly the same may be sent again
    whole = own.status == OK and not tag.startswith("W/")
    if whole and _tag(own) == tag:
        wrong("probe.revalidated.again", own, UNCHANGED)
    elif whole:
        now = lab.ask(operation, query, "control", row, fresh=True)
        if now.accepted and now.body == own.body == control.body:
            wrong("probe.revalidated.other", own, UNCHANGED)
    if other.status == UNCHANGED:
        wrong("probe.revalidated.unsent", other, OK)
    return Result(2, tuple(findings))


def _asked(lab: Lab, row: Requirement, operation: str, query: Any, tag: str) -> Exchange:
    presenting = (*lab.session.credentials, ("If-None-Match", tag))
    return lab.ask(operation, query, "twin", row, presenting=presenting)


def _tag(exchange: Exchange) -> str | None:
    response = exchange.response
    if response is None:
        return None
    return next((v for name, v in response.headers if name.lower() == "etag"), None)


REVALIDATED = Probe(
    lambda check, row, operation, lab: 4,
    _revalidated,
    "pairs",
    {"en": "ask again with an ETag", "fr": "redemander avec un ETag"},
)
