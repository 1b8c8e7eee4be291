"""Every word of a report is there in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.report.contract import schema
from mobstd.messages import LANGUAGES, catalogue

SOURCE = Path(__file__).parents[2] / "src" / "mobstd"
FILES = [
    *sorted((SOURCE / "conformance" / "report").glob("*.py")),
    *(
        SOURCE / "conformance" / f"{n}.py"
        for n in ("baseline", "record", "redaction", "replay", "pytest_plugin")
    ),
    *(SOURCE / "cli" / f"{n}.py" for n in ("report", "replay")),
]


def words(path: Path) -> set[str]:
    """The codes that ``word(kind, name, ...)`` is called with, where both are written out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "word"
        ):
            parts = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)]
            if len(parts) == 2:
                found.add(f"report.{parts[0]}.{parts[1]}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_words_that_are_written_out(path: Path) -> None:
    assert words(path) <= set(catalogue())


def test_words_of_the_page() -> None:
    text = (SOURCE / "conformance" / "report" / "page.html.j2").read_text("utf-8")
    calls = set(re.findall(r'(?:say|word)\("([a-z]+)", "([a-z-]+)"', text))
    assert len(calls) > 40
    assert {f"report.{kind}.{name}" for kind, name in calls} <= set(catalogue())
    assert {f"report.says.{name}" for name in re.findall(r'template\("([a-z]+)"', text)} <= set(
        catalogue()
    )


def choices(*path: str) -> list[Any]:
    node: Any = schema()
    for step in path:
        node = node[step]
    return [choice for choice in node["enum"] if choice is not None]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("verdict", choices("$defs", "verdict")),
        ("outcome", choices("$defs", "outcome")),
        ("blame", choices("$defs", "blame")),
        ("origin", choices("$defs", "requirement", "properties", "origin")),
        ("reason", choices("$defs", "requirement", "properties", "reason")),
        ("severity", choices("$defs", "finding", "properties", "severity")),
        ("stopped", choices("properties", "stopped_by")),
        ("status", choices("properties", "standard", "properties", "status")),
        ("sentence", choices("$defs", "verdict")),
    ],
)
def test_every_choice_of_the_contract_has_its_word(kind: str, names: list[str]) -> None:
    for name in names:
        assert set(catalogue()[f"report.{kind}.{name}"]) == set(LANGUAGES)


@pytest.mark.parametrize("why", ["findings", "stale", "expired", "inconclusive"])
def test_the_gate_has_its_words(why: str) -> None:
    assert f"gate.{why}" in catalogue()


def test_no_word_is_left_over() -> None:
    everything = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    everything += (SOURCE / "conformance" / "report" / "page.html.j2").read_text("utf-8")
    prefixes = ("replay.", "record.", "baseline.", "plugin.", "report.help.", "report.says.")
    unused = []
    for code in catalogue():
        name = code.removesuffix(".next")
        short = name.rpartition(".")[2]
        if code.startswith(prefixes) and name not in everything and f'"{short}"' not in everything:
            unused.append(code)
    assert unused == []


def test_french_is_french() -> None:
    mine = {c: t for c, t in catalogue().items() if c.startswith(("report.", "replay.", "gate."))}
    same = {c for c, t in mine.items() if t["en"] == t["fr"]}
    assert same <= {
        "report.says.block", "report.says.verdict", "report.says.source", "report.says.standard",
        "report.says.catalogue", "report.says.budget", "report.says.plan", "report.says.times",
        "report.outcome.none", "report.origin.http",
    }  # fmt: skip
    for code, texts in mine.items():
        assert not re.search(
            r"[^\s«»] ?[!?;:](?=\s|$)(?<! [!?;:])", texts["fr"].replace("--", "")
        ), code
