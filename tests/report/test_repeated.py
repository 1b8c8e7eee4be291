"""Whole runs of the command against a served fault: the same twice, and cut off in the middle."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.report.contract import stable
from mobstd.conformance.target import served
from mobstd.serving.faults import select
from mobstd.serving.opening import implementation

STANDARD, FAULT = "ocss@1.0-alpha", "OCSS-PRICE-01/lower-case"
NOW = "2026-11-27T08:00:00Z"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The reference implementation with one fault, on a loopback port."""
    version = find(STANDARD)
    app = implementation(
        version, "operator", variants=select(version, [FAULT]), count=600, now=1795766400
    )
    with served(app) as address:
        yield address


def command(url: str, file: Path, *words: str) -> list[str]:
    options = ["--standard", STANDARD, "--now", NOW, "--seed", "5", "--json", str(file), *words]
    return [sys.executable, "-m", "mobstd", "check", url, *options]


def test_the_same_run_twice_writes_the_same_bytes(url: str, tmp_path: Path) -> None:
    texts = []
    for name in ("one.json", "two.json"):
        words = ("--area", "38", "--max-requests", "160")
        ran = subprocess.run(
            command(url, tmp_path / name, *words), capture_output=True, check=False
        )
        assert ran.returncode == 1, ran.stderr
        report: dict[str, Any] = json.loads((tmp_path / name).read_text("utf-8"))
        assert [r["id"] for r in report["requirements"] if r["findings"]] == ["OCSS-PRICE-01"]
        texts.append(json.dumps(stable(report)))
    assert texts[0] == texts[1]


def test_ctrl_c_in_the_middle_writes_what_was_seen(url: str, tmp_path: Path) -> None:
    file, page = tmp_path / "report.json", tmp_path / "report.html"
    record = tmp_path / "record"
    words = ("--rate", "20/s", "--html", str(page), "--record", str(record))
    process = subprocess.Popen(
        command(url, file, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not _sent(record):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert "Interrupted: this is how far the evidence goes." in out
    report = json.loads(file.read_text("utf-8"))
    assert report["stopped_by"] == "interrupted"
    assert 0 < report["requests"] < 400
    assert process.returncode == report["gate"]["exit_code"] in (1, 3)
    assert page.read_text("utf-8").endswith("</html>\n")


def _sent(record: Path) -> bool:
    """Say whether some requests went out."""
    return any(len(f.read_bytes().splitlines()) > 12 for f in record.glob("*.ndjson"))
