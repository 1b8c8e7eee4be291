"""The journal of what is sent: each journey on disk before it leaves, with what became of it.

A SQLite file, so that it is whole at any moment and its size costs no memory; whoever sends holds
a lock beside it (``FILE-lock``), and others may read meanwhile. It holds the journeys themselves,
which are personal data, readable by its owner only: ``prune`` it. No credentials are in it.

Whatever is noted survives the end of the process, however it ends, at once. A journey survives a
power cut from before it is posted on; what is noted of it after that may be taken by one, so that
the registry is asked once more.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mobstd.carpool_proof.sending.entries import plain, result_of
from mobstd.carpool_proof.sending.result import Fate, Result
from mobstd.errors import ConfigError
from mobstd.output.files import private

__all__ = ["Letter", "Outbox"]

FORMAT = "mobstd-outbox-1"

_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journeys (
  place INTEGER PRIMARY KEY, id TEXT UNIQUE, document TEXT NOT NULL, deadline REAL NOT NULL,
  run INTEGER NOT NULL, taken_at TEXT NOT NULL, posted_at TEXT, settled_at TEXT,
  fate TEXT, result TEXT, told INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS waiting ON journeys (run, deadline) WHERE fate IS NULL;
CREATE INDEX IF NOT EXISTS untold ON journeys (run) WHERE told = 0 AND fate IS NOT NULL;
CREATE INDEX IF NOT EXISTS nameless ON journeys (document) WHERE id IS NULL;
"""


@dataclass(eq=False)
class Letter:
    """A journey that waits to be sent.

    Attributes:
        id: its ``operator_journey_id``.
        document: the journey.
        deadline: until when it has to be there, in seconds since 1970.
        doubtful: an earlier run may have sent it.
        own: an earlier run noted that it was about to post it.
        ticket: how much has to be on the disk before it is posted.
        warned: that it is about to expire was told.
    """

    id: str
    document: Mapping[str, Any]
    deadline: float
    doubtful: bool = False
    own: bool = False
    ticket: int = 0
    warned: bool = False


