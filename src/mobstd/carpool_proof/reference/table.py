"""Tables in CSV that the sandbox is given, as it has no map of its own: read, and checked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOBase
from pathlib import Path

from mobstd.errors import ConfigError

__all__ = ["Row", "read_table"]

_LONGEST_LINE = 1 << 16
_MOST_ROWS = 5_000_000
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")
_ANYTHING = 1e99


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        file: the table.
        line: where the row ends, from 1.
        cells: by column; what is missing at the end is ``None``.
    """

    file: Path
    line: int
    cells: Mapping[str, str | None]

    def text(self, column: str) -> str:
        """Return a cell that has to be there.

        Raises:
            ConfigError: where it is empty.
        """
        found = (self.cells.get(column) or "").strip()
        if not found:
            raise self.wrong(column)
        return found

    def number(self, column: str, most: float = _ANYTHING, least: float | None = None) -> float:
        """Return a number up to ``most``, from ``least`` or from ``-most`` on.

        Raises:
            ConfigError: where it is none.
        """
        found = self.text(column)
        lower = -most if least is None else least
        if not (_NUMBER.fullmatch(found) and lower <= float(found) <= most):
            raise self.wrong(column)
        return float(found)

    def wrong(self, column: str) -> ConfigError:
        """Return the error for a cell that cannot be used."""
        where = {"file": str(self.file), "line": self.line, "column": column}
        return ConfigError("proof.table.cell", **where)


def read_table(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a CSV file in UTF-8, with a header; commas, semicolons or tabs divide it.

    Args:
        path: the file.
        columns: which it has to have, among others and in any order.

    Raises:
        ConfigError: where it cannot be read, lacks a column, has no row, or a line is broken.
    """
    csv.field_size_limit(_LONGEST_LINE)
    wanted = {"file": str(path), "columns": ", ".join(columns)}
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(_LONGEST_LINE)
            delimiter = max(",;\t", key=first.count)
            header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
            if lacking := [name for name in columns if header.count(name) != 1]:
                raise ConfigError("proof.table.column", column=lacking[0], **wanted)
            reader, row = csv.DictReader(_lines(file), header, delimiter=delimiter), None
            for count, row in enumerate(reader):
                if None in row or count >= _MOST_ROWS:
                    line = reader.line_num
                    raise csv.Error
                line = reader.line_num + 1
                yield Row(path, line, row)
            if row is None:
                raise ConfigError("proof.table.empty", **wanted)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError("proof.table.unreadable", why=why, **wanted) from None
    except (UnicodeDecodeError, csv.Error):
        raise ConfigError("proof.table.line", line=line + 1, **wanted) from None


def _lines(file: TextIOBase) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise csv.Error
        yield line
