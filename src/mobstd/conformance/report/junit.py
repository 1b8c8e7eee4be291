"""A report as JUnit XML: one test case for each requirement, in a suite for each block."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from mobstd.conformance.report import view
from mobstd.conformance.report.view import visible, word

__all__ = ["render"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _text(value: str) -> str:
    """Return what XML can carry, with every other character made visible."""
    return _NOT_XML.sub(lambda m: f"\\u{ord(m[0]):04x}", visible(value, lines=True))


def render(report: Mapping[str, Any], lang: str = "en") -> str:
    """Return the report as JUnit XML.

    A failed row is a failure; a warning passes and says so in ``system-out``; an inconclusive row
    and one that was not run are skipped, with the reason. What stopped the run is an error of a
    suite of its own, so that no reader takes a stopped run for a green one.
    """
    root = ET.Element("testsuites", name=_text(f"mobstd {view.names(report)}"))
    groups: dict[str, list[tuple[view.Row, str]]] = {}
    for row in view.rows(report):
        for block, outcome in row.places or (("all", row.outcome),):
            groups.setdefault(block, []).append((row, outcome))
    for block, cases in groups.items():
        _suite(root, report, block, cases, lang)
    if report["stopped_by"] or not groups:
        _stopped(root, report, lang)
    for name in ("tests", "failures", "errors"):  # the schema of Jenkins has no more here
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{report['duration_seconds']:.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _suite(
    root: ET.Element,
    report: Mapping[str, Any],
    block: str,
    cases: list[tuple[view.Row, str]],
    lang: str,
) -> None:
    failures = sum(outcome == "failed" for _, outcome in cases)
    skipped = sum(outcome in ("inconclusive", "not-run") for _, outcome in cases)
    suite = ET.SubElement(
        root,
        "testsuite",
        name=_text(f"{view.names(report)} {block}"),
        tests=str(len(cases)),
        failures=str(failures),
        errors="0",
        skipped=str(skipped),
        time="0",
        timestamp=report["started_at"][:19],
        hostname=_text(report["target"]["name"]),
    )
    facts = ET.SubElement(suite, "properties")
    values = {
        "standard": view.names(report),
        "target": report["target"]["name"],
        "verdict": report["verdict"],
        "seed": str(report["seed"]),
        "now": report["now"],
        "catalogue": report["suite"]["catalogue"],
        "profile": report["profile"]["hash"],
    }
    for name, value in values.items():
        ET.SubElement(facts, "property", name=name, value=_text(value))
    operations = next((b.get("operations", ()) for b in report["blocks"] if b["id"] == block), ())
    for row, outcome in cases:
        mine = [f for f in row.findings if not operations or f["operation"] in (None, *operations)]
        case = ET.SubElement(
            suite,
            "testcase",
            classname=_text(f"{view.names(report).replace('.', '_')}.{block}"),
            name=_text(f"{row.id} {row.title(lang)}"),
            time="0",
        )
        _case(case, row, outcome, mine, lang)


def _case(
    case: ET.Element, row: view.Row, outcome: str, findings: list[Mapping[str, Any]], lang: str
) -> None:
    if outcome == "failed":
        first = findings[0]["message"][lang] if findings else view.reason(row.entry, lang)
        failure = ET.SubElement(case, "failure", type=row.level, message=_text(first))
        failure.text = _text(view.account(row, findings, lang))
    elif outcome in ("inconclusive", "not-run"):
        said = word("outcome", outcome, lang)
        why = view.pair(said, view.reason(row.entry, lang), lang) if row.entry["reason"] else said
        ET.SubElement(case, "skipped", message=_text(why))
    elif outcome == "warned":
        out = ET.SubElement(case, "system-out")
        text = view.account(row, findings, lang)
        out.text = _text(f"{word('outcome', 'warned', lang)}\n{text}")


def _stopped(root: ET.Element, report: Mapping[str, Any], lang: str) -> None:
    suite = ET.SubElement(
        root, "testsuite", name="mobstd", tests="1", failures="0", errors="1", skipped="0", time="0"
    )
    case = ET.SubElement(suite, "testcase", classname="mobstd", name="run", time="0")
    why = report["stopped_by"]
    text = word("stopped", why, lang) if why else view.sentence(report, lang)
    wrong = [i["message"][lang] for i in report.get("preflight", ()) if i["ok"] is False]
    error = ET.SubElement(case, "error", type=why or "nothing-judged", message=_text(text))
    error.text = _text("\n".join([text, *wrong]))
