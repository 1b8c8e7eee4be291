from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mobstd.conformance import record
from mobstd.conformance.record import Recorder
from mobstd.conformance.redaction import Redactor
from mobstd.conformance.report.contract import problems
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Exchange, Failure, Request, Response

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
EXCHANGES = [
    Exchange(
        "x1",
        "a",
        "explore",
        AT,
        Request("GET", "/a"),
        Response(200, (), b'[{"alias": "Zo\xc3\xa9"}]'),
    ),
    Exchange(
        "x2",
        "a",
        "fuzz",
        AT,
        Request("POST", "/a", (), (), b"\xff\x00"),
        Response(500, (), b"\xfe"),
    ),
    Exchange(
        "x3",
        None,
        "fuzz",
        AT,
        Request("GET", "/b"),
        failure=Failure("transport.timeout", {"seconds": 1}),
    ),
]


def written(folder: Path, redactor: Redactor | None = None) -> dict[str, object]:
    recorder = Recorder(folder, {"standard": "ocss@1.0-alpha"}, redactor)
    for exchange in EXCHANGES:
        recorder(exchange)
    return recorder.close()


def test_what_was_recorded_is_read_back(tmp_path: Path) -> None:
    about = written(tmp_path / "new" / "folder")
    path = Path(str(about["file"]))
    assert about["exchanges"] == 3
    assert about["sha256"] == record.sha256(path)
    assert record.header(path)["standard"] == "ocss@1.0-alpha"
    assert list(record.read(path)) == EXCHANGES


def test_each_line_keeps_the_contract(tmp_path: Path) -> None:
    path = Path(str(written(tmp_path)["file"]))
    for line in path.read_text("utf-8").splitlines()[1:]:
        assert [p.message for p in problems(json.loads(line), "exchange")] == []


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    assert stat.S_IMODE(Path(str(written(tmp_path)["file"])).stat().st_mode) == 0o600


def test_two_runs_do_not_share_a_file(tmp_path: Path) -> None:
    assert written(tmp_path)["file"] != written(tmp_path)["file"]


def test_persons_stay_and_secrets_do_not(tmp_path: Path) -> None:
    recorder = Recorder(
        tmp_path, {}, Redactor(["/**/alias"], secrets={"KEY": "s3cr3t"}, headers=["X-K"])
    )
    headers = (("X-K", "s3cr3t"), ("Authorization", "Bearer token"))
    recorder(
        Exchange("x1", "a", "explore", AT, Request("GET", "/a", (("k", "s3cr3t"),), headers),
                 Response(200, (), b'[{"alias": "Idriss", "echo": "s3cr3t"}]'))
    )  # fmt: skip
    text = Path(str(recorder.close()["file"])).read_text("utf-8")
    assert "Idriss" in text
    assert "s3cr3t" not in text
    assert "Bearer token" not in text


def test_what_an_interrupted_run_left_can_be_read(tmp_path: Path) -> None:
    path = Path(str(written(tmp_path)["file"]))
    path.write_bytes(path.read_bytes()[:-20])
    assert list(record.read(path)) == EXCHANGES[:2]


def test_it_is_on_disk_at_once(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, {})
    recorder(EXCHANGES[0])
    assert list(record.read(recorder.path)) == EXCHANGES[:1]
    recorder.close()


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.ndjson"
    path.write_text('{"a": 1}\n')
    with pytest.raises(ConfigError, match="no recording"):
        list(record.read(path))
    with pytest.raises(ConfigError, match="cannot be read"):
        list(record.read(tmp_path / "none"))


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        Recorder(tmp_path / "file", {})
