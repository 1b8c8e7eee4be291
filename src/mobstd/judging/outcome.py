"""From findings to outcomes, verdicts and exit codes, as ``conformance/verdicts.json`` has them.

Pure functions over that table; another language that reads it decides the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from mobstd.canon.files import load
from mobstd.canon.root import packaged

__all__ = [
    "Gate",
    "Outcome",
    "block_verdict",
    "exit_code",
    "gate",
    "row_outcome",
    "run_verdict",
    "severity_of",
    "table",
    "umbrella_outcome",
    "untested_reason",
]


class _Severe(Protocol):
    @property
    def severity(self) -> str: ...


@dataclass(frozen=True)
class Outcome:
    """What became of a row; ``reason`` where it is ``inconclusive`` or ``not-run``."""

    name: str
    reason: str | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.reason})" if self.reason else self.name


@dataclass(frozen=True)
class Gate:
    """Whether a build may go on; ``because`` lists what holds it back."""

    because: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing holds it back."""
        return not self.because


@cache
def table() -> Mapping[str, Any]:
    """Return ``conformance/verdicts.json``."""
    loaded: Mapping[str, Any] = load(packaged().conformance / "verdicts.json")
    return loaded


def _decide(lines: Sequence[Mapping[str, Any]], holds: Callable[[str, Any], bool]) -> Any:
    return next(line for line in lines if all(holds(*item) for item in line["if"].items()))


def severity_of(level: str, origin: str) -> str:
    """Return how severe a finding of such a row may be: ``error`` or ``warning``."""
    facts = {"level": level, "origin": origin}
    line = _decide(table()["severity"], lambda name, wanted: facts[name] in wanted)
    return str(line["then"])


def row_outcome(
    level: str,
    origin: str,
    findings: Iterable[_Severe],
    evidence: int,
    reason: str | None = None,
) -> Outcome:
    """Return what became of a row.

    Args:
        level: ``MUST``, ``SHOULD`` or ``MAY``.
        origin: where the row comes from; a ``reading`` warns at most.
        findings: what was found wrong.
        evidence: how many judged items met the precondition of its checks.
        reason: why there is no evidence, where that is known.
    """
    severities = {finding.severity for finding in findings}
    cap = severity_of(level, origin)

    def holds(name: str, wanted: Any) -> bool:
        if name == "finding":
            return bool(severities) if wanted == "any" else wanted in severities
        if name == "severity":
            return bool(cap == wanted)
        if name == "evidence":
            return (evidence > 0) is wanted
        return reason is not None and table()["reasons"][reason]["outcome"] == wanted

    line = _decide(table()["row"], holds)
    name = line["then"]
    if name not in ("inconclusive", "not-run"):
        return Outcome(name)
    return Outcome(name, reason or line.get("reason"))


def umbrella_outcome(level: str, origin: str, covered: Iterable[Outcome]) -> Outcome:
    """Return what became of a row that only covers others, from their outcomes."""
    outcomes = list(covered)
    names = {outcome.name for outcome in outcomes}
    cap = severity_of(level, origin)

    def holds(name: str, wanted: Any) -> bool:
        return cap == wanted if name == "severity" else bool(names & set(wanted))

    line = _decide(table()["umbrella"], holds)
    name = line["then"]
    reasons = (outcome.reason for outcome in outcomes if outcome.name == name)
    return Outcome(name, next(reasons, None) or line.get("reason"))


def untested_reason(reason: str) -> str:
    """Return the reason of the outcome of a row that nothing tries, from ``untested.reason``."""
    return str(table()["untested"].get(reason, "untested"))


def block_verdict(outcomes: Mapping[str, Outcome], core: Iterable[str]) -> str:
    """Return the verdict of a block.

    Args:
        outcomes: what became of each row that counts in it.
        core: the rows without which a green means nothing.
    """
    needed = tuple(core)

    def holds(name: str, wanted: Any) -> bool:
        if name == "any":
            return any(outcome.name in wanted for outcome in outcomes.values())
        return bool(needed) and all(
            row in outcomes and outcomes[row].name in wanted for row in needed
        )

    return str(_decide(table()["block"], holds)["then"])


def run_verdict(blocks: Iterable[str]) -> str:
    """Return the worst of the verdicts of the selected blocks."""
    given = set(blocks)
    rule = table()["run"]
    return str(next((v for v in rule["worst_first"] if v in given), rule["of_nothing"]))


def gate(
    findings: Iterable[_Severe], *, fail_on: str = "error", stale: int = 0, expired: int = 0
) -> Gate:
    """Say whether a build may go on.

    Args:
        findings: those that no baseline accepts, at the severity at which they count.
        fail_on: ``error``, or ``warning`` to be stopped by warnings too.
        stale: how many entries of the baseline match nothing any more.
        expired: how many are past their expiry.
    """
    stopping = table()["gate"]["fail_on"][fail_on]
    holds = {
        "findings": any(finding.severity in stopping for finding in findings),
        "stale": stale > 0,
        "expired": expired > 0,
    }
    return Gate(tuple(name for name in table()["gate"]["because"] if holds[name]))


def exit_code(blocks: Iterable[str], gate: Gate, errors: Iterable[int] = ()) -> int:
    """Return the exit code of a run.

    Args:
        blocks: the verdicts of the selected blocks.
        gate: without a baseline, it fails as soon as a MUST failed.
        errors: exit codes of what went wrong beside.
    """
    verdicts = set(blocks)
    codes = {0, *errors}
    if not gate.passed:
        codes.add(1)
    if not verdicts or "inconclusive" in verdicts:
        codes.add(3)
    return next(int(code) for code in table()["precedence"] if code in codes)
