from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.report import write as writing
from mobstd.conformance.report.write import FORMATS, render, write
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


def test_one_bad_path_does_not_cost_the_others(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    wanted = {"json": str(tmp_path / "file" / "a.json"), "junit": str(tmp_path / "b.xml")}
    with pytest.raises(ConfigError, match=r"a\.json"):
        write(sample("conforming"), wanted)
    assert (tmp_path / "b.xml").exists()


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


def test_a_lone_surrogate_is_written(tmp_path: Path) -> None:
    odd = sample("conforming") | {"role": "\ud800"}
    write(odd, {"json": str(tmp_path / "a.json")})
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["role"] == "\ud800"
