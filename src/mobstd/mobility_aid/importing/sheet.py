"""A file of CSV, row by row; a row that can't be read is told, and the next one follows."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import IO

from mobstd.messages import Words
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported

__all__ = ["Sheet", "first", "noted", "unlike"]

LONGEST = 131_072
"""Letters of a cell that is still read: the limit of ``csv`` is one for the whole process."""

_SHOWN = 100
_MARKS = {";": ";", "\t": "TAB", "|": "|"}
"""What stands between cells where it is no comma, and how it is shown."""


class Sheet:
    """The rows of a file in UTF-8, which is left open.

    Attributes:
        columns: the cells of the first row; none where it can't be read.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="")
        self._rows = csv.reader(self._text)
        try:
            self.columns = next(self._rows, [])
        except csv.Error:
            self.columns = []

    def __iter__(self) -> Iterator[tuple[int, list[str] | Diagnostic]]:
        """Yield the line of each row from 1, and its cells, or why there are none."""
        while True:
            line = self._rows.line_num + 1
            try:
                cells = next(self._rows)
            except StopIteration:
                break
            except csv.Error as error:
                yield line, _refused(line, "unreadable", str(error))
                continue
            if not cells:
                continue
            if len(cells) != len(self.columns):
                yield line, _refused(line, "row-length", str(len(cells)))
            elif max(map(len, cells)) > LONGEST:
                yield line, _refused(line, "unreadable", f"> {LONGEST}")
            elif any("\ud800" <= one <= "\udfff" for cell in cells for one in cell):
                yield line, _refused(line, "not-utf-8")
            else:
                yield line, cells
        self._text.detach()


def first(head: bytes) -> list[str]:
    """Return the cells of the first line of a file that begins like this."""
    try:
        return next(csv.reader(io.StringIO(head.decode("utf-8-sig", "replace"), newline="")), [])
    except csv.Error:
        return []


def unlike(names: Sequence[str], needed: Collection[str], known: Collection[str]) -> Words | None:
    """Return why a first line is not that of a table, ``None`` where it is.

    Args:
        names: the columns of the file.
        needed: the columns that the table can't be without.
        known: the columns of the file by the names that the table has for them.
    """
    if not names:
        return Words("validation.json.empty")
    twice = next((one for n, one in enumerate(names) if one in names[:n]), None)
    if twice is not None:
        return Words("aids.format.twice", {"column": twice[:_SHOWN]})
    lacking = [one for one in needed if one not in known]
    if not lacking:
        return None
    if any("\0" in name for name in names):
        return Words("validation.json.utf-16")
    between = next((mark for mark in _MARKS if len(names) == 1 and mark in names[0]), None)
    if between is not None:
        return Words("aids.format.separator", {"mark": _MARKS[between]})
    return Words("aids.format.columns", {"columns": ", ".join(lacking)})


def noted(
    columns: Iterable[str], known: Collection[str], found: Iterator[Imported]
) -> Iterator[Imported]:
    """Yield what became of each row; with the first are told the columns that nobody reads.

    Such a column is in the originals, and may be one whose name is misspelt.
    """
    told = [Diagnostic("1", one, "unknown-column", line=1) for one in columns if one not in known]
    for one in found:
        yield replace(one, diagnostics=(*told, *one.diagnostics))
        told = []


def _refused(line: int, code: str, detail: str = "") -> Diagnostic:
    return Diagnostic(str(line), "", code, detail, True, line)
