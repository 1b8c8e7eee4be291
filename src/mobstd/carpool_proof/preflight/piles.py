"""Rows on disk: in one sequence, or in piles of which each is picked up by itself.

Rows are tuples of numbers and texts. What is put down is buffered, a little of each pile.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["Piles", "Row", "Tape"]

Row = tuple[Any, ...]

_PLAIN = 4
"""A version of marshal that writes short texts as they are."""

_BATCH = 4096
"""Rows of a tape that are written at once."""

_TOGETHER = 64
"""Rows of a pile that are written at once."""


class Tape:
    """Rows that are read in the order in which they were put down."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb+")
        self._sizes = array("Q")
        self._waiting: list[Row] = []

    def add(self, row: Row) -> None:
        """Put down a row."""
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH:
            self._settle()

    def _settle(self) -> None:
        self._sizes.append(self._file.write(marshal.dumps(self._waiting, _PLAIN)))
        self._waiting.clear()

    def __iter__(self) -> Iterator[Row]:
        self._settle()
        at = 0
        for size in self._sizes:
            self._file.seek(at)
            at += size
            yield from marshal.loads(self._file.read(size))

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()


class Piles:
    """Numbered piles of rows; the order within a pile is kept."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb+", buffering=1 << 18)
        self._end = 0
        self._waiting: list[list[Row]] = []
        self._places: list[array[int]] = []
        self.counts = array("Q")
        """How many rows each pile has."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, number: int, row: Row) -> None:
        """Put a row on a pile; there are as many piles as are needed."""
        try:
            waiting = self._waiting[number]
        except IndexError:
            waiting = self._more(number)
        waiting.append(row)
        if len(waiting) >= _TOGETHER:
            self._settle(number, waiting)

    def _more(self, number: int) -> list[Row]:
        while number >= len(self._waiting):
            self._waiting.append([])
            self._places.append(array("Q"))
            self.counts.append(0)
        return self._waiting[number]

    def _settle(self, number: int, rows: list[Row]) -> None:
        written = marshal.dumps(rows, _PLAIN)
        self._places[number].extend((self._end, len(written)))
        self.counts[number] += len(rows)
        self._file.write(written)
        self._end += len(written)
        rows.clear()

    def take(self, number: int) -> Iterator[list[Row]]:
        """Yield the rows of a pile, some at a time; it stays where it is."""
        if number >= len(self._waiting):
            return
        places = self._places[number]
        self._file.flush()
        for at in range(0, len(places), 2):
            self._file.seek(places[at])
            yield marshal.loads(self._file.read(places[at + 1]))
        self._file.seek(self._end)
        if self._waiting[number]:
            yield self._waiting[number][:]

    def clear(self) -> None:
        """Take all rows away."""
        self._file.seek(0)
        self._file.truncate()
        self._end = 0
        self._waiting.clear()
        self._places.clear()
        self.counts = array("Q")

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()
