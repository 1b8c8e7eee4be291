"""Aids in a database, found by place without reading the others; what happened to them.

An aid is kept under its id in hexadecimal digits, which every database sorts alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from mobstd.mobility_aid.search import instant, parties, places
from mobstd.serving.database import Connection, Database

__all__ = ["Gone", "Shelf", "Wanted", "key_of", "stamp"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS aid (
    id TEXT PRIMARY KEY, document TEXT NOT NULL, level TEXT NOT NULL, status TEXT NOT NULL,
    modes TEXT NOT NULL, updated TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS area (
    place TEXT NOT NULL, side TEXT NOT NULL, aid TEXT NOT NULL, PRIMARY KEY (place, side, aid)
);
CREATE TABLE IF NOT EXISTS party (
    number TEXT NOT NULL, aid TEXT NOT NULL, PRIMARY KEY (number, aid)
);
CREATE TABLE IF NOT EXISTS change (
    sequence BIGINT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, aid TEXT NOT NULL,
    document TEXT
);
CREATE INDEX IF NOT EXISTS area_of ON area (aid);
CREATE INDEX IF NOT EXISTS party_of ON party (aid);
CREATE INDEX IF NOT EXISTS change_of ON change (aid);
"""
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_PUBLIC = "level <> 'employer'"
"""Nobody can show here whom an employer entitles: its aids are shown to nobody."""


class Gone(Exception):
    """The aid is no longer published."""


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; what is empty is not asked.

    Attributes:
        places: the place that is asked for and those around it, as type and code.
        since: an instant as ``stamp`` writes it.
        after: the key of the last aid of the page before.
        excluding: whether aids are left out that exclude one of the places.
    """

    places: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    level: str = ""
    statuses: tuple[str, ...] = ()
    funder: str = ""
    since: str = ""
    after: str = ""
    limit: int = 100
    excluding: bool = True
    conditions: list[tuple[str, tuple[Any, ...]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = list(_conditions(self))
        object.__setattr__(self, "conditions", found)


def key_of(id_: str) -> str:
    """Return the key of an id: keys sort as ids do, in every database."""
    return id_.encode().hex()


def stamp(text: str) -> str:
    """Return an instant in UTC, so that texts sort as instants do."""
    found = instant(text)
    assert found is not None
    try:
        there = found.astimezone(UTC)
    except OverflowError:
        there = _FIRST if found.year == 1 else _LAST
    return there.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Shelf:
    """Keeps aids, and every change of them.

    Args:
        database: where; what is not there yet is made.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        database.create(_SCHEMA)

    def put_all(self, aids: Iterable[Mapping[str, Any]]) -> int:
        """Keep aids; return how many are new or have other content.

        An aid that was withdrawn stays so: its id is never given to another.
        """
        with self._writing() as db:
            latest = _latest(db)
            before = latest
            for aid in aids:
                latest += _put(db, aid, latest + 1)
            return latest - before

    def withdraw(self, id_: str, at: str) -> bool:
        """Publish an aid no longer, from an instant on; return whether it was there."""
        key = key_of(id_)
        with self._writing() as db:
            there = db.execute("DELETE FROM aid WHERE id = ?", (key,)).rowcount > 0
            if there:
                _forget(db, key)
                _note(db, _latest(db) + 1, (at, "withdrawn", id_, None))
            return there

    def one(self, id_: str) -> str | None:
        """Return the document of an aid, ``None`` where there never was one for the public.

        Raises:
            Gone: where it was withdrawn.
        """
        with self._writing() as db:
            statement = f"SELECT document FROM aid WHERE id = ? AND {_PUBLIC}"
            found = db.execute(statement, (key_of(id_),)).fetchone()
            if found is None and _withdrawn(db, id_):
                raise Gone
            return None if found is None else str(found[0])

    def search(self, wanted: Wanted) -> list[tuple[str, str]]:
        """Return key and document of one aid more than a page, in the order of ids."""
        where = " AND ".join([_PUBLIC, *(one for one, _ in wanted.conditions)])
        values = [value for _, each in wanted.conditions for value in each]
        statement = f"SELECT id, document FROM aid WHERE {where} ORDER BY id LIMIT ?"
        with self._writing() as db:
            return db.execute(statement, (*values, wanted.limit + 1)).fetchall()

    def territories(self, kind: str, after: str, limit: int) -> list[tuple[str, int]]:
        """Return places with the number of aids that include them, one more than a page."""
        with self._writing() as db:
            return db.execute(
                "SELECT place, COUNT(*) FROM area JOIN aid ON aid.id = area.aid "
                f"WHERE side = 'include' AND place > ? AND place LIKE ? AND {_PUBLIC} "
                "AND place NOT LIKE 'unresolved%' GROUP BY place ORDER BY place LIMIT ?",
                (after, f"{kind}:%" if kind else "%", limit + 1),
            ).fetchall()

    def changes(self, after: int, limit: int) -> tuple[list[tuple[Any, ...]], int]:
        """Return changes with a higher number, and the number of the latest of all."""
        with self._writing() as db:
            rows = db.execute(
                "SELECT sequence, at, kind, aid, document FROM change "
                "WHERE sequence > ? ORDER BY sequence LIMIT ?",
                (after, limit),
            ).fetchall()
            return rows, _latest(db)

    def begun(self) -> bool:
        """Say whether an aid was ever kept here."""
        with self._writing() as db:
            statement = "SELECT EXISTS (SELECT 1 FROM aid), EXISTS (SELECT 1 FROM change)"
            return any(db.execute(statement).fetchone())

    def numbers(self) -> tuple[int, str]:
        """Return how many public aids there are, and when the latest change was."""
        with self._writing() as db:
            count = db.execute(f"SELECT COUNT(*) FROM aid WHERE {_PUBLIC}").fetchone()[0]
            latest = db.execute("SELECT MAX(at) FROM change").fetchone()[0]
            return int(count), str(latest or "1970-01-01T00:00:00Z")

    def latest(self) -> int:
        """Return the number of the latest change."""
        with self._writing() as db:
            return _latest(db)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, self._database.transaction() as db:
            yield db


