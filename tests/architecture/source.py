"""The Python files of the package, as trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "mobstd"

ROOMS = (
    "canon",
    "cli",
    "codecs",
    "codegen",
    "conformance",
    "endpoint",
    "errors",
    "judging",
    "messages",
    "models",
    "oidc",
    "output",
    "query",
    "release",
    "serving",
    "transport",
    "validation",
)


@dataclass(frozen=True)
class Module:
    path: Path
    name: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The first step below ``mobstd``; empty for ``mobstd`` itself."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def generated(self) -> bool:
        return "generated" in self.path.parts

    def imports(self) -> Iterator[tuple[str, int]]:
        """Yield each module of ours that is imported, with the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
                if node.module == "mobstd":
                    names = [f"mobstd.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                if name.partition(".")[0] == "mobstd":
                    yield name, node.lineno


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE.parent).with_suffix("")
        name = ".".join(relative.parts).removesuffix(".__init__")
        found.append(Module(path, name, ast.parse(path.read_text("utf-8"), str(path))))
    return tuple(found)


def standards() -> set[str]:
    """The packages that are no room: those of standards."""
    return {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {
        *ROOMS,
        "__pycache__",
        "_data",
    }


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings, of attributes too."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for child in body if isinstance(body, list) else []:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                found.add(id(child.value))
    return found
