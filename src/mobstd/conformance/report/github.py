"""A report as GitHub workflow commands: annotations on the run that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.conformance.report import view
from mobstd.conformance.report.view import shown, visible

__all__ = ["render"]

MOST = 10
"""Annotations of one kind that GitHub shows for a step."""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(report: Mapping[str, Any], lang: str = "en") -> str:
    """Return ``::error`` and ``::warning`` lines, the most severe first, and the verdict."""
    lines: dict[str, list[str]] = {"error": [], "warning": []}
    baseline = report["gate"].get("baseline") or {}
    accepted = baseline.get("accepted", ())
    for row in view.rows(report):
        for finding in row.findings:
            if finding["fingerprint"] not in accepted:
                lines[finding["severity"]].append(_line(row, finding, lang))
    verdict = {"conforming": "notice", "non-conforming": "error", "inconclusive": "warning"}
    said = f"::{verdict[report['verdict']]} title=mobstd::{_data(view.sentence(report, lang))}"
    kept = [line for kind in lines.values() for line in kind[: MOST - 1]]
    return "\n".join([said, *kept]) + "\n"


def _line(row: view.Row, finding: Mapping[str, Any], lang: str) -> str:
    where = f"{finding['operation'] or '-'} {finding['pointer']}".strip()
    parts = [visible(finding["message"][lang]), visible(where)]
    if finding["received"] is not None:
        parts.append(shown(finding["received"], 200))
    title = _property(visible(f"{row.id} {row.title(lang)}"))
    return f"::{finding['severity']} title={title}::{_data(' | '.join(parts))}"
