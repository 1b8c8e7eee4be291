"""JSON and YAML from disk, with errors that say file and line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from mobstd.canon.plain import composed, constructed, from_json, text_of
from mobstd.errors import CanonError

__all__ = ["load", "load_if_there"]


@cache
def _read(path: Path, _stamp: int) -> Any:
    text = text_of(path)
    if path.suffix == ".json":
        return from_json(text, str(path))
    return constructed(composed(text, str(path)), text, str(path))


def load(path: Path) -> Any:
    """Return the content of a JSON or YAML file; it is read once and must not be changed.

    Raises:
        CanonError: where the file is missing, broken or out of bounds.
    """
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise CanonError("canon.missing-file", file=str(path)) from None


def load_if_there(path: Path, otherwise: Any) -> Any:
    """Return the content of a file, or ``otherwise`` where there is none."""
    return load(path) if path.is_file() else otherwise
