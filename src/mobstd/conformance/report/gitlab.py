"""A report as GitLab code quality: one entry for each finding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mobstd.conformance.report import view
from mobstd.conformance.report.sarif import profile_file
from mobstd.conformance.report.view import shown, visible

__all__ = ["render"]

SEVERITIES = {"error": "major", "warning": "minor"}


def render(report: Mapping[str, Any], lang: str = "en") -> str:
    """Return a list that ``artifacts:reports:codequality`` takes."""
    entries = [
        {
            "type": "issue",
            "check_name": row.id,
            "description": _description(row, finding, lang),
            "categories": ["Compatibility"],
            "severity": SEVERITIES[finding["severity"]],
            "fingerprint": finding["fingerprint"],
            "location": {"path": profile_file(report), "lines": {"begin": 1}},
        }
        for row in view.rows(report)
        for finding in row.findings
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _description(row: view.Row, finding: Mapping[str, Any], lang: str) -> str:
    where = f"{finding['operation'] or '-'} {finding['pointer']}".strip()
    said = f"{finding['message'][lang]} ({where})"
    text = view.pair(f"{row.id} {row.title(lang)}", said, lang)
    if finding["received"] is not None:
        text += f" {shown(finding['received'], 100)}"
    return visible(text)
