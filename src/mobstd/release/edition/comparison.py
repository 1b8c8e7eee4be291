"""What changed since the last version, and whether the number says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mobstd.canon.standard import Version
from mobstd.release.diff.diff import compare, report
from mobstd.release.diff.source import source

__all__ = ["Comparison", "compared"]

Comparison = Mapping[str, Any]
"""The report of ``mobstd schemas diff``, and ``schemas_only``: whether no API was compared."""


def compared(before: Version, after: Version) -> Comparison:
    """Return the report of two versions; of their schemas alone where one of them has no API."""
    old, new = (source(str(one), (one.root,)) for one in (before, after))
    alone = bool(old.apis) != bool(new.apis)
    if alone:
        old, new = replace(old, apis={}), replace(new, apis={})
    return {**report(old, new, compare(old, new)), "schemas_only": alone}
