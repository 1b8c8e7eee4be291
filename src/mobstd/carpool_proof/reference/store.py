"""Journeys in a database: requests that come together share one commit, and none is told before.

What was acknowledged is on the disk. Every act runs in a savepoint of its own: what it raises
undoes what it did, and nothing of the others.
"""

from __future__ import annotations

import asyncio
import secrets
import weakref
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from mobstd.carpool_proof.rules.days import Span
from mobstd.carpool_proof.rules.history import Past
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.serving.database import Connection, Database

__all__ = ["Act", "Store", "Stored", "setting"]

T = TypeVar("T")
Act = Callable[[Connection], T]
Waiting = tuple[Act[Any], "asyncio.Future[Any]"]
Told = tuple[Any, Exception | None]


class Store:
    """The journeys of a registry.

    What is asked of SQLite is done in the thread of the event loop: a thread of its own would wait
    for the interpreter at every statement while the loop is busy. What waits for another process
    is done in a thread; what comes meanwhile shares the next commit.

    Args:
        database: where they are.

    Attributes:
        secret: what its tokens are signed with; it is kept with the journeys.

    Raises:
        Away: where the database failed; what else it raises, it is no place for journeys.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        weakref.finalize(self, database.close)
        database.create(_SCHEMA.replace("SERIAL", database.serial))
        self._thread = ThreadPoolExecutor(1) if database.remote else None
        self._waiting: list[Waiting] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: asyncio.Task[None] | None = None
        self.secret = self.at_once(lambda db: setting(db, "secret", secrets.token_hex(32)))

    def at_once(self, act: Act[T]) -> T:
        """Run an act in a transaction of its own, before any request came.

        Raises:
            Away: where the database failed.
        """
        with self._database.transaction() as db:
            return act(db)

    def run(self, act: Act[T]) -> asyncio.Future[T]:
        """Run an act with all others that wait, in the order in which they came.

        Returns:
            What the act gives, once it is on the disk, or what it raises, or :class:`Away` where
            the database failed.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._waiting, self._serving = loop, [], None
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((act, done))
        if self._serving is None:
            self._serving = loop.create_task(self._serve(loop))
        return done

    def close(self) -> None:
        """Close the database, after what is being done."""
        if self._thread:
            self._thread.shutdown()
        self._database.close()

    async def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run what waits until nothing does."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            acts = [act for act, _ in batch]
            if self._thread:
                told = await loop.run_in_executor(self._thread, self._together, acts)
            else:
                told = self._together(acts)
            for (_, done), (result, wrong) in zip(batch, told, strict=True):
                if done.done():
                    continue
                if wrong is None:
                    done.set_result(result)
                else:
                    done.set_exception(wrong)
        self._serving = None

    def _together(self, acts: list[Act[Any]]) -> list[Told]:
        try:
            return self.at_once(lambda db: [self._one(db, act) for act in acts])
        except Exception as failure:
            return [(None, failure)] * len(acts)

    def _one(self, db: Connection, act: Act[Any]) -> Told:
        """Return what an act gives or raises; what it did before it raised is undone."""
        db.execute("SAVEPOINT one")
        try:
            result = act(db)
        except self._database.failure:
            raise
        except Exception as error:
            db.execute("ROLLBACK TO one")
            return None, error
        return result, None


def setting(db: Connection, name: str, otherwise: str) -> str:
    """Return what is kept under a name; ``otherwise`` is kept where nothing is."""
    db.execute("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING", (name, otherwise))
    row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return str(row[0])


class Stored:
    """The history that the rules ask: what is in the database, whatever became of it.

    Args:
        db: within a transaction.
        profile: which says what does not count by its status.
    """

    def __init__(self, db: Connection, profile: Profile) -> None:
        self._db = db
        many, close = profile["too_many_trips_by_day"], profile["too_close_trips"]
        self._trips = _without(many["statuses_left_out"])
        self._together = _without(close["statuses_left_out"])

    def trips(self, operator: str, person: str, day: Span) -> Collection[str]:
        """Return the trips of a person, in any role, that started within a span."""
        in_one = (
            f"SELECT trip FROM journeys WHERE operator = ? AND {{}} = ?"
            f" AND start >= ? AND start < ?{self._trips}"
        )
        rows = self._db.execute(
            f"{in_one.format('driver')} UNION {in_one.format('passenger')}",
            2 * (int(operator), person, *day),
        )
        return [trip for (trip,) in rows]

    def together(self, operator: str, persons: tuple[str, str], span: Span) -> Iterable[Past]:
        """Return the journeys of a couple, whoever drove, that start or end within a span."""
        one_way = (
            'SELECT trip, start, "end" FROM journeys'
            " WHERE operator = ? AND driver = ? AND passenger = ?"
            f' AND (start BETWEEN ? AND ? OR "end" BETWEEN ? AND ?){self._together}'
        )
        ways = [(int(operator), *way, *span, *span) for way in {persons, persons[::-1]}]
        rows = self._db.execute(" UNION ".join([one_way] * len(ways)), sum(ways, ()))
        return map(Past._make, rows)


def _without(statuses: Iterable[str]) -> str:
    listed = ", ".join(f"'{status}'" for status in statuses)
    return f" AND acquisition NOT IN ({listed})" if listed else ""


_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS credentials (
  access_key TEXT PRIMARY KEY, operator BIGINT NOT NULL, digest TEXT NOT NULL, gone BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS journeys (
  id SERIAL,
  operator BIGINT NOT NULL, journey TEXT NOT NULL, trip TEXT NOT NULL,
  driver TEXT NOT NULL, passenger TEXT NOT NULL,
  start BIGINT NOT NULL, "end" BIGINT NOT NULL, class TEXT NOT NULL, document TEXT NOT NULL,
  received BIGINT NOT NULL, touched BIGINT NOT NULL,
  acquisition TEXT NOT NULL, fraud TEXT NOT NULL, anomaly TEXT NOT NULL, located BIGINT NOT NULL,
  terms TEXT NOT NULL, frauds TEXT NOT NULL, anomalies TEXT NOT NULL,
  code TEXT, message TEXT,
  UNIQUE (operator, journey)
);
CREATE TABLE IF NOT EXISTS applications (
  uuid TEXT PRIMARY KEY, operator BIGINT NOT NULL, type TEXT NOT NULL, at BIGINT NOT NULL,
  journey TEXT, token TEXT NOT NULL, imported BIGINT NOT NULL, name TEXT NOT NULL,
  phone TEXT NOT NULL, license TEXT, identity TEXT,
  UNIQUE (operator, journey)
);
CREATE INDEX IF NOT EXISTS applications_license ON applications (license);
CREATE INDEX IF NOT EXISTS applications_identity ON applications (identity);
CREATE INDEX IF NOT EXISTS applications_person ON applications (name, phone);
CREATE UNIQUE INDEX IF NOT EXISTS applications_imported
  ON applications (operator, type, name, phone) WHERE imported = 1;
CREATE INDEX IF NOT EXISTS journeys_driver ON journeys (operator, driver, start, trip);
CREATE INDEX IF NOT EXISTS journeys_passenger ON journeys (operator, passenger, start, trip);
CREATE INDEX IF NOT EXISTS journeys_couple ON journeys (operator, driver, passenger, start);
CREATE INDEX IF NOT EXISTS journeys_start ON journeys (start);
CREATE INDEX IF NOT EXISTS journeys_unseen ON journeys (touched) WHERE located = 0;
CREATE INDEX IF NOT EXISTS journeys_pending ON journeys (start)
  WHERE fraud = 'pending' OR anomaly = 'pending';
"""
