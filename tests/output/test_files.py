"""Files that are whole or not there, streams that take what comes, databases of one's own."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mobstd.errors import ConfigError
from mobstd.output.files import check_writable, private, replace_file, replacing, talk


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("before")
    path.chmod(0o640)

    def refuse(self: Path, target: Path) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(ConfigError, match="No space left"):
            replace_file(path, "after")
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]
    replace_file(path, "after")
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_can_be_read_by_those_who_may(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "report.json", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o640


def test_what_cannot_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check_writable([tmp_path / "new" / "a.json", "-"])
    assert list((tmp_path / "new").iterdir()) == []
    for path in (tmp_path / "file" / "a.json", tmp_path):
        with pytest.raises(ConfigError, match="cannot be written"):
            check_writable([path])


def test_a_killed_writer_leaves_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("before")
    code = f"""
import os, time
from pathlib import Path
from mobstd.output import files
os.fsync = lambda handle: (Path({str(tmp_path)!r}, "ready").touch(), time.sleep(30))
files.replace_file({str(path)!r}, "after")
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 20
    while not (tmp_path / "ready").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert path.read_text() == "before"


def test_what_is_written_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with replacing(path) as file:
        file.write("one\n")
        assert not path.exists()
    assert path.read_bytes() == b"one\n"
    with pytest.raises(ValueError, match="half way"), replacing(path) as file:  # noqa: PT012
        file.write("two\n")
        raise ValueError("half way")
    assert path.read_bytes() == b"one\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_link_goes_on_pointing_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    replace_file(tmp_path / "link", "after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "after"


def test_the_longest_name(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    check_writable([path])
    replace_file(path, "x")
    assert path.read_text() == "x"


def test_a_pipe_takes_what_comes(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(path.read_text()), daemon=True)
    reader.start()
    check_writable([path])
    replace_file(path, "x" * 100_000)
    reader.join(30)
    assert got == ["x" * 100_000]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_device_takes_what_comes() -> None:
    before = Path("/dev/null").stat()
    check_writable(["/dev/null"])
    replace_file("/dev/null", "x")
    assert Path("/dev/null").stat().st_rdev == before.st_rdev
    with pytest.raises(ConfigError, match="/dev/full"):
        replace_file("/dev/full", "x")


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("into", ["pipe", "file"])
def test_stdout_has_what_came_before_and_after(name: str, into: str, tmp_path: Path) -> None:
    code = f"""
from mobstd.output.files import check_writable, replace_file
print("before")
check_writable([{name!r}])
replace_file({name!r}, "it\\n")
print("after")
"""
    with (tmp_path / "out").open("w") as out:
        target: Any = out if into == "file" else subprocess.PIPE
        ran = subprocess.run([sys.executable, "-c", code], stdout=target, text=True, check=True)
    said = (tmp_path / "out").read_text() if into == "file" else ran.stdout
    assert said == "before\nit\nafter\n"
    assert talk([None, "a.json", name]) is sys.stderr


def test_stderr_is_not_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    replace_file("/dev/stderr", "it")
    assert capfd.readouterr() == ("", "it")
    assert talk([None, "/dev/stderr", "a-"]) is sys.stdout


def test_a_database_is_its_owners(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        path = private(tmp_path / "base")
        with closing(sqlite3.connect(path)) as base:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("CREATE TABLE a (b)")
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    finally:
        os.umask(mask)
    assert modes == dict.fromkeys(("base", "base-wal", "base-shm"), 0o600)


def test_a_database_that_is_there_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "base"
    path.write_text("")
    path.chmod(0o640)
    assert private(path) == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_database_in_memory_or_nowhere_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert private(":memory:") == ":memory:"
    assert private("no/such/folder") == "no/such/folder"
    assert list(tmp_path.iterdir()) == []
