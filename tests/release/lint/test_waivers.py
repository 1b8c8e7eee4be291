"""A waiver takes what it names, for its versions, until its day; one that takes nothing is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from mobstd.errors import ConfigError
from mobstd.release.lint.files import subjects
from mobstd.release.lint.run import Result, lint

from .cases import schema

TODAY = date(2026, 11, 28)
THING = schema(
    type="object",
    description="A thing.",
    examples=[{"a": "1", "b": "2"}],
    properties={name: {"type": "string", "description": "A.", "pattern": "^\\d$"} for name in "ab"},
)


@pytest.fixture
def thing(tmp_path: Path) -> Path:
    file = tmp_path / "thing.json"
    file.write_text(json.dumps({**THING, "examples": []}))
    return file


def waived(file: Path, *rows: dict[str, Any], **top: Any) -> Result:
    usual = {"reason": "Why.", "date": "2026-11-28"}
    content = {**({"waivers": [{**usual, **row} for row in rows]} if rows else {}), **top}
    file.with_name("thing.lint.yaml").write_text(yaml.safe_dump(content))
    return lint(subjects(str(file), ()), today=TODAY)


def left(result: Result) -> list[str]:
    return [
        f"{one.rule.id}#{one.hit.pointer}"
        for one in result.findings
        if one.rule.id.startswith(("LINT-PATTERN", "LINT-WAIVER"))
    ]


PATTERN = "LINT-PATTERN-02"


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("thing.json", []),
        ("thing.json#/properties/*/pattern", []),
        ("**#**/pattern", []),
        ("*#/properties/a/pattern", [f"{PATTERN}#/properties/b/pattern"]),
        ("*#**/*/pattern", []),
        ("*#/*/pattern", [f"{PATTERN}#/properties/{name}/pattern" for name in "ab"]),
        ("**p" * 40, [f"{PATTERN}#/properties/{name}/pattern" for name in "ab"]),
    ],
)
def test_it_takes_what_it_names(thing: Path, where: str, kept: list[str]) -> None:
    result = waived(thing, {"rule": PATTERN, "where": where})
    assert [one for one in left(result) if not one.startswith("LINT-WAIVER")] == kept
    taken = [one for one in result.waived if one.rule.id == PATTERN]
    assert len(taken) == 2 - len(kept)
    assert all(one.waiver and one.waiver.reason == "Why." for one in taken)


def test_one_that_takes_nothing(thing: Path) -> None:
    result = waived(thing, {"rule": PATTERN, "where": "other.json"})
    assert "LINT-WAIVER-01#/waivers/0" in left(result)
    assert result.failed()


def test_one_whose_day_is_over(thing: Path) -> None:
    row = {"rule": PATTERN, "where": "thing.json"}
    assert left(waived(thing, {**row, "until": "2026-11-28"})) == []
    over = left(waived(thing, {**row, "until": "2026-11-27"}))
    assert "LINT-WAIVER-02#/waivers/0" in over
    assert f"{PATTERN}#/properties/a/pattern" in over


def test_what_is_waived_stands_in_every_format(thing: Path) -> None:
    from mobstd.release.lint.render import FORMATS

    result = waived(thing, {"rule": PATTERN, "where": "thing.json"})
    assert all(
        row["waiver"]["reason"] == "Why."
        for row in json.loads(FORMATS["json"](result, "en"))["waived"]
    )
    results = json.loads(FORMATS["sarif"](result, "en"))["runs"][0]["results"]
    reasons = [one["suppressions"][0]["justification"] for one in results if "suppressions" in one]
    assert reasons == ["Why.", "Why."]
    assert "LINT-PATTERN-02" not in FORMATS["github"](result, "en")


def test_a_standard_declares_its_enumerations(thing: Path) -> None:
    content = json.loads(thing.read_text())
    content["properties"]["a"] = {"enum": ["x", "y"], "description": "A."}
    thing.write_text(json.dumps(content))
    found = lint(subjects(str(thing), ()), today=TODAY, only=["LINT-ENUM-01"])
    assert len(found.findings) == 1
    result = waived(thing, declares={"enums": {"are": "closed", "reason": "They are."}})
    assert not any(one.rule.id == "LINT-ENUM-01" for one in result.findings)


@pytest.mark.parametrize("content", ["waivers: 1", "[]", "waivers: [{rule: LINT-DOC-01}]"])
def test_a_file_that_breaks_its_contract(thing: Path, content: str) -> None:
    file = thing.with_name("thing.lint.yaml")
    file.write_text(content)
    with pytest.raises(ConfigError) as caught:
        lint(subjects(str(thing), ()), today=TODAY)
    assert str(file) in caught.value.text("fr")
    with pytest.raises(ConfigError):
        lint(subjects(str(thing), ()), today=TODAY, waived_in=thing.with_name("none.yaml"))
