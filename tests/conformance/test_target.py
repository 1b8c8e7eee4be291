"""Targets: a URL, or an app of this machine; and how fast each may be asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.target import is_url, opened, pace, served
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request

APP = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})

class Outer:
    inner = staticmethod(app)

async def broken(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

async def crashing(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    raise RuntimeError("a bug of theirs")
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A folder with a module in it; returns the module's name."""
    name = f"their_app_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(APP)
    (tmp_path / f"{name}_broken.py").write_text("import nothing_of_the_sort\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield name
    sys.modules.pop(name, None)


@pytest.mark.parametrize("attribute", ["app", "Outer.inner"])
def test_an_app_is_served_from_the_current_folder(here: str, attribute: str) -> None:
    with opened(f"{here}:{attribute}") as sender:
        assert sender.send(Request("GET", "/x")).body == b"/x"


@pytest.mark.parametrize(
    "target", ["nowhere:app", "{here}:absent", "{here}", "{here}:", ":app", ""]
)
def test_what_is_no_target_is_told(here: str, target: str) -> None:
    with pytest.raises(ConfigError) as caught, opened(target.format(here=here)):
        pass
    assert caught.value.exit_code == 2
    assert caught.value.diagnostics()


def test_a_module_that_cannot_be_imported_says_why(here: str) -> None:
    with pytest.raises(ConfigError, match="nothing_of_the_sort"), opened(f"{here}_broken:app"):
        pass


def test_an_app_that_does_not_start_is_told(here: str, capfd: Any) -> None:
    with pytest.raises(ConfigError, match="start"), opened(f"{here}:broken"):
        pass


def test_from_the_command_line(here: str, mobstd: Callable[..., Any]) -> None:
    got = mobstd("check", "nowhere_at_all:app", "--standard", "ocss@1.0-alpha")
    assert got.code == 2
    assert "nowhere_at_all" in got.err
    planned = mobstd("check", f"{here}:app", "--standard", "ocss@1.0-alpha", "--plan")
    assert planned.code == 0
    crashed = mobstd("check", f"{here}:crashing", "--standard", "ocss@1.0-alpha", "--quick")
    assert crashed.code == 1
    assert "Every answer is an error of the server (500)" in crashed.out


def test_the_port_is_free_again_afterwards() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with served(app) as first, served(app) as second:
        assert first != second
        assert first.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("target", "rate", "expected"),
    [
        ("http://127.0.0.1:8000/v1", None, None),
        ("http://[::1]:8000", None, None),
        ("http://localhost", None, None),
        ("http://api.localhost", None, None),
        ("module:app", None, None),
        ("https://api.example.org/v1", None, 5.0),
        ("http://10.0.0.1", None, 5.0),
        ("https://localhost.example.org", None, 5.0),
        ("https://api.example.org", 20.0, 20.0),
        ("http://127.0.0.1", 1.0, 1.0),
    ],
)
def test_others_are_asked_slowly_unless_they_say_more(
    target: str, rate: float | None, expected: float | None
) -> None:
    assert pace(target, rate) == expected


@pytest.mark.parametrize(
    ("target", "expected"), [("http://x", True), ("https://x", True), ("x:app", False)]
)
def test_urls(target: str, expected: bool) -> None:
    assert is_url(target) is expected
