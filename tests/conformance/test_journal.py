"""What is written is on disk first; after a kill the journal takes it back."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mobstd.cli import main
from mobstd.conformance.scenarios.cleanup import clean
from mobstd.conformance.scenarios.journal import Journal, Look, pending
from mobstd.conformance.scenarios.undoing import seen_gone
from mobstd.conformance.target import opened
from mobstd.errors import ConfigError, TransportError
from mobstd.judging.exchange import Request, Response
from mobstd.ocss.reference import build

ABOUT = {"target": "https://carpool.example.org", "standard": "ocss@1.0-alpha", "role": "operator"}


def undo(id_: str) -> Request:
    return Request("PATCH", f"/bookings/{id_}", (("status", "CANCELLED"),))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.ndjson", ABOUT)
    yield made
    made.close(clean=False)


def left(journal: Journal) -> list[str]:
    return [write.undo.path for write in pending(journal.path)[1]]


def test_what_was_not_answered_may_be_there(journal: Journal) -> None:
    journal.intend("postBookings", undo("a"))
    assert left(journal) == ["/bookings/a"]
    assert pending(journal.path)[0]["target"] == ABOUT["target"]


def test_what_was_refused_is_not(journal: Journal) -> None:
    journal.answered(journal.intend("postBookings", undo("a")), 400)
    journal.answered(journal.intend("postBookings", undo("b")), 500)
    journal.answered(journal.intend("postBookings", undo("c")), None)
    assert left(journal) == ["/bookings/c", "/bookings/b"]


def test_a_refused_change_leaves_what_was_made(journal: Journal) -> None:
    journal.answered(journal.intend("postBookings", undo("a")), 201)
    journal.answered(journal.intend("patchBookings", undo("a")), 409)
    assert left(journal) == ["/bookings/a"]


def test_what_was_undone_is_gone_until_it_is_written_again(journal: Journal) -> None:
    journal.answered(journal.intend("postBookings", undo("a")), 201)
    journal.undone(undo("a"), 200)
    assert left(journal) == []
    journal.answered(journal.intend("patchBookings", undo("a")), 200)
    assert left(journal) == ["/bookings/a"]


def test_what_can_not_be_undone_is_noted(journal: Journal) -> None:
    journal.intend("postMessages", None)
    assert left(journal) == []
    assert "postMessages" in journal.path.read_text("utf-8")


def test_a_cut_last_line_was_never_sent(journal: Journal) -> None:
    journal.intend("postBookings", undo("a"))
    with journal.path.open("a", encoding="utf-8") as file:
        file.write('{"write": 2, "operation": "postB')
    assert left(journal) == ["/bookings/a"]


@pytest.mark.parametrize(
    "text", ["", "{}\n", "[]\n", "nonsense\n{}\n", '{"format": "mobstd-journal"}\nx\n{}\n']
)
def test_what_is_no_journal_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.txt"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as refused:
        pending(file)
    assert refused.value.code == "journal.broken"


def test_nothing_is_sent_where_nothing_can_be_noted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    journal = Journal(tmp_path / "file" / "journal.ndjson", ABOUT)
    with pytest.raises(ConfigError) as refused:
        journal.intend("postBookings", undo("a"))
    assert refused.value.code == "journal.unwritable"


class Sender:
    def __init__(self, answers: dict[str, int | None]) -> None:
        self.answers = answers
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        status = self.answers[request.path]
        if status is None:
            raise TransportError("transport.refused")
        return Response(status)


def test_cleaning_presents_the_key_that_made_it(journal: Journal) -> None:
    journal.intend("postBookings", undo("a"))
    journal.intend("postBookings", undo("b"), "other")
    sender = Sender({"/bookings/a": 200, "/bookings/b": 404})
    keys = {"own": (("X-API-Key", "1"),), "other": (("X-API-Key", "2"),)}
    done = clean(journal.path, lambda about: sender, keys)
    assert [(r.path, dict(r.headers)["X-API-Key"]) for r in sender.sent] == [
        ("/bookings/b", "2"),
        ("/bookings/a", "1"),
    ]
    assert all(one.done for one in done)
    assert not journal.path.exists()


@pytest.mark.parametrize(
    ("said", "read", "shows", "done"),
    [
        (200, 200, "CANCELLED", True),
        (200, 200, "CONFIRMED", False),
        (409, 200, "CONFIRMED", False),
        (403, 200, "CANCELLED", True),
        (500, 404, None, True),
        (200, 500, None, True),
        (403, 500, None, False),
        (200, None, None, False),
    ],
)
def test_what_a_target_says_is_looked_behind(
    journal: Journal, said: int, read: int | None, shows: str | None, done: bool
) -> None:
    look = Look(Request("GET", "/bookings/a"), "/status", "CANCELLED")
    journal.intend("postBookings", undo("a"), look=look)
    journal.intend("patchBookings", undo("a"))

    class Looked(Sender):
        def send(self, request: Request) -> Response:
            if request.method != "GET":
                return super().send(request)
            if read is None:
                raise TransportError("transport.refused")
            body = b"" if shows is None else json.dumps({"status": shows}).encode()
            return Response(read, (), body)

    sender = Looked({"/bookings/a": said})
    (one,) = clean(journal.path, lambda about: sender, {"own": ()})
    assert (one.status, one.done) == (said, done)
    assert journal.path.exists() is not done


def test_what_is_left_keeps_the_journal(journal: Journal) -> None:
    journal.intend("postBookings", undo("a"))
    journal.intend("postBookings", undo("b"))
    sender = Sender({"/bookings/a": None, "/bookings/b": 401})
    done = clean(journal.path, lambda about: sender, {"own": ()})
    assert [(one.status, one.done) for one in done] == [(401, False), (None, False)]
    assert journal.path.exists()


def test_a_killed_run_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kill -9 in the middle; then ``mobstd check --cleanup`` leaves nothing but CANCELLED."""
    db = tmp_path / "operator.db"
    now = int(time.time())
    monkeypatch.chdir(tmp_path)
    app = build(now=now, count=600, db=f"sqlite:///{db}")
    module = tmp_path / "operator_under_test.py"
    module.write_text("app = None\n", "utf-8")
    sys.path.insert(0, str(tmp_path))
    import operator_under_test  # type: ignore[import-not-found]

    operator_under_test.app = app
    with opened("operator_under_test:app") as sender:
        url = sender.address.origin
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mobstd", "check", url),
                *("--standard", "ocss@1.0-alpha", "--allow-writes", "--journal", "j.ndjson"),
                *("--block", "driver-journeys", "--block", "booking", "--now", str(now)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": ""},
        )
        journal = tmp_path / "j.ndjson"
        for _ in range(1200):
            if journal.exists() and journal.read_text("utf-8").count('"write"') > 30:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert pending(journal)[1] != []
        assert main(["check", "--cleanup", "j.ndjson"]) == 0
        said = capsys.readouterr()
        assert "taken back" in said.out
        assert not journal.exists()
        assert statuses(db) <= {"CANCELLED"}
        assert len(statuses(db)) == 1


def statuses(db: Path) -> set[Any]:
    with closing(sqlite3.connect(db)) as connection:
        rows = connection.execute("SELECT document FROM bookings").fetchall()
    return {json.loads(row[0])["status"] for row in rows}


def test_what_nothing_leads_on_from_needs_no_undoing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.ndjson", {})
    look = Look(Request("GET", "/bookings/a"), "/status", "cancelled", ("rejected",))
    journal.intend("postBookings", undo("a"), look=look)
    journal.close(clean=False)
    _, (write,) = pending(journal.path)
    assert write.look is not None
    assert write.look.over == ("rejected",)
    assert seen_gone(write.look, False, 200, "rejected")
    assert not seen_gone(write.look, True, 200, "accepted")
