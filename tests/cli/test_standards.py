"""``mobstd standards``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]

SOURCE = """
status: proposal
title: {en: A toy, fr: Un jouet}
meaning: {en: it toys, fr: ça joue}
"""


def test_says_what_is_there(mobstd: Run) -> None:
    ran = mobstd("standards")
    assert ran.code == 0
    assert "ocss@1.0-alpha  draft" in ran.out
    assert "the draft of July 2022, as mobstd reads it" in ran.out
    assert "driver-journey" in ran.out
    assert "tel que mobstd le lit" in mobstd("standards", "--lang", "fr").out


def test_as_json(mobstd: Run) -> None:
    found = json.loads(mobstd("standards", "--json").out)
    ours = next(entry for entry in found if entry["id"] == "ocss@1.0-alpha")
    assert ours["status"] == "draft"
    assert ours["roles"] == ["operator", "maas"]
    assert set(ours["meaning"]) == {"en", "fr"}


def test_a_root_adds_its_own(mobstd: Run, tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "toy" / "1.0"
    folder.mkdir(parents=True)
    (folder / "source.yaml").write_text(SOURCE, "utf-8")
    ran = mobstd("standards", "--root", str(tmp_path))
    assert "toy@1.0  proposal" in ran.out
    assert "ocss@1.0-alpha" in ran.out
