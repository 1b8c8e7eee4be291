"""Whatever is given: a clear word, in bounded time."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from mobstd.errors import ConfigError, UnknownName
from mobstd.messages import LANGUAGES
from mobstd.release.lint.files import subjects
from mobstd.release.lint.run import lint

from .cases import api, schema

Run = Callable[..., Any]
TODAY = date(2026, 11, 28)

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
)

WRONG = {
    "canon.not-json": ("a.json", '{"a": 1,}'),
    "canon.not-yaml": ("a.yaml", "a: [1\n"),
    "canon.not-text": ("a.yaml", b"\xff\xfe\x00"),
    "canon.in-circles": ("a.yaml", "openapi: 3.1.0\npaths: &a\n  x: *a\n"),
    "canon.too-many": ("b.yaml", f"openapi: 3.1.0\n{BOMB}"),
    "canon.too-deep": ("a.json", '{"type":' * 90000 + "1" + "}" * 90000),
    "lint.neither": ("a.json", "[1, 2]"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_file_that_is_wrong(code: str, tmp_path: Path) -> None:
    name, content = WRONG[code]
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        lint(subjects(str(file), ()), today=TODAY)
    assert caught.value.code == code
    for lang in LANGUAGES:
        assert str(file) in caught.value.text(lang)
        assert caught.value.diagnostics(lang)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mobstd.canon.plain.LARGEST", 10)
    (tmp_path / "a.json").write_text('{"type": "object"}')
    with pytest.raises(ConfigError) as caught:
        subjects(str(tmp_path / "a.json"), ())
    assert caught.value.code == "canon.too-large"


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        subjects("nothing.yaml", ())
    with pytest.raises(ConfigError):
        subjects(str(tmp_path), ())
    with pytest.raises(UnknownName):
        subjects("nothing", ())
    with pytest.raises(UnknownName, match="LINT-DOC-01"):
        lint([], today=TODAY, only=["LINT-DOG"])


@pytest.mark.parametrize(
    "content",
    [
        {"openapi": 3, "paths": []},
        {"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": 1, "responses": []}}}},
        {"openapi": "3.0.0", "paths": {"/a": {"get": {"tags": "a", "requestBody": "b"}}}},
        {"openapi": "3.1.0", "components": {"schemas": {"A": {"type": 1, "required": "a"}}}},
        {"swagger": "2.0", "paths": None, "definitions": {"A": {"type": "object"}}},
        {"type": "object", "properties": [], "required": {}, "enum": "a", "pattern": 1},
        {"$schema": 1, "$id": [], "$ref": {}, "oneOf": 1, "examples": 2, "format": []},
        {"$ref": "#", "properties": {"a": {"$ref": "#/properties/a"}}, "required": ["b"]},
        {
            "$schema": "",
            "type": ["array", 1],
            "items": [1, {}],
            "minimum": "a",
            "maximum": 1,
            "multipleOf": 0.1,
        },
    ],
)
def test_nothing_odd_breaks_it(content: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(content))
    result = lint(subjects(str(file), ()), today=TODAY)
    assert all(one.text("fr") for one in result.findings)


def test_a_folder_in_any_layout(tmp_path: Path) -> None:
    (tmp_path / "spec/v1").mkdir(parents=True)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "spec/openapi.json").write_text(json.dumps(api({"operationId": ""})))
    (tmp_path / "spec/v1/thing.json").write_text(json.dumps(schema(pattern="^\\d$")))
    (tmp_path / "spec/v1/data.json").write_text("[1]")
    (tmp_path / "spec/broken.yaml").write_text("a: [")
    (tmp_path / "node_modules/a.json").write_text("{")
    (subject,) = subjects(str(tmp_path), ())
    assert [one.name for one in subject.documents] == [
        "spec/broken.yaml", "spec/openapi.json", "spec/v1/thing.json",
    ]  # fmt: skip
    errors = lint([subject], today=TODAY).findings
    assert {one.rule.id for one in errors if one.rule.severity == "error"} == {
        "LINT-FILE-02", "LINT-OPENAPI-02", "LINT-PATTERN-02",
    }  # fmt: skip


# From the command line


def test_exit_codes(mobstd: Run, tmp_path: Path) -> None:
    file = tmp_path / "thing.json"
    file.write_text(json.dumps(schema(type="object", description="A thing.")))
    assert mobstd("schemas", "lint", str(file)).code == 0
    ran = mobstd("schemas", "lint", str(file), "--fail-on", "warning")
    assert ran.code == 1
    assert "LINT-DOC-04" in ran.out
    assert mobstd("schemas", "lint", str(tmp_path / "no.json")).code == 2
    file.write_text(json.dumps(schema(pattern="^\\d$")))
    assert mobstd("schemas", "lint", str(file)).code == 1
    assert mobstd("schemas", "lint", str(file), "--only", "lint-doc").code == 0


def test_every_format(mobstd: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("thing.json").write_text(json.dumps(schema(type="string", pattern="^\\d%$"), indent=1))
    only = ("--only", "LINT-PATTERN-02")
    ran = mobstd("schemas", "lint", "thing.json", "--format", "json", *only)
    (row,) = json.loads(ran.out)["findings"]
    assert (row["file"], row["line"], row["pointer"]) == ("thing.json", 5, "/pattern")
    assert set(row["message"]) == set(LANGUAGES)
    ran = mobstd("schemas", "lint", "thing.json", "--format", "sarif", *only, "--lang", "fr")
    (run,) = json.loads(ran.out)["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "LINT-PATTERN-02"
    where = result["locations"][0]["physicalLocation"]
    assert where == {"artifactLocation": {"uri": "thing.json"}, "region": {"startLine": 5}}
    assert "Les moteurs lisent" in result["message"]["text"]
    ran = mobstd("schemas", "lint", "thing.json", "--format", "github", *only)
    line = ran.out.splitlines()[0]
    assert line.startswith("::error file=thing.json,line=5,title=LINT-PATTERN-02::")
    assert "%25$" in line
    out = tmp_path / "out/lint.txt"
    assert mobstd("schemas", "lint", "thing.json", "--output", str(out)).code == 1
    assert "LINT-PATTERN-02" in out.read_text("utf-8")


def test_a_rule_is_explained(mobstd: Run) -> None:
    ran = mobstd("explain", "lint-pattern-02", "--lang", "fr")
    assert ran.code == 0
    assert "écritures" in ran.out
    assert "schemas/<standard>.lint.yaml" in ran.out
    ran = mobstd("explain", "LINT-PATERN-02")
    assert ran.code == 2
    assert "LINT-PATTERN-02" in ran.err
    assert "LINT-DOC-01" in mobstd("explain", "LINT").out


def test_patterns_that_take_for_ever(tmp_path: Path) -> None:
    patterns = (
        "^(a+)+$",
        "^(?=(a+)+$)a",
        "^(a|a)*$",
        "^(a{1000}){1000}$",
        "[" * 90_000,
        "]" * 90_000,
    )
    members = {
        f"a{number}": {"type": "string", "pattern": pattern, "examples": ["a" * 5000 + "!"]}
        for number, pattern in enumerate(patterns)
    }
    file = tmp_path / "thing.json"
    file.write_text(json.dumps(schema(properties=members)))
    started = process_time()
    found = lint(subjects(str(file), ()), today=TODAY).findings
    assert process_time() - started < 10
    assert {"LINT-PATTERN-04", "LINT-PATTERN-06"} <= {one.rule.id for one in found}


def test_nothing_is_fetched(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        away = f"http://127.0.0.1:{listener.getsockname()[1]}"
        inner = {"$schema": f"{away}/b", "$id": f"{away}/c", "$ref": f"{away}/d", "default": 1}
        content = {**schema(type="object"), "$schema": f"{away}/a", "properties": {"a": inner}}
        file = tmp_path / "thing.json"
        file.write_text(json.dumps(content))
        found = lint(subjects(str(file), ()), today=TODAY).findings
        with pytest.raises(TimeoutError):
            listener.accept()
    assert "LINT-REF-06" in {one.rule.id for one in found}


def test_examples_are_judged_beside_a_reference_to_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "thing.json"
    away = {"$ref": "https://example.org/elsewhere.json"}
    content = schema(properties={"a": away, "b": {"type": "string"}}, examples=[{"a": 1, "b": 2}])
    file.write_text(json.dumps(content))
    (found,) = lint(subjects(str(file), ()), today=TODAY, only=["LINT-EXAMPLE-01"]).findings
    assert "/b" in found.text()


def test_a_schema_of_another_language_is_neither(tmp_path: Path) -> None:
    file = tmp_path / "table.json"
    file.write_text(
        json.dumps({"$schema": "https://specs.frictionlessdata.io/a.json", "fields": []})
    )
    with pytest.raises(ConfigError) as caught:
        subjects(str(file), ())
    assert caught.value.code == "lint.neither"


def test_references_to_what_no_file_can_be_called(tmp_path: Path) -> None:
    names = (
        "a\0b.json",
        "a" * 5000 + ".json",
        "http://[",
        "#/" + "9" * 5000,
        "%00.yaml",
        "a/../..",
    )
    file = tmp_path / "thing.json"
    listed = [{"$ref": name} for name in names]
    file.write_text(json.dumps(schema(allOf=listed, **{"$defs": {"a": {"$id": "http://["}}})))
    found = lint(subjects(str(file), ()), today=TODAY, only=["LINT-REF-05"]).findings
    assert len(found) == len(names)
