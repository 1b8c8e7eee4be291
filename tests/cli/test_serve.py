"""``mobstd serve``, as a process."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mobstd.cli import main


@contextmanager
def serving(*words: str, **environment: str) -> Iterator[tuple[str, str]]:
    """Run the server; give its URL and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mobstd", "serve", *words, "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stderr is not None
    said = ""
    try:
        for line in process.stderr:
            said += line
            if "curl" in line:
                break
        match = re.search(r"http://[0-9.]+:[0-9]+", said)
        assert match, said
        yield match[0], said
    finally:
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=20)[1]
    assert process.returncode == 0, said
    assert "Traceback" not in said


def test_says_where_and_a_curl_line_that_works() -> None:
    with serving("ocss@1.0-alpha", "--count", "200", "--area", "Isère") as (url, said):
        assert "ocss@1.0-alpha" in said
        command = shlex.split(said.rpartition("Try: ")[2])
        assert command[0] == "curl"
        got = httpx.get(command[-1])
        assert got.status_code == 200
        assert got.json()
        assert httpx.get(f"{url}/status").status_code == 200


def test_faults_and_keys() -> None:
    words = ("ocss@1.0-alpha", "--count", "100", "--key-env", "KEY", "--lang", "fr")
    with serving(*words, "--fault", "OCSS-AUTH-01/no-key", KEY="secret") as (url, said):
        assert "Avec OCSS-AUTH-01/no-key" in said
        assert "secret" not in said
        wrong = httpx.get(f"{url}/driver_journeys", headers={"X-API-Key": "other"})
        assert wrong.status_code == 401
        assert httpx.get(f"{url}/driver_journeys").status_code == 400


def test_documents_of_ones_own(checkout: Path) -> None:
    folder = checkout / "schemas" / "ocss" / "1.0-alpha" / "examples" / "valid" / "driver-journey"
    with serving("ocss@1.0-alpha", "--data", str(folder / "full.json")) as (_, said):
        assert len(httpx.get(shlex.split(said.rpartition("Try: ")[2])[-1]).json()) == 1


def test_a_standard_that_is_only_data(checkout: Path) -> None:
    with serving("bikes@1.0", "--root", str(checkout / "tests" / "toy")) as (_, said):
        assert httpx.get(shlex.split(said.rpartition("Try: ")[2])[-1]).status_code == 200


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ocss"], "names no version"),
        (["nothing@1.0"], "no standard"),
        (["ocss@1.0-alpha", "--role", "driver"], "operator, maas"),
        (["ocss@1.0-alpha", "--area", "Atlantis"], "Atlantis"),
        (["ocss@1.0-alpha", "--db", "mysql://x"], "sqlite:///"),
        (["ocss@1.0-alpha", "--data", "/no/such/file"], "/no/such/file"),
        (["ocss@1.0-alpha", "--key-env", "NOT_SET_AT_ALL"], "NOT_SET_AT_ALL"),
        (["ocss@1.0-alpha", "--fault", "OCSS-AUTH-01/no-key"], "--key-env"),
        (["ocss@1.0-alpha", "--fault", "OCSS-NONE-99"], "OCSS-NONE-99"),
        (["ocss@1.0-alpha", "--count", "-3"], "-3"),
        (["ocss@1.0-alpha", "--count", "9", "--port", "99999"], "99999"),
        (["ocss@1.0-alpha", "--count", "9", "--host", "192.0.2.1"], "192.0.2.1"),
        (["ocss@1.0-alpha", "--now", "yesterday"], "yesterday"),
        (["ocss@1.0-alpha", "--now", "9999-12-31"], "UNIX seconds"),
        (["ocss@1.0-alpha", "--now", "-62135596800"], "UNIX seconds"),
    ],
)
def test_what_cannot_be_served_is_said(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["serve", "ocss@1.0-alpha", "--count", "9", "--port", port]) == 2
    assert "--port 0" in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_lists_faults(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "ocss@1.0-alpha", "--list-faults", "--lang", lang]) == 0
    out = capsys.readouterr().out
    assert "OCSS-SEARCH-12/" in out
    assert all("  " in line for line in out.splitlines())


def test_a_role_that_only_writes_shows_how_to_write() -> None:
    with serving("ocss@1.0-alpha", "--role", "maas") as (_, said):
        command = shlex.split(said.rpartition("Try: ")[2])
        sent = command[command.index("-d") + 1]
        headers = {"Content-Type": "application/json"}
        assert httpx.post(command[-1], content=sent.encode(), headers=headers).status_code == 200
