"""The standards in ``--root`` are held to the contracts before anything reads them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.contracts import hold
from mobstd.canon.files import load
from mobstd.canon.root import packaged

Mobstd = Callable[..., Any]

BROKEN = {
    "no status": ("schemas/bikes/1.0/source.yaml", "status: draft", "", "/: "),
    "unknown status": ("schemas/bikes/1.0/source.yaml", ": draft", ": final", "/status: "),
    "no such day": ("schemas/bikes/1.0/source.yaml", "-01-01", "-02-31", "/origin/date: "),
    "unknown level": ("conformance/bikes/requirements.yaml", "MUST", "SHALL", "/0/level: "),
    "no blocks": ("conformance/bikes/suite.yaml", "blocks:", "parts:", "/: "),
    "fault": ("conformance/bikes/faults/faults.json", '"title"', '"name"', "/0"),
    "twin": ("conformance/bikes/twins/twins.json", '"because"', '"why"', "/0"),
}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    for name in ("schemas", "conformance"):
        shutil.copytree(Path(__file__).parents[1] / "toy" / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_contract_is_told(name: str, toy: Path, mobstd: Mobstd) -> None:
    file, old, new, at = BROKEN[name]
    text = (toy / file).read_text("utf-8")
    assert old in text
    (toy / file).write_text(text.replace(old, new, 1), "utf-8")
    for verb in (("standards",), ("explain", "TOY-GEN-01")):
        got = mobstd(*verb, "--root", str(toy))
        assert got.code == 2
        assert f"{toy / file} breaks its contract at {at}" in got.err
        assert got.out == ""
        assert len(got.err) < 600


@pytest.mark.parametrize("text", ["- a", "status: [", "\x00", "", "status: draft\non: 1"])
def test_what_is_no_source_at_all(text: str, toy: Path, mobstd: Mobstd) -> None:
    (toy / "schemas/bikes/1.0/source.yaml").write_text(text, "utf-8")
    got = mobstd("standards", "--root", str(toy))
    assert got.code == 2
    assert "source.yaml" in got.err


def test_what_comes_with_mobstd_keeps_the_contracts() -> None:
    hold(packaged())


def test_dates_are_text(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text('day: 2026-01-01\ntime: 12:30\nnumber: 1.0\ntext: "no"\n', "utf-8")
    assert load(file)["day"] == "2026-01-01"
