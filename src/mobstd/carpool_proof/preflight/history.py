"""Journeys of the days before, from a file of journeys or from a database that a run fills.

The database is SQLite, or PostgreSQL by its URL: one table ``journeys``, which any program may fill
too. A journey counts whatever became of it at the registry, as the profiles say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mobstd.carpool_proof.limits import LATEST
from mobstd.carpool_proof.preflight.loading import SCHEMA, Judge, Loaded, past, plain
from mobstd.carpool_proof.preflight.postgres import around, keep
from mobstd.carpool_proof.preflight.sources import Item, Source
from mobstd.carpool_proof.preflight.spill import Spill
from mobstd.carpool_proof.rules.facts import Facts, facts
from mobstd.carpool_proof.rules.profile import profile
from mobstd.errors import ConfigError
from mobstd.output.files import private
from mobstd.serving.database import is_postgres

__all__ = ["TABLE", "Taken", "is_database", "recall", "remember"]

TABLE = """CREATE TABLE IF NOT EXISTS journeys (
  operator TEXT NOT NULL, operator_journey_id TEXT NOT NULL, operator_trip_id TEXT NOT NULL,
  driver_key TEXT NOT NULL, passenger_key TEXT NOT NULL,
  driver_user TEXT NOT NULL, passenger_user TEXT NOT NULL,
  start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,
  PRIMARY KEY (operator, operator_journey_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS journeys_start ON journeys (start_ms);"""
"""The table of a history: ids, keys and instants in UNIX milliseconds."""

_INSERT = "INSERT OR IGNORE INTO journeys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DECLARED = """PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -16384;
CREATE TABLE declared (operator, journey, PRIMARY KEY (operator, journey)) WITHOUT ROWID;"""
_AROUND = """SELECT * FROM old.journeys WHERE start_ms BETWEEN :first AND :last
UNION ALL SELECT kept.* FROM main.declared AS new CROSS JOIN old.journeys AS kept
ON kept.operator = new.operator AND kept.operator_journey_id = new.journey
WHERE kept.start_ms NOT BETWEEN :first AND :last"""
_MAGIC = b"SQLite format 3\x00"


def is_database(name: str) -> bool:
    """Say whether a file is an SQLite database."""
    try:
        with Path(name).open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def recall(
    source: Source,
    judge: Judge,
    spill: Spill,
    loaded: Loaded,
    every: int,
    operator_column: str = "",
    received_column: str = "",
) -> None:
    """Put the journeys of the days before beside those that are judged, which are loaded already.

    Args:
        source: a database, or a file as those that are judged.
        judge: which journeys of a file can be read at all.
        spill: where to.
        loaded: where they are counted.
        every: the bits of all profiles.
        operator_column: a member of a file's journeys that names the operator.
        received_column: a member that holds the reception, which does not matter here.

    Raises:
        ConfigError: where a database is none of ours.
        MissingExtra: for PostgreSQL without the extra ``postgres``.
    """
    if is_postgres(source.name):
        loaded.past += _of_postgres(source.name, spill, loaded.past, every)
        return
    if not is_database(source.name):
        for _ in past(
            _of_file(source, judge, operator_column, received_column), spill, loaded.past, every
        ):
            loaded.past += 1
        return
    try:
        loaded.past += _of_database(source.name, spill, loaded.past, every)
    except sqlite3.DatabaseError as error:
        raise ConfigError("proof.no-history", file=source.name, why=str(error)) from None


def _of_database(name: str, spill: Spill, before: int, every: int) -> int:
    """Take the days around the journeys, and the ids that stand in both."""
    if spill.span is None:
        return 0
    with closing(sqlite3.connect("", uri=True, isolation_level=None)) as db:
        db.executescript(_DECLARED)
        db.execute("ATTACH ? AS old", (f"file:{quote(name)}?mode=ro",))
        db.execute("BEGIN")
        db.executemany("INSERT OR IGNORE INTO declared VALUES (?, ?)", spill.declared())
        rows = db.execute(_AROUND, dict(zip(("first", "last"), spill.span, strict=True)))
        journeys = (Facts._make((*row, 0, "", 0, 0)) for row in rows)
        return sum(1 for _ in past(journeys, spill, before, every))


def _of_postgres(url: str, spill: Spill, before: int, every: int) -> int:
    """Copy what matters of a database into a file, and recall that."""
    span = spill.span
    if span is None:
        return 0
    path = spill.file("history")
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {TABLE}")
        for rows in around(url, *span, spill.declared()):
            db.executemany(_INSERT, rows)
        db.commit()
    try:
        return _of_database(path, spill, before, every)
    finally:
        Path(path).unlink()


def _of_file(
    source: Source, judge: Judge, operator_column: str, received_column: str
) -> Iterator[tuple[Any, ...]]:
    taken = Taken(judge, source.operator, operator_column, received_column)
    for item in source.items(judge.version, SCHEMA, judge.overlay, taken.sieve):
        found = taken.facts(item)
        if found is not None:
            yield found


class Taken:
    """Reads the journeys of an operator that the registry can have taken."""

    def __init__(
        self, judge: Judge, operator: str = "", operator_column: str = "", received_column: str = ""
    ) -> None:
        self._judge = judge
        self._operator = operator
        self._columns = operator_column, received_column
        self.sieve = judge.sieve([profile(LATEST)], self._columns).reader(operator, _taken)

    def facts(self, item: Item) -> tuple[Any, ...] | None:
        """Return the facts of a journey; ``None`` where the registry cannot have it."""
        if item.sure is not None:
            found: tuple[Any, ...] = item.sure
            return found
        document = item.document
        if not isinstance(document, dict):
            return None
        named, _ = [document.pop(name, None) for name in self._columns]
        if self._judge.refuses(document):
            return None
        try:
            return facts(document, self._operator if named is None else plain(named))
        except ValueError:
            return None


def _taken(found: tuple[Any, ...], named: Any, _: Any) -> tuple[Any, ...]:
    return found if named is None else (plain(named), *found[1:])


def remember(name: str, spill: Spill, bit: int) -> int:
    """Add what the registry would keep to a database, and return how many were new.

    Raises:
        ConfigError: where it cannot be written.
        MissingExtra: for PostgreSQL without the extra ``postgres``.
    """
    if is_postgres(name):
        return keep(name, spill.kept(bit))
    try:
        with closing(sqlite3.connect(private(name))) as db:
            db.executescript(TABLE)
            before = db.total_changes
            with db:
                db.executemany(_INSERT, spill.kept(bit))
            return db.total_changes - before
    except sqlite3.Error as error:
        raise ConfigError("proof.no-history", file=name, why=str(error)) from None
