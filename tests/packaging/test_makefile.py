"""What ``make`` makes of a failure."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")

PYTHON = """#!/bin/sh
while [ "$1" != --standard ]; do shift; done
echo "measured $2"
[ "$2" != wrong@1.0 ]
"""


@pytest.mark.parametrize(
    ("versions", "code"), [("right@1.0 right@2.0", 0), ("right@1.0 wrong@1.0 right@2.0", 2)]
)
def test_the_matrix_fails_if_one_version_does_and_tries_them_all(
    versions: str, code: int, tmp_path: Path, checkout: Path
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").write_text(PYTHON)
    (tmp_path / "bin/python").chmod(0o755)
    (tmp_path / ".ready").touch()
    command = ["make", "matrix", f"VENV={tmp_path}", f"MATRIX={versions}"]
    ran = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert ran.returncode == code, ran.stderr
    assert [line for line in ran.stdout.splitlines() if line.startswith("measured")] == [
        f"measured {version}" for version in versions.split()
    ]
    assert ("failed: wrong@1.0" in ran.stderr) == bool(code)
