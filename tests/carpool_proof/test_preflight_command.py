"""``mobstd preflight`` as it is typed: what it prints, writes and returns."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import sys
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mobstd.carpool_proof.preflight.page import page
from mobstd.carpool_proof.preflight.verdict import ROWS
from mobstd.carpool_proof.preflight.words import titles
from mobstd.cli import main

from .worlds import NOON, journey, world, write

NOW = ["--now", "2026-07-06T14:00:00Z"]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBSTD_LANG", "en")


def test_exit_codes_and_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "good", [journey()])
    late = write(tmp_path / "late", [journey(1, "a", "b", start=NOON - timedelta(days=2))])
    assert main(["preflight", good, *NOW]) == 0
    said = capsys.readouterr().out
    assert "1 journeys: 0 refused for certain, 0 undecided, 1 accepted for certain." in said
    assert "taken to be 2026-07-06T14:00:00.000Z for all" in said
    assert "rules of 2026-07" in said
    assert main(["preflight", good, late, *NOW, "--lang", "fr"]) == 1
    said = capsys.readouterr().out
    assert f"{late}:1 j1 PROOF-TERM-01 expired Le trajet parvient au registre trop tard" in said
    assert "1 refusés à coup sûr" in said
    nothing = tmp_path / "nothing"
    nothing.write_text("", "utf-8")
    assert main(["preflight", str(nothing)]) == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["absent.ndjson"], "There is no file"),
        (["FILE", "--now", "yesterday"], "no instant"),
        (["FILE", "--sent-after", "soon"], "no duration"),
        (["FILE", "--rules", "1999-01"], "2025-08, 2026-07"),
        (["FILE", "--csv"], "--out"),
        (["-", "-"], "only once"),
        (["FILE", "--now", "x", "--sent-after", "1h"], "not allowed"),
        ([], "no file to judge"),
        (["FILE", "--serve", "8000"], "posted"),
        (["--serve", "99999"], "99999"),
        (["FILE", "--remember", "/nowhere/x"], "no history"),
        (["FILE", "--out", "/dev/null/x"], "cannot be written"),
    ],
)
def test_wrong_usage(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "f", [journey()])
    assert main(["preflight", *(file if word == "FILE" else word for word in words)]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--sent-after", "2h"], "7200 s after the end"),
        (["--received-column", "received"], "from the column 'received'"),
        ([*NOW, "--within", "30m"], "up to 1800 s later"),
    ],
)
def test_the_summary_says_which_reception(
    option: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["preflight", write(tmp_path / "w", world(5)), *option])
    assert said in capsys.readouterr().out


def test_a_column_that_has_no_reception(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = [journey(1) | {"at": "2026-07-08T14:00:00Z"}, journey(2, "a", "b"), journey(3, "c", "e")]
    told[2]["at"] = "noon"
    path = write(tmp_path / "w", told)
    main(["preflight", path, "--received-column", "at"])
    said = capsys.readouterr().out
    assert "1 journeys have none there" in said
    assert "j1 PROOF-TERM-01 expired" in said
    assert "j3 PROOF-JRN-09 instant" in said


def test_stdin_and_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = b"{}\n{}\n" + json.dumps(journey()).encode()
    for limit, lines in (("1", 1), ("0", 10)):
        stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(raw)))
        monkeypatch.setattr(sys, "stdin", stdin)
        assert main(["preflight", "-", *NOW, "--limit", limit]) == 1
        captured = capsys.readouterr()
        assert captured.out.count(" PROOF-GEN-03 schema /") == lines
        assert ("9 more reasons" in captured.err) == (limit == "1")


def test_profiles_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "w", [journey(1, distance=1500), journey(2, "a", "b")])
    assert main(["preflight", path, *NOW, "--diff-rules", "2025-08", "2026-07"]) == 0
    said = capsys.readouterr().out
    assert (
        f"{path}:1 j1 refused for certain (distance_too_short) -> accepted for certain (-)" in said
    )
    assert "of 2 journeys 1 change sides" in said


class _Read(HTMLParser):
    """Collects what a page loads, its inline code, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.open: list[str] = []
        self.inline: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect",):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            self.inline[self.open[-1]] = data


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page(lang: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    one = write(tmp_path / "w", world(60, seed=2, people=10))
    two = write(tmp_path / "v", world(60, seed=4, people=900))
    command = ["preflight", f"<b>={one}", f"other={two}", "--received-column", "received"]
    main([*command, "--out", str(out), "--lang", lang])
    text = (out / "summary.html").read_text("utf-8")
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    read = _Read()
    read.feed(text)
    assert read.open == []
    assert not [a for _, a in read.tags if {"src", "style", "onclick"} & set(a)]
    assert [a["href"] for _, a in read.tags if "href" in a] == ["data:,"]
    policy = next(a["content"] for _, a in read.tags if "http-equiv" in a)
    for code in read.inline.values():
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert f'data-lang="{lang}"' in text
    assert "<b>" not in text
    assert "&lt;b&gt;" in text
    bars = [a for tag, a in read.tags if tag == "rect"]
    assert {a["class"] for a in bars} >= {"refused", "accepted"}
    assert all(float(a["x"]) + float(a["width"]) <= 400.1 for a in bars)
    for row in summary["rules"]:
        assert re.search(
            rf"{row['rule']}, {row['requirement']}</code>.*>{row['journeys']}</td>", text
        )
    assert sum(summary["verdicts"].values()) == summary["journeys"] == 120
    assert sum(sum(c.values()) for c in summary["days"].values()) == 120
    assert set(summary["operators"]) == {"<b>", "other"}


def test_every_rule_has_a_title_that_says_no_more_than_it_knows() -> None:
    for rule in ROWS:
        for title in titles(rule).values():
            assert title.endswith(".")
            assert not {"{", "}"} & set(title), rule


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_result_on_stdout_is_alone_there(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "w", [journey()])
    assert main(["preflight", path, *NOW, f"--{form}", "-"]) == 0
    said = capsys.readouterr()
    assert "1 journeys" in said.err
    if form == "json":
        assert json.loads(said.out)["journeys"] == 1
    else:
        assert said.out.startswith("<!doctype html>")


def test_many_days_are_put_together_by_month(tmp_path: Path) -> None:
    many = [journey(n, f"a{n}", f"b{n}", start=NOON + timedelta(days=n)) for n in range(120)]
    out = tmp_path / "s.json"
    main(["preflight", write(tmp_path / "w", many), "--sent-after", "1h", "--json", str(out)])
    summary = json.loads(out.read_text("utf-8"))
    assert len(summary["days"]) == 120
    text = page(summary)
    assert '<th scope="row">2026-08</th>' in text
    assert "2026-08-01" not in text


def test_what_is_taken_for_granted_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "w", [journey(operator_class="C")])
    assert main(["preflight", path, *NOW]) == 0
    assert "1 undecided" in capsys.readouterr().out
    assert main(["preflight", path, *NOW, "--assume", "route"]) == 0
    said = capsys.readouterr().out
    assert "1 accepted for certain" in said
    assert "Taken for granted: route." in said


def test_nothing_is_asked_of_phones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong, other = journey(1), journey(2, "a", "b")
    wrong["driver"]["identity"]["phone_trunc"] = "+330000000"
    other["driver"]["identity"]["phone"] = "+33639980101"
    path = write(tmp_path / "j", [wrong, other])
    assert main(["preflight", path, *NOW]) == 1
    said = capsys.readouterr().out
    assert "/driver/identity/phone_trunc" in said
    assert "phone_differs" not in said
    assert "Nothing is asked of phone numbers." not in said
    assert main(["preflight", path, *NOW, "--no-phones"]) == 0
    said = capsys.readouterr().out
    assert "phone_trunc" not in said
    assert "Nothing is asked of phone numbers." in said
