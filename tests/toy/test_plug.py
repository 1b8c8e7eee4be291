"""The other way in: a standard of another distribution, found by its entry point."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
PLUG = '''"""Shared bikes, as a distribution of its own."""

from pathlib import Path

from mobstd.canon.plug import Plug
from mobstd.canon.root import at

PLUG = Plug(name="bikes", package="city_bikes", root=at(Path(__file__).parent))
'''


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages with ``city-bikes`` in it: the data, and four lines."""
    folder = tmp_path_factory.mktemp("site")
    package, metadata = folder / "city_bikes", folder / "city_bikes-1.0.dist-info"
    for name in ("schemas", "conformance"):
        shutil.copytree(HERE / name, package / name)
    (package / "__init__.py").write_text(PLUG, "utf-8")
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: city-bikes\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[mobstd.standards]\nbikes = city_bikes:PLUG\n")
    return folder


def mobstd(site: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mobstd", *argv],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(site)},
    )


def test_it_is_found(site: Path) -> None:
    found = {entry["id"]: entry for entry in json.loads(mobstd(site, "standards", "--json").stdout)}
    assert {"bikes@1.0", "ocss@1.0-alpha"} <= set(found)
    assert found["bikes@1.0"]["requirements"] == 10
    assert mobstd(site, "explain", "TOY-BIKE-01").returncode == 0


def test_its_package_is_generated(site: Path) -> None:
    generated = site / "city_bikes/generated/v1_0"
    argv = ("generate", "--standard", "bikes@1.0")
    assert mobstd(site, *argv, "--check").returncode == 1
    assert not generated.exists()
    assert mobstd(site, *argv).returncode == 0
    assert mobstd(site, *argv, "--check").returncode == 0
    assert "class Bike(Model)" in (generated / "models.py").read_text("utf-8")


def test_one_command_checks_what_another_serves(site: Path, tmp_path: Path) -> None:
    """With a fault, as a stranger would use it: two processes and a socket."""
    command = [sys.executable, "-m", "mobstd", "serve", "bikes@1.0", "--port", "0"]
    served = subprocess.Popen(
        [*command, "--fault", "TOY-BIKE-05"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert served.stderr is not None
    try:
        line = served.stderr.readline()
        url = next(word for word in line.split() if word.startswith("http://")).rstrip(".,")
        report = tmp_path / "report.json"
        argv = ("check", url, "--standard", "bikes@1.0", "--no-fuzz", "--json", str(report))
        got = mobstd(site, *argv)
    finally:
        served.terminate()
        served.wait(10)
        served.stderr.close()
    assert got.returncode == 1, got.stderr
    rows = json.loads(report.read_text("utf-8"))["requirements"]
    assert {row["id"] for row in rows if row["findings"]} == {"TOY-BIKE-05"}


def test_nothing_in_the_source_knows_it() -> None:
    """Aids are for bikes too: a package of a standard may say the word, not the toy's name."""
    standards = {folder.parent for folder in SOURCE.rglob("generated")}
    knowing = []
    for path in SOURCE.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            room = standards.isdisjoint(path.parents)
            words = (b"bike", b"TOY-") if room else (b"bikes", b"TOY-")
            if any(word in path.read_bytes() for word in words):
                knowing.append(str(path.relative_to(SOURCE)))
    assert standards
    assert knowing == []
