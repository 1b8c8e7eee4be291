"""What is tried on every database: tests ask for a new one, and get SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from .sandbox import Sandbox


class Anew(Protocol):
    def __call__(self, *, lasting: bool = False) -> str | None: ...


@pytest.fixture(scope="session")
def running() -> Iterator[str | None]:
    """The URL of a PostgreSQL server, ``None`` where there is none."""
    pytest.importorskip("psycopg", reason="mobstd[postgres] is not installed")
    from .postgres import server

    with server() as url:
        yield url


@pytest.fixture
def schemas(running: str | None) -> Iterator[Anew]:
    """Yield what makes an empty schema of PostgreSQL and tells its URL; all are dropped."""
    if running is None:
        pytest.skip("no PostgreSQL runs here and none can be started")
    import psycopg

    made: list[str] = []
    mark = "&" if "?" in running else "?"
    with psycopg.connect(running, autocommit=True) as db:

        def anew(*, lasting: bool = False) -> str:
            made.append(f"mobstd_{uuid.uuid4().hex}")
            db.execute(f"CREATE SCHEMA {made[-1]}".encode())
            return f"{running}{mark}options=-csearch_path%3D{made[-1]}"

        yield anew
        for name in made:
            db.execute(f"DROP SCHEMA {name} CASCADE".encode())


@pytest.fixture
def url(schemas: Anew) -> str:
    """The URL of an empty schema of PostgreSQL."""
    found = schemas()
    assert found is not None
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def anew(request: pytest.FixtureRequest, tmp_path: Path) -> Anew:
    """What makes an empty database and tells its URL; a file of SQLite where it has to last."""
    if request.param == "postgres":
        found: Anew = request.getfixturevalue("schemas")
        return found
    return lambda *, lasting=False: (
        f"sqlite:///{tmp_path / uuid.uuid4().hex}.db" if lasting else None
    )


@pytest.fixture
def each_database(anew: Anew, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every sandbox a database of its own, of each kind in turn."""
    opened: list[Sandbox] = []
    monkeypatch.setattr(Sandbox, "home", staticmethod(anew))
    monkeypatch.setattr(Sandbox, "opened", opened)
    yield
    for one in opened:
        asyncio.run(one.app.shutdown())
