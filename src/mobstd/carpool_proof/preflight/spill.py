"""Facts on disk: tables in SQLite, sorted there, so that memory does not grow with the files."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from mobstd.carpool_proof.rules.facts import Facts

__all__ = ["LONG_AGO", "Row", "Spill", "merged"]

LONG_AGO = -(1 << 62)
"""When the journeys of the days before arrived: before all others."""

_DAYS = 2 * 86_400_000
"""Milliseconds around the journeys that the days before are looked at in."""

Row = tuple[Any, ...]

_FACTS = ", ".join(f'"{name}"' for name in Facts._fields)
_COLUMNS = f"seq, source, line, received, stored, reasons, {_FACTS}"
_BATCH = 4000
_SIDE = '{key} AS person, {other} AS other, {drives} AS drives, operator, trip, start, "end", lon'

_TABLES = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -16384;
CREATE TABLE journey (seq INTEGER PRIMARY KEY, source INT, line INT, received INT, stored INT,
                      reasons TEXT, {_FACTS});
CREATE TABLE found (seq INT, reason TEXT);
CREATE TABLE day (seq INT, trips TEXT);
CREATE TABLE side (seq INT, verdict TEXT);
"""


_RECALL = f"""
INSERT INTO journey (seq, source, line, received, stored, reasons, {_FACTS})
SELECT -:before - row_number() OVER (), -1, 0, :long_ago, :every, '', h.operator,
  h.operator_journey_id, h.operator_trip_id, h.driver_key, h.passenger_key, h.driver_user,
  h.passenger_user, h.start_ms, h.end_ms, 0, '', 0, 0
FROM (
  SELECT * FROM old.journeys WHERE start_ms BETWEEN :first AND :last
  UNION
  SELECT kept.* FROM main.journey AS new CROSS JOIN old.journeys AS kept
  ON kept.operator = new.operator AND kept.operator_journey_id = new.journey
  WHERE new.seq >= 0
) AS h
"""


