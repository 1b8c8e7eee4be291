"""Where the sandbox keeps journeys: many callers at once, several processes, what goes wrong."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from mobstd.carpool_proof.reference import build
from mobstd.carpool_proof.reference.counter import Request
from mobstd.carpool_proof.reference.door import Registry
from mobstd.carpool_proof.reference.refusals import Refused
from mobstd.cli import main
from mobstd.errors import ConfigError, MissingExtra
from mobstd.serving.database import Away, Database, opened, reading, shown

from .conftest import Anew
from .sandbox import NOON, Sandbox
from .worlds import NOON as AT
from .worlds import journey

CLIENTS = 64
EARLY = AT - timedelta(hours=1)


@pytest.fixture
def both(anew: Anew) -> Iterator[tuple[Registry, Registry]]:
    """Two registries on one database, as two processes are."""
    db = anew(lasting=True)
    apps = build(db=db, clock=NOON), build(db=db, clock=NOON)
    yield apps
    for app in apps:
        asyncio.run(app.shutdown())


async def asked(app: Registry, operation: str, body: Any = None, id_: str = "") -> int:
    try:
        return (await app.counter.serve(Request(operation, {}, id_, body), 1)).status
    except Refused as error:
        return error.status


def together(apps: tuple[Registry, ...], *requests: tuple[Any, ...]) -> Counter[int]:
    """Ask all at once, in turn of one and of another registry."""

    async def all_() -> list[int]:
        chosen = (apps[n % len(apps)] for n in range(len(requests)))
        return await asyncio.gather(*(asked(app, *r) for app, r in zip(chosen, requests)))  # noqa: B905

    return Counter(asyncio.run(all_()))


def status(app: Registry, id_: str) -> Any:
    request = Request("getJourney", {}, id_, {})
    return json.loads(asyncio.run(app.counter.serve(request, 1)).body)["status"]


def test_one_of_many_is_created(both: tuple[Registry, ...]) -> None:
    one = journey(0, start=EARLY)
    seen = together(both, *[("createJourney", one)] * CLIENTS)
    assert seen == {201: 1, 409: CLIENTS - 1}


def test_terms_hold_for_those_who_come_at_once(both: tuple[Registry, ...]) -> None:
    many = [journey(n, "d", f"p{n}", start=EARLY) for n in range(CLIENTS)]
    seen = together(both, *[("createJourney", one) for one in many])
    assert seen == {201: 5, 422: CLIENTS - 5}


def test_what_is_canceled_stays_so(both: tuple[Registry, ...]) -> None:
    one = journey(0, start=EARLY)
    assert together(both, ("createJourney", one)) == {201: 1}
    change = {name: one[name] for name in ("operator_class", "incentives", "start", "end")}
    change["distance"] = 9000
    acts = [("cancelJourney", {"code": "0"}, "j0"), ("updateJourney", change, "j0")]
    seen = together(both, *acts * (CLIENTS // 2))
    assert seen[200] >= CLIENTS // 2
    assert set(seen) <= {200, 404}
    assert status(both[0], "j0") == status(both[1], "j0") == "canceled"


def test_a_token_of_one_process_is_good_at_the_other(anew: Anew) -> None:
    db = anew(lasting=True)
    first, second = Sandbox({"db": db}), Sandbox({"db": db})
    token = first.token(1)
    assert second.ask("GET", "/journeys?status=ok", token=token).status == 200
    for one in (first, second):
        asyncio.run(one.app.shutdown())


def test_what_raises_is_undone_and_nothing_else(anew: Anew) -> None:
    app = build(db=anew(), clock=NOON)
    store = app._store

    def breaks(db: Any) -> None:
        db.execute("INSERT INTO settings VALUES ('half', 'done')")
        db.execute("INSERT INTO settings VALUES ('half', 'twice')")

    async def all_() -> list[Any]:
        acts = [
            lambda db: db.execute("INSERT INTO settings VALUES ('a', '1')").rowcount,
            breaks,
            lambda db: db.execute("SELECT count(*) FROM settings WHERE name = 'half'").fetchone(),
        ]
        return await asyncio.gather(*map(store.run, acts), return_exceptions=True)

    first, wrong, seen = asyncio.run(all_())
    asyncio.run(app.shutdown())
    assert first == 1
    assert type(wrong).__name__ in ("IntegrityError", "UniqueViolation")
    assert seen == (0,)


def test_text_that_one_of_them_cannot_hold(anew: Anew) -> None:
    box = Sandbox({"db": anew(), "quirks": None})
    one = journey(0, start=EARLY) | {"operator_journey_id": "a\x00b", "operator_trip_id": "t\x00é"}
    assert box.create(one).status == 201
    assert box.create(one).status == 409
    assert box.status("a%00b") == "pending"
    asyncio.run(box.app.shutdown())


# --- what goes wrong


def test_a_connection_that_was_lost_is_made_anew(url: str) -> None:
    import psycopg

    box = Sandbox({"db": f"{url}&application_name=mobstd-lost"})
    assert box.create(journey(0, start=EARLY)).status == 201
    with psycopg.connect(url, autocommit=True) as db:
        ended = db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'mobstd-lost'"
        ).fetchall()
    assert ended == [(True,)]
    assert box.create(journey(1, "e", start=EARLY)).status == 201
    assert box.status("j0") == "pending"
    asyncio.run(box.app.shutdown())


def test_a_database_that_is_gone_is_503(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Sandbox({"db": url})
    token = box.token(1)
    database: Any = box.app._store._database
    database._db.close()
    monkeypatch.setattr(database, "_url", "postgresql://postgres@127.0.0.1:1/none")
    answer = box.create(journey(0, start=EARLY), token=token)
    assert (answer.status, answer.body) == (503, {"code": 503, "error": "Service Unavailable"})
    monkeypatch.setattr(database, "_url", url)
    assert box.create(journey(0, start=EARLY), token=token).status == 201
    asyncio.run(box.app.shutdown())


@contextmanager
def impatient(db: str) -> Iterator[Database]:
    """Yield a database that does not wait for another writer."""
    found: Any = opened(db)
    if db.startswith("sqlite"):
        found._db.execute("PRAGMA busy_timeout = 50")
    else:
        found._db.execute("SET lock_timeout = '50ms'")
    with closing(found):
        yield found


def test_who_cannot_write_is_told(anew: Anew) -> None:
    db = anew(lasting=True)
    assert db is not None
    app = build(db=db, clock=NOON)
    with impatient(db) as other:
        with app._store._database.transaction(), pytest.raises(Away), other.transaction():
            pass
        with other.transaction() as again:
            assert again.execute("SELECT count(*) FROM journeys").fetchone() == (0,)
    asyncio.run(app.shutdown())


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command says that does not start."""
    assert main(["serve", "carpool-proof@3.4", *words]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "db",
    [
        "postgresql://me:hidden@127.0.0.1:1/none?connect_timeout=5",
        "postgresql://me:hidden@nowhere.invalid/none?connect_timeout=5",
        "postgresql://me:hid/den@127.0.0.1/none",
        "postgresql://me:hid@den@127.0.0.1/none",
        "postgresql://me:hid%zzden@127.0.0.1/none",
        "postgresql://me:hidden@127.0.0.1:x/none",
        "postgresql://127.0.0.1/none?password=hidden&nothing=x",
        "postgresql://127.0.0.1/none?password=hid@den",
        "mysql://me:hidden@127.0.0.1/none",
        "me:hidden@127.0.0.1",
        "sqlite://me:hidden@here",
    ],
)
def test_secrets_of_an_address_are_not_told(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "--db", db)
    assert "hid" not in told
    assert "den" not in told
    assert "me:" not in told
    assert "Traceback" not in told
    assert main(["serve", "ocss@1.0-alpha", "--db", db]) == 2
    assert "hid" not in capsys.readouterr().err


