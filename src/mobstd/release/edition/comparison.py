"""What changed since the last version, and whether the number says so."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from mobstd.canon.standard import Version

__all__ = ["Comparison", "compared"]

Comparison = Mapping[str, Any]
"""The report of ``mobstd schemas diff``: ``calls_for``, ``declared``, ``enough``, ``changes``."""


def compared(before: Version, after: Version) -> Comparison | None:
    """Return the report of two versions; ``None`` in a mobstd that has no ``schemas diff``."""
    try:
        diff = import_module("mobstd.release.diff.diff")
        sides = import_module("mobstd.release.diff.source")
    except ModuleNotFoundError:
        return None
    old, new = (sides.source(str(one), (one.root,)) for one in (before, after))
    report: Comparison = diff.report(old, new, diff.compare(old, new))
    return report
