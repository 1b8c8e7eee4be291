"""The days before in a PostgreSQL database: the table that SQLite has, found by URL.

What matters of it is copied into an SQLite file, so that both are read alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from mobstd.errors import ConfigError
from mobstd.serving.database import shown
from mobstd.serving.postgres import connect, reason

__all__ = ["around", "keep"]

_BATCH = 5000
_COLUMNS = (
    "operator, operator_journey_id, operator_trip_id, driver_key, passenger_key,"
    " driver_user, passenger_user, start_ms, end_ms"
)
_TABLE = """CREATE TABLE IF NOT EXISTS journeys (
  operator TEXT NOT NULL, operator_journey_id TEXT NOT NULL, operator_trip_id TEXT NOT NULL,
  driver_key TEXT NOT NULL, passenger_key TEXT NOT NULL,
  driver_user TEXT NOT NULL, passenger_user TEXT NOT NULL,
  start_ms BIGINT NOT NULL, end_ms BIGINT NOT NULL,
  PRIMARY KEY (operator, operator_journey_id)
);
CREATE INDEX IF NOT EXISTS journeys_start ON journeys (start_ms)"""

Row = tuple[Any, ...]


def around(
    url: str, first: int, last: int, declared: Iterable[tuple[str, str]]
) -> Iterator[list[Row]]:
    """Yield journeys of a database, some at a time; one may come twice.

    Args:
        url: of the database, which is only read.
        first: the start of the earliest, in milliseconds.
        last: the start of the latest.
        declared: operators and ids that are wanted whenever they started.

    Raises:
        ConfigError: where it cannot be read.
        MissingExtra: without the extra ``postgres``.
    """
    with _connected(url) as db:
        db.read_only = True
        with db.cursor(name="mobstd") as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM journeys WHERE start_ms BETWEEN %s AND %s", (first, last)
            )
            while rows := cursor.fetchmany(_BATCH):
                yield rows
        wanted = ((one, other) for one, other in declared if "\x00" not in one + other)
        while some := list(islice(wanted, _BATCH)):
            found = db.execute(
                f"SELECT {_COLUMNS} FROM unnest(%s::text[], %s::text[])"
                " AS new (operator, operator_journey_id)"
                " JOIN journeys USING (operator, operator_journey_id)",
                tuple(map(list, zip(*some, strict=True))),
            )
            yield found.fetchall()


def keep(url: str, rows: Iterable[Row]) -> int:
    """Add journeys to a database, and return how many were new.

    Raises:
        ConfigError: where it cannot be written; nothing is, then.
        MissingExtra: without the extra ``postgres``.
    """
    marks = ", ".join(["%s"] * (_COLUMNS.count(",") + 1))
    with _connected(url) as db, db.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.executemany(
            f"INSERT INTO journeys ({_COLUMNS}) VALUES ({marks}) ON CONFLICT DO NOTHING", rows
        )
        return int(cursor.rowcount)


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    db = connect(url)
    import psycopg

    db.autocommit = False
    try:
        with db:
            yield db
    except psycopg.Error as error:
        raise ConfigError("proof.no-history", file=shown(url), why=reason(error)) from None
