"""The table of the directory of aids, with French names (0.1.0) or those of moB (0.2.0).

Cells are text. What is prose stays prose: amounts are of type ``text``. The cells stand verbatim in
``provenance.original``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO

from mobstd.mobility_aid.importing.admission import admitted, other_format
from mobstd.mobility_aid.importing.columns import LAYOUTS, Layout
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.row import Row
from mobstd.mobility_aid.importing.sheet import Sheet, first, noted, unlike

__all__ = ["claims", "records"]


def claims(head: bytes, format: str) -> bool:
    """Say whether the first line holds every column that the layout requires."""
    names = first(head)
    return unlike(names, LAYOUTS[format].needed, names) is None


def records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]:
    """Yield what becomes of each row; one that can't be read is told, and the next one follows.

    Raises:
        ConfigError: where the first line is not that of the layout.
    """
    layout, sheet = LAYOUTS[format], Sheet(stream)
    if why := unlike(sheet.columns, layout.needed, sheet.columns):
        raise other_format(format, why)
    yield from noted(sheet.columns, layout.columns.values(), _rows(layout, sheet, at))


def _rows(layout: Layout, sheet: Sheet, at: str) -> Iterator[Imported]:
    seen: set[str] = set()
    for line, cells in sheet:
        if isinstance(cells, Diagnostic):
            yield Imported(None, (cells,))
        else:
            row = Row(layout, sheet.columns, cells, line)
            yield admitted(str(line), partial(row.read, seen, at), line)
