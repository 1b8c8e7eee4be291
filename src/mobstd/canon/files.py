"""JSON and YAML from disk, with errors that say file and line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from mobstd.errors import CanonError

__all__ = ["load", "load_if_there", "loader"]


@cache
def _read(path: Path, _stamp: int) -> Any:
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise CanonError("canon.not-json", file=str(path), line=error.lineno) from None
    import yaml

    try:
        return yaml.load(text, Loader=loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise CanonError("canon.not-yaml", file=str(path), line=line) from None


@cache
def loader() -> Any:
    """Return PyYAML's safe loader, but for dates: they stay text, as JSON has them."""
    import yaml

    safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    plain = {
        first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
        for first, rows in safe.yaml_implicit_resolvers.items()
    }
    return type("Loader", (safe,), {"yaml_implicit_resolvers": plain})


def load(path: Path) -> Any:
    """Return the content of a JSON or YAML file; it is read once and must not be changed.

    Raises:
        CanonError: where the file is missing or broken.
    """
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise CanonError("canon.missing-file", file=str(path)) from None


def load_if_there(path: Path, otherwise: Any) -> Any:
    """Return the content of a file, or ``otherwise`` where there is none."""
    return load(path) if path.is_file() else otherwise
