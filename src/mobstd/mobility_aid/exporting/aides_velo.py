"""Bike aids as the rules of Publicodes that they were imported from.

No rule is written for an aid that came from elsewhere, nor for what was edited since: the rules are
verbatim, with all that they are computed from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.mobility_aid.exporting.original import originals
from mobstd.mobility_aid.importing.aides_velo import FORMAT, export
from mobstd.mobility_aid.importing.diagnostics import Diagnostic

__all__ = ["write"]


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write the rules of aids; see :func:`mobstd.mobility_aid.exporting.write`."""
    told: list[Diagnostic] = []
    json.dump(export(originals(aids, FORMAT, told)), file, ensure_ascii=False, indent=1)
    file.write("\n")
    yield from told
