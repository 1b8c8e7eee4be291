"""Which versions of a standard there are, with stable URLs and dates: ``releases/<standard>/``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mobstd.canon.contracts import contract
from mobstd.errors import ConfigError

__all__ = ["entered", "index_of", "retired", "withdrawn"]


def index_of(root: Path, name: str) -> dict[str, Any]:
    """Return the index of a standard; an empty one where nothing was released.

    Raises:
        ConfigError: where it can't be read.
    """
    path = root / "releases" / name / "index.json"
    if not path.exists():
        return {"standard": name, "latest": None, "versions": []}
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise ConfigError("edition.bad-lock", file=str(path)) from None
    if not contract("index").is_valid(found):
        raise ConfigError("edition.bad-lock", file=str(path))
    return found


def entered(index: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an index with one version more, the latest first."""
    others = [one for one in index["versions"] if one["version"] != entry["version"]]
    every = sorted([entry, *others], key=lambda one: _order(one["version"]), reverse=True)
    return {**index, "latest": every[0]["version"], "versions": every}


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def retired(
    index: Mapping[str, Any], number: str, deprecated: date, end: date | None, by: str | None
) -> dict[str, Any]:
    """Return an index in which a version is deprecated, and has its last day.

    Raises:
        ConfigError: where the version is not in it, or its end is before.
    """
    if end is not None and end < deprecated:
        raise ConfigError("edition.end-before", end=end.isoformat(), day=deprecated.isoformat())
    said = {
        "deprecated": deprecated.isoformat(),
        "end_of_life": end.isoformat() if end else None,
        "replaced_by": by,
    }
    return _with(index, number, said)


def withdrawn(index: Mapping[str, Any], number: str, decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return an index in which a version is withdrawn.

    Raises:
        ConfigError: where the version is not in it.
    """
    return _with(index, number, {"withdrawn": decision})


def _with(index: Mapping[str, Any], number: str, said: Mapping[str, Any]) -> dict[str, Any]:
    known = [one["version"] for one in index["versions"]]
    if number not in known:
        listed = ", ".join(known) or "-"
        raise ConfigError("edition.not-released", version=number, known=listed)
    every = [{**one, **said} if one["version"] == number else one for one in index["versions"]]
    return {**index, "versions": every}
