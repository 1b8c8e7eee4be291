"""``mobstd aids export``: a format in, a format out, and what was left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mobstd.cli import main
from mobstd.mobility_aid.reference.loading import aids_of

from .test_table import FIRST, table

NOW = ("--now", "2026-11-28T10:00:00+01:00")


@pytest.fixture
def aids(tmp_path: Path) -> str:
    path = tmp_path / "aids.ndjson"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in aids_of(None)), "utf-8")
    return str(path)


def test_a_file_of_aids_is_written_as_another_format(
    aids: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "aids.geojson"
    assert main(["aids", "export", aids, "--to", "geojson", "--out", str(out)]) == 0
    assert len(json.loads(out.read_text("utf-8"))["features"]) == 9
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0].startswith(f"{aids}: exemple-metropole-vae eligibility: ")
    assert said.err.splitlines()[-1].startswith("aids: 10, left out: 0, remarks: ")


def test_a_table_goes_through_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aids.csv"
    path.write_bytes(table({"info": "=1+1"}))
    args = ["aids", "export", str(path), "--from", "table-0.1", "--to", "table-0.1", *NOW]
    assert main([*args, "--out", str(tmp_path / "again.csv")]) == 0
    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()
    assert main([*args, "--guarded"]) == 0
    said = capsys.readouterr()
    assert "'=1+1" in said.out
    assert FIRST["nom"] in said.out


def test_frictionless_has_its_schema_beside_it(aids: str, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    assert main(["aids", "export", aids, "--to", "frictionless", "--out", str(out)]) == 0
    assert json.loads((tmp_path / "table.schema.json").read_text("utf-8"))["primaryKey"] == ["id"]
    assert len(out.read_text("utf-8").splitlines()) == 11


def test_what_is_left_out_is_an_exit_code(aids: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aids", "export", aids, "--to", "mob", "--lang", "fr"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["incentives"] == []
    assert said.err.splitlines()[-1].startswith("aides : 0, laissées de côté : 10, remarques : ")


def test_a_document_that_is_no_aid_is_told_and_the_next_one_follows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aids.json"
    path.write_text(json.dumps([{"id": "x"}, 3, aids_of(None)[0]]), "utf-8")
    assert main(["aids", "export", str(path), "--to", "json-ld"]) == 1
    said = capsys.readouterr()
    assert len(json.loads(said.out)["@graph"]) == 1
    assert said.err.splitlines()[-1].startswith("aids: 1, left out: 2, ")


@pytest.mark.parametrize(
    ("content", "to"),
    [("{", "geojson"), ('{"id": 1}\n{', "geojson"), ("[]", "excel")],
    ids=["broken", "line", "format"],
)
def test_what_is_meant_wrongly_is_an_error_of_usage(
    content: str, to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aids.json"
    path.write_text(content, "utf-8")
    assert main(["aids", "export", str(path), "--to", to]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
