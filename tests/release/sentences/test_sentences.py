"""A row turns red when what it was read from changes, and not when only its line breaks do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.group import API, PROSE, changed, repository

from mobstd.canon.contracts import contract
from mobstd.release.sentences.place import hashed, said

Run = Callable[..., Any]
WHY = "### Why So that nobody opens the wrong one."


@pytest.fixture
def group(tmp_path: Path) -> Path:
    return repository(tmp_path / "group", rows=True)


@pytest.fixture
def read(group: Path, mobstd: Run) -> Path:
    """The repository, after its rows were read once."""
    assert mobstd("schemas", "sources", str(group), "--accept").code == 0
    return group


def sources(mobstd: Run, group: Path, *words: str) -> Any:
    return mobstd("schemas", "sources", str(group), *words)


def test_what_is_kept_is_hashes_and_no_word(read: Path) -> None:
    text = (read / "tests/sentences.json").read_text()
    kept = json.loads(text)
    assert [one.message for one in contract("sentences").problems(kept)] == []
    assert set(kept["versions"]["1.2-rc"]["sentences"]) == {"API", "TEXT"}
    assert "sheds are answered" not in text
    assert kept["versions"]["1.2-rc"]["sentences"]["TEXT"]["#12-limits"] == hashed(
        "## 1.2 Limits At most as many sheds are answered as were asked for."
    )


def test_a_row_turns_red_and_is_settled(read: Path, mobstd: Run) -> None:
    assert sources(mobstd, read).code == 0
    assert "same: 3" in sources(mobstd, read).out
    changed(read, "docs/sheds.md", "as were asked for", "as it has")
    ran = sources(mobstd, read, "--lang", "fr")
    assert ran.code == 1
    assert "changé  docs/sheds.md #12-limits : relire SHED-LIMIT-01" in ran.out
    assert "--accept" in ran.err
    linted = mobstd("schemas", "lint", str(read), "--only", "LINT-SOURCE-07")
    assert linted.code == 1
    assert "SHED-LIMIT-01" in linted.out
    assert "tests/requirements.yaml" in linted.out
    assert sources(mobstd, read, "--accept", "SHED-ID-01").code == 0
    assert sources(mobstd, read).code == 1
    assert sources(mobstd, read, "--accept", "SHED-LIMIT-01").code == 0
    assert sources(mobstd, read).code == 0
    assert mobstd("schemas", "lint", str(read), "--only", "LINT-SOURCE-07").code == 0


def test_line_breaks_and_indents_are_no_change(read: Path, mobstd: Run) -> None:
    changed(read, "docs/sheds.md", "two ids,\nat least", "two   ids, at\n  least")
    changed(
        read,
        "spec/api/openapi.yaml",
        "required: [id, size]",
        "required:\n        - id\n        - size",
    )
    assert sources(mobstd, read).code == 0


def test_a_place_that_is_gone_is_red(read: Path, mobstd: Run) -> None:
    changed(read, "docs/sheds.md", "## 1.2 Limits", "## 1.3 Bounds")
    ran = sources(mobstd, read)
    assert ran.code == 1
    assert "gone  docs/sheds.md #12-limits" in ran.out


def test_a_part_below_counts_and_what_stands_beside_does_not(read: Path, mobstd: Run) -> None:
    changed(read, "docs/sheds.md", "So that nobody opens the wrong one.", "For safety.")
    ran = sources(mobstd, read)
    assert "SHED-ID-01" in ran.out
    assert "SHED-LIMIT-01" not in ran.out


def test_what_is_asked_wrongly_is_told(group: Path, tmp_path: Path, mobstd: Run) -> None:
    for words in (
        ("--accept", "SHED-NO-01"),
        ("--text", "TEXT"),
        ("--text", "TEXT=../../secret.md"),
        ("--in", str(tmp_path / "empty")),
    ):
        ran = sources(mobstd, group, *words, "--lang", "fr")
        assert ran.code == 2, words
        assert ran.err
    (group / "mobstd.yaml").unlink()
    ran = sources(mobstd, group)
    assert ran.code == 2
    assert "mobstd.yaml" in ran.err


def test_what_came_with_mobstd_is_compared_and_not_written(tmp_path: Path, mobstd: Run) -> None:
    (tmp_path / "standard-covoiturage_openapi.yaml").write_text("paths: {}\n")
    ran = mobstd("schemas", "sources", "ocss@1.0-alpha", "--in", str(tmp_path))
    assert ran.code == 1
    assert "OCSS-GEN-" in ran.out
    ran = mobstd("schemas", "sources", "ocss@1.0-alpha", "--in", str(tmp_path), "--accept")
    assert ran.code == 2
    assert "--root" in ran.err


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("L5", "Two sheds have two ids,"),
        ("L5-L6", "Two sheds have two ids, at least in one town."),
        ("L5-6", "Two sheds have two ids, at least in one town."),
        ("L90", None),
        ("L6-L5", None),
        ("#why", WHY),
        ("Why", WHY),
        ("1.1", f"## 1.1 Identity Two sheds have two ids, at least in one town. {WHY}"),
        ("1", None),
        ("#nowhere", None),
    ],
)  # fmt: skip
def test_places_of_prose(where: str, found: str | None, tmp_path: Path) -> None:
    file = tmp_path / "sheds.md"
    file.write_text(PROSE, "utf-8")
    assert said(file, where) == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("#/info/title", "Garden sheds"),
        ("#/paths/~1sheds/get/tags/0", "Find Sheds"),
        ("/components/schemas/Shed/required", '["id", "size"]'),
        ("#/paths/~1none", None),
        ("#/paths/~1sheds/get/tags/7", None),
        ("in the introduction", None),
    ],
)
def test_places_of_a_document(where: str, found: str | None, tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(API, "utf-8")
    assert said(file, where) == found


def test_the_whole_of_a_document_is_a_place(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"b": 1, "a": "x\\n  y"}')
    assert said(file, "#") == '{"a": "x y", "b": 1}'
