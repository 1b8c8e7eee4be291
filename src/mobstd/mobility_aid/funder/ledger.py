"""Subscriptions, documents, events and time stamps in a database; one writes at a time.

What an act changes is on the disk when it is told, all of it or nothing: a stamp that does not come
undoes what it was for.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from mobstd.mobility_aid.funder.asking import Caller
from mobstd.serving.database import Connection, Database

__all__ = ["Act", "Item", "Ledger"]

Item = dict[str, Any]
Page = tuple[list[Item], int]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subscription (
    id TEXT PRIMARY KEY, funder TEXT NOT NULL, subject TEXT NOT NULL, aid TEXT NOT NULL,
    state TEXT NOT NULL, updated TEXT NOT NULL, request TEXT NOT NULL, content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS held (
    id TEXT PRIMARY KEY, funder TEXT NOT NULL, subject TEXT NOT NULL, aid TEXT NOT NULL,
    subscription TEXT NOT NULL, expires TEXT NOT NULL, request TEXT NOT NULL,
    content TEXT NOT NULL, sealed TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS event (
    sequence BIGINT PRIMARY KEY, funder TEXT NOT NULL, subject TEXT NOT NULL,
    subscription TEXT NOT NULL, content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS stamp (
    sequence BIGINT PRIMARY KEY, funder TEXT NOT NULL, subject TEXT NOT NULL,
    subscription TEXT NOT NULL, content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS subscription_of ON subscription (subject, aid);
CREATE INDEX IF NOT EXISTS subscription_at ON subscription (funder, id);
CREATE INDEX IF NOT EXISTS held_of ON held (subscription);
CREATE INDEX IF NOT EXISTS event_of ON event (subscription);
CREATE INDEX IF NOT EXISTS stamp_of ON stamp (subscription);
"""
_TERMS = "terms "
_COLUMN = {"person": "subject", "funder": "funder"}


def text_of(value: Any) -> str:
    """Return JSON as it is kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Ledger:
    """What a funder keeps.

    Args:
        database: where; what is not there yet is made.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        weakref.finalize(self, database.close)
        database.create(_SCHEMA)

    @contextmanager
    def acting(self) -> Iterator[Act]:
        """Write alone; nothing is kept where something is raised.

        Raises:
            Away: where the database failed.
        """
        with self._lock, self._database.transaction() as db:
            yield Act(db)

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """Return a setting that is kept with the rest, made the first time."""
        with self.acting() as act:
            return act.setting(name, make)

    def terms(self, current: Mapping[str, Item]) -> dict[str, Item]:
        """Keep the terms that are published now; return them with those that were, by aid.

        So what somebody subscribed to can be read and decided when the aid is offered no longer.
        """
        with self.acting() as act:
            return act.terms(current)


