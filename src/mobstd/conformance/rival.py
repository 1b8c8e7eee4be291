"""Bare schemathesis on the same mutants and the same document, as a yardstick for the matrix.

It runs as its own command, with default settings and without its stateful phase. What it holds
against the unchanged reference goes into its baseline; anything more counts as found. It is told
which operation is wrong, so that its requests are not spread over the others.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mobstd.canon.openapi import bundle
from mobstd.canon.standard import Version
from mobstd.errors import MissingExtra

__all__ = ["beside"]

PHASES = "examples,coverage,fuzzing"
LONGEST = 600.0
"""Seconds after which one run is given up."""

App = Callable[[Any, Any, Any], Any]


class _Counted:
    """An app that counts its requests."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += scope["type"] == "http"
        await self._app(scope, receive, send)


@contextmanager
def _served(app: App) -> Iterator[str]:
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def _command(
    document: Path, url: str, baseline: Path, operations: Sequence[str], *, update: bool
) -> list[str]:
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(document)]
    command += ["--url", url, "--phases", PHASES, "--seed", "0", "--no-color"]
    command += ["--baseline", str(baseline), *(["--baseline-update"] if update else [])]
    for operation in operations:
        command += ["--include-operation-id", operation]
    return command


def _run(
    app: App,
    document: Path,
    baseline: Path,
    operations: Sequence[str] = (),
    *,
    update: bool = False,
) -> tuple[bool, int]:
    """Return whether something new was found, and how many requests it took."""
    counted = _Counted(app)
    with _served(counted) as url:
        done = subprocess.run(
            _command(document, url, baseline, operations, update=update),
            cwd=document.parent,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    return done.returncode != 0, counted.requests


def beside(
    standard: Version,
    role: str,
    reference: Callable[[], App],
    mutants: Iterable[tuple[str, Sequence[str], Callable[[], App]]],
) -> dict[str, Any]:
    """Return what bare schemathesis finds: version, names of the mutants, number of requests.

    Args:
        standard: whose bundled document it gets.
        role: the role that the document is of.
        reference: makes the unchanged implementation.
        mutants: name, operations that are wrong (only these are tried), and what makes the app.

    Raises:
        MissingExtra: where schemathesis is not installed.
    """
    try:
        number = version("schemathesis")
    except PackageNotFoundError:
        raise MissingExtra("matrix.missing-rival") from None
    names: list[str] = []
    requests = 0
    with tempfile.TemporaryDirectory() as folder:
        document, baseline = Path(folder, "openapi.json"), Path(folder, "baseline.json")
        document.write_text(json.dumps(bundle(standard, role)), "utf-8")
        _run(reference(), document, baseline, update=True)
        for name, operations, make in mutants:
            found, count = _run(make(), document, baseline, operations)
            requests += count
            if found:
                names.append(name)
    return {"version": number, "found": len(names), "requests": requests, "names": names}
