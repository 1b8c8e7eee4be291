"""The sdist and the wheel that is built from it: complete, byte-equal, and alive elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

DATA = ("schemas", "conformance", "docs")

pytestmark = pytest.mark.skipif(
    not (Path(__file__).parents[2] / ".git").exists(), reason="compares with what git has"
)


def _run(*argv: str | Path, cwd: Path | None = None) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    done = subprocess.run(
        [str(word) for word in argv], capture_output=True, text=True, cwd=cwd, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _tracked(checkout: Path) -> set[str]:
    """What git has, or would have: a file that is ignored never reaches a wheel."""
    out = _run("git", "ls-files", "-co", "--exclude-standard", *DATA, cwd=checkout)
    return {name for name in out.splitlines() if (checkout / name).is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> tuple[Path, Path]:
    """The sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, checkout)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, built: tuple[Path, Path]) -> Path:
    """The Python of a fresh environment outside the checkout, with the wheel in it.

    What mobstd depends on is lent by this environment, without what it says of mobstd itself.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = Path(
        _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    lent = folder / "lent"
    lent.mkdir()
    for path in Path(pytest.__file__).parents[1].iterdir():
        if "mobstd" not in path.name and path.suffix != ".pth":
            (lent / path.name).symlink_to(path)
    (site / "lent.pth").write_text(f"{lent}\n", "utf-8")
    _run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
        "--no-index", "--no-compile", "--disable-pip-version-check", built[1],
    )  # fmt: skip
    return python


def _files_of_sdist(sdist: Path) -> dict[str, bytes]:
    with tarfile.open(sdist) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {
            member.name.partition("/")[2]: file.read()
            for member in members
            if (file := archive.extractfile(member)) is not None
        }


def test_the_data_is_byte_equal(built: tuple[Path, Path], checkout: Path) -> None:
    expected = {name: (checkout / name).read_bytes() for name in _tracked(checkout)}
    in_sdist = _files_of_sdist(built[0])
    with zipfile.ZipFile(built[1]) as wheel:
        packed = {name: wheel.read(name) for name in wheel.namelist()}
    in_wheel = {
        name.removeprefix("mobstd/_data/"): content
        for name, content in packed.items()
        if name.startswith("mobstd/_data/")
    }
    assert in_wheel.keys() == expected.keys()
    assert {n for n, content in expected.items() if in_sdist.get(n) != content} == set()
    assert {n for n, content in expected.items() if in_wheel[n] != content} == set()


def test_the_wheel_holds_what_it_should(built: tuple[Path, Path], checkout: Path) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = set(wheel.namelist())
        metadata = next(wheel.read(name).decode() for name in names if name.endswith("METADATA"))
    code = {
        f"mobstd/{path.relative_to(checkout / 'src/mobstd')}"
        for path in (checkout / "src" / "mobstd").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert code <= names
    strangers = {n for n in names if not n.startswith(("mobstd/", "mobstd-"))}
    assert strangers == set()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "mobstd/py.typed" in names
    assert "License-Expression: Apache-2.0" in metadata
    assert not re.search(r"__pycache__|\.py[co]$|node_modules|\.sqlite3", " ".join(names))


def test_the_data_holds_no_code(checkout: Path) -> None:
    assert {Path(n).suffix for n in _tracked(checkout)} <= {".json", ".yaml", ".md", ".har", ".csv"}


def test_the_sdist_can_be_built_and_tested_from(built: tuple[Path, Path]) -> None:
    names = set(_files_of_sdist(built[0]))
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"):
        assert name in names
    assert "tests/conftest.py" in names
    assert not any("node_modules" in name or "__pycache__" in name for name in names)


def test_it_runs_outside_the_checkout(elsewhere: Path, tmp_path: Path) -> None:
    where = _run(elsewhere, "-c", "import mobstd; print(mobstd.__file__)", cwd=tmp_path)
    assert "elsewhere" in where
    assert _run(elsewhere.parent / "mobstd", "--version", cwd=tmp_path).startswith("mobstd ")
    found = json.loads(_run(elsewhere, "-m", "mobstd", "standards", "--json", cwd=tmp_path))
    assert "ocss@1.0-alpha" in {entry["id"] for entry in found}


def test_every_schema_loads_there(elsewhere: Path, tmp_path: Path) -> None:
    code = """
import json
from mobstd.canon.openapi import bundle
from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import versions
seen = []
for version in versions():
    for name in schema_names(version):
        validator_of(version, name)
        seen.append(f"{version}/{name}")
    for role in version.roles:
        bundle(version, role)
print(json.dumps(seen))
"""
    seen = json.loads(_run(elsewhere, "-c", code, cwd=tmp_path))
    assert "ocss@1.0-alpha/driver-journey" in seen


def test_the_data_there_hashes_like_here(elsewhere: Path, tmp_path: Path, checkout: Path) -> None:
    code = "from mobstd.canon.root import packaged; print(packaged().folder)"
    folder = Path(_run(elsewhere, "-c", code, cwd=tmp_path).strip())
    assert checkout not in folder.parents

    def digest(root: Path) -> str:
        found = hashlib.sha256()
        for name in sorted(_tracked(checkout)):
            found.update(name.encode() + (root / name).read_bytes())
        return found.hexdigest()

    assert digest(folder) == digest(checkout)
