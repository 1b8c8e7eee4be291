"""The forms that machines read: JUnit, SARIF, Markdown, GitHub, GitLab, JSON."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from mobstd.canon.validator import validator
from mobstd.conformance.report import github, gitlab, junit, markdown, sarif
from mobstd.conformance.report import json as plain
from mobstd.conformance.report.write import FORMATS, render

from .samples import NAMES, SECRET, sample

LANGS = ("en", "fr")


def hostile() -> dict[str, Any]:
    """A report whose target says whatever could break a form."""
    report = sample("non-conforming")
    bad = "\ud800 \x00 \x1b[2J \u202e ]]> </script> ``` ::set-output name=x::y @team"
    bad += "\n::error::z\r| \uffff"
    report["target"]["name"] = "http://a/" + bad
    for row in report["requirements"]:
        for finding in row["findings"]:
            finding["received"] = bad
            finding["message"]["en"] += bad
            finding["message"]["fr"] += bad
            finding["curl"] += bad
            finding["pointer"] += "/" + bad
    return report


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_renders_every_report(form: str, name: str, lang: str) -> None:
    text = render(sample(name), form, lang)
    assert text == render(sample(name), form, lang)
    assert SECRET not in text
    assert not re.search(r"(report|gate|replay)\.[a-z]+[.-][a-z-]+ \{", text)


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_without_anything_renders(form: str) -> None:
    report = sample("conforming") | {"requirements": [], "blocks": [], "exchanges": {}}
    for name in ("plan", "preflight", "budget", "exploration", "coverage", "record"):
        report.pop(name, None)
    report |= {"verdict": "inconclusive", "stopped_by": "unreachable"}
    assert render(report, form)


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_text_shows_no_control_character(form: str) -> None:
    text = render(hostile(), form)
    if form == "json":
        text = "".join(line for line in text.splitlines() if "\\u" not in line)
        return
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)
    assert text.encode("utf-8", "strict")


def test_json_is_the_report() -> None:
    for name in NAMES:
        assert json.loads(plain.render(sample(name))) == sample(name)
    odd = sample("conforming") | {"role": "\ud800"}
    assert json.loads(plain.render(odd).encode("utf-8", "backslashreplace")) == odd


@pytest.mark.parametrize("report", [*map(sample, NAMES), hostile()], ids=[*NAMES, "hostile"])
def test_junit(report: dict[str, Any]) -> None:
    root = ET.fromstring(junit.render(report).encode("utf-8", "strict"))
    assert root.tag == "testsuites"
    cases = root.findall("testsuite/testcase")
    assert len({(c.get("classname"), c.get("name")) for c in cases}) == len(cases)
    for suite in root:
        own = suite.findall("testcase")
        for attribute, tag in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert suite.get(attribute) == str(sum(c.find(tag) is not None for c in own))
        assert suite.get("tests") == str(len(own))
    assert {*root.keys()} == {"name", "tests", "failures", "errors", "time"}
    for name in ("tests", "failures", "errors"):
        assert int(root.get(name, "")) == sum(int(s.get(name, "")) for s in root)
    places = [p for row in report["requirements"] for p in row["blocks"]]
    assert int(root.get("failures", "")) == sum(p["outcome"] == "failed" for p in places)
    assert (root.get("errors") == "1") is (report["stopped_by"] is not None)


def test_a_failure_in_junit_says_how_to_send_it_again() -> None:
    root = ET.fromstring(junit.render(sample("non-conforming")))
    suite = root.find("testsuite[@name='ocss@1.0-alpha driver-journeys']")
    assert suite is not None
    case = next(c for c in suite if c.get("name", "").startswith("OCSS-SEARCH-12 "))
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "MUST"
    assert "20.3 km" in failure.get("message", "")
    assert "curl -isS" in (failure.text or "")
    other = root.find("testsuite[@name='ocss@1.0-alpha passenger-journeys']")
    assert other is not None
    case = next(c for c in other if c.get("name", "").startswith("OCSS-SEARCH-12 "))
    assert list(case) == []


def test_what_was_skipped_in_junit_says_why() -> None:
    root = ET.fromstring(junit.render(sample("inconclusive"), "fr"))
    reasons = {node.get("message") for node in root.iter("skipped")}
    assert "non concluante : la cible n'a montré aucune donnée à juger" in reasons


TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
BAG = {
    "type": "object",
    "properties": {"tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}}},
}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


STRING = {"type": "string"}
URI = {"type": "string", "pattern": "^https?://[^ ]+$"}
LOCATION = closed(
    [],
    physicalLocation=closed(
        ["artifactLocation"],
        artifactLocation=closed(["uri"], uri={"type": "string", "pattern": "^[A-Za-z0-9._/-]+$"}),
        region=closed([], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations={
        "type": "array",
        "uniqueItems": True,
        "items": closed([], name=STRING, fullyQualifiedName=STRING, kind=STRING),
    },
)  # fmt: skip
SARIF = closed(
    ["version", "runs"],
    **{"$schema": URI},
    version={"const": "2.1.0"},
    runs={
        "type": "array",
        "items": closed(
            ["tool"],
            tool=closed(
                ["driver"],
                driver=closed(
                    ["name"],
                    name=STRING,
                    version=STRING,
                    semanticVersion=STRING,
                    informationUri=URI,
                    rules={
                        "type": "array",
                        "uniqueItems": True,
                        "items": closed(
                            ["id"],
                            id=STRING,
                            name=STRING,
                            shortDescription=TEXT,
                            fullDescription=TEXT,
                            help=TEXT,
                            helpUri=URI,
                            defaultConfiguration=closed([], level=LEVEL),
                            properties=BAG,
                        ),
                    },
                ),
            ),
            automationDetails=closed([], id=STRING),
            invocations={
                "type": "array",
                "items": closed(
                    ["executionSuccessful"],
                    executionSuccessful={"type": "boolean"},
                    exitCode={"type": "integer"},
                    startTimeUtc={"type": "string", "pattern": "^[0-9-]+T[0-9:.]+Z$"},
                    toolExecutionNotifications={
                        "type": "array",
                        "items": closed(["message"], level=LEVEL, message=TEXT),
                    },
                ),
            },
            language={"type": "string", "pattern": "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"},
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            results={
                "type": "array",
                "items": closed(
                    ["message"],
                    ruleId=STRING,
                    ruleIndex={"type": "integer", "minimum": 0},
                    level=LEVEL,
                    kind={"const": "fail"},
                    message=TEXT,
                    locations={"type": "array", "minItems": 1, "items": LOCATION},
                    partialFingerprints={"type": "object", "additionalProperties": STRING},
                    occurrenceCount={"type": "integer", "minimum": 1},
                    suppressions={
                        "type": "array",
                        "items": closed(["kind"], kind={"const": "external"}, justification=STRING),
                    },
                    properties=BAG,
                ),
            },
            properties=BAG,
        ),
    },
)  # fmt: skip
"""What SARIF 2.1.0 says of the objects that we write: their members, what is required, types."""


@pytest.mark.parametrize("report", [*map(sample, NAMES), hostile()], ids=[*NAMES, "hostile"])
def test_sarif(report: dict[str, Any]) -> None:
    log = json.loads(sarif.render(report))
    assert [f"{p.path} {p.message}" for p in validator(SARIF, {}).problems(log)] == []
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    findings = [f for row in report["requirements"] for f in row["findings"]]
    assert len(run["results"]) == len(findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    prints = {r["partialFingerprints"]["mobstd/v1"] for r in run["results"]}
    assert prints == {f["fingerprint"] for f in findings}


def test_sarif_suppresses_what_the_baseline_accepts() -> None:
    report = sample("non-conforming")
    report["gate"]["baseline"] = {"accepted": ["5b3521f2a63484db"], "stale": [], "expired": []}
    results = json.loads(sarif.render(report, "fr"))["runs"][0]["results"]
    assert [r["ruleId"] for r in results if "suppressions" in r] == ["OCSS-SEARCH-12"]


@pytest.mark.parametrize("file", ["/etc/mobstd.toml", "../x.toml", "a b.toml", None])
def test_sarif_points_at_no_file_outside(file: str | None) -> None:
    report = sample("non-conforming")
    report["profile"]["file"] = file
    assert sarif.profile_file(report) == "mobstd.toml"
    assert sarif.profile_file(sample("conforming")) == "mobstd.toml"


@pytest.mark.parametrize("lang", LANGS)
def test_markdown_is_balanced_and_short(lang: str) -> None:
    for name in NAMES:
        text = markdown.render(sample(name), lang)
        assert text.count("<details>") == text.count("</details>")
        assert len(re.findall("^```", text, re.MULTILINE)) % 2 == 0
        assert len(text) <= markdown.LIMIT


def test_markdown_of_a_huge_report_still_fits() -> None:
    report = sample("non-conforming")
    for row in report["requirements"]:
        row["findings"] = [{**f, "curl": f["curl"] * 40} for f in row["findings"]]
    report["requirements"] *= 30
    text = markdown.render(report)
    assert len(text) <= markdown.LIMIT
    assert "more requirements" in text
    assert text.count("<details>") == text.count("</details>")


def test_markdown_is_not_steered_by_the_target() -> None:
    text = markdown.render(hostile())
    outside = re.sub(r"^(`{3,})sh$.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"(`+).*?\1", "", outside.replace("\\`", ""))
    assert "</script>" not in outside
    assert not re.search(r"(?<!\w)@\w", outside)
    assert text.count("<details>") == text.count("</details>")


def test_github() -> None:
    lines = github.render(sample("non-conforming")).splitlines()
    assert lines[0].startswith("::error title=mobstd::Non-conforming")
    assert len([line for line in lines if line.startswith("::error")]) <= 10
    assert any(line.startswith("::warning title=OCSS-PRICE-04") for line in lines)
    for line in github.render(hostile()).splitlines():
        assert re.match(r"::(error|warning|notice) title=[^:,]*::", line)


def test_github_says_nothing_of_what_is_accepted() -> None:
    report = sample("non-conforming")
    every = [f["fingerprint"] for r in report["requirements"] for f in r["findings"]]
    report["gate"]["baseline"] = {"accepted": every, "stale": [], "expired": []}
    assert len(github.render(report).splitlines()) == 1


def test_gitlab() -> None:
    entries = json.loads(gitlab.render(sample("non-conforming")))
    assert len(entries) == 12
    for entry in entries:
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"] == {"path": "mobstd.toml", "lines": {"begin": 1}}
        assert re.fullmatch("[0-9a-f]{16}", entry["fingerprint"])
        assert entry["description"]
