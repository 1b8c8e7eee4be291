"""Every library that is imported is declared: in the core, or in the extra that a room needs."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from .source import PACKAGE, Module, modules, standards

PROJECT = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]

EXTRAS = {
    "canon": {"bulk", "sign"},
    "codegen": {"codegen"},
    "conformance": {"conformance", "server"},
    "release": {"conformance", "codegen", "sign"},
    "oidc": {"oidc"},
    "output": {"conformance"},
    "serving": {"server", "conformance", "postgres"},
    "validation": {"bulk", "evidence", "spark"},
    "carpool_proof": {"sign", "bulk", "conformance", "oidc", "postgres", "spark"},
    "mobility_aid": {"evidence", "oidc"},
}
"""The extras that a room may count on, beside the core; standards count on those of the server."""

BROUGHT = {
    "hypothesis": "schemathesis",
    "markupsafe": "jinja2",
    "pydantic-core": "pydantic",
    "referencing": "jsonschema",
}
"""Parts of a library that is declared, which its documentation tells users to import."""


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", line)[0].lower().replace("_", "-") for line in requirements}


def _distribution(module: str) -> set[str]:
    found = packages_distributions().get(module, [module])
    return {name.lower().replace("_", "-") for name in found}


def _foreign(module: Module) -> set[str]:
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"mobstd"}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_what_is_imported_is_declared(module: Module) -> None:
    declared = _names(PROJECT["dependencies"])
    room = "serving" if module.room in standards() else module.room
    for extra in EXTRAS.get(room, set()) | EXTRAS.get(module.room, set()):
        declared |= _names(PROJECT["optional-dependencies"][extra])
    declared |= {part for part, whole in BROUGHT.items() if whole in declared}
    missing = {name for name in _foreign(module) if not _distribution(name) & declared}
    assert not missing
