"""The page as it is written to a folder, and its worker as Node runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mobstd.canon.root import packaged
from mobstd.canon.standard import Version, versions
from mobstd.release.site.judging import files

ASK = Path(__file__).with_name("ask.mjs")


def write(folder: Path, every: Sequence[Version] | None = None) -> Path:
    """Write the page below a folder, and return its own."""
    for place, content in files(packaged(), versions() if every is None else every):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "judge"


def answers(page: Path, asked: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the worker answers to each message."""
    (page / "package.json").write_text('{"type": "module"}')
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    done = subprocess.run(
        [str(shutil.which("node")), str(ASK), str(page)],
        input=lines,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.split("\n") if line]
