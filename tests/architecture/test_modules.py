"""Small modules with plain names that say what they offer."""

from __future__ import annotations

import ast

import pytest

from .source import Module, modules

HAND_WRITTEN = [module for module in modules() if not module.generated]
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "base", "misc"}


def _named(module: Module) -> str:
    return module.name


LONG = {"mobstd.ocss.reference.behaviours": 410}
"""Modules that are longer than they should be, to be parted."""


@pytest.mark.parametrize("module", HAND_WRITTEN, ids=_named)
def test_length(module: Module) -> None:
    assert len(module.path.read_text("utf-8").splitlines()) <= LONG.get(module.name, 400)


@pytest.mark.parametrize("module", modules(), ids=_named)
def test_name(module: Module) -> None:
    assert not FORBIDDEN & set(module.name.split("."))


def _all(module: Module) -> list[str] | None:
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            names: list[str] = ast.literal_eval(value)
            return names
    return None


def _defined(module: Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return found


def _offers(module: Module) -> bool:
    return any(
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        for node in module.tree.body
    )


@pytest.mark.parametrize("module", HAND_WRITTEN, ids=_named)
def test_all_is_there_and_true(module: Module) -> None:
    stated = _all(module)
    if stated is None:
        assert not _offers(module)
        return
    lazy = "__getattr__" in _defined(module)
    assert lazy or set(stated) <= _defined(module)
    assert len(set(stated)) == len(stated)


def test_what_is_imported_elsewhere_is_offered() -> None:
    offered = {module.name: _all(module) for module in modules()}
    wrong = []
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ImportFrom) or node.module not in offered:
                continue
            stated = offered[node.module]
            for alias in node.names:
                below = f"{node.module}.{alias.name}" in offered
                private = alias.name.startswith("_") and not alias.name.startswith("__")
                unknown = stated is not None and alias.name not in stated
                if not below and (private or unknown):
                    wrong.append(f"{module.name}: {node.module}.{alias.name}")
    assert not wrong
