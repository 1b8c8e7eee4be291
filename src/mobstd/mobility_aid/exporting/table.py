"""The rows of the table of the directory that aids were imported from, cell by cell."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.mobility_aid.importing.columns import LAYOUTS
from mobstd.mobility_aid.importing.row import FORMAT
from mobstd.output.table import cell

__all__ = ["write"]


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[str]:
    """Write the rows of aids to a file opened with ``newline=""``; yield the ids of those left out.

    An aid that did not come from this layout is left out. The columns are those of the first one.

    Args:
        aids: aids as documents.
        file: where to.
        format: ``table-0.1`` or ``table-0.2``.
        guarded: whether a cell that a spreadsheet would take for a formula gets an apostrophe; the
            cells are verbatim otherwise.
    """
    rows = csv.writer(file, lineterminator="\r\n")
    columns: list[str] = []
    for aid in aids:
        original = aid["provenance"].get("original", {})
        if (original.get("format"), original.get("version")) != (FORMAT, LAYOUTS[format].version):
            yield aid["id"]
            continue
        if not columns:
            columns = original["columns"]
            rows.writerow(columns)
        record = original["record"]
        if set(record) != set(columns):
            yield aid["id"]
            continue
        cells = [record[name] for name in columns]
        rows.writerow([cell(one) for one in cells] if guarded else cells)
