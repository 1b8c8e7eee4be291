"""JSON and YAML from disk, with errors that say file and line."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from mobstd.errors import CanonError

__all__ = ["load", "load_if_there"]


@cache
def _read(path: Path, _stamp: int) -> Any:
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise CanonError("canon.not-json", file=str(path), line=error.lineno) from None
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise CanonError("canon.not-yaml", file=str(path), line=line) from None


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
