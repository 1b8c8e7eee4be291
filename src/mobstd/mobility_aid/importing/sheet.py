"""A file of CSV, row by row; a row that can't be read is told, and the next one follows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

from mobstd.mobility_aid.importing.diagnostics import Diagnostic

__all__ = ["Sheet"]

LONGEST = 131_072
"""Letters of a cell that is still read: the limit of ``csv`` is one for the whole process."""


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


def _refused(line: int, code: str, detail: str = "") -> Diagnostic:
    return Diagnostic(str(line), "", code, detail, True, line)
