"""What stands at the address of another version of the standard."""

from __future__ import annotations

import re

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["OTHER_VERSION"]

FAR = 99
"""A major version that nobody will have."""

_MAJOR = re.compile(r"^(.*/v?)([0-9]+)$")


def _other_version(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask at the addresses of later major versions: what is there says that it is of that one."""
    control = lab.ask(operation, lab.controls.get(operation, {}), "control", row)
    own = _major(get(control.body, check["at"]))
    if not control.accepted or own is None:
        return Result()
    evidence: int = 0
    findings: list[Finding] = []
    for major in (own + 1, FAR):
        sent = lab.ask(
            operation,
            lab.controls.get(operation, {}),
            "negative",
            row,
            negative=True,
            base_path=_address(lab.session.base_path, own, major),
        )
        if sent.status is None or sent.status >= 500:
            continue
        evidence += 1
        told = _major(get(sent.body, check["at"]))
        if sent.accepted and told is not None and told != major:
            findings.append(
                found(
                    row,
                    "probe.other-version",
                    (sent, control),
                    pointer=f"/response/body{check['at']}",
                    expected=404,
                    received=sent.status,
                    text=check.get("message"),
                    asked=major,
                    told=get(sent.body, check["at"]),
                )
            )
    return Result(evidence, tuple(findings))


def _address(base: str, own: int, major: int) -> str:
    """Return where another major version stands: in place of ours, or below where it is unsaid."""
    there = _MAJOR.match(base)
    return f"{there[1]}{major}" if there and int(there[2]) == own else f"{base}/{major}"


def _major(version: object) -> int | None:
    told = re.match(r"[0-9]+", version) if isinstance(version, str) else None
    return int(told[0]) if told else None


OTHER_VERSION = Probe(
    lambda check, row, operation, lab: 2,
    _other_version,
    "negatives",
    {
        "en": "ask at the address of another version",
        "fr": "demander à l'adresse d'une autre version",
    },
)
