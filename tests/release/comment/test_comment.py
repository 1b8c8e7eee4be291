"""The comment on a merge request: what changes, who is hurt, which version, what shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.group import changed, committed, repository

from mobstd.canon.root import at
from mobstd.canon.standard import find
from mobstd.release.comment.review import Review, Standard
from mobstd.release.comment.text import LONGEST, MARK, comment
from mobstd.release.edition.decision import decide
from mobstd.release.edition.plan import Options, carry_out, planned
from mobstd.release.edition.sequel import sequel, write_sequel
from mobstd.release.edition.stage import Decision
from mobstd.release.starter import starter, write_starter

Run = Callable[..., Any]
DAY = date(2026, 11, 28)
API = "spec/api/openapi.yaml"


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = repository(tmp_path / "group", rows=True)
    committed(folder, "as it was")
    monkeypatch.chdir(folder)
    return folder


def har(folder: Path, body: Any) -> None:
    entry = {
        "startedDateTime": "2026-11-28T10:00:00+00:00", "time": 1,
        "request": {"method": "GET", "url": "https://example.org/sheds?town=A", "headers": []},
        "response": {
            "status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json", "text": json.dumps(body)},
        },
    }  # fmt: skip
    folder.mkdir()
    (folder / "one.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))


def test_a_break_in_a_layout_of_their_own(group: Path, tmp_path: Path, mobstd: Run) -> None:
    har(tmp_path / "records", [{"id": "s", "size": "SMALL"}])
    changed(group, API, "required: [id, size]", "required: [id, size, owner]")
    committed(group, "proposed")
    argv = ("schemas", "comment", "--base", "HEAD~1", "--head", "HEAD", "--lang", "fr")
    ran = mobstd(*argv, "--records", str(tmp_path / "records"))
    assert ran.code == 1, ran.err
    assert ran.out.startswith(MARK)
    for words in (
        "Ce que ce changement signifie", "DIFF-REQUIRED", "version majeure", "`owner`",
        "Opérateurs enregistrés", "1 sur 1",
    ):  # fmt: skip
        assert words in ran.out, words


def test_a_folder_within_is_no_other_repository(
    group: Path, monkeypatch: pytest.MonkeyPatch, mobstd: Run
) -> None:
    changed(group, API, "required: [id, size]", "required: [id, size, owner]")
    monkeypatch.chdir(group / "docs")
    assert "DIFF-REQUIRED" in mobstd("schemas", "comment", "--base", "HEAD").out


def test_the_working_folder_is_the_head_where_none_is_named(group: Path, mobstd: Run) -> None:
    ran = mobstd("schemas", "comment", "--base", "HEAD")
    assert ran.code == 0
    assert "Nothing changes for anybody" in ran.out
    changed(group, API, "enum: [TOWN, CLUB]", "enum: [TOWN, CLUB, '@everyone']")
    ran = mobstd("schemas", "comment", "--base", "HEAD", "--output", "comment.md")
    shown = (group / "comment.md").read_text("utf-8")
    assert "DIFF-ENUM" in shown
    assert "@everyone" in shown
    assert "@everyone" not in re.sub(r"`[^`]*`", "", shown)


def test_a_draft_of_ours_is_held_to_what_was_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mobstd: Run
) -> None:
    folder = tmp_path / "our-own"
    write_starter(starter("our-own", today=DAY), folder)
    approved = Decision("approved", DAY, ("Our group",))
    decide(find("our-own@1.0-draft", (at(folder),)), approved, (at(folder),))
    carry_out(planned(find("our-own@1.0-draft", (at(folder),)), Options(DAY)))
    committed(folder, "released")
    monkeypatch.chdir(folder)
    write_sequel(sequel(find("our-own@1.0", (at(folder),)), "our-own@1.1-draft", DAY).files, folder)
    place = "schemas/our-own/1.1-draft/place.schema.json"
    changed(folder, place, '"maxLength": 64', '"pattern": "^\\\\d+$", "maxLength": 8')
    changed(folder, "releases/our-own/1.0/CHANGES.md", "#", "##")
    ran = mobstd("schemas", "comment", "--base", "HEAD")
    assert ran.code == 1
    assert "It can't be merged as it is" in ran.out
    assert "CHANGES.md was changed after the release" in ran.out
    assert "### our-own@\u200b1.1-draft" in ran.out
    assert "DIFF-LENGTH-03" in ran.out
    assert "LINT-PATTERN-02" in ran.out
    assert "### our-own@\u200b1.0\n" not in ran.out


def test_schemas_alone_and_what_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mobstd: Run
) -> None:
    (tmp_path / "README.md").write_text("Soon.")
    committed(tmp_path, "begun")
    monkeypatch.chdir(tmp_path)
    schema = {"type": "object", "properties": {"id": {"type": "string", "maxLength": 9}}}
    (tmp_path / "data").mkdir()
    (tmp_path / "data/shed.schema.json").write_text(json.dumps(schema))
    ran = mobstd("schemas", "comment", "--base", "HEAD", "--lang", "fr")
    assert "C'est nouveau" in ran.out
    assert "Nouveau à la relecture" in ran.out
    committed(tmp_path, "schemas")
    changed(tmp_path, "data/shed.schema.json", '"maxLength": 9', '"maxLength": 8')
    ran = mobstd("schemas", "comment", "--base", "HEAD", "--in", "data")
    assert "DIFF-LENGTH-03" in ran.out


def test_a_role_has_the_name_that_the_group_gives_it(group: Path, mobstd: Run) -> None:
    changed(group, API, "required: [id, size]", "required: [id, size, owner]")
    assert "(operator)" in mobstd("schemas", "comment", "--base", "HEAD").out


@pytest.mark.parametrize(
    "words",
    [
        ("--base", "no-such-revision"),
        ("--base=--output=stolen",),
        ("--base", "HEAD", "--in", "nowhere"),
        ("--base", "HEAD", "--records", "nowhere"),
        ("--base", "HEAD", "--records", "tests/none"),
    ],
)
def test_what_is_not_there_is_told(group: Path, words: tuple[str, ...], mobstd: Run) -> None:
    (group / "tests/none").mkdir()
    ran = mobstd("schemas", "comment", *words, "--lang", "fr")
    assert ran.code == 2
    assert ran.err
    assert ran.out == ""
    assert not (group / "stolen").exists()


def test_it_is_no_longer_than_github_takes() -> None:
    why = {"en": "@a " * 200, "fr": "@a " * 200}
    change = {
        "rule": "DIFF-ENUM-02", "verdict": "breaking", "calls_for": "major", "hurt": "reader",
        "roles": ["<b>operator</b>"], "message": {"en": "A" * 400, "fr": "B" * 400},
        "name": "x" * 500, "old": "", "new": "y" * 500, "before": "v" * 500, "after": None,
        "examples": [{"value": "`" * 900, "refused_by": "new", "because": why}],
    }  # fmt: skip
    labels = {"label": "a", "version": ""}
    difference = {
        "changes": [change] * 500, "counts": {"breaking": 500, "unknown": 0, "safe": 0},
        "calls_for": "major", "declared": None, "enough": None, "old": labels, "new": labels,
    }  # fmt: skip
    every = tuple(Standard(f"standard-{number}@1.0", difference) for number in range(40))
    for lang in ("en", "fr"):
        shown = comment(Review("a", "b", every), lang)
        assert len(shown) <= LONGEST
        assert len(shown) > LONGEST * 0.9
        assert shown.startswith(MARK)
        assert "mobstd schemas diff" in shown.splitlines()[-1]
        assert "<b>" not in shown
        assert "@a" not in shown
