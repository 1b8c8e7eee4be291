"""What changes: bookings, messages and news of bookings, in SQLite, one transaction for each.

What was acknowledged is on the disk. Every method may be called from any thread; a file may be
shared by several processes.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from mobstd.errors import ConfigError
from mobstd.ocss.editions import ALPHA
from mobstd.ocss.lifecycle import Lifecycle, Transition
from mobstd.ocss.reference.people import Item
from mobstd.serving.database import connected

__all__ = ["MOST_TRIES", "Ledger", "News", "Telling"]

Telling = Callable[[Item], Item | None]
"""Makes the event that tells of a booking, or ``None`` where nobody is told."""

MOST_NEWS = 10_000
"""How many events wait at most; while there are so many, later ones are not kept."""

MOST_TRIES = 10

_log = logging.getLogger("mobstd.ocss.reference")


class News(NamedTuple):
    """An event that waits to be sent; ``number`` is its place in the queue."""

    number: int
    event: Item


def _nobody(_: Item) -> None:
    return None


class Ledger:
    """The bookings that one side keeps.

    Args:
        path: a file, or ``:memory:``.
        lifecycle: how bookings go from status to status; that of 1.0-alpha when ``None``.
        key: the member that holds the id of a booking.

    Attributes:
        lifecycle: how bookings go from status to status.
        move: that table, or what a wrong behaviour makes of it.

    Raises:
        ConfigError: where the file can't be used.
    """

    def __init__(
        self, path: str = ":memory:", lifecycle: Lifecycle | None = None, key: str = "id"
    ) -> None:
        self.lifecycle = ALPHA.lifecycle if lifecycle is None else lifecycle
        self.move = self.lifecycle.transition
        self._member = key
        self._lock = threading.RLock()
        try:
            self._db = connected(path, timeout=30)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise ConfigError("serving.database", path=path, reason=str(error)) from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def create(
        self, booking: Item, owner: str | None = None, *, sent: Item | None = None,
        tell: Telling = _nobody,
    ) -> tuple[Item, bool]:  # fmt: skip
        """Keep a booking, unless its id is known.

        Args:
            booking: as it is kept.
            owner: who made it.
            sent: as it was sent, where that differs.
            tell: makes the event about it.

        Returns:
            The booking that is kept under this id, and whether it is this one: it was made now, or
            the same owner sent the same before.
        """
        key, posted = _key(booking[self._member]), _text(booking if sent is None else sent)
        with self._transaction() as db:
            known = db.execute(
                "SELECT document, posted, owner FROM bookings WHERE id = ?", (key,)
            ).fetchone()
            if known is not None:
                return json.loads(known[0]), (posted, owner) == (known[1], known[2])
            row = (key, booking["status"], _text(booking), posted, owner)
            db.execute("INSERT INTO bookings VALUES (?, ?, ?, ?, ?)", row)
            self._queue(db, tell(booking))
        return booking, True

    def change(
        self, id_: str, status: str, owner: str | None = None, *, tell: Telling = _nobody
    ) -> Transition | None:
        """Give a booking another status, where the table of transitions allows it.

        Args:
            id_: the booking.
            status: the wanted status.
            owner: who asks; a booking of another owner is hidden.
            tell: makes the event about it.

        Returns:
            What became of it, or ``None`` where there is no such booking.
        """
        with self._transaction() as db:
            booking = self._find(db, id_, owner)
            if booking is None:
                return None
            verdict = self.move(booking["status"], status)
            if verdict is Transition.OK:
                booking["status"] = status
                self._write(db, booking)
                self._queue(db, tell(booking))
            return verdict

    def amend(self, id_: str, change: Callable[[Item], Item]) -> None:
        """Write a booking anew, if it is there; only wrong behaviours do so."""
        with self._transaction() as db:
            booking = self._find(db, id_, None)
            if booking is not None:
                self._write(db, change(booking))

    def heard(self, event_id: str) -> bool:
        """Say whether an event was taken before."""
        with self._lock:
            row = (_key(event_id),)
            return self._db.execute("SELECT 1 FROM events WHERE id = ?", row).fetchone() is not None

    def take(self, event: Item, owner: str | None = None) -> bool:
        """Take news of a booking; say whether it changed anything.

        An event counts once, by its id. The first news of a booking counts whatever its status; a
        later one that does not lead on is dismissed.

        Args:
            event: the news.
            owner: who tells; news of another owner's booking is dismissed.
        """
        data: Item = event["data"]
        with self._transaction() as db:
            row = (_key(event["id"]),)
            if not db.execute("INSERT OR IGNORE INTO events VALUES (?)", row).rowcount:
                return False
            known = self._find(db, data["id"], None)
            if known is None:
                new = (_key(data["id"]), data["status"], _text(data), _text(data), owner)
                db.execute("INSERT INTO bookings VALUES (?, ?, ?, ?, ?)", new)
                return True
            if self._find(db, data["id"], owner) is None:
                return False
            verdict = self.lifecycle.transition(known["status"], data["status"])
            if verdict is not Transition.OK:
                return False
            self._write(db, {**known, **data})
            return True

    def booking(self, id_: str, owner: str | None = None) -> Item | None:
        """Return a booking, unless it is another owner's."""
        with self._lock:
            return self._find(self._db, id_, owner)

    def hidden(self, id_: str, owner: str | None) -> bool:
        """Say whether there is such a booking, but of another owner."""
        return self.booking(id_, owner) is None and self.booking(id_) is not None

    def involves(self, operator: str, person: str) -> bool:
        """Say whether a person is a side of any booking."""
        sides = ("driver", "passenger")
        query = "SELECT 1 FROM bookings WHERE " + " OR ".join(
            f"(json_extract(document, '$.{side}.operator') = ?"
            f" AND json_extract(document, '$.{side}.id') = ?)"
            for side in sides
        )
        named = (operator, person) * len(sides)
        with self._lock:
            return self._db.execute(f"{query} LIMIT 1", named).fetchone() is not None

    def speaks(self, operator: str, owner: str | None) -> bool:
        """Say whether a key speaks for an operator; the first that does so is the one.

        Who belongs to whom is agreed between partners, and nobody tells it here.
        """
        if owner is None:
            return True
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO speakers VALUES (?, ?)", (operator, owner))
            query = "SELECT owner FROM speakers WHERE operator = ?"
            return bool(db.execute(query, (operator,)).fetchone()[0] == owner)

    def keep(self, message: Item) -> None:
        """Keep a message."""
        with self._transaction() as db:
            db.execute("INSERT INTO messages (document) VALUES (?)", (_text(message),))

    def messages(self) -> list[Item]:
        """Return every message, in the order in which they came."""
        with self._lock:
            rows = self._db.execute("SELECT document FROM messages ORDER BY number").fetchall()
        return [json.loads(text) for (text,) in rows]

    def first_news(self) -> News | None:
        """Return the event that has waited longest, or ``None``."""
        with self._lock:
            query = "SELECT number, document FROM news ORDER BY number LIMIT 1"
            row = self._db.execute(query).fetchone()
        return None if row is None else News(row[0], json.loads(row[1]))

    def told(self, news: News) -> None:
        """Forget an event that was taken."""
        with self._transaction() as db:
            db.execute("DELETE FROM news WHERE number = ?", (news.number,))

    def untold(self, news: News) -> None:
        """Count one more failed attempt; after the last the event is given up."""
        with self._transaction() as db:
            db.execute("UPDATE news SET tries = tries + 1 WHERE number = ?", (news.number,))
            gone = db.execute("DELETE FROM news WHERE tries >= ?", (MOST_TRIES,)).rowcount
        if gone:
            _log.warning("event %s was not taken and is given up", news.event["id"])

    def _queue(self, db: sqlite3.Connection, event: Item | None) -> None:
        if event is None:
            return
        (waiting,) = db.execute("SELECT count(*) FROM news").fetchone()
        if waiting >= MOST_NEWS:
            _log.warning("event %s is not kept: %d wait already", event["id"], waiting)
            return
        db.execute("INSERT INTO news (document, tries) VALUES (?, 0)", (_text(event),))

    @staticmethod
    def _find(db: sqlite3.Connection, id_: str, owner: str | None) -> Item | None:
        query = "SELECT document, owner FROM bookings WHERE id = ?"
        row = db.execute(query, (_key(id_),)).fetchone()
        if row is None or (owner is not None and row[1] not in (owner, None)):
            return None
        found: Item = json.loads(row[0])
        return found

    def _write(self, db: sqlite3.Connection, booking: Item) -> None:
        row = (booking["status"], _text(booking), _key(booking[self._member]))
        db.execute("UPDATE bookings SET status = ?, document = ? WHERE id = ?", row)


def _key(id_: str) -> str:
    """Return an id as it is compared: the letter case of a UUID does not count."""
    return id_.lower()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_SCHEMA = """
CREATE TABLE IF NOT EXISTS bookings (
  id TEXT PRIMARY KEY, status TEXT NOT NULL, document TEXT NOT NULL, posted TEXT NOT NULL,
  owner TEXT
);
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS speakers (operator TEXT PRIMARY KEY, owner TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS news (
  number INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL, tries INTEGER NOT NULL
);
"""