def test_what_is_wrong_with_a_server_is_one_line(
    running: str | None, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = urlsplit(url)._replace(path="/mobstd_nowhere").geturl()
    told = said(capsys, "--db", wrong)
    assert 'database "mobstd_nowhere" does not exist' in told
    assert len(told.splitlines()) == 1
    told = said(capsys, "--db", "postgresql://me@127.0.0.1:1/none")
    assert "127.0.0.1:1/none" in told
    assert len(told.splitlines()) == 1
    told = said(capsys, "--db", f"{running}{'&' if '?' in str(running) else '?'}"
                "options=-csearch_path%3Dmobstd_nowhere")  # fmt: skip
    assert "no schema has been selected" in told


def test_a_wrong_password_is_one_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No server that trusts everybody refuses one; a user that is not there is refused alike."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    told = said(capsys, "--db", parts._replace(netloc=f"nobody:hidden@{host}").geturl())
    assert "nobody" in told
    assert "hidden" not in told
    assert len(told.splitlines()) == 1


def test_a_database_of_something_else_is_one_line(
    anew: Anew, capsys: pytest.CaptureFixture[str]
) -> None:
    db = anew(lasting=True)
    assert db is not None
    with closing(opened(db)) as found:
        found.create("CREATE TABLE journeys (traveller TEXT)")
    told = said(capsys, "--db", db)
    assert "column" in told
    assert len(told.splitlines()) == 1


def test_who_cannot_write_at_the_start_is_told(
    anew: Anew, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db = anew(lasting=True)
    assert db is not None
    with impatient(db) as other, closing(opened(db)) as one, one.transaction():
        monkeypatch.setattr("mobstd.serving.database.opened", lambda url: other)
        assert "can't be used" in said(capsys, "--db", db)


def test_without_the_library_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match="postgres") as refused:
        opened("postgresql://example.org/x")
    assert "pip install 'mobstd[postgres]'" in str(refused.value)


def test_what_an_address_shows() -> None:
    assert shown("postgresql://me:x@h:5,i:6/db?sslmode=require") == "postgresql://h:5,i:6/db"
    assert shown("postgres://[::1]/db") == "postgres://[::1]/db"
    assert shown("postgresql:///db?host=/tmp") == "postgresql:///db"
    assert shown("registry.db") == "registry.db"
    assert shown("host=h password=x") == "***"


def test_a_file_that_is_read_is_not_written(anew: Anew) -> None:
    db = anew(lasting=True)
    assert db is not None
    asyncio.run(build(db=db, clock=NOON).shutdown())
    with pytest.raises(ConfigError), reading(db) as found:
        found.execute("INSERT INTO settings VALUES ('x', 'y')")
    with reading(db) as found:
        assert found.execute("SELECT count(*) FROM settings WHERE name = 'x'").fetchall() == [(0,)]


def test_a_database_of_before_is_read_as_it_was(tmp_path: Any) -> None:
    """Numbers were called INTEGER once; what SQLite makes of them is the same."""
    path = tmp_path / "old.db"
    asyncio.run(build(db=f"sqlite:///{path}", clock=NOON).shutdown())
    with closing(sqlite3.connect(path)) as db:
        (schema,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'journeys'").fetchone()
        db.execute("DROP TABLE journeys")
        db.execute(schema.replace("BIGINT", "INTEGER"))
    box = Sandbox({"db": f"sqlite:///{path}"})
    assert box.create(journey(0, start=EARLY)).status == 201
    assert box.status("j0") == "pending"