class Spill:
    """A file on disk that is gone when it is closed.

    A journey has a number, ``seq``: from 0 in the order of the sources, negative where it is one of
    the days before. ``stored`` has a bit for each profile under which the registry keeps it.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mobstd-", dir=folder)
        path = Path(self._folder.name)
        self._db = sqlite3.connect(
            f"file:{quote(str(path / 'facts'))}", uri=True, isolation_level=None
        )
        self._db.executescript(_TABLES)
        self._rows: list[Row] = []
        self._found: list[Row] = []
        self._days: list[Row] = []
        self._sides: list[Row] = []
        self.lines: IO[bytes] = (path / "lines").open("wb+")

    def close(self) -> None:
        """Remove all of it."""
        self.lines.close()
        self._db.close()
        with suppress(OSError):
            self._folder.cleanup()

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(
        self,
        seq: int,
        place: tuple[int, int],
        received: int,
        stored: int,
        reasons: str,
        facts: tuple[Any, ...],
    ) -> None:
        """Keep a journey; ``facts`` are ``None`` throughout where none could be read."""
        self._rows.append((seq, *place, received, stored, reasons, *facts))
        if len(self._rows) >= _BATCH:
            self.flush()

    def find(self, seq: int, reason: str) -> None:
        """Keep a reason, packed, against a journey."""
        self._found.append((seq, reason))
        if len(self._found) >= _BATCH:
            self.flush()

    def day(self, seq: int, trips: str) -> None:
        """Keep what one of the two persons of a journey has in its day."""
        self._days.append((seq, trips))
        if len(self._days) >= _BATCH:
            self.flush()

    def side(self, seq: int, verdict: str) -> None:
        """Keep the verdict on a journey under one profile, to compare it with another's."""
        self._sides.append((seq, verdict))
        if len(self._sides) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        marks = ", ".join("?" * (6 + len(Facts._fields)))
        with _Transaction(self._db):
            self._db.executemany(f"INSERT INTO journey VALUES ({marks})", self._rows)
            self._db.executemany("INSERT INTO found VALUES (?, ?)", self._found)
            self._db.executemany("INSERT INTO day VALUES (?, ?)", self._days)
            self._db.executemany("INSERT INTO side VALUES (?, ?)", self._sides)
        self._rows.clear()
        self._found.clear()
        self._days.clear()
        self._sides.clear()

    def forget(self) -> None:
        """Drop what was found under another profile."""
        self.flush()
        self._db.executescript("DELETE FROM found; DELETE FROM day;")

    def duplicates(self, bit: int) -> Iterator[tuple[int, int]]:
        """Yield ``(seq, seq of the first)`` of what an operator declares anew, and unstore it."""
        self.flush()
        self._db.executescript("DROP TABLE IF EXISTS again;")
        self._db.execute(
            "CREATE TABLE again AS SELECT seq, first FROM (SELECT seq, first_value(seq) OVER"
            " (PARTITION BY operator, journey ORDER BY received, seq) AS first FROM journey"
            " WHERE stored & ?) WHERE seq <> first",
            (bit,),
        )
        self._db.execute(
            "UPDATE journey SET stored = stored & ~? WHERE seq IN (SELECT seq FROM again)", (bit,)
        )
        yield from self._db.execute("SELECT seq, first FROM again WHERE seq >= 0")

    def place(self, seq: int) -> tuple[int, int]:
        """Return the source and line of a journey."""
        found = self._db.execute("SELECT source, line FROM journey WHERE seq = ?", (seq,))
        source, line = found.fetchone()
        return source, line

    def people(self, bit: int) -> Iterator[Row]:
        """Yield each journey for each of its persons, by person and in the order of arrival.

        A row is person, other, drives, operator, trip, start, end, lon, seq, user. Who drives
        himself has one row.
        """
        self.flush()
        yield from self._db.execute(
            f"SELECT {_side('driver', 'passenger', 1)}, seq, driver_user AS user, received"
            " FROM journey WHERE stored & :bit UNION ALL"
            f" SELECT {_side('passenger', 'driver', 0)}, seq, passenger_user, received"
            " FROM journey WHERE stored & :bit AND driver <> passenger"
            " ORDER BY person, received, seq",
            {"bit": bit},
        )

    def users(self, bit: int) -> Iterator[tuple[int, str]]:
        """Yield ``(seq, role)`` where one user id of an operator stands for several persons."""
        self.flush()
        sides = "UNION ALL".join(
            f" SELECT seq, '{role}' AS role, operator, {role} AS person, {role}_user AS user"
            " FROM journey WHERE stored & :bit "
            for role in ("driver", "passenger")
        )
        self._db.executescript("DROP TABLE IF EXISTS shared;")
        self._db.execute(
            f"CREATE TABLE shared AS SELECT operator, user FROM ({sides}) GROUP BY operator, user"
            " HAVING min(person) <> max(person)",
            {"bit": bit},
        )
        yield from self._db.execute(
            f"SELECT seq, role FROM ({sides}) JOIN shared USING (operator, user) WHERE seq >= 0",
            {"bit": bit},
        )

    def span(self) -> tuple[int, int] | None:
        """Return between which starts the days before matter; ``None`` where nothing is judged."""
        self.flush()
        first, last = self._db.execute(
            "SELECT min(start), max(start) FROM journey WHERE seq >= 0"
        ).fetchone()
        return None if first is None else (first - _DAYS, last + _DAYS)

    def declared(self) -> Iterator[tuple[str, str]]:
        """Yield operator and id of every journey that has an id."""
        self.flush()
        yield from self._db.execute(
            "SELECT operator, journey FROM journey WHERE seq >= 0 AND journey IS NOT NULL"
        )

    def file(self, name: str) -> str:
        """Return the path of a file that is gone with the rest."""
        return str(Path(self._folder.name) / name)

    def recall(self, name: str, before: int, every: int) -> int:
        """Take from a database the days around the journeys, and the ids that stand in both."""
        span = self.span()
        if span is None:
            return 0
        self._db.execute("ATTACH ? AS old", (f"file:{quote(name)}?mode=ro",))
        try:
            counted = self._db.execute(
                _RECALL,
                {"first": span[0], "last": span[1], "every": every}
                | {"before": before, "long_ago": LONG_AGO},
            )
            return counted.rowcount
        finally:
            self._db.execute("DETACH old")

    def kept(self, bit: int) -> Iterator[Row]:
        """Yield what the registry would keep, as a history has it."""
        self.flush()
        yield from self._db.execute(
            "SELECT operator, journey, trip, driver, passenger, driver_user, passenger_user, start,"
            ' "end" FROM journey WHERE seq >= 0 AND stored & ?',
            (bit,),
        )

    def journeys(self) -> Iterator[Row]:
        """Yield every journey that is to be judged, in the order of the sources.

        A row is seq, source, line, received, stored, reasons, and its facts.
        """
        self.flush()
        yield from self._db.execute(f"SELECT {_COLUMNS} FROM journey WHERE seq >= 0 ORDER BY seq")

    def reasons(self) -> Iterator[tuple[int, str]]:
        """Yield every ``(seq, reason)`` that was found, by journey."""
        self.flush()
        yield from self._db.execute("SELECT seq, reason FROM found ORDER BY seq, rowid")

    def sides(self) -> Iterator[tuple[int, str]]:
        """Yield every ``(seq, verdict)`` that was kept, by journey."""
        self.flush()
        yield from self._db.execute("SELECT seq, verdict FROM side ORDER BY seq")

    def days(self) -> Iterator[tuple[int, str]]:
        """Yield every ``(seq, trips)``, by journey."""
        self.flush()
        yield from self._db.execute("SELECT seq, trips FROM day ORDER BY seq, rowid")


def _side(key: str, other: str, drives: int) -> str:
    return _SIDE.format(key=key, other=other, drives=drives)


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        self._db.execute("COMMIT")


def merged(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield ``(seq, texts)`` of rows that come by their number."""
    last, texts = None, []
    for seq, text in rows:
        if seq != last and last is not None:
            yield last, texts
            texts = []
        last = seq
        texts.append(text)
    if last is not None:
        yield last, texts
