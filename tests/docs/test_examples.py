"""What README and docs show is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from .examples import Block, Page, blocks

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
RUNNABLE = ("console", "python")
STRICT = {"README.md", "docs/index.md", "docs/operator.md", "docs/platform.md"} | {
    "docs/maintainer.md"
}


FOREIGN = {"docs/how-to/node.md"}
"""Pages whose examples need Node and its registry."""


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tested(path: Path) -> bool:
    return any(block.mark == "test" for block in blocks(path.read_text("utf-8")))


def _marked(path: Path) -> object:
    marks = [pytest.mark.foreign] if _name(path) in FOREIGN else []
    return pytest.param(path, marks=marks, id=_name(path))


@pytest.mark.parametrize("path", [_marked(p) for p in PAGES if _tested(p)])
def test_the_examples_run(path: Path, tmp_path: Path) -> None:
    page = Page(tmp_path)
    try:
        for block in blocks(path.read_text("utf-8")):
            if block.mark in ("test", "file"):
                try:
                    page.run(block)
                except Exception as error:
                    raise AssertionError(f"{_name(path)}:{block.line}: {error}") from error
    finally:
        page.close()


@pytest.mark.parametrize("path", [p for p in PAGES if _name(p) in STRICT], ids=_name)
def test_every_example_is_run_or_says_why_not(path: Path) -> None:
    silent = [
        f"{_name(path)}:{block.line}"
        for block in blocks(path.read_text("utf-8"))
        if block.language in RUNNABLE and not block.mark
    ]
    assert silent == []


def test_the_mechanism(tmp_path: Path) -> None:
    page = Page(tmp_path)
    text = (
        "<!-- file: a.txt -->\n```text\nhello 8001\n```\n\n"
        "<!-- test -->\n```console\n$ cat a.txt\nhello ...\n"
        "$ printf 'a\\nb\\nc\\n'\na\n...\nc\n```\n"
        "<!-- test -->\n```python\nx = 1\n```\n<!-- test -->\n```python\nassert x == 1\n```\n"
        "<!-- not tested: no -->\n```console\n$ false\n```\n```console\n$ false\n```\n"
        "<!-- test -->\n```console\n$ (echo up; sleep 60) &\nup\n```\n"
    )
    found = list(blocks(text))
    assert [block.mark for block in found] == [
        "file", "test", "test", "test", "not tested", "", "test",
    ]  # fmt: skip
    try:
        for block in found:
            if block.mark in ("file", "test"):
                page.run(block)
        assert "8001" not in (tmp_path / "a.txt").read_text("utf-8")
        with pytest.raises(AssertionError, match="expected"):
            page.run(Block("console", "$ echo a\nb\n", 1, "test"))
    finally:
        page.close()


def test_links_lead_somewhere() -> None:
    import re

    wrong = []
    for path in PAGES:
        text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (path.parent / target).exists():
                wrong.append(f"{_name(path)}: {target}")
    assert wrong == []
