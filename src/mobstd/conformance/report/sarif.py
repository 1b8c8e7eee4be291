"""A report as SARIF 2.1.0: for code scanning and anything else that collects findings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from mobstd.conformance.report import view
from mobstd.conformance.report.view import shown, visible, word
from mobstd.messages import LANGUAGES

__all__ = ["profile_file", "render"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/mobstd/mobstd"
LEVELS = {"MUST": "error", "SHOULD": "warning", "MAY": "note"}


def render(report: Mapping[str, Any], lang: str = "en") -> str:
    """Return the report as SARIF.

    Rules are the rows that were selected, results their findings. As an endpoint has no source
    file, a result lies in the profile, and its logical location is the operation. A finding that
    the baseline accepts is suppressed.
    """
    rows = view.rows(report)
    places = {row.id: i for i, row in enumerate(rows)}
    results = [
        _result(report, row, finding, places[row.id], lang)
        for row in rows
        for finding in row.findings
    ]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(report, rows, lang)},
                "automationDetails": {"id": f"mobstd/{view.names(report)}/{report['role']}/"},
                "invocations": [_invocation(report, lang)],
                "language": "fr-FR" if lang == "fr" else "en-US",
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {
                    "verdict": report["verdict"],
                    "target": visible(report["target"]["name"]),
                    "seed": report["seed"],
                    "now": report["now"],
                    "summary": dict(report["summary"]),
                },
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _driver(report: Mapping[str, Any], rows: list[view.Row], lang: str) -> dict[str, Any]:
    return {
        "name": "mobstd",
        "version": report["tool"]["version"],
        "semanticVersion": report["tool"]["version"],
        "informationUri": HOME,
        "rules": [_rule(report, row, lang) for row in rows],
    }


def _rule(report: Mapping[str, Any], row: view.Row, lang: str) -> dict[str, Any]:
    title = visible(row.title(lang))
    text = str(row.entry.get("text", row.entry["title"])[lang])
    origin = word("origin", row.origin, lang)
    explain = word("says", "explain", lang, id=row.id)
    sources = [" ".join(source.values()) for source in row.entry.get("source", ())]
    help_text = "\n".join([visible(text), f"{row.level}, {origin}", *sources, explain])
    rule: dict[str, Any] = {
        "id": row.id,
        "name": _pascal(row.id),
        "shortDescription": {"text": title},
        "fullDescription": {"text": visible(text)},
        "help": {"text": help_text},
        "helpUri": _help(report, row),
        "defaultConfiguration": {"level": LEVELS[row.level]},
        "properties": {
            "tags": list(dict.fromkeys([row.level, row.origin, row.id.split("-")[1], *row.blocks])),
            "precision": "medium" if row.origin == "reading" else "very-high",
            "problem.severity": "error" if row.level == "MUST" else "recommendation",
        },
    }
    if row.origin == "reading":
        rule["defaultConfiguration"]["level"] = "warning"
        rule["properties"]["problem.severity"] = "warning"
    return rule


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]", name))


def _help(report: Mapping[str, Any], row: view.Row) -> str:
    urls = [source["url"] for source in row.entry.get("source", ()) if source.get("url")]
    return str((urls and urls[0]) or report["standard"].get("url") or HOME)


def _result(
    report: Mapping[str, Any], row: view.Row, finding: Mapping[str, Any], place: int, lang: str
) -> dict[str, Any]:
    operation = finding["operation"] or "-"
    said = [finding["message"][lang], f"{operation} {finding['pointer']}".strip()]
    for name in ("expected", "received"):
        if finding[name] is not None:
            said.append(view.pair(word("says", name, lang), shown(finding[name], 300), lang))
    said.append(finding["curl"])
    other = next(name for name in LANGUAGES if name != lang)
    result: dict[str, Any] = {
        "ruleId": row.id,
        "ruleIndex": place,
        "level": "error" if finding["severity"] == "error" else "warning",
        "kind": "fail",
        "message": {"text": visible("\n".join(filter(None, said)), lines=True)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": profile_file(report)},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": operation,
                        "fullyQualifiedName": visible(f"{operation}{finding['pointer']}"),
                        "kind": "function",
                    }
                ],
            }
        ],
        "partialFingerprints": {"mobstd/v1": finding["fingerprint"]},
        "occurrenceCount": finding.get("count", 1),
        "properties": {
            "blame": finding["blame"],
            "pointer": visible(finding["pointer"]),
            "exchanges": list(finding["exchanges"]),
            f"message.{other}": visible(finding["message"][other]),
        },
    }
    baseline = report["gate"].get("baseline") or {}
    if finding["fingerprint"] in baseline.get("accepted", ()):
        why = word("says", "accepted", lang)
        result["suppressions"] = [{"kind": "external", "justification": why}]
    return result


def profile_file(report: Mapping[str, Any]) -> str:
    """Return the profile as a relative URI; readers of SARIF want a file of the repository."""
    path = PurePath(report["profile"].get("file") or "mobstd.toml")
    if path.is_absolute() or ".." in path.parts or not re.fullmatch(r"[\w./-]+", path.as_posix()):
        return "mobstd.toml"
    return path.as_posix()


def _invocation(report: Mapping[str, Any], lang: str) -> dict[str, Any]:
    notes = [
        {"level": "error", "message": {"text": visible(text)}}
        for text in view.refused(report, lang)
    ]
    if report["stopped_by"]:
        text = word("stopped", report["stopped_by"], lang)
        notes.append({"level": "warning", "message": {"text": text}})
    return {
        "executionSuccessful": report["stopped_by"] not in ("internal-error", "preflight"),
        "exitCode": report["gate"]["exit_code"],
        "startTimeUtc": report["started_at"],
        "toolExecutionNotifications": notes,
    }
