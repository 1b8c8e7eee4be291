"""Imports run one way, and no room knows a standard."""

from __future__ import annotations

import ast
import re

import pytest

from .source import PACKAGE, ROOMS, Module, docstrings, modules, standards

GROUND = {"errors", "messages"}
TYPED = {"codecs", "endpoint", "models", "query"}
"""What generated code and those who use it share; each of the four may import the others."""

BELOW: dict[str, set[str]] = {"messages": set(), "errors": {"messages"}}
BELOW["output"] = GROUND
BELOW["canon"] = GROUND
BELOW["codegen"] = {"canon", *GROUND}
BELOW["judging"] = {"canon", *GROUND}
for room in TYPED:
    BELOW[room] = {"judging", "canon", *TYPED, *GROUND}
for room in ("serving", "transport", "validation"):
    BELOW[room] = {"judging", "canon", *TYPED, *GROUND}
BELOW["serving"].add("output")
BELOW["oidc"] = {"serving", "transport", *BELOW["serving"]}
for room in ("standard", "conformance"):
    BELOW[room] = {"oidc", "serving", "transport", "validation", *BELOW["serving"]}
BELOW["release"] = {"conformance", "codegen", *BELOW["conformance"]}
BELOW["cli"] = {"release", *BELOW["release"]}

KIN = {"rdex_plus": {"ocss"}, "mob": {"mobility_aid"}}
"""Standards that know the one they were succeeded by, onto which they map; never the reverse."""

HAND_WRITTEN = [module for module in modules() if not module.generated]


def _named(module: Module) -> str:
    return module.name


def _room(module: Module) -> str:
    return "standard" if module.room in standards() else module.room


@pytest.mark.parametrize("module", modules(), ids=_named)
def test_imports_only_what_is_below(module: Module) -> None:
    if module.room in ("", "__main__"):
        return
    allowed = BELOW[_room(module)] | {module.room} | KIN.get(module.room, set())
    wrong = [
        f"line {line}: {name}"
        for name, line in module.imports()
        if name not in ("mobstd", "mobstd.__version__") and name.split(".")[1] not in allowed
    ]
    assert not wrong


def test_every_room_is_known() -> None:
    assert set(BELOW) - {"standard"} == set(ROOMS)


def _names_of_standards() -> re.Pattern[str]:
    data = {path.name for path in (PACKAGE.parents[1] / "schemas").iterdir() if path.is_dir()}
    names = data | {name.replace("_", "-") for name in standards()} | standards() | {"rdex"}
    return re.compile(rf"(?<![a-z])({'|'.join(sorted(names))})(?![a-z])", re.IGNORECASE)


@pytest.mark.parametrize("module", HAND_WRITTEN, ids=_named)
def test_no_room_names_a_standard(module: Module) -> None:
    if module.room in standards():
        return
    pattern, exempt = _names_of_standards(), docstrings(module.tree)
    wrong = []
    for node in ast.walk(module.tree):
        texts = []
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in exempt
        ):
            texts = [node.value]
        elif isinstance(node, ast.Name):
            texts = [node.id]
        elif isinstance(node, ast.Attribute):
            texts = [node.attr]
        elif isinstance(node, ast.alias):
            texts = [node.name]
        wrong += [f"line {getattr(node, 'lineno', '?')}: {t}" for t in texts if pattern.search(t)]
    assert not wrong


def test_no_text_names_a_standard() -> None:
    pattern = _names_of_standards()
    wrong = []
    for path in PACKAGE.rglob("*"):
        parts = path.relative_to(PACKAGE).parts
        if path.suffix in (".json", ".html", ".css", ".js", ".txt") and parts[0] in ROOMS:
            lines = enumerate(path.read_text("utf-8").splitlines(), 1)
            wrong += [f"{path.name}:{n}: {text[:80]}" for n, text in lines if pattern.search(text)]
    assert not wrong