class Act:
    """What is done together."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """Return a setting, made the first time."""
        query = "SELECT value FROM setting WHERE name = ?"
        found = self._db.execute(query, (name,)).fetchone()
        if found is None:
            made = make()
            self._db.execute("INSERT INTO setting VALUES (?, ?)", (name, made))
            return made
        return str(found[0])

    def terms(self, current: Mapping[str, Item]) -> dict[str, Item]:
        """Keep terms; return all that are kept, by aid."""
        for aid, one in current.items():
            self._db.execute("DELETE FROM setting WHERE name = ?", (f"{_TERMS}{aid}",))
            self._db.execute("INSERT INTO setting VALUES (?, ?)", (f"{_TERMS}{aid}", text_of(one)))
        query = "SELECT value FROM setting WHERE name LIKE ?"
        rows = self._db.execute(query, (f"{_TERMS}%",)).fetchall()
        return {one["aid"]: one for one in (json.loads(row[0]) for row in rows)}

    def subscription(self, id_: str) -> tuple[Item, str, str] | None:
        """Return a subscription, its funder, and what it was begun by."""
        query = "SELECT content, funder, request FROM subscription WHERE id = ?"
        found = self._db.execute(query, (id_,)).fetchone()
        return None if found is None else (json.loads(found[0]), found[1], found[2])

    def subscriptions(
        self, caller: Caller, aid: str, states: Sequence[str], after: str, limit: int
    ) -> list[Item]:
        """Return one more than a page of what a caller sees, in the order of ids."""
        where = [f"{_COLUMN[caller.kind]} = ?", "id > ?"]
        values: list[Any] = [caller.name, after]
        if aid:
            where.append("aid = ?")
            values.append(aid)
        if states:
            where.append(f"state IN ({', '.join('?' * len(states))})")
            values += states
        query = f"SELECT content FROM subscription WHERE {' AND '.join(where)} ORDER BY id LIMIT ?"
        rows = self._db.execute(query, (*values, limit + 1)).fetchall()
        return [json.loads(row[0]) for row in rows]

    def of_person(self, subject: str, aids: Sequence[str], states: Sequence[str]) -> list[Item]:
        """Return the subscriptions of a person to some aids, in some states."""
        marks, wanted = (", ".join("?" * len(each)) for each in (aids, states))
        query = (
            f"SELECT content FROM subscription WHERE subject = ? AND aid IN ({marks}) "
            f"AND state IN ({wanted}) ORDER BY id"
        )
        rows = self._db.execute(query, (subject, *aids, *states)).fetchall()
        return [json.loads(row[0]) for row in rows]

    def put(self, item: Mapping[str, Any], funder: str, request: str = "") -> None:
        """Keep a subscription; ``request`` is what it was begun by, where it is new."""
        row = (item["state"], item["updatedAt"], text_of(item))
        if request:
            known = (item["id"], funder, item["subject"], item["aid"])
            query = "INSERT INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            self._db.execute(query, (*known, *row[:2], request, row[2]))
        else:
            query = "UPDATE subscription SET state = ?, updated = ?, content = ? WHERE id = ?"
            self._db.execute(query, (*row, item["id"]))

    def forget(self, before: str, states: Sequence[str]) -> int:
        """Delete what is over and has not changed since an instant; return how many."""
        wanted = ", ".join("?" * len(states))
        query = f"SELECT id FROM subscription WHERE updated < ? AND state IN ({wanted})"
        ids = [row[0] for row in self._db.execute(query, (before, *states)).fetchall()]
        for id_ in ids:
            for table, column in (
                ("held", "subscription"),
                ("event", "subscription"),
                ("stamp", "subscription"),
                ("subscription", "id"),
            ):
                self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (id_,))
        return len(ids)

    def unchanged(self, before: str, state: str, aids: Sequence[str], most: int) -> list[str]:
        """Return the ids of some of these aids that were left in a state since an instant."""
        if not aids:
            return []
        query = (
            "SELECT id FROM subscription WHERE updated < ? AND state = ? "
            f"AND aid IN ({', '.join('?' * len(aids))}) ORDER BY id LIMIT ?"
        )
        rows = self._db.execute(query, (before, state, *aids, most)).fetchall()
        return [row[0] for row in rows]

    def held(self, id_: str) -> tuple[Item, str, str, str, str] | None:
        """Return a document, its funder, its person, its subscription, what it came by."""
        query = "SELECT content, funder, subject, subscription, request FROM held WHERE id = ?"
        found = self._db.execute(query, (id_,)).fetchone()
        return None if found is None else (json.loads(found[0]), *found[1:])

    def sealed(self, id_: str) -> Item:
        """Return the content of a document that is held."""
        query = "SELECT sealed FROM held WHERE id = ?"
        found: Item = json.loads(self._db.execute(query, (id_,)).fetchone()[0])
        return found

    def hold(self, item: Item, funder: str, subject: str, request: str, sealed: Item) -> None:
        """Keep a document."""
        row = (item["id"], funder, subject, item["aid"], "", item["expiresAt"], request)
        query = "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._db.execute(query, (*row, text_of(item), text_of(sealed)))

    def give(self, ids: Sequence[str], subscription: str) -> None:
        """Have a subscription have these documents, and no others."""
        self._db.execute(
            "UPDATE held SET subscription = '' WHERE subscription = ?", (subscription,)
        )
        for id_ in ids:
            self._db.execute("UPDATE held SET subscription = ? WHERE id = ?", (subscription, id_))

    def expire(self, before: str) -> None:
        """Delete documents that no subscription has and whose time is over."""
        query = "DELETE FROM held WHERE subscription = '' AND expires < ?"
        self._db.execute(query, (before,))

    def note(self, table: str, funder: str, subject: str, item: Item) -> None:
        """Append to ``event`` or ``stamp``, under the next number."""
        latest = self._db.execute(f"SELECT COALESCE(MAX(sequence), 0) FROM {table}").fetchone()[0]
        numbered = {"sequence": int(latest) + 1, **item}
        row = (numbered["sequence"], funder, subject, item["subscription"], text_of(numbered))
        self._db.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", row)

    def notes(
        self, table: str, caller: Caller, after: int, limit: int, subscription: str = ""
    ) -> Page:
        """Return items with a higher number that a caller sees, and the number of the latest."""
        where, values = f"{_COLUMN[caller.kind]} = ?", [caller.name]
        if subscription:
            where, values = f"{where} AND subscription = ?", [*values, subscription]
        query = f"SELECT COALESCE(MAX(sequence), 0) FROM {table} WHERE {where}"
        latest = int(self._db.execute(query, values).fetchone()[0])
        query = (
            f"SELECT content FROM {table} WHERE {where} AND sequence > ? ORDER BY sequence LIMIT ?"
        )
        rows = self._db.execute(query, (*values, after, limit)).fetchall()
        return [json.loads(row[0]) for row in rows], latest
