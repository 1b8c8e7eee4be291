"""Rows on disk: in one sequence, or in piles of which each is picked up by itself.

Rows are tuples of numbers and texts. What is put down is buffered, a little of each pile.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

__all__ = ["Marks", "Piles", "Row", "Tape"]

Row = tuple[Any, ...]

_PLAIN = 4
"""A version of marshal that writes short texts as they are."""

_BATCH = 512
"""Rows of a tape that are written at once."""

_TOGETHER = 32
"""Rows of a pile that are written at once."""

_SHELVES, _AT_A_TIME = 256, 1024
"""How marks are put away: on how many shelves, and how many of one at least at once."""

_APART = 2
"""One that refers to nothing written before, so that rows which stand together make a list."""


def _marshalled(row: Row) -> bytes:
    return marshal.dumps(row, _APART)


_written: Callable[[Row], bytes]
_read: Callable[[bytes], list[Row]]
_order: Literal["big", "little"]
try:  # msgspec writes a row in a quarter of the time
    from msgspec.msgpack import Decoder, Encoder
except ImportError:
    _written, _read = _marshalled, marshal.loads
    _mark, _order = b"[", "little"
else:
    _written, _read = Encoder().encode, Decoder(list[Row]).decode
    _mark, _order = b"\xdd", "big"


def _rows(written: list[bytes]) -> bytes:
    """Return rows that were written apart as a list of rows is written."""
    return b"".join((_mark, len(written).to_bytes(4, _order), *written))


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
        self._file = path.open("wb", buffering=1 << 18)
        self._again = path.open("rb", buffering=0)
        self._end = 0
        self._waiting: list[list[bytes]] = []
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
        waiting.append(_written(row))
        if len(waiting) >= _TOGETHER:
            self._settle(number, waiting)

    def _more(self, number: int) -> list[bytes]:
        while number >= len(self._waiting):
            self._waiting.append([])
            self._places.append(array("Q"))
            self.counts.append(0)
        return self._waiting[number]

    def _settle(self, number: int, rows: list[bytes]) -> None:
        written = _rows(rows)
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
            self._again.seek(places[at])
            yield _read(self._again.read(places[at + 1]))
        if self._waiting[number]:
            yield _read(_rows(self._waiting[number]))

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
        self._again.close()


class Marks:
    """Numbers of 64 bits, of which those that came twice can be told."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb+", buffering=1 << 16)
        self._end = 0
        self._waiting = [array("q") for _ in range(_SHELVES)]
        self._places: list[array[int]] = [array("Q") for _ in range(_SHELVES)]

    def add(self, marks: Iterable[int]) -> None:
        """Put down numbers."""
        shelves = self._waiting
        for mark in marks:
            shelves[mark % _SHELVES].append(mark)
        for waiting, places in zip(shelves, self._places, strict=True):
            if len(waiting) >= _AT_A_TIME:
                written = waiting.tobytes()
                places.extend((self._end, len(written)))
                self._end += self._file.write(written)
                del waiting[:]

    def twice(self, most: int) -> set[int] | None:
        """Return the numbers that were put down more than once; ``None``: they are too many."""
        found: set[int] = set()
        self._file.flush()
        for waiting, places in zip(self._waiting, self._places, strict=True):
            marks = array("q", waiting)
            for at in range(0, len(places), 2):
                self._file.seek(places[at])
                marks.frombytes(self._file.read(places[at + 1]))
            once = set(marks)
            if len(once) < len(marks):
                for mark in marks:
                    if mark in once:
                        once.discard(mark)
                    else:
                        found.add(mark)
            if len(found) > most:
                break
        self._file.seek(self._end)
        if len(found) > most:
            return None
        return found

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()
