"""What ``import mobstd`` and ``mobstd --help`` load and cost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = {
    "anyio",
    "datamodel_code_generator",
    "httpcore",
    "httpx",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "pydantic",
    "pytest",
    "requests",
    "rich",
    "schemathesis",
    "starlette",
    "uvicorn",
    "yaml",
}

LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
HELP = "import contextlib, io\nfrom mobstd.cli import main\n" + (
    "with contextlib.redirect_stdout(io.StringIO()): main(['--help'])\n"
)


def _loaded(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-I", "-c", f"{code}\n{LOADED}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(out.stdout.split())


@pytest.mark.parametrize("code", ["import mobstd", HELP], ids=["import", "help"])
def test_loads_nothing_heavy(code: str) -> None:
    assert not _loaded(code) & HEAVY


def test_import_loads_only_itself() -> None:
    assert _loaded("import mobstd") - _loaded("pass") - sys.stdlib_module_names == {"mobstd"}


def _cpu(code: str) -> float:
    """The CPU seconds of a fresh interpreter, the best of several."""
    best = float("inf")
    for _ in range(7):
        pid = os.posix_spawn(sys.executable, [sys.executable, "-I", "-c", code], os.environ)
        _, status, usage = os.wait4(pid, 0)
        assert status == 0
        best = min(best, usage.ru_utime + usage.ru_stime)
    return best


def test_costs_little() -> None:
    """The aims are 25 and 150 ms, which bench/imports.py shows; a busy machine doubles CPU time."""
    bare = _cpu("pass")
    assert _cpu("import mobstd") - bare <= 2 * 0.025
    assert _cpu(HELP) - bare <= 2 * 0.150
