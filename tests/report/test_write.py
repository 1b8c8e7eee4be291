from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.report import write as writing
from mobstd.conformance.report.write import FORMATS, check_writable, render, replace_file, write
from mobstd.errors import ConfigError, UnknownName

from .samples import sample


def test_every_format_is_written(tmp_path: Path) -> None:
    wanted = {name: str(tmp_path / "new" / f"report.{name}") for name in FORMATS}
    assert write(sample("non-conforming"), wanted) == wanted
    for name, path in wanted.items():
        assert Path(path).read_text("utf-8") == render(sample("non-conforming"), name)
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == sorted(
        f"report.{n}" for n in FORMATS
    )


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnknownName, match="sarif"):
        render(sample("conforming"), "pdf")


def test_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert write(sample("conforming"), {"json": "-"}) == {}
    assert json.loads(capsys.readouterr().out) == sample("conforming")


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


def test_one_bad_path_does_not_cost_the_others(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    wanted = {"json": str(tmp_path / "file" / "a.json"), "junit": str(tmp_path / "b.xml")}
    with pytest.raises(ConfigError, match=r"a\.json"):
        write(sample("conforming"), wanted)
    assert (tmp_path / "b.xml").exists()


def test_what_cannot_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check_writable({"json": str(tmp_path / "new" / "a.json"), "html": "-"})
    assert (tmp_path / "new").is_dir()
    for path in (tmp_path / "file" / "a.json", tmp_path):
        with pytest.raises(ConfigError, match="cannot be written"):
            check_writable({"json": str(path)})


def test_ctrl_c_waits_until_all_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = writing.render

    def pressed(report: Any, name: str, lang: str = "en") -> str:
        if name == "json":
            signal.raise_signal(signal.SIGINT)
        return original(report, name, lang)

    monkeypatch.setattr(writing, "render", pressed)
    wanted = {name: str(tmp_path / name) for name in ("json", "junit", "html")}
    with pytest.raises(KeyboardInterrupt):
        write(sample("conforming"), wanted)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["html", "json", "junit"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_killed_writer_leaves_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("before")
    code = f"""
import os, time
from pathlib import Path
from mobstd.conformance.report import write
os.fsync = lambda handle: (Path({str(tmp_path)!r}, "ready").touch(), time.sleep(30))
write.replace_file({str(path)!r}, "after")
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 20
    while not (tmp_path / "ready").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert path.read_text() == "before"


def test_a_lone_surrogate_is_written(tmp_path: Path) -> None:
    odd = sample("conforming") | {"role": "\ud800"}
    write(odd, {"json": str(tmp_path / "a.json")})
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["role"] == "\ud800"
