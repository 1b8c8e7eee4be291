"""The table of the directory of aids, with French names (0.1.0) or those of moB (0.2.0).

Cells are text. What is prose stays prose: amounts are of type ``text``. The cells stand verbatim in
``provenance.original``.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO

from mobstd.errors import ConfigError
from mobstd.mobility_aid.importing.columns import LAYOUTS
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.row import Row

__all__ = ["claims", "records"]


def claims(head: bytes, format: str) -> bool:
    """Say whether the first line holds every column that the layout requires."""
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    try:
        names = next(csv.reader(io.StringIO(text)), [])
    except csv.Error:
        return False
    return LAYOUTS[format].known(names)


def records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]:
    """Yield what becomes of each row; one that can't be read is told, and the next one follows.

    Raises:
        ConfigError: where the first line is not that of the layout.
    """
    layout = LAYOUTS[format]
    text = io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="")
    rows = csv.reader(text)
    try:
        columns = next(rows, [])
    except csv.Error:
        columns = []
    if not layout.known(columns):
        raise ConfigError("aids.unknown-format", known=format)
    seen: set[str] = set()
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield _refused(line, "unreadable", str(error))
            continue
        if not cells:
            continue
        if len(cells) != len(columns):
            yield _refused(line, "row-length", str(len(cells)))
        elif any("\ud800" <= one <= "\udfff" for cell in cells for one in cell):
            yield _refused(line, "not-utf-8")
        else:
            yield Row(layout, columns, cells, line).read(seen, at)
    text.detach()


def _refused(line: int, code: str, detail: str = "") -> Imported:
    return Imported(None, (Diagnostic(str(line), "", code, detail, True, line),))
