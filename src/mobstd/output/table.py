"""CSV that a spreadsheet opens as data: no cell of it is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO, Any

__all__ = ["Table", "cell"]

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Table:
    """Writes rows to a file that was opened with ``newline=""``, the names of the columns first."""

    def __init__(self, file: IO[str], columns: Iterable[str]) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(columns)

    def row(self, cells: Iterable[Any]) -> None:
        """Write a row."""
        self._rows.writerow([cell(value) for value in cells])


def cell(value: Any) -> Any:
    """Return what stands for a value: a text that would be a formula begins with an apostrophe.

    Numbers are left as they are.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
