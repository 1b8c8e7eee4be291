"""``mobstd aids import``: aids on stdout, what could not be said beside them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from mobstd.cli import main

from .documents import fitting
from .test_table import table

NOW = ("--now", "2026-11-28T10:00:00+01:00")


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "aids.csv"
    path.write_bytes(table({}, {"territoire": "Quelque part"}, {"nom": ""}))
    return str(path)


def test_aids_come_out_and_what_could_not_be_said_is_told(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["aids", "import", file, *NOW]) == 1
    said = capsys.readouterr()
    first, second = (fitting("aid", json.loads(line)) for line in said.out.splitlines())
    assert first["territory"]["include"][0]["code"] == "11"
    assert second["territory"]["include"][0]["type"] == "unresolved"
    assert first["provenance"]["updatedAt"] == "2026-11-28T09:00:00Z"
    told = said.err.splitlines()
    assert told[0].startswith(f"{file}:3: 2 territoire_insee: ")
    assert told[1].startswith(f"{file}:4: 3 nom: ")
    assert told[-1] == "format: table-0.1, aids: 2, records without: 1, remarks: 2"


def test_it_reads_stdin_writes_a_file_and_speaks_french(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = io.TextIOWrapper(io.BytesIO(table({})))
    monkeypatch.setattr(sys, "stdin", content)
    out = tmp_path / "aids.ndjson"
    args = ["aids", "import", "-", "--from", "table-0.1", "--out", str(out), "--lang", "fr"]
    assert main(args) == 0
    fitting("aid", json.loads(out.read_text("utf-8")))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "format : table-0.1, aides : 1, enregistrements sans aide : 0, remarques : 0\n"
    )


@pytest.mark.parametrize(
    "more",
    [["--from", "excel"], ["--now", "yesterday"], ["--now", "2026-11-28"]],
    ids=["format", "word", "no-offset"],
)
def test_what_is_meant_wrongly_is_an_error_of_usage(
    file: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["aids", "import", file, *more]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aids", "import", "nowhere.csv"]) == 2
    assert "nowhere.csv" in capsys.readouterr().err


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_beyond_all_calendars_is_an_error_of_usage(
    now: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "aids.csv"
    file.write_bytes(table())
    assert main(["aids", "import", str(file), "--now", now]) == 2
    assert now in capsys.readouterr().err


def test_a_name_that_is_too_long_is_an_error_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "aids.csv"
    file.write_bytes(table())
    assert main(["aids", "import", str(file), "--out", "x" * 5000]) == 2
    assert capsys.readouterr().err
