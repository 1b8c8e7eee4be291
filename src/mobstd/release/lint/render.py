"""What was found, as text, JSON, SARIF 2.1.0 or GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mobstd import __version__
from mobstd.messages import LANGUAGES, render
from mobstd.release.lint.rule import SEVERITIES
from mobstd.release.lint.run import Finding, Result, every_rule, shown

__all__ = ["FORMATS"]

HOME = "https://github.com/mobstd/mobstd"


def _shown(path: Path) -> str:
    """Return a path as it is written below the folder where the command runs."""
    here = path.resolve()
    cwd = Path.cwd().resolve()
    return here.relative_to(cwd).as_posix() if here.is_relative_to(cwd) else here.as_posix()


def _said(result: Result, lang: str) -> str:
    counts = {name: result.count(name) for name in SEVERITIES}
    code = "lint.says.found" if result.findings else "lint.says.clean"
    what = {"subjects": len(result.subjects), "waived": len(result.waived)}
    return render(code, {**what, **counts}, lang)


def text(result: Result, lang: str) -> str:
    """Return a line for each finding, file by file."""
    lines: list[str] = []
    file = ""
    for one in result.findings:
        here = _shown(one.document.path)
        if here != file:
            lines += [*([""] if lines else []), shown(here)]
            file = here
        severity = render(f"lint.severity.{one.rule.severity}", {}, lang)
        lines.append(f"  {one.line}: {severity} {one.rule.id} {one.text(lang)}")
        lines.append(f"      #{shown(one.hit.pointer)}")
    lines += [*([""] if lines else []), _said(result, lang)]
    return "\n".join(lines) + "\n"


def _row(one: Finding, lang: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "rule": one.rule.id,
        "severity": one.rule.severity,
        "subject": one.subject,
        "file": _shown(one.document.path),
        "name": one.document.name,
        "line": one.line,
        "pointer": one.hit.pointer,
        "fingerprint": _fingerprint(one),
        "message": {name: one.text(name) for name in LANGUAGES},
    }
    if one.waiver is not None:
        row["waiver"] = {
            "reason": one.waiver.reason,
            "date": one.waiver.day,
            "until": one.waiver.until,
        }
    return row


def as_json(result: Result, lang: str) -> str:
    """Return everything, what is waived too."""
    content = {
        "format_version": 1,
        "tool": {"name": "mobstd", "version": __version__},
        "subjects": list(result.subjects),
        "counts": {name: result.count(name) for name in SEVERITIES},
        "findings": [_row(one, lang) for one in result.findings],
        "waived": [_row(one, lang) for one in result.waived],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _fingerprint(one: Finding) -> str:
    said = f"{one.rule.id}\n{one.subject}\n{one.document.name}\n{one.hit.pointer}"
    said += f"\n{json.dumps(dict(one.hit.params), sort_keys=True, default=str)}"
    return sha256(said.encode()).hexdigest()[:16]


def sarif(result: Result, lang: str) -> str:
    """Return SARIF; what is waived is suppressed there, with its reason."""
    shown = [*result.findings, *result.waived]
    known = every_rule()
    used = [rule for id_, rule in known.items() if any(one.rule.id == id_ for one in shown)]
    places = {rule.id: place for place, rule in enumerate(used)}
    driver = {
        "name": "mobstd schemas lint",
        "version": __version__,
        "informationUri": HOME,
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.text("title", lang)},
                "fullDescription": {"text": rule.text("why", lang)},
                "help": {"text": f"{rule.text('why', lang)}\nmobstd explain {rule.id}"},
                "defaultConfiguration": {"level": rule.severity},
            }
            for rule in used
        ],
    }
    run = {
        "tool": {"driver": driver},
        "language": "fr-FR" if lang == "fr" else "en-US",
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, places[one.rule.id], lang) for one in shown],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(one: Finding, place: int, lang: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.rule.id,
        "ruleIndex": place,
        "level": one.rule.severity,
        "message": {"text": one.text(lang)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(_shown(one.document.path))},
                    "region": {"startLine": one.line},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{one.subject}#{one.hit.pointer}"}],
            }
        ],
        "partialFingerprints": {"mobstd/v1": _fingerprint(one)},
    }
    if one.waiver is not None:
        result["suppressions"] = [{"kind": "external", "justification": one.waiver.reason}]
    return result


def github(result: Result, lang: str) -> str:
    """Return workflow commands, and what they add up to."""
    levels = {"error": "error", "warning": "warning", "note": "notice"}
    lines = [
        f"::{levels[one.rule.severity]} file={_property(_shown(one.document.path))},"
        f"line={one.line},title={_property(one.rule.id)}"
        f"::{_data(f'{one.text(lang)} (#{shown(one.hit.pointer)})')}"
        for one in sorted(result.findings, key=lambda one: SEVERITIES.index(one.rule.severity))
    ]
    return "\n".join([*lines, _said(result, lang)]) + "\n"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Callable[[Result, str], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
}
