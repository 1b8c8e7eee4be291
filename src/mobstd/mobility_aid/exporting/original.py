"""Files of originals: records as they came, of the aids that came from a format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mobstd.mobility_aid.importing.diagnostics import Diagnostic

__all__ = ["originals"]


def originals(
    aids: Iterable[Mapping[str, Any]], format: str, told: list[Diagnostic]
) -> Iterator[Mapping[str, Any]]:
    """Yield the aids that came from a format; those that did not are told as left out."""
    for aid in aids:
        if aid["provenance"].get("original", {}).get("format") == format:
            yield aid
        else:
            told.append(Diagnostic(aid["id"], "", "not-from-here", format, True))
