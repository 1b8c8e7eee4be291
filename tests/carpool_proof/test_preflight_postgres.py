"""A history in PostgreSQL says what the same history in SQLite says."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

psycopg = pytest.importorskip("psycopg")

from mobstd.carpool_proof.preflight.run import preflight  # noqa: E402
from mobstd.carpool_proof.preflight.sources import named  # noqa: E402
from mobstd.errors import ConfigError, MissingExtra  # noqa: E402
from mobstd.serving.database import is_postgres  # noqa: E402

from .test_preflight import judge, plan, rules  # noqa: E402
from .worlds import NOON, journey, write  # noqa: E402


def yesterday() -> list[dict[str, object]]:
    close = [journey(f"c{n}", start=NOON - timedelta(minutes=25 * (n + 1))) for n in range(3)]
    old = [journey("0", "x", "y", start=NOON - timedelta(days=90))]
    far = [journey(f"f{n}", "v", "w", start=NOON - timedelta(days=5)) for n in range(2)]
    return close + old + far


def test_it_says_what_sqlite_says(tmp_path: Path, url: str) -> None:
    db = str(tmp_path / "history")
    before = write(tmp_path / "before", yesterday())
    today = write(tmp_path / "today", [journey(0), journey(1, "n", "m")])
    for history in (db, url):
        preflight(plan(before, remember=history))
    (local, by_sqlite), (remote, by_postgres) = (
        (
            preflight(plan(today, history=[named(history)]))[0].facts["history"],
            judge(today, history=[named(history)]),
        )
        for history in (db, url)
    )
    assert local == remote == 4
    assert by_sqlite == by_postgres
    assert rules(by_postgres[0])[0] == "duplicate_past"
    assert "too_close_trips" not in rules(by_postgres[1])


def test_what_is_there_already_is_kept(tmp_path: Path, url: str) -> None:
    before = write(tmp_path / "before", yesterday())
    preflight(plan(before, remember=url))
    preflight(plan(before, remember=url))
    with psycopg.connect(url) as db:
        found = db.execute("SELECT count(*), min(start_ms) FROM journeys").fetchone()
    assert found == (6, int((NOON - timedelta(days=90)).timestamp() * 1000))


def test_it_is_only_read(tmp_path: Path, url: str) -> None:
    today = write(tmp_path / "today", [journey(0)])
    with pytest.raises(ConfigError, match="journeys"):
        judge(today, history=[named(url)])
    with psycopg.connect(url) as db:
        assert db.execute("SELECT to_regclass('journeys')").fetchone() == (None,)


def test_a_database_that_is_not_there_shows_no_password(tmp_path: Path) -> None:
    today = write(tmp_path / "today", [journey(0)])
    wrong = "postgresql://me:secret@127.0.0.1:1/none?connect_timeout=5"
    with pytest.raises(ConfigError) as refused:
        judge(today, history=[named(wrong)])
    assert "127.0.0.1:1/none" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_without_the_library_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match="postgres"):
        judge(write(tmp_path / "t", [journey(0)]), history=[named("postgres://example.org/x")])


def test_what_is_a_url() -> None:
    assert is_postgres("postgresql://h/db")
    assert is_postgres("postgres://h/db")
    assert not is_postgres("postgresql.ndjson")
