from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobstd.conformance.report.curl import curl, quoted

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@given(TEXT)
@settings(max_examples=40)
def test_a_shell_reads_back_what_was_quoted(text: str) -> None:
    ran = subprocess.run(
        ["bash", "-c", f"printf %s {quoted(text)}"], capture_output=True, check=True
    )
    assert ran.stdout == text.encode()


def test_a_quoted_text_is_one_line() -> None:
    assert "\n" not in quoted("a\nb\x1b[31m")


def test_secrets_are_named_and_not_shown() -> None:
    word = quoted("Bearer s3cr3t'x", {"s3cr3t'x": "TOKEN"})
    assert "s3cr3t" not in word
    ran = subprocess.run(
        ["bash", "-c", f"printf %s {word}"],
        env={**os.environ, "TOKEN": "s3cr3t'x"},
        capture_output=True,
        check=True,
    )
    assert ran.stdout == b"Bearer s3cr3t'x"


def test_a_variable_with_a_strange_name_is_not_written() -> None:
    assert "$(" not in quoted("secret", {"secret": "$(reboot)"})


@pytest.fixture
def arguments(tmp_path: Path) -> Any:
    """Run a command with a curl that only writes its arguments down."""
    fake = tmp_path / "curl"
    fake.write_text(
        '#!/bin/sh\nfor a in "$@"; do printf "%s\\0" "$a"; done; [ -t 0 ] || cat >"$0.in"\n'
    )
    fake.chmod(0o755)

    def run(command: str, **env: str) -> list[str]:
        ran = subprocess.run(
            ["bash", "-c", command],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", **env},
            capture_output=True,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        return ran.stdout.decode().split("\0")[:-1]

    return run


def request(**changes: Any) -> dict[str, Any]:
    base = {"method": "GET", "path": "/v1/journeys", "query": [], "headers": []}
    return {"request": base | changes}


def test_a_search(arguments: Any) -> None:
    exchange = request(
        query=[["from", "Saint-Étienne & co"], ["n", "2"], ["n", "3"]],
        headers=[["X-API-Key", "s3cr3t"], ["Host", "here"]],
    )
    line = curl(exchange, "https://a.example/", {"s3cr3t": "KEY"})
    assert "s3cr3t" not in line
    assert arguments(line, KEY="s3cr3t") == [
        "-isS",
        "-H",
        "X-API-Key: s3cr3t",
        "https://a.example/v1/journeys?from=Saint-%C3%89tienne+%26+co&n=2&n=3",
    ]


def test_a_secret_in_the_query(arguments: Any) -> None:
    line = curl(request(query=[["token", "s3/cr"]]), "http://a", {"s3/cr": "KEY"})
    assert "s3" not in line
    assert arguments(line, KEY="s3%2Fcr")[-1] == "http://a/v1/journeys?token=s3%2Fcr"


def test_a_body(arguments: Any) -> None:
    exchange = request(method="POST", body={"message": "l'été; $HOME `x`"}, body_as="json")
    assert arguments(curl(exchange, "http://a")) == [
        "-isS", "-X", "POST", "--data-raw", '{"message": "l\'été; $HOME `x`"}', "http://a/v1/journeys",
    ]  # fmt: skip


def test_bytes(arguments: Any, tmp_path: Path) -> None:
    exchange = request(method="POST", body="//4A", body_as="base64")
    assert arguments(curl(exchange, "http://a"))[-3:-1] == ["--data-binary", "@-"]
    assert (tmp_path / "curl.in").read_bytes() == b"\xff\xfe\x00"


def test_head_and_empty_header(arguments: Any) -> None:
    line = curl(request(method="HEAD", headers=[["X-Empty", ""]]), "http://a")
    assert arguments(line) == ["-isS", "-I", "-H", "X-Empty;", "http://a/v1/journeys"]


@given(TEXT, TEXT, TEXT)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_breaks_out_of_the_line(arguments: Any, path: str, name: str, value: str) -> None:
    line = curl(
        request(path="/" + path, query=[[name, value]], headers=[["X-A", value]]), "http://a"
    )
    assert "\n" not in line
    assert len(arguments(line)) == 4
