"""Rows of CSV: the columns are those of the first row, and what the others have besides is told."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from mobstd.mobility_aid.importing.diagnostics import Diagnostic
from mobstd.output.table import cell

__all__ = ["Made", "write_rows"]

Made = tuple[str, Mapping[str, str], Iterable[Diagnostic]]
"""The id of an aid, its cells by column, and what they cannot say."""


def write_rows(
    made: Iterable[Made], columns: Sequence[str], file: IO[str], *, guarded: bool
) -> Iterator[Diagnostic]:
    """Write rows to a file opened with ``newline=""``; yield what could not be said.

    Args:
        made: the rows.
        columns: those of a table without a row.
        file: where to.
        guarded: whether a cell that a spreadsheet would take for a formula gets an apostrophe; the
            cells are verbatim otherwise.
    """
    rows = csv.writer(file, lineterminator="\r\n")
    names: list[str] = []
    for aid, cells, losses in made:
        if not names:
            names = list(cells)
            rows.writerow(names)
        yield from losses
        for name in cells:
            if cells[name] and name not in names:
                yield Diagnostic(aid, name, "no-column", cells[name])
        row = [cells.get(name, "") for name in names]
        rows.writerow([cell(one) for one in row] if guarded else row)
    if not names and columns:
        rows.writerow(columns)
