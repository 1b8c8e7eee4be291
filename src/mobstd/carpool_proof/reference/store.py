"""Journeys in SQLite: requests that come together share one commit, and none is told before.

What was acknowledged is on the disk. Every act runs in a savepoint of its own: what it raises
undoes what it did, and nothing of the others.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import weakref
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from mobstd.carpool_proof.rules.days import Span
from mobstd.carpool_proof.rules.history import Past
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.errors import ConfigError
from mobstd.output.files import private

__all__ = ["Store", "Stored", "file_of", "setting"]

T = TypeVar("T")
Act = Callable[[sqlite3.Connection], T]

_SCHEME = "sqlite://"


def file_of(url: str | None) -> str:
    """Return the file that ``sqlite:///file`` names, or ``:memory:``.

    Raises:
        ConfigError: for any other URL.
    """
    if url is None or url in (_SCHEME, _SCHEME + "/", "sqlite:///:memory:"):
        return ":memory:"
    if not url.startswith(_SCHEME + "/"):
        raise ConfigError("serving.bad-database-url", url=url)
    return url.removeprefix(_SCHEME + "/")


class Store:
    """The database of a registry, in the thread of its event loop.

    A thread of its own would wait for the interpreter at every statement while the loop is busy.

    Args:
        path: a file, or ``:memory:``.

    Attributes:
        secret: what its tokens are signed with; it is kept with the journeys.

    Raises:
        ConfigError: where the file can't be used.
    """

    def __init__(self, path: str = ":memory:") -> None:
        try:
            self._db = sqlite3.connect(
                private(path), check_same_thread=False, isolation_level=None, timeout=30
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
            self.secret = setting(self._db, "secret", secrets.token_hex(32))
        except sqlite3.Error as error:
            raise ConfigError("serving.database", path=path, reason=str(error)) from None
        weakref.finalize(self, self._db.close)
        self._waiting: list[tuple[Act[Any], asyncio.Future[Any]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def at_once(self, act: Act[T]) -> T:
        """Run an act in a transaction of its own."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            result = act(self._db)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return result

    async def run(self, act: Act[T]) -> T:
        """Run an act with all others that wait; the result is there once it is on the disk."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._waiting = loop, []
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((act, done))
        if len(self._waiting) == 1:
            loop.call_soon(self._together)
        return await done

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _together(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            told = self.at_once(lambda db: [(done, *_one(db, act)) for act, done in batch])
        except Exception as failure:
            told = [(done, None, failure) for _, done in batch]
        for done, result, wrong in told:
            if done.done():
                continue
            if wrong is None:
                done.set_result(result)
            else:
                done.set_exception(wrong)


def _one(db: sqlite3.Connection, act: Act[Any]) -> tuple[Any, Exception | None]:
    """Return what an act gives or raises; what it did before it raised is undone."""
    db.execute("SAVEPOINT one")
    try:
        result = act(db)
    except Exception as error:
        db.execute("ROLLBACK TO one")
        db.execute("RELEASE one")
        return None, error
    db.execute("RELEASE one")
    return result, None


def setting(db: sqlite3.Connection, name: str, otherwise: str) -> str:
    """Return what is kept under a name; ``otherwise`` is kept where nothing is."""
    db.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, otherwise))
    row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return str(row[0])


class Stored:
    """The history that the rules ask: what is in the database, whatever became of it.

    Args:
        db: within a transaction.
        profile: which says what does not count by its status.
    """

    def __init__(self, db: sqlite3.Connection, profile: Profile) -> None:
        self._db = db
        many, close = profile["too_many_trips_by_day"], profile["too_close_trips"]
        self._trips = _without(many["statuses_left_out"])
        self._together = _without(close["statuses_left_out"])

    def trips(self, operator: str, person: str, day: Span) -> Collection[str]:
        """Return the trips of a person, in any role, that started within a span."""
        found: set[str] = set()
        for role in ("driver", "passenger"):
            rows = self._db.execute(
                f"SELECT DISTINCT trip FROM journeys WHERE operator = ? AND {role} = ?"
                f" AND start >= ? AND start < ?{self._trips}",
                (int(operator), person, *day),
            )
            found.update(trip for (trip,) in rows)
        return found

    def together(self, operator: str, persons: tuple[str, str], span: Span) -> Iterable[Past]:
        """Return the journeys of a couple, whoever drove, that start or end within a span."""
        for driver, passenger in {persons, persons[::-1]}:
            rows = self._db.execute(
                'SELECT trip, start, "end" FROM journeys'
                " WHERE operator = ? AND driver = ? AND passenger = ?"
                f' AND (start BETWEEN ? AND ? OR "end" BETWEEN ? AND ?){self._together}',
                (int(operator), driver, passenger, *span, *span),
            )
            yield from map(Past._make, rows)


def _without(statuses: Iterable[str]) -> str:
    listed = ", ".join(f"'{status}'" for status in statuses)
    return f" AND acquisition NOT IN ({listed})" if listed else ""


_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journeys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  operator INTEGER NOT NULL, journey TEXT NOT NULL, trip TEXT NOT NULL,
  driver TEXT NOT NULL, passenger TEXT NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, class TEXT NOT NULL, document TEXT NOT NULL,
  received INTEGER NOT NULL, touched INTEGER NOT NULL,
  acquisition TEXT NOT NULL, fraud TEXT NOT NULL, anomaly TEXT NOT NULL, located INTEGER NOT NULL,
  terms TEXT NOT NULL, frauds TEXT NOT NULL, anomalies TEXT NOT NULL,
  code TEXT, message TEXT,
  UNIQUE (operator, journey)
);
CREATE INDEX IF NOT EXISTS journeys_driver ON journeys (operator, driver, start, trip);
CREATE INDEX IF NOT EXISTS journeys_passenger ON journeys (operator, passenger, start, trip);
CREATE INDEX IF NOT EXISTS journeys_couple ON journeys (operator, driver, passenger, start);
CREATE INDEX IF NOT EXISTS journeys_start ON journeys (start);
CREATE INDEX IF NOT EXISTS journeys_unseen ON journeys (touched) WHERE located = 0;
CREATE INDEX IF NOT EXISTS journeys_pending ON journeys (start)
  WHERE fraud = 'pending' OR anomaly = 'pending';
"""
