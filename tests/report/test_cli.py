from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.baseline import load

from .samples import sample

Run = Callable[..., Any]


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(sample("non-conforming")))
    return str(path)


def test_show(mobstd: Run, report: str, tmp_path: Path) -> None:
    ran = mobstd("report", "show", report)
    assert ran.code == 0
    assert "Failed (11)" in ran.out
    assert "En échec (11)" in mobstd("report", "show", report, "--lang", "fr").out
    target = tmp_path / "page.html"
    assert mobstd("report", "show", report, "--format", "html", "--output", str(target)).code == 0
    assert target.read_text("utf-8").startswith("<!doctype html>")
    assert mobstd("report", "show", report, "--output", str(tmp_path / "a.txt")).code == 0
    assert "Failed (11)" in (tmp_path / "a.txt").read_text("utf-8")
    assert "::error" in mobstd("report", "show", report, "--format", "github").out


def test_baseline(mobstd: Run, report: str, tmp_path: Path) -> None:
    target = str(tmp_path / "baseline.json")
    options = ("--reason", "ticket 812", "--owner", "team", "--expires", "2026-12-31")
    assert mobstd("report", "baseline", report, *options, "--output", target).code == 0
    assert len(load(target).entries) == 12
    again = mobstd("report", "baseline", report, *options, "--keep", target)
    assert json.loads(again.out) == json.loads(Path(target).read_text("utf-8"))
    wrong = mobstd(
        "report", "baseline", report, "--reason", "r", "--owner", "o", "--expires", "soon"
    )
    assert wrong.code == 2
    assert "'soon'" in wrong.err


@pytest.mark.parametrize(
    "words",
    [
        ("report",),
        ("report", "merge"),
        ("report", "diff", "a"),
        ("report", "show", "none.json"),
        ("replay",),
    ],
)
def test_wrong_usage(mobstd: Run, words: tuple[str, ...]) -> None:
    ran = mobstd(*words)
    assert ran.code == 2
    assert ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_help(mobstd: Run, lang: str) -> None:
    for words in (
        ["report"],
        ["report", "diff"],
        ["report", "show"],
        ["report", "baseline"],
        ["replay"],
    ):
        ran = mobstd(*words, "--help", "--lang", lang)
        assert ran.code == 0
        assert "report.help" not in ran.out
        assert "replay." not in ran.out


def test_replay_of_what_is_not_there(mobstd: Run, report: str) -> None:
    ran = mobstd("replay", report, "ffff")
    assert ran.code == 2
    assert "5b3521f2a63484db (OCSS-SEARCH-12)" in ran.err


def test_replay_needs_a_target(mobstd: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    made = sample("non-conforming")
    made["target"] = {"kind": "caller", "name": "key 7"}
    path.write_text(json.dumps(made))
    ran = mobstd("replay", str(path), "5b3521f2a63484db")
    assert ran.code == 2
    assert "--url" in ran.err


def test_replay_of_a_host_that_is_gone(mobstd: Run, report: str) -> None:
    ran = mobstd("replay", report, "5b3521f2", "--url", "http://127.0.0.1:9")
    assert ran.code == 3
    assert "No verdict" in ran.out
