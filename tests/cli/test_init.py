"""``mobstd init``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.profile import load

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_writes_a_profile_that_loads(mobstd: Run) -> None:
    ran = mobstd("init", "--url", "https://api.test/ocss", "--standard", "ocss@1.0-alpha")
    assert (ran.code, ran.out) == (0, "")
    assert "mobstd check --profile mobstd.toml" in ran.err
    profile = load("mobstd.toml", environ={})
    assert (profile.target, profile.standard) == ("https://api.test/ocss", "ocss@1.0-alpha")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_is_commented_out_is_right_too(mobstd: Run, checkout: Path, lang: str) -> None:
    mobstd("init", "--lang", lang)
    text = Path("mobstd.toml").read_text("utf-8")
    code = re.compile(r"^# (?=\[+[a-z._A-Z]+\]+$|\w+ = )", re.MULTILINE)
    Path("all.toml").write_text(code.sub("", text), "utf-8")
    said = tomllib.loads(Path("all.toml").read_text("utf-8"))
    schema = json.loads((checkout / "conformance/profile.schema.json").read_text("utf-8"))
    assert said.keys() == schema["properties"].keys()
    profile = load("all.toml", environ={})
    assert profile.auth is not None
    assert profile.adds
    assert profile.callbacks
    assert profile.hints
    assert profile.rate == 5


def test_never_overwrites(mobstd: Run) -> None:
    Path("mobstd.toml").write_text("mine", "utf-8")
    ran = mobstd("init")
    assert ran.code == 2
    assert "--force" in ran.err
    assert Path("mobstd.toml").read_text("utf-8") == "mine"
    assert mobstd("init", "--force").code == 0
    assert "mine" not in Path("mobstd.toml").read_text("utf-8")


def test_says_which_standards_there_are(mobstd: Run) -> None:
    ran = mobstd("init", "--standard", "ocss")
    assert ran.code == 2
    assert "ocss@1.0-alpha" in ran.err
    assert not Path("mobstd.toml").exists()


def test_a_folder_that_is_not_there(mobstd: Run) -> None:
    ran = mobstd("init", "no/where.toml")
    assert ran.code == 2
    assert "no/where.toml" in ran.err
