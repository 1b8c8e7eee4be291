"""PostgreSQL as the database of a reference; several processes may serve from one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from mobstd.errors import ConfigError, MissingExtra
from mobstd.serving.database import Away, Connection, Rows, shown, sound

if TYPE_CHECKING:
    import psycopg

__all__ = ["Postgres", "connect", "reading", "reason"]

_WAIT = 10
_BUSY = "55P03"
_BATCH = 5000
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('mobstd ' || current_schema(), 0))"
"""One writer at a time in each schema, as with a file of SQLite; readers go on."""
_BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {_ALONE}"
_SET_UP = (
    "SET lock_timeout = '30s'",
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'",
)


def connect(url: str) -> psycopg.Connection[Any]:
    """Return a connection, each statement of which is a transaction unless one is begun.

    Raises:
        ConfigError: where the URL is none, or nobody answers, or refuses.
        MissingExtra: without the extra ``postgres``.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise MissingExtra("serving.needs-postgres") from None
    try:
        if not sound(url):
            raise ValueError
        wanted = conninfo_to_dict(url)
    except (psycopg.Error, ValueError):
        raise ConfigError("serving.no-such-database", url=shown(url)) from None
    defaults: dict[str, Any] = {"connect_timeout": _WAIT, "application_name": "mobstd"}
    try:
        return psycopg.connect(**(defaults | wanted), autocommit=True)
    except (psycopg.Error, ValueError) as error:
        raise _unusable(url, error) from None


def _unusable(url: str, error: Exception) -> ConfigError:
    return ConfigError("serving.database", path=shown(url), reason=reason(error))


def reason(error: Exception) -> str:
    """Return the first line of an error."""
    return str(error).partition("\n")[0].rstrip(".")


class _Spoken:
    """A connection that takes ``?`` for values."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self._db = db

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Rows:
        return self._db.execute(*_translated(statement, values))


class _Read:
    """A connection that gives rows as they are asked for."""

    def __init__(self, db: psycopg.Connection[Any], opened: ExitStack) -> None:
        self._db, self._opened, self._count = db, opened, 0

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Rows:
        self._count += 1
        cursor = self._opened.enter_context(self._db.cursor(name=f"mobstd_{self._count}"))
        cursor.itersize = _BATCH
        return cursor.execute(*_translated(statement, values))


def _translated(statement: str, values: Sequence[Any]) -> tuple[bytes, Sequence[Any] | None]:
    if not values:
        return statement.encode(), None
    translated = statement.replace("%", "%%").replace("?", "%s")
    return translated.encode(), [_held(value) for value in values]


def _held(value: Any) -> Any:
    """Return a value as PostgreSQL can hold it: it has no NUL, which becomes a noncharacter."""
    return value.replace("\x00", "\ufdd0") if isinstance(value, str) else value


class Postgres:
    """PostgreSQL: the schema that the URL leads to.

    A connection that was lost is made anew when the next transaction begins. What a server that
    was told to answer before it has written would lose is not lost here: it is told to wait.

    Args:
        url: ``postgresql://user@host/database``; what it leaves out, libpq knows where to find.

    Raises:
        ConfigError: where it can't be used.
        MissingExtra: without the extra ``postgres``.
    """

    serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    remote = True

    def __init__(self, url: str) -> None:
        self._url = url
        self._db = self._connected()
        import psycopg

        self.failure: type[Exception] = psycopg.OperationalError
        self.error: type[Exception] = psycopg.Error

    def _connected(self) -> psycopg.Connection[Any]:
        db = connect(self._url)
        for statement in _SET_UP:
            db.execute(statement)
        return db

    def create(self, schema: str) -> None:
        """Run statements that make what is not there yet."""
        with self.transaction() as db:
            db.execute(schema)

    def unusable(self, error: Exception) -> ConfigError:
        """Return what tells a user of an error."""
        return _unusable(self._url, error)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write alone."""
        try:
            try:
                self._begin()
                yield _Spoken(self._db)
            except BaseException:
                with suppress(self.error):
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except self.failure as error:
            raise Away(reason(error)) from None

    def _begin(self) -> None:
        """Begin, on a new connection where the last one was lost meanwhile."""
        try:
            self._db.execute(_BEGIN)
        except self.failure as error:
            if getattr(error, "sqlstate", None) == _BUSY:
                raise
            self._db.close()
            try:
                self._db = self._connected()
            except ConfigError as refused:
                raise Away(str(refused)) from None
            self._db.execute(_BEGIN)

    def close(self) -> None:
        """Close it."""
        self._db.close()


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """Read a database as it is at one moment.

    Raises:
        ConfigError: where it can't be read.
        MissingExtra: without the extra ``postgres``.
    """
    with closing(connect(url)) as db:
        import psycopg

        db.autocommit = False
        db.read_only = True
        db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        try:
            with ExitStack() as opened:
                yield _Read(db, opened)
        except psycopg.Error as error:
            raise _unusable(url, error) from None
