"""``mobstd schemas diff``: what is compared, what is written, what the exit code says."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.contracts import contract
from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.cli import main
from mobstd.release.diff.change import BREAKING, SAFE, UNKNOWN, Change
from mobstd.release.diff.diff import _for
from mobstd.release.diff.semver import enough, step

OLD = {"type": "object", "properties": {"name": {"type": "string"}}}
NEW = {**OLD, "required": ["name"]}


def _write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return path


def _api(version: str, schema: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "A", "version": version},
        "paths": {"/a": {"post": {"requestBody": {"content": content}, "responses": {}}}},
    }


def _run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = main(["schemas", "diff", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out or captured.err


def test_two_schemas_of_anybody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = _write(tmp_path / "old.json", OLD), _write(tmp_path / "new.json", NEW)
    code, out = _run(capsys, *files)
    assert code == 0
    assert "breaking  DIFF-REQUIRED-01" in out
    assert "major" in out
    code, out = _run(capsys, *files, "--declared", "minor", "--lang", "fr")
    assert code == 1
    assert "trop petit" in out
    assert _run(capsys, *files, "--declared", "major")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "code"), [("1.0", "1.1", 1), ("1.0", "2.0", 0), ("0.1", "0.2", 0), ("a", "b", 0)]
)
def test_the_declared_version_counts(
    old: str, new: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = (
        _write(tmp_path / "old.json", _api(old, OLD)),
        _write(tmp_path / "new.json", _api(new, NEW)),
    )
    assert _run(capsys, *files)[0] == code


def test_who_may_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = (
        _write(tmp_path / "old.json", _api("1.0", OLD)),
        _write(tmp_path / "new.json", _api("1.1", NEW)),
    )
    assert _run(capsys, *files, "--staying", "callers")[0] == 1
    assert _run(capsys, *files, "--staying", "servers")[0] == 0


def test_a_version_against_itself_and_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = _run(capsys, "ocss@1.0-alpha", "ocss@1.0-alpha")
    assert code == 0
    assert "Nothing is different." in out
    code, out = _run(capsys, "ocss@1.0-alpha", "ocss@2.0-proposal", "--format", "json")
    report = json.loads(out)
    assert code == 0
    assert list(contract("diff").problems(report)) == []
    assert report["verdict"] == "breaking"
    assert any(c["rule"] == "DIFF-ROW-01" for c in report["changes"])
    code, out = _run(capsys, "ocss@1.0-alpha", "ocss@2.0-proposal", "--format", "markdown")
    assert "### Breaking" in out


@pytest.mark.parametrize("standard", ["ocss", "carpool-proof", "mob", "mobility-aid", "rdex-plus"])
def test_every_version_can_be_compared_with_itself(
    standard: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in sorted((packaged().schemas / standard).iterdir()):
        name = f"{standard}@{folder.name}"
        assert "Nothing is different." in _run(capsys, name, name)[1]


def test_revisions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "-q"], check=True)
    _write(tmp_path / "s" / "a.schema.json", {"$ref": "b.schema.json"})
    for schema in (OLD, NEW):
        _write(tmp_path / "s" / "b.schema.json", schema)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "x"], check=True)
    words = ("HEAD~1:s/a.schema.json", "HEAD:s/a.schema.json")
    assert "DIFF-REQUIRED-01" in _run(capsys, *words)[1]
    assert "DIFF-REQUIRED-01" in _run(capsys, "HEAD~1:s", tmp_path / "s")[1]
    code, out = _run(capsys, "nothing:s", "s")
    assert code == 2
    assert "Git" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("a: [", "not YAML"),
        ("just words", "neither"),
        ('{"$ref": "#/nowhere"}', "nothing is"),
        ('{"$ref": "https://example.org/a.json"}', "nothing is fetched"),
        ('{"$ref": "beside.json"}', "Cannot read"),
        ("[" * 5000 + "]" * 5000, "too deeply"),
        ('{"properties": {"a": 3}}', "no schema"),
        ('{"openapi": "3.1.0", "paths": {}}', "cannot be compared"),
        ('{"type": "object", "type": "string"}', "twice"),
        ("type: object\ntype: string", "twice"),
        ("a:\n\tb: 1", "not YAML"),
        ("a: &a [*a]", "circles"),
        ('{"maximum": 1e400}', "number"),
        ('{"$ref": "HTTP://example.org/a.json"}', "nothing is fetched"),
        ('{"$ref": "a\\u0000b"}', "Cannot read"),
        ("", "neither"),
    ],
)
def test_what_is_wrong_is_said(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = _run(capsys, _write(tmp_path / "a.json", text), _write(tmp_path / "b.json", OLD))
    assert code == 2
    assert said in out
    assert "Traceback" not in out


def test_what_swells_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    file = _write(tmp_path / "a.yaml", "\n".join(lines))
    code, out = _run(capsys, file, file)
    assert code == 2
    assert "aliases" in out


def test_a_pattern_that_no_engine_reads_is_no_proof(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = (
        _write(tmp_path / "old.json", {"type": "string"}),
        _write(tmp_path / "new.json", {"type": "string", "pattern": "(?<n>[a"}),
    )
    assert "unknown  DIFF-PATTERN-01" in _run(capsys, *files)[1]


def test_steps() -> None:
    assert [step("1.0", new) for new in ("1.0", "1.0.1", "1.1", "2.0")] == [
        "none", "patch", "minor", "major",
    ]  # fmt: skip
    assert step("1.0-alpha", "1.0") == "none"
    assert step("0.1", "0.2") == "major"
    assert step("2.0", "1.0") == "none"
    assert step("", "1.0") is None
    assert enough(None, "major") is None


def test_the_contract_asks_for_an_example() -> None:
    good = load(packaged().conformance / "examples/diff/valid/required.json")
    assert good["changes"][0]["examples"]


@pytest.mark.parametrize("asked", ["HTTP://example.org/a.json", "ftp://example.org/a.json"])
def test_an_address_is_not_fetched(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = _run(capsys, asked, asked)
    assert code == 2
    assert "nothing is fetched" in out


def test_a_pattern_that_goes_back_and_forth_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def schema(kind: str) -> dict[str, Any]:
        patterns = {"^(a+)+$": {"type": kind}, "(((((){1000}){1000}){1000}){1000})x": {}}
        return {"properties": {"a" * 60 + "!": {}}, "patternProperties": patterns}

    files = (
        _write(tmp_path / "old.json", schema("integer")),
        _write(tmp_path / "new.json", schema("number")),
    )
    assert "breaking  DIFF-TYPE-02" in _run(capsys, *files)[1]


def test_a_keyword_that_no_validator_takes_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = (
        _write(tmp_path / "old.json", {"type": "string", "minLength": "three"}),
        _write(tmp_path / "new.json", {"type": "string"}),
    )
    assert "unknown  DIFF-KEYWORD-01" in _run(capsys, *files)[1]


def test_two_thousand_changes_are_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobstd.release.diff.diff.MOST", 5)
    many = {"properties": {f"a{n}": {"type": "string"} for n in range(9)}}
    files = (
        _write(tmp_path / "old.json", {}),
        _write(tmp_path / "new.json", many),
    )
    out = _run(capsys, *files)[1]
    assert "DIFF-LIMIT-01" in out
    assert "5 safe" in out


def test_who_is_not_counted_may_still_be_hurt() -> None:
    """``--staying`` makes nothing safe of which one side alone is settled."""
    kept = Change("DIFF-TYPE-03", BREAKING, "sender", ("caller",), unsettled=True)
    assert _for(kept, "servers").verdict == UNKNOWN
    assert _for(replace(kept, unsettled=False), "servers").verdict == SAFE
