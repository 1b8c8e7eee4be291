"""The CI examples: their commands are run as they stand, beside the reference operator."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

EXAMPLES = Path(__file__).parents[2] / "examples" / "ci"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the example files in it, on a port of its own."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for path in EXAMPLES.iterdir():
        text = path.read_text("utf-8").replace("8080", str(port))
        (tmp_path / path.name).write_text(text, "utf-8")
        (tmp_path / path.name).chmod(path.stat().st_mode)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("OPERATOR_KEY", "example-key")
    monkeypatch.setenv("MOBSTD_MAX_REQUESTS", "160")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path


def run(repository: Path, script: str) -> str:
    process = subprocess.Popen(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        out, _ = process.communicate(timeout=120)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, out
    return out


def example(folder: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((folder / name).read_text("utf-8"))
    return loaded


def test_github(repository: Path) -> None:
    steps = example(repository, "github-actions.yml")["jobs"]["conformance"]["steps"]
    script = "\n".join(s["run"] for s in steps if "run" in s and "pip install" not in s["run"])
    out = run(repository, script)
    assert "✓ Conforming" in out
    assert "::notice title=mobstd::Conforming" in out
    assert (repository / "summary.md").read_text("utf-8").startswith("### ✓ Conforming")
    for name in ("html", "md"):
        assert (repository / "reports" / f"mobstd.{name}").stat().st_size > 500
    assert json.loads((repository / "reports" / "mobstd.sarif").read_text())["version"] == "2.1.0"
    assert "example-key" not in (repository / "reports" / "mobstd.json").read_text("utf-8")


@pytest.mark.slow
def test_gitlab(repository: Path) -> None:
    job = example(repository, "gitlab-ci.yml")["mobstd"]
    out = run(repository, "\n".join([*job["script"], *job["after_script"]]))
    assert "✓ Conforming" in out
    assert ET.parse(repository / "reports" / "mobstd.xml").getroot().get("failures") == "0"
    assert isinstance(json.loads((repository / "reports" / "quality.json").read_text()), list)


def test_what_is_uploaded_is_what_is_written() -> None:
    for name in ("github-actions.yml", "gitlab-ci.yml"):
        text = (EXAMPLES / name).read_text("utf-8")
        written = {word for word in text.split() if word.startswith("reports/mobstd.")}
        assert {"reports/mobstd.json", "reports/mobstd.html", "reports/mobstd.xml"} <= written
