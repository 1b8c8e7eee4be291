"""Findings that are known and accepted for a while, and the gate of a build.

A baseline never changes a verdict. It changes the gate, and only with a reason, an owner and a
last day; an entry that matches nothing any more, or whose day is over, closes the gate itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mobstd.canon.wording import worded
from mobstd.conformance.report.contract import problems
from mobstd.conformance.report.findings import message
from mobstd.errors import ConfigError
from mobstd.judging import outcome

__all__ = ["Baseline", "Entry", "gate", "load", "propose"]

NOTED = tuple(
    f"preflight.{name}"
    for name in (
        "clock-off",
        "declared-not-there",
        "there-not-declared",
        "some-refused",
        "setup-not-permitted",
        "not-torn-down",
        "left-behind",
    )
)
"""What is found before a run, or after it, and stops none."""

TRIED = ("passed", "failed", "warned")


@dataclass(frozen=True)
class Entry:
    """One accepted finding."""

    fingerprint: str
    reason: str
    owner: str
    expires: date
    requirement: str | None = None
    operation: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a baseline file has it."""
        named = {"requirement": self.requirement, "operation": self.operation}
        return {
            "fingerprint": self.fingerprint,
            **{name: value for name, value in named.items() if value is not None},
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expires.isoformat(),
        }


@dataclass(frozen=True)
class Baseline:
    """A baseline file."""

    entries: tuple[Entry, ...] = ()
    file: str = ""
    standard: str | None = None


def load(path: Path | str) -> Baseline:
    """Return the baseline in a file.

    Raises:
        ConfigError: where it is missing or broken; with the place.
    """
    try:
        data = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError("report.unreadable", file=str(path), why=str(error.strerror)) from None
    except (ValueError, RecursionError):
        raise ConfigError("report.not-json", file=str(path)) from None
    for problem in problems(data, "baseline"):
        where = "/".join(map(str, problem.path)) or "-"
        raise ConfigError("baseline.broken", file=str(path), where=where, why=worded(problem))
    entries = tuple(_entry(entry, i, str(path)) for i, entry in enumerate(data["accepted"]))
    return Baseline(entries, str(path), data.get("standard"))


def _entry(data: Mapping[str, Any], place: int, file: str) -> Entry:
    try:
        day = date.fromisoformat(data["expires"])
    except ValueError as error:
        where = f"accepted/{place}/expires"
        raise ConfigError("baseline.broken", file=file, where=where, why=str(error)) from None
    return Entry(
        data["fingerprint"],
        data["reason"],
        data["owner"],
        day,
        data.get("requirement"),
        data.get("operation"),
    )


@dataclass(frozen=True)
class _Severe:
    severity: str


def gate(
    report: Mapping[str, Any],
    baseline: Baseline | None = None,
    *,
    fail_on: str = "error",
    today: date | None = None,
) -> dict[str, Any]:
    """Return what a report says under ``gate``.

    Args:
        report: with ``standard``, ``blocks``, ``requirements``, ``stopped_by`` and
            ``preflight``; nothing of it is changed.
        baseline: what is accepted, or ``None``.
        fail_on: ``error``, or ``warning`` to be stopped by warnings too.
        today: what expiry days are compared with; the day of the report's ``now`` by default.
    """
    day = today or date.fromisoformat(report["now"][:10])
    findings = {f["fingerprint"]: f for row in report["requirements"] for f in row["findings"]}
    sorted_out = _sort(report, baseline, findings, day)
    accepted, stale, expired = (set(sorted_out[k]) for k in ("accepted", "stale", "expired"))
    counting = [_Severe(f["severity"]) for key, f in findings.items() if key not in accepted]
    decided = outcome.gate(counting, fail_on=fail_on, stale=len(stale), expired=len(expired))
    counts = {
        "findings": sum(fail_on == "warning" or f.severity == "error" for f in counting),
        "stale": len(stale),
        "expired": len(expired),
    }
    reasons = [message(f"gate.{why}", {"count": counts[why]}) for why in decided.because]
    errors = _errors(report)
    verdicts = [block["verdict"] for block in report["blocks"]]
    code = outcome.exit_code(verdicts, decided, errors)
    if code == 3:
        reasons.append(message("gate.inconclusive"))
    out: dict[str, Any] = {
        "passed": code == 0,
        "exit_code": code,
        "fail_on": fail_on,
        "reasons": reasons,
        "baseline": None,
    }
    if baseline is not None:
        out["baseline"] = {"file": baseline.file, **sorted_out}
    return out


def _sort(
    report: Mapping[str, Any],
    baseline: Baseline | None,
    findings: Mapping[str, Any],
    today: date,
) -> dict[str, list[str]]:
    rows = report["requirements"]
    tried = {row["id"] for row in rows if row["outcome"] in TRIED}
    partial = report["stopped_by"] is not None or any(
        row["reason"] in ("not-selected", "not-permitted") for row in rows
    )
    sorted_out: dict[str, list[str]] = {"accepted": [], "stale": [], "expired": [], "unseen": []}
    for entry in baseline.entries if baseline else ():
        seen = entry.requirement in tried if entry.requirement else not partial
        if entry.fingerprint in findings:
            kind = "expired" if entry.expires < today else "accepted"
        elif seen:
            kind = "stale"
        else:
            kind = "expired" if entry.expires < today else "unseen"
        if entry.fingerprint not in sorted_out[kind]:
            sorted_out[kind].append(entry.fingerprint)
    return sorted_out


def _errors(report: Mapping[str, Any]) -> Sequence[int]:
    """Return the exit codes of what went wrong beside judging."""
    if report["stopped_by"] == "internal-error":
        return (4,)
    if report["stopped_by"] in ("unreachable", "rate-limited", "command"):
        return (3,)
    if report["stopped_by"] != "preflight":
        return ()
    codes = {"configuration": 2, "mobstd": 4}
    failed = [
        item
        for item in report.get("preflight", ())
        if item["ok"] is False and item["message"]["code"] not in NOTED
    ]
    return tuple(codes.get(item.get("blame") or "target", 3) for item in failed)


def propose(
    report: Mapping[str, Any],
    *,
    reason: str,
    owner: str,
    expires: date,
    keep: Baseline | None = None,
) -> dict[str, Any]:
    """Return a baseline (as JSON) that accepts every finding of a report.

    Args:
        report: the report.
        reason: why they are accepted.
        owner: who mends them.
        expires: last day on which the new entries count.
        keep: a baseline whose entries stay as they are.
    """
    entries = {entry.fingerprint: entry.to_json() for entry in (keep.entries if keep else ())}
    for row in report["requirements"]:
        for finding in row["findings"]:
            entry = Entry(
                finding["fingerprint"], reason, owner, expires, row["id"], finding["operation"]
            )
            entries.setdefault(entry.fingerprint, entry.to_json())
    standard = report["standard"]
    return {
        "format_version": 1,
        "standard": f"{standard['id']}@{standard['version']}",
        "accepted": list(entries.values()),
    }
