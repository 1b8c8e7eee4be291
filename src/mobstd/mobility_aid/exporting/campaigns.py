"""The table of carpool campaigns: rows that came from it and were not edited, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.mobility_aid.exporting.original import originals
from mobstd.mobility_aid.exporting.sheet import Made, write_rows
from mobstd.mobility_aid.importing.campaign import FORMAT
from mobstd.mobility_aid.importing.campaigns import imported
from mobstd.mobility_aid.importing.diagnostics import Diagnostic

__all__ = ["write"]


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write the rows of campaigns; see :func:`mobstd.mobility_aid.exporting.write`."""
    told: list[Diagnostic] = []
    yield from write_rows(_rows(aids, told), (), file, guarded=guarded)
    yield from told


def _rows(aids: Iterable[Mapping[str, Any]], told: list[Diagnostic]) -> Iterator[Made]:
    for aid in originals(aids, FORMAT, told):
        original = aid["provenance"]["original"]
        again = imported(original["record"], aid["provenance"]["updatedAt"]).aid
        if again is not None and {**again, "id": aid["id"]} == aid:
            yield aid["id"], {name: original["record"][name] for name in original["columns"]}, ()
        else:
            told.append(Diagnostic(aid["id"], "", "edited", FORMAT, True))
