"""Names that mean no good change no line, no annotation and no address of what is written."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.report.test_machines import SARIF

from mobstd.canon.validator import validator
from mobstd.messages import LANGUAGES
from mobstd.release.lint.files import subjects
from mobstd.release.lint.render import FORMATS
from mobstd.release.lint.run import Result, lint

from .cases import schema

TODAY = date(2026, 11, 28)
EVIL = "\x1b[2J\n::error::100%, {you}\u202e" + "a" * 5000


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """What is found in a file of which every name is hostile."""
    monkeypatch.chdir(tmp_path)
    file = Path("a,b: 100% é.json")
    members = {EVIL: {"type": "string", "pattern": "^\\d$", "format": EVIL, "title": EVIL}}
    content = schema(type="object", properties=members, required=[EVIL + "b"], examples=[EVIL])
    file.write_text(json.dumps(content))
    return lint(subjects(str(file), ()), today=TODAY)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["text", "github"])
def test_lines(form: str, lang: str, result: Result) -> None:
    lines = FORMATS[form](result, lang).splitlines()
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) < 3000
    found = [line for line in lines if "LINT-" in line][:-1]
    assert len(found) == len(result.findings)
    if form == "github":
        place = (
            r"::(error|warning|notice) file=a%2Cb%3A 100%25 é\.json,line=1,title=LINT-[A-Z0-9-]+::"
        )
        assert all(re.match(place, line) for line in found)
        assert not any(re.search("%(?!25|2C|3A|0A|0D)", line) for line in found)
    else:
        assert not any(line.lstrip().startswith("::") for line in lines)


def shape(node: Any) -> Any:
    """Return the shape of SARIF with addresses as lint writes them."""
    if isinstance(node, dict):
        made = {key: shape(value) for key, value in node.items()}
        if made.get("pattern") == "^[A-Za-z0-9._/-]+$":
            made["pattern"] = "^([A-Za-z0-9._/-]|%[0-9A-F]{2})+$"
        return made
    return [shape(item) for item in node] if isinstance(node, list) else node


def test_sarif(result: Result) -> None:
    log = json.loads(FORMATS["sarif"](result, "fr"))
    assert [f"{p.path} {p.message}" for p in validator(shape(SARIF), {}).problems(log)] == []
    (run,) = log["runs"]
    assert len(run["results"]) == len(result.findings) > 5
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%2Cb%3A%20100%25%20%C3%A9.json"


def test_json_holds_both_languages(result: Result) -> None:
    rows = json.loads(FORMATS["json"](result, "en"))["findings"]
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    assert all(row["message"]["en"] != row["message"]["fr"] for row in rows)
