"""Findings as JSON: texts in both languages, those that share a fingerprint counted as one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from mobstd.judging.finding import Finding
from mobstd.judging.pointer import MISSING
from mobstd.messages import LANGUAGES, render

__all__ = ["merged", "message", "to_json"]

Texts = Mapping[str, Mapping[str, str]]
NO_TEXTS: Texts = MappingProxyType({})


def message(
    code: str, params: Mapping[str, Any] | None = None, texts: Texts = NO_TEXTS
) -> dict[str, Any]:
    """Return a message as a report has it: code, parameters and both languages.

    Args:
        code: of the catalogue in ``mobstd/messages``, or of ``texts``.
        params: what the text needs.
        texts: more texts by code, such as a standard's ``messages.yaml``.
    """
    values = dict(params or {})
    own = texts.get(code)
    said = {
        lang: _filled(own, values, lang) if own else render(code, values, lang)
        for lang in LANGUAGES
    }
    return {"code": code, "params": {k: plain(v) for k, v in values.items()}, **said}


def _filled(texts: Mapping[str, str], values: Mapping[str, Any], lang: str) -> str:
    text = texts.get(lang) or texts["en"]
    try:
        return text.format(**values)
    except (KeyError, IndexError, ValueError):
        return text


def plain(value: Any) -> Any:
    """Return ``value`` as a JSON value; what is none becomes its text, what is missing null."""
    if value is MISSING:
        return None
    try:
        return json.loads(json.dumps(value, default=str))
    except (ValueError, RecursionError):
        return str(value)


def to_json(finding: Finding, texts: Texts = NO_TEXTS) -> dict[str, Any]:
    """Return a finding as a report has it, without its curl line."""
    expected, received = plain(finding.expected), plain(finding.received)
    known = {"pointer": finding.pointer, "expected": expected, "received": received}
    own = {finding.code: finding.text} if finding.text else texts
    said = message(finding.code, {**known, **finding.params}, own)
    said["params"] = {name: plain(value) for name, value in finding.params.items()}
    return {
        "fingerprint": finding.fingerprint,
        "severity": finding.severity,
        "blame": finding.blame,
        "message": said,
        "pointer": finding.pointer,
        "expected": expected,
        "received": received,
        "operation": finding.operation,
        "exchanges": list(finding.exchanges),
    }


def merged(findings: Iterable[Finding], texts: Texts = NO_TEXTS) -> list[dict[str, Any]]:
    """Return findings as JSON; of those that share a fingerprint the first, with a count."""
    counts: dict[str, int] = {}
    first: dict[str, Finding] = {}
    for finding in findings:
        counts[finding.fingerprint] = counts.get(finding.fingerprint, 0) + 1
        known = first.setdefault(finding.fingerprint, finding)
        if finding.severity == "error" != known.severity:
            first[finding.fingerprint] = finding
    return [{**to_json(f, texts), "count": counts[key]} for key, f in first.items()]
