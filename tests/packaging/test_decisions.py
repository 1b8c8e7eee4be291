"""The decisions are listed, and tell of whatever stands at the top of the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

SINCE_THE_FIRST_DAY = {
    *("schemas", "conformance", "src", "docs", "tests"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "pyproject.toml"),
    ".gitignore",
}


def pages(checkout: Path) -> list[Path]:
    return sorted((checkout / "docs/decisions").glob("[0-9]*.md"))


def test_every_decision_is_listed(checkout: Path) -> None:
    listed = (checkout / "docs/decisions/README.md").read_text("utf-8")
    assert [p.name for p in pages(checkout) if f"({p.name})" not in listed] == []


def test_every_decision_has_its_number_and_says_what_was_decided(checkout: Path) -> None:
    for page in pages(checkout):
        text = page.read_text("utf-8")
        head = re.match(r"# ([0-9]+)[.:] \S", text)
        assert head is not None, page.name
        assert int(head[1]) == int(page.name[:4]), page.name
        assert "**Decision" in text, page.name


def test_whatever_is_at_the_top_has_its_reason(checkout: Path) -> None:
    if not (checkout / ".git").exists():
        pytest.skip("asks git what is there")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=checkout, capture_output=True, text=True, check=True
    ).stdout
    top = {name.partition("/")[0] for name in listed.splitlines()}
    told = (checkout / "docs/decisions/0011-what-stands-at-the-top.md").read_text("utf-8")
    assert {name for name in top - SINCE_THE_FIRST_DAY if f"`{name}" not in told} == set()


def test_whatever_is_a_contract_is_told_where_they_are(checkout: Path) -> None:
    told = (checkout / "conformance/README.md").read_text("utf-8")
    names = {path.name for path in (checkout / "conformance").glob("*.json")}
    assert {name for name in names if name not in told} == set()
