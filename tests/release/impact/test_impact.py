"""``mobstd schemas impact``: recorded exchanges and documents, judged by another version."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.contracts import contract
from mobstd.cli import main
from mobstd.conformance.record import Recorder
from mobstd.judging.exchange import Exchange, Request, Response

JOURNEY = {
    "id": "j-1",
    "operator": "operator.example.org",
    "driver": {"id": "u-1", "operator": "operator.example.org", "alias": "Maëlle B."},
    "passengerPickupDate": 1665552600,
    "passengerPickupLat": 45.19,
    "passengerPickupLng": 5.71,
    "passengerDropLat": 45.36,
    "passengerDropLng": 5.59,
    "duration": 1620,
    "type": "PLANNED",
}
QUERY = (
    ("departureLat", "45.19"),
    ("departureLng", "5.71"),
    ("arrivalLat", "45.36"),
    ("arrivalLng", "5.59"),
    ("departureDate", "1665552600"),
)


def _recorded(folder: Path, *answers: Any, operation: str = "getDriverJourneys") -> Path:
    about = {"standard": "ocss@1.0-alpha", "role": "operator"}
    recorder = Recorder(folder, about)
    for number, answer in enumerate(answers):
        body = json.dumps(answer).encode()
        recorder(
            Exchange(
                id=f"x{number}",
                operation=operation,
                purpose="explore",
                at=datetime(2026, 11, 28, tzinfo=UTC),
                request=Request("GET", "/driver_journeys", QUERY, (), None),
                response=Response(200, (("Content-Type", "application/json"),), body),
            )
        )
    recorder.close()
    return folder


def _run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = main(["schemas", "impact", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out or captured.err


def test_who_breaks_on_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A price without a type: allowed by the draft, refused by the proposal."""
    priced = {**JOURNEY, "price": {"amount": 2.5, "currency": "EUR"}}
    folder = _recorded(tmp_path / "one", [priced], [priced])
    code, out = _run(capsys, folder, "--to", "ocss@2.0-proposal", "--format", "json")
    made = json.loads(out)
    assert list(contract("impact").problems(made)) == []
    (party,) = made["parties"]
    assert party["blocks"]["driver-journeys"]["new"] == "non-conforming"
    assert party["blocks"]["driver-journeys"]["old"] != "non-conforming"
    assert party["judged"] == 2
    failing = {
        name: row["new"]["failed"]
        for name, row in party["requirements"].items()
        if row["new"]["outcome"] == "failed" != row["old"]["outcome"]
    }
    assert 2 in failing.values()
    assert code == 1
    code, out = _run(capsys, folder, "--to", "ocss@1.0-alpha")
    assert code == 0
    assert "0 of 1" in out


def test_what_is_shared_names_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    priced = {**JOURNEY, "price": {"amount": 2.5}}
    files = []
    for name, answer in (("secret-operator", priced), ("other", {**JOURNEY})):
        folder = _recorded(tmp_path / name, [answer])
        files.append(tmp_path / f"{len(files)}.json")
        words = ("--to", "ocss@2.0-proposal", "--share", files[-1])
        _run(capsys, folder, *words, *(("--as", "Other") if files[1:] else ()))
    text = files[0].read_text("utf-8")
    assert "secret" not in text
    assert "Maëlle" not in text
    assert "j-1" not in text
    code, out = _run(capsys, *files, "--merge", "--format", "markdown")
    assert code == 1
    assert "1 of 2 would lose a block." in out
    assert "| #1 |" in out
    assert "| Other |" in out
    merged = json.loads(_run(capsys, *files, "--merge", "--format", "json")[1])
    assert list(contract("impact").problems(merged)) == []


def test_an_operation_that_is_gone_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _recorded(tmp_path / "one", [], operation="getWhatIsGone")
    code, out = _run(capsys, folder, "--to", "ocss@2.0-proposal", "--lang", "fr")
    assert code == 0
    assert "1 échanges portent sur des opérations" in out


def test_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, price in enumerate(({"type": "FREE"}, {"amount": 2}, {"amount": 3})):
        (tmp_path / f"{number}.json").write_text(json.dumps(price), "utf-8")
    words = ("--schema", "price", "--from", "ocss@1.0-alpha", "--to", "ocss@2.0-proposal")
    code, out = _run(capsys, tmp_path, *words)
    assert code == 1
    assert "price: conforming → non-conforming  LOST" in out
    assert "required type: 1 would fail, with 2 exchanges or documents" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "--to", "ocss@2.0-proposal"), "There is no nowhere"),
        ((".", "--to", "ocss@2.0-proposal"), "."),
        (("a.txt",), "--to NAME@VERSION"),
        (("a.txt", "--schema", "price", "--to", "ocss@2.0-proposal"), "--from"),
        (
            ("a.txt", "--schema", "price", "--from", "ocss@1.0-alpha", "--to", "ocss@2.0-proposal"),
            "not JSON",
        ),
        (("a.txt", "--merge"), "not JSON"),
        (("b.json", "--merge"), "not what --share writes"),
    ],
)
def test_what_is_wrong_is_said(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("no", "utf-8")
    (tmp_path / "b.json").write_text("{}", "utf-8")
    code, out = _run(capsys, *words)
    assert code == 2
    assert said in out
    assert "Traceback" not in out
