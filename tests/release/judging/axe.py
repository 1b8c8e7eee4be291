"""axe-core, as npm has it: what is wrong with a page for those who hear it or use the keyboard."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from tests.report.browser import Browser

VERSION = "4.14.1"
SERIOUS = ("serious", "critical")


@cache
def _script() -> str:
    with tempfile.TemporaryDirectory() as folder:
        pack = ["npm", "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", folder]
        subprocess.run(pack, check=True, timeout=300, capture_output=True)
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(fileobj=io.BytesIO(packed.read_bytes())) as archive:
            file = archive.extractfile("package/axe.min.js")
            assert file is not None
            return file.read().decode()


def findings(page: Browser) -> list[tuple[str, str, list[Any]]]:
    """Return what is serious: rule, help, places."""
    page.run(f"{_script()}; window.axe = axe")
    page.run("window.axe.run().then(found => { window.found = found })")
    found, until = None, time.monotonic() + 60
    while found is None and time.monotonic() < until:
        found = page.run("return window.found ?? null")
    assert found is not None
    assert len(found["passes"]) > 10
    return [
        (one["id"], one["help"], [node["target"] for node in one["nodes"]])
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]