def _conditions(wanted: Wanted) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if wanted.after:
        yield "id > ?", (wanted.after,)
    if wanted.places:
        listed = ", ".join("?" * len(wanted.places))
        sides = (("IN", "include"), ("NOT IN", "exclude"))
        for sign, side in sides if wanted.excluding else sides[:1]:
            inner = f"SELECT aid FROM area WHERE place IN ({listed}) AND side = '{side}'"
            yield f"id {sign} ({inner})", wanted.places
    if wanted.modes:
        either = " OR ".join(["modes LIKE ?"] * len(wanted.modes))
        yield f"({either})", tuple(f"%,{mode},%" for mode in wanted.modes)
    if wanted.level:
        yield "level = ?", (wanted.level,)
    if wanted.statuses:
        yield f"status IN ({', '.join('?' * len(wanted.statuses))})", wanted.statuses
    if wanted.funder:
        yield "id IN (SELECT aid FROM party WHERE number = ?)", (wanted.funder,)
    if wanted.since:
        yield "updated >= ?", (wanted.since,)


def _put(db: Connection, aid: Mapping[str, Any], sequence: int) -> int:
    key, text = key_of(aid["id"]), json.dumps(aid, ensure_ascii=False, separators=(",", ":"))
    known = db.execute("SELECT document FROM aid WHERE id = ?", (key,)).fetchone()
    if (known is not None and known[0] == text) or _withdrawn(db, aid["id"]):
        return 0
    if known is not None:
        db.execute("DELETE FROM aid WHERE id = ?", (key,))
        _forget(db, key)
    at = aid["provenance"]["updatedAt"]
    modes = f",{','.join(aid['modes'])},"
    row = (key, text, aid["level"], aid["status"], modes, stamp(at))
    db.execute("INSERT INTO aid VALUES (?, ?, ?, ?, ?, ?)", row)
    for side in ("include", "exclude"):
        for place in sorted(set(places(aid, side))):
            db.execute("INSERT INTO area VALUES (?, ?, ?)", (place, side, key))
    for number in sorted(set(parties(aid))):
        db.execute("INSERT INTO party VALUES (?, ?)", (number, key))
    if aid["level"] == "employer":
        return 0
    kind = "published" if known is None else "updated"
    _note(db, sequence, (stamp(at), kind, aid["id"], text))
    return 1


def _note(db: Connection, sequence: int, row: tuple[Any, ...]) -> None:
    db.execute("INSERT INTO change VALUES (?, ?, ?, ?, ?)", (sequence, *row))


def _forget(db: Connection, key: str) -> None:
    db.execute("DELETE FROM area WHERE aid = ?", (key,))
    db.execute("DELETE FROM party WHERE aid = ?", (key,))


def _latest(db: Connection) -> int:
    return int(db.execute("SELECT COALESCE(MAX(sequence), 0) FROM change").fetchone()[0])


def _withdrawn(db: Connection, id_: str) -> bool:
    statement = "SELECT 1 FROM change WHERE aid = ? AND kind = 'withdrawn'"
    return db.execute(statement, (id_,)).fetchone() is not None
