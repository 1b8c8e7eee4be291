"""The database that a reference keeps its data in: SQLite, or PostgreSQL where it says so.

A statement is written once, in what both speak: ``?`` for values, ``ON CONFLICT DO NOTHING``. What
differs (the number that a row gets, how one writer at a time is had) is the database's.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from mobstd.errors import ConfigError
from mobstd.output.files import private

__all__ = [
    "Away",
    "Connection",
    "Database",
    "Rows",
    "Sqlite",
    "connected",
    "file_of",
    "is_postgres",
    "opened",
    "reading",
    "shown",
    "sound",
]

_SCHEME = "sqlite://"
_HOST = r"(\[[0-9a-fA-F:.%]*\]|[^\s@?#:/\[\]]*)(:[0-9]*)?"
_URL = re.compile(rf"([a-z+]+://)([^@?#/]*@)?({_HOST}(,{_HOST})*(/[^@?#:]*)?)([?#][^@]*)?")


class Away(Exception):
    """The database is busy, full or gone; what was asked of it is not done."""


class Rows(Protocol):
    """What a statement gives."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """Return the next row, ``None`` where there is none."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""


class Connection(Protocol):
    """Where statements are run."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Rows:
        """Run a statement, with a value for each ``?``."""


class Database(Protocol):
    """A database in which one writes at a time.

    Attributes:
        serial: the type of a column that numbers the rows.
        remote: whether a statement waits for another process, so that a thread should run it.
        error: what it raises.
        failure: what it raises where it is :class:`Away`.
    """

    serial: str
    remote: bool
    error: type[Exception]
    failure: type[Exception]

    def create(self, schema: str) -> None:
        """Run statements that make what is not there yet."""

    def unusable(self, error: Exception) -> ConfigError:
        """Return what tells a user of an error."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Write alone; at the end all is on the disk, or nothing where something is raised.

        Raises:
            Away: where the database failed.
        """

    def close(self) -> None:
        """Close it."""


class _Held(sqlite3.Connection):
    """A connection that ends with who holds it, as a file does; Python 3.13 warns otherwise."""

    def __del__(self) -> None:
        with suppress(sqlite3.Error):
            self.close()


def connected(path: str, *, timeout: float = 5.0) -> sqlite3.Connection:
    """Return a connection for any thread, to a file that others can't read, each statement alone.

    Args:
        path: the file, or ``:memory:``.
        timeout: seconds to wait for another writer.

    Raises:
        sqlite3.Error: where the file can't be used.
    """
    return sqlite3.connect(
        private(path),
        check_same_thread=False,
        isolation_level=None,
        timeout=timeout,
        factory=_Held,
    )


class Sqlite:
    """SQLite, which several processes may share.

    Args:
        path: a file, or ``:memory:``.

    Raises:
        ConfigError: where the file can't be used.
    """

    serial = "INTEGER PRIMARY KEY AUTOINCREMENT"
    remote = False
    error: type[Exception] = sqlite3.Error
    failure: type[Exception] = sqlite3.OperationalError

    def __init__(self, path: str = ":memory:") -> None:
        self._path = path
        try:
            self._db = connected(path, timeout=30)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error as error:
            raise self.unusable(error) from None

    def unusable(self, error: Exception) -> ConfigError:
        """Return what tells a user of an error."""
        return ConfigError("serving.database", path=self._path, reason=str(error))

    def create(self, schema: str) -> None:
        """Run statements that make what is not there yet."""
        self._db.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write alone."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise Away(str(error)) from None

    def close(self) -> None:
        """Close it."""
        self._db.close()


def is_postgres(name: str) -> bool:
    """Say whether a name is the URL of a PostgreSQL database."""
    return name.startswith(("postgresql://", "postgres://"))


def opened(url: str | None) -> Database:
    """Return the database of a URL: ``sqlite:///file``, ``postgresql://``; in memory without one.

    Raises:
        ConfigError: for any other URL, and where the database can't be used.
        MissingExtra: for PostgreSQL without the extra ``postgres``.
    """
    if url is not None and is_postgres(url):
        from mobstd.serving.postgres import Postgres

        return Postgres(url)
    return Sqlite(file_of(url, "serving.no-such-database"))


@contextmanager
def reading(name: str) -> Iterator[Connection]:
    """Read a database, a file or the URL of one, that others may write meanwhile.

    Raises:
        ConfigError: where it can't be read.
        MissingExtra: for PostgreSQL without the extra ``postgres``.
    """
    if is_postgres(name):
        from mobstd.serving import postgres

        with postgres.reading(name) as found:
            yield found
        return
    file = file_of(name) if name.startswith(_SCHEME) else name
    try:
        uri = f"{Path(file).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as db:
            yield db
    except sqlite3.Error as error:
        raise ConfigError("serving.database", path=file, reason=str(error)) from None


def file_of(url: str | None, refusal: str = "serving.bad-database-url") -> str:
    """Return the file that ``sqlite:///file`` names, or ``:memory:``.

    Args:
        url: of a database.
        refusal: the code of the error.

    Raises:
        ConfigError: for any other URL.
    """
    if url is None or url in (_SCHEME, _SCHEME + "/", "sqlite:///:memory:"):
        return ":memory:"
    if not url.startswith(_SCHEME + "/"):
        raise ConfigError(refusal, url=shown(url))
    return url.removeprefix(_SCHEME + "/")


def sound(url: str) -> bool:
    """Say whether it is sure where user and password of a URL end: ``@``, ``/`` are escaped."""
    return _URL.fullmatch(url) is not None


def shown(url: str) -> str:
    """Return a URL without user, password and options; all of it is hidden where that is unsure."""
    found = _URL.fullmatch(url)
    if found:
        return found[1] + found[3]
    scheme, mark, _ = url.partition("://")
    if mark:
        return f"{scheme}://***" if scheme.isalpha() else "***"
    return "***" if set("@=:") & set(url) else url
