"""What a newcomer types first: make, and a commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

GENERATED = "src/mobstd/ocss/generated/v1_0_alpha/queries.py"
TARGETS = ("demo", "test", "check", "generate", "bench", "matrix")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture
def project(tmp_path: Path, checkout: Path) -> Path:
    """A folder with the Makefile and no environment."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(checkout / name, tmp_path)
    return tmp_path


def make(project: Path, *argv: str, **pythons: str) -> subprocess.CompletedProcess[str]:
    """Run make where these Pythons are the only ones, each a line of shell."""
    path = project / "bin"
    path.mkdir(exist_ok=True)
    for name in ("make", "sh", "test", "sed", "expand"):
        if not (path / name).exists():
            (path / name).symlink_to(str(shutil.which(name)))
    for name, line in pythons.items():
        script = path / name.replace("_", ".")
        script.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        script.chmod(0o755)
    return subprocess.run(
        [str(path / "make"), *argv],
        cwd=project,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_makes_its_environment(target: str, project: Path) -> None:
    lines = make(project, "-n", target, python3=f'exec {sys.executable} "$@"').stdout.splitlines()
    assert lines[0] == "python3 -m venv .venv"
    assert ".venv/bin/python -m pip install" in lines[1]
    assert all(".venv/" in line for line in lines[2:])


def test_what_there_is_is_said(project: Path) -> None:
    said = make(project).stdout
    assert all(f"make {target}" in said for target in TARGETS)


def test_a_python_that_is_too_old_is_passed_over(project: Path) -> None:
    done = make(project, "-n", "test", python3_11="exit 127", python3_13="exit 0")
    assert done.stdout.startswith("python3.13 -m venv")


def test_without_a_python_it_says_what_to_do(project: Path) -> None:
    done = make(project, "test", python3="exit 1")
    assert done.returncode == 2
    assert "mobstd needs Python 3.11 or later; say where it is: make PYTHON=" in done.stderr
    assert make(project, "-n", "test", "PYTHON=mine").stdout.startswith("mine -m venv")


def test_ci_runs_the_command_of_the_readme(checkout: Path) -> None:
    script = checkout / ".ci/run"
    if not script.is_file():
        pytest.skip("not in the sdist")
    assert os.access(script, os.X_OK)
    assert "\nmake test" in script.read_text("utf-8")
    assert "$ make test" in (checkout / "README.md").read_text("utf-8")


def test_hooks_accept_generated_files(checkout: Path) -> None:
    """pre-commit names files one by one, also those that a configuration excludes."""
    config = checkout / ".pre-commit-config.yaml"
    if not config.is_file():
        pytest.skip("not in the sdist")
    (repo,) = yaml.safe_load(config.read_text("utf-8"))["repos"]
    hooks = [hook["entry"].split() for hook in repo["hooks"] if "ruff" in hook["entry"]]
    assert len(hooks) == 2
    before = (checkout / GENERATED).read_bytes()
    for command, *arguments in hooks:
        ruff = Path(sys.executable).parent / Path(command).name
        done = subprocess.run(
            [str(ruff), *arguments, GENERATED], cwd=checkout, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
    assert (checkout / GENERATED).read_bytes() == before
