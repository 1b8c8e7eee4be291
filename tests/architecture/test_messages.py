"""One catalogue: every text in both languages, and every code that is used is there.

Texts of a standard stand with it.
"""

from __future__ import annotations

import ast
import json
import re
import string
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from mobstd.messages import LANGUAGES, catalogue

from .source import PACKAGE, docstrings, modules, standards

FILES = sorted(PACKAGE.glob("**/messages/*.json"))
DATA = PACKAGE.parents[1] / "conformance"


def _pairs(path: Path) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = json.loads(path.read_text("utf-8"), object_pairs_hook=list)
    return pairs


def test_no_code_stands_twice() -> None:
    codes = Counter(code for path in FILES for code, _ in _pairs(path))
    assert [code for code, count in codes.items() if count > 1] == []


def test_every_file_is_found() -> None:
    assert set(catalogue()) == {code for path in FILES for code, _ in _pairs(path)}


def test_codes_of_standards_stand_with_them() -> None:
    """Whatever code only a standard uses, no room has the words of."""
    used: dict[str, set[str]] = {}
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.setdefault(node.value, set()).add(module.room)
    own = {path.parts[-3] for path in FILES} - {"mobstd"}
    assert own == {"carpool_proof", "mobility_aid", "rdex"}
    for path in FILES:
        owner = path.parts[-3]
        users = {room for code, _ in _pairs(path) for room in used.get(code, ())}
        assert users
        assert users <= {owner} if owner in own else users - standards()


def _placeholders(text: str) -> Counter[str]:
    named = (name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
    return Counter(set(named) | set(re.findall(r"%\(\w+\)[a-z]|%[sr]", text)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_both_languages_with_the_same_placeholders(path: Path) -> None:
    wrong = []
    for code, texts in json.loads(path.read_text("utf-8")).items():
        if set(texts) != set(LANGUAGES) or not all(text.strip() for text in texts.values()):
            wrong.append(f"{code}: languages")
        elif _placeholders(texts["en"]) != _placeholders(texts["fr"]):
            wrong.append(f"{code}: placeholders")
        elif not all(
            re.fullmatch(r"[\w-]*", name) for name in _placeholders(texts["en"]) if "%" not in name
        ):
            wrong.append(f"{code}: a placeholder is not a plain name")
    assert not wrong


@pytest.mark.parametrize("path", sorted(DATA.glob("*/messages.yaml")), ids=lambda p: p.parent.name)
def test_texts_of_standards(path: Path) -> None:
    wrong = []
    for code, texts in yaml.safe_load(path.read_text("utf-8")).items():
        if set(texts) != set(LANGUAGES) or _placeholders(texts["en"]) != _placeholders(texts["fr"]):
            wrong.append(code)
    assert not wrong


def test_every_code_that_is_used_is_there() -> None:
    known = set(catalogue())
    for path in DATA.glob("*/messages.yaml"):
        known |= set(yaml.safe_load(path.read_text("utf-8")))
    rooms = {code.partition(".")[0] for code in catalogue()}
    looks_like_one = re.compile(rf"({'|'.join(sorted(rooms))})(\.[a-z0-9]+(-[a-z0-9]+)*)+")
    wrong = []
    for module in modules():
        exempt = docstrings(module.tree)
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            text = node.value
            if id(node) in exempt or text in known or not looks_like_one.fullmatch(text):
                continue
            if not text.endswith(
                (".json", ".ts", ".yaml", ".toml", ".md", ".py", ".html", ".jinja2")
            ):
                wrong.append(f"{module.name}:{node.lineno}: {text}")
    assert not wrong