class Outbox:
    """Writes a journal; made where it is not there, and closed by whoever opened it.

    Args:
        path: the file.
        registry: where it is sent to; a journal belongs to one registry.

    Raises:
        ConfigError: another process sends from it, it is of another registry, or no journal.
    """

    def __init__(self, path: Path | str, registry: str) -> None:
        self.path = Path(path)
        self._mutex, self._turn = threading.RLock(), threading.Lock()
        self._written = self._secured = 0
        try:
            self._held = _hold(self.path)
        except sqlite3.Error as error:
            code = "sending.journal-in-use" if "locked" in str(error) else _UNWRITABLE
            raise ConfigError(code, file=str(self.path), why=str(error)) from None
        try:
            self._base = sqlite3.connect(
                private(self.path), isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            self._held.close()
            raise ConfigError(_UNWRITABLE, file=str(self.path), why=str(error)) from None
        try:
            self._run = self._begin(registry)
            _on_disk(self.path.parent)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise ConfigError(_UNWRITABLE, file=str(self.path), why=str(error)) from None
        except BaseException:
            self.close()
            raise

    def _begin(self, registry: str) -> int:
        tables = {row[0] for row in self._base.execute("SELECT name FROM sqlite_master")}
        if tables and not {"about", "journeys"} <= tables:
            raise ConfigError("sending.no-journal", file=str(self.path))
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        self._base.executescript(_TABLES)
        about = dict(self._base.execute("SELECT name, value FROM about"))
        known = about.get("registry", registry)
        if about.get("format", FORMAT) != FORMAT or known != registry:
            code = "sending.journal-of-another" if known != registry else "sending.no-journal"
            raise ConfigError(code, file=str(self.path), known=known, registry=registry)
        run = int(about.get("run", 0)) + 1
        rows = [("format", FORMAT), ("registry", registry), ("run", str(run))]
        self._base.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", rows)
        return run

    def _do(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Do one thing to the journal.

        Raises:
            ConfigError: where it can't be written, or read.
        """
        try:
            return self._base.execute(statement, values)
        except sqlite3.Error as error:
            raise ConfigError(_UNWRITABLE, file=str(self.path), why=str(error)) from None

    def take(self, document: Mapping[str, Any], deadline: float) -> Letter | Result | None:
        """Write a journey down; nothing but a power cut takes it away.

        Returns:
            What is to be sent; or what is known of it already; or nothing, where it waits, or was
            told of in this run.
        """
        name, text = document["operator_journey_id"], _written(document)
        with self._mutex:
            row = self._do(
                "SELECT document, fate, result, told FROM journeys WHERE id = ?", (name,)
            ).fetchone()
            if row is not None:
                same, open_ = row[0] == text, row[1] is None
                if same and (open_ or row[3] == self._run):
                    return None
                if same:
                    return replace(result_of(row[2]), again=True)
                if open_ or row[1] != Fate.INVALID:
                    return Result(name, Fate.CLASH)
            self._put(name, text, deadline)
            return Letter(name, document, deadline, ticket=self._written)

    def refuse(self, document: Any, result: Result) -> None:
        """Write a document down that the schema refuses, unless its id is one that was sent."""
        with self._mutex:
            name = result.id or None
            row = self._do("SELECT fate FROM journeys WHERE id = ?", (name,)).fetchone()
            if row is None or row[0] == Fate.INVALID:
                text = _written(document)
                self._do("DELETE FROM journeys WHERE id IS NULL AND document = ?", (text,))
                place = self._put(name, text, 0.0)
                self._settle("place", place, result)

    def _put(self, name: str | None, text: str, deadline: float) -> int:
        done = self._do(
            "INSERT OR REPLACE INTO journeys (id, document, deadline, run, taken_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (name, text, deadline, self._run, _now()),
        )
        self._written += 1
        return int(done.lastrowid or 0)

    def waiting(self, most: int) -> list[Letter]:
        """Return journeys that earlier runs left, the closest deadline first, each once."""
        with self._mutex:
            rows = self._do(
                "SELECT place, id, document, deadline, posted_at FROM journeys"
                " WHERE fate IS NULL AND run < ? ORDER BY deadline, place LIMIT ?",
                (self._run, most),
            ).fetchall()
            places = [(self._run, row[0]) for row in rows]
            if places:
                self._do("BEGIN")
                for pair in places:
                    self._do("UPDATE journeys SET run = ? WHERE place = ?", pair)
                self._do("COMMIT")
        return [
            Letter(name, json.loads(text), deadline, doubtful=True, own=posted is not None)
            for _, name, text, deadline, posted in rows
        ]

    def posting(self, letter: Letter) -> None:
        """Note that a journey is about to be posted; it is on the disk when this returns."""
        with self._mutex:
            if not letter.own:
                self._do(
                    "UPDATE journeys SET posted_at = coalesce(posted_at, ?) WHERE id = ?",
                    (_now(), letter.id),
                )
        with self._turn:
            if self._secured < letter.ticket:
                upto = self._written
                try:
                    _on_disk(self.path.with_name(f"{self.path.name}-wal"))
                except OSError as error:
                    why = error.strerror or "?"
                    raise ConfigError(_UNWRITABLE, file=str(self.path), why=why) from None
                self._secured = upto

    def settle(self, result: Result) -> None:
        """Note what became of a journey; what is unknown waits for the next run."""
        with self._mutex:
            self._settle("id", result.id, result)

    def _settle(self, column: str, value: Any, result: Result) -> None:
        fate = None if result.fate is Fate.UNKNOWN else result.fate
        self._do(
            f"UPDATE journeys SET fate = ?, result = ?, settled_at = ? WHERE {column} = ?",
            (fate, plain(result), _now(), value),
        )

    def told(self, result: Result) -> None:
        """Note that a result was told."""
        with self._mutex:
            self._do("UPDATE journeys SET told = ? WHERE id = ?", (self._run, result.id))

    def untold(self, most: int) -> list[Result]:
        """Return results of earlier runs that nobody was told of before they ended."""
        with self._mutex:
            rows = self._do(
                "SELECT result FROM journeys WHERE told = 0 AND fate IS NOT NULL"
                " AND id IS NOT NULL AND run < ? ORDER BY run, place LIMIT ?",
                (self._run, most),
            ).fetchall()
        return [replace(result_of(row[0]), again=True) for row in rows]

    def prune(self, before: datetime) -> int:
        """Forget journeys that were settled before then, and return how many.

        A journey that is forgotten is not known any more: should it come again, the registry says
        that it has it.
        """
        with self._mutex:
            done = self._do(
                "DELETE FROM journeys WHERE fate IS NOT NULL AND settled_at < ?", (_at(before),)
            )
            self._do("VACUUM")
        return done.rowcount

    def close(self) -> None:
        """Let go of the file."""
        with self._mutex:
            self._base.close()
        self._held.close()

    def __enter__(self) -> Outbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_UNWRITABLE = "sending.journal-unwritable"


def _hold(path: Path) -> sqlite3.Connection:
    """Return a lock that the operating system takes back when the process ends, however."""
    held = sqlite3.connect(f"{path}-lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        held.execute("BEGIN EXCLUSIVE")
    except BaseException:
        held.close()
        raise
    return held


def _on_disk(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk; of a folder as far as that can be."""
    folder = path.is_dir()
    try:
        opened = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    except OSError:
        if folder:
            return
        raise
    try:
        os.fsync(opened)
    except OSError:
        if not folder:
            raise
    finally:
        os.close(opened)


def _written(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _now() -> str:
    return _at(datetime.now(UTC))


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
