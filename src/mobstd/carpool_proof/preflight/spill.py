"""What is known of journeys, on disk, so that memory does not grow with the files.

A journey lies on a tape in the order of the sources, and in piles by its persons, so that one pile
has all of a person. Of its id a hash is kept: only those that come twice are looked for on the tape
and piled up in their turn. What is found there goes to piles by number, which are
read along with the tape.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, Any

from mobstd.carpool_proof.preflight.piles import Marks, Piles, Row, Tape
from mobstd.carpool_proof.preflight.sides import AT, PERSON, STORED, Side, sides

__all__ = ["BLOCK", "LONG_AGO", "DayOf", "Row", "Spill", "clashes", "shared"]

LONG_AGO = -(1 << 62)
"""When the journeys of the days before arrived: before all others."""

_DAYS = 2 * 86_400_000
"""Milliseconds around the journeys that the days before are looked at in."""

_PILES = 1024
_MOST = 40_000
"""Rows of a pile that are in memory at a time, unless they are of one person."""

_AT_ONCE = 4096
"""Journeys whose ids are put down at once."""

_AGAIN = 100_000
"""Ids that came twice and are looked for by themselves; where there are more, all are."""

DayOf = dict[str, tuple[int, tuple[str, ...]]]
"""By role: how many trips a person has in the day of a journey, and which if that matters."""

BLOCK = 8192
"""Journeys whose findings lie on one pile."""


class Spill:
    """A folder on disk that is gone when it is closed.

    A journey has a number, ``seq``: from 0 in the order of the sources, negative where it is one of
    the days before. ``stored`` has a bit for each profile under which the registry keeps it.

    Attributes:
        lines: the documents, where they are kept, a line each.
        span: the starts of the first and the last journey that is judged, if any.
    """

    def __init__(self, folder: str | None = None, keep: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mobstd-", dir=folder)
        self._tape = Tape(self._path("tape"))
        self._people, self._ids = Piles(self._path("people")), Piles(self._path("ids"))
        self._found, self._days = Piles(self._path("found")), Piles(self._path("days"))
        self._users = Piles(self._path("users"))
        self._marks, self._gathered = Marks(self._path("marks")), False
        self._fresh: list[int] = []
        self._whole = Tape(self._path("whole")) if keep else None
        self._again, self._past_again = bytearray(), set[int]()
        self._first, self._last = -LONG_AGO, LONG_AGO
        self.lines: IO[bytes] = self._path("lines").open("wb+")

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name

    def close(self) -> None:
        """Remove all of it."""
        for file in (self._tape, self._people, self._ids, self._found, self._days, self._users):
            file.close()
        self._marks.close()
        if self._whole is not None:
            self._whole.close()
        self.lines.close()
        with suppress(OSError):
            self._folder.cleanup()

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(
        self,
        seq: int,
        source: int,
        line: int,
        received: int,
        stored: int,
        said: tuple[str, ...],
        facts: tuple[Any, ...],
    ) -> None:
        """Keep a journey.

        Args:
            seq: its number.
            source: the number of its file.
            line: where it stands there.
            received: when it arrives.
            stored: a bit for each profile under which it is kept.
            said: what speaks against it by itself, packed, for each profile.
            facts: ``None`` throughout where none could be read.
        """
        operator, journey, start = facts[0], facts[1], facts[7]
        if seq >= 0:
            self._tape.add((source, line, operator, journey, start, stored, received, said))
            if start is not None:
                if not self._first <= start <= self._last:
                    self._first, self._last = min(start, self._first), max(start, self._last)
                if self._whole is not None:
                    self._whole.add((seq, stored, *facts[:9]))
        if not stored:
            return
        for side in sides(seq, received, stored, facts):
            self._people.put(hash(side[PERSON]) % _PILES, side)
        self._fresh.append(hash(journey))
        if len(self._fresh) >= _AT_ONCE:
            self._settle()
        if seq < 0:
            kept = received, seq, operator, journey, source, line, stored
            self._ids.put(hash(journey) % _PILES, kept)

    def _settle(self) -> None:
        self._marks.add(self._fresh)
        self._fresh.clear()

    @property
    def span(self) -> tuple[int, int] | None:
        """Between which starts the days before matter; ``None`` where nothing is judged."""
        if self._last < self._first:
            return None
        return self._first - _DAYS, self._last + _DAYS

    def find(self, seq: int, reason: str) -> None:
        """Keep a reason, packed, against a journey."""
        self._found.put(seq // BLOCK, (seq, reason))

    def day(self, seq: int, role: str, count: int, trips: tuple[str, ...] = ()) -> None:
        """Keep how many trips a person of a journey has in its day, and which if that matters."""
        self._days.put(seq // BLOCK, (seq, role, count, trips))

    def forget(self) -> None:
        """Drop what was found under another profile."""
        self._found.clear()
        self._days.clear()
        self._users.clear()
        self._again, self._past_again = bytearray(), set()

    def duplicates(self, bit: int) -> Iterator[tuple[int, int, int]]:
        """Yield ``(seq, source, line)`` of what an operator declares anew, and keep it no longer.

        Source and line are those of the first, the source -1 where it is of the days before.
        """
        if not self._gathered:
            self._gather()
        for rows in _shares(self._ids, 3):
            for first, *others in clashes(row for row in rows if row[6] & bit):
                for other in others:
                    self._unstore(other[1])
                    if other[1] >= 0:
                        yield other[1], first[4], first[5]

    def _gather(self) -> None:
        """Pile up the journeys whose id may have come twice."""
        self._gathered = True
        self._settle()
        twice = self._marks.twice(_AGAIN)
        if twice is not None and not twice:
            return
        for seq, row in enumerate(self._tape):
            if row[5] and (twice is None or hash(row[3]) in twice):
                source, line, operator, journey, _, stored, received = row[:7]
                kept = received, seq, operator, journey, source, line, stored
                self._ids.put(hash(journey) % _PILES, kept)

    def _unstore(self, seq: int) -> None:
        if seq < 0:
            self._past_again.add(seq)
            return
        if seq >= len(self._again):
            self._again.extend(bytes(seq + BLOCK - len(self._again)))
        self._again[seq] = 1

    def first(self, seq: int) -> bool:
        """Say whether no journey that arrived before has the id of this one."""
        if seq < 0:
            return seq not in self._past_again
        return seq >= len(self._again) or not self._again[seq]

    def people(self, bit: int) -> Iterator[tuple[str, list[Side]]]:
        """Yield every person with what he or she drove or rode, sorted."""
        checked = bool(self._again or self._past_again)
        for rows in _shares(self._people, PERSON):
            persons: defaultdict[str, list[Side]] = defaultdict(list)
            if checked:
                rows = (side for side in rows if self.first(side[AT] >> 1))
            for side in rows:
                if side[STORED] & bit:
                    persons[side[PERSON]].append(side)
            for person, own in persons.items():
                own.sort()
                yield person, own

    def user(self, operator: str, user: str, person: str, ats: tuple[int, ...]) -> None:
        """Keep who is behind a user id, and where; see ``AT`` of a side."""
        self._users.put(hash(user) % _PILES, (operator, user, person, ats))

    def users(self) -> Iterator[tuple[int, str]]:
        """Yield ``(seq, role)`` where one user id of an operator stands for several persons."""
        for rows in _shares(self._users, 1):
            yield from shared(rows)

    def declared(self) -> Iterator[tuple[str, str]]:
        """Yield operator and id of every journey that has an id."""
        return ((row[2], row[3]) for row in self._tape if row[3] is not None)

    def file(self, name: str) -> str:
        """Return the path of a file that is gone with the rest."""
        return str(self._path(name))

    def kept(self, bit: int) -> Iterator[Row]:
        """Yield what the registry would keep, as a history has it."""
        for seq, stored, *facts in self._whole or ():
            if stored & bit and self.first(seq):
                yield tuple(facts)

    def journeys(self) -> Iterator[Row]:
        """Yield every journey that is to be judged, in the order of the sources.

        A row is source, line, operator, journey, start, stored, received, and what is said of it
        under each profile.
        """
        return iter(self._tape)

    def reasons(self, block: int) -> dict[int, list[str]]:
        """Return every reason that was found against journeys of a block, by their number."""
        return _by_number(self._found, block)

    def days(self, block: int) -> dict[int, DayOf]:
        """Return the trips in the days of the journeys of a block, by number and role."""
        found: dict[int, DayOf] = {}
        for rows in self._days.take(block):
            for seq, role, count, trips in rows:
                found.setdefault(seq, {})[role] = count, trips
        return found


def clashes(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield journeys of one operator and id, of which the registry keeps the first alone.

    A row is received, seq, operator, journey, and what does not matter here.
    """
    seen: dict[tuple[str, str], Row] = {}
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        key = row[2], row[3]
        other = seen.setdefault(key, row)
        if other is not row:
            found.setdefault(key, [other]).append(row)
    yield from map(sorted, found.values())


def shared(rows: Iterable[Row]) -> Iterator[tuple[int, str]]:
    """Yield ``(seq, role)`` where one user id stands for several persons; rows as of ``user``."""
    persons: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        persons[row[0], row[1]].append(row)
    for some in persons.values():
        if len(some) > 1:
            for row in some:
                for at in row[3]:
                    if at >= 0:
                        yield at >> 1, "driver" if at & 1 else "passenger"


def _shares(piles: Piles, key: int) -> Iterator[Iterable[Row]]:
    """Yield the rows of each pile, of a large one only those of some keys at a time.

    Rows lie on the pile of the hash of their key.
    """
    for number, count in enumerate(piles.counts):
        parts = 1 + count // _MOST
        modulus = _PILES * parts
        for home in range(number, modulus, _PILES):
            rows: Iterable[Row] = chain.from_iterable(piles.take(number))
            if parts > 1:
                rows = (row for row in rows if hash(row[key]) % modulus == home)
            yield rows


def _by_number(piles: Piles, block: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for rows in piles.take(block):
        for seq, text in rows:
            found.setdefault(seq, []).append(text)
    return found
