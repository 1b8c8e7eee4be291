"""What ``import mobstd``, ``mobstd --help`` and the client load, by name, and cost."""

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

LOADED = "import sys; print(*sys.modules)"
HELP = "import contextlib, io\nfrom mobstd.cli import main\n" + (
    "with contextlib.redirect_stdout(io.StringIO()): main(['--help'])\n"
)


def _modules(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-I", "-c", f"{code}\n{LOADED}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(out.stdout.split())


def _loaded(code: str) -> set[str]:
    return {name.partition(".")[0] for name in _modules(code)}


@pytest.mark.parametrize("code", ["import mobstd", HELP], ids=["import", "help"])
def test_loads_nothing_heavy(code: str) -> None:
    assert not _loaded(code) & HEAVY


def test_a_standard_is_found_without_anything_heavy() -> None:
    assert not _loaded("import mobstd.ocss") & HEAVY


def test_a_client_loads_its_models_and_nothing_that_sends_or_judges() -> None:
    modules = _modules("import mobstd.ocss.v1_0")
    assert {name.partition(".")[0] for name in modules} & HEAVY == {"pydantic"}
    rooms = {name.split(".")[1] for name in modules if name.startswith("mobstd.")}
    assert not rooms & {"cli", "codegen", "conformance", "serving", "validation"}


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
    models = _cpu("from pydantic import BaseModel")
    assert _cpu("import mobstd.ocss.v1_0") <= 3 * models
