"""``mobstd check`` before it sends anything, and where nothing can be reached."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

Run = Callable[..., Any]
STANDARD = ("--standard", "ocss@1.0-alpha")


def test_the_plan_of_a_block_without_a_search_looks_for_no_data(mobstd: Run) -> None:
    ran = mobstd("check", "http://127.0.0.1:9", *STANDARD, "--plan", "--block", "status")
    assert ran.code == 0
    assert "see whether the target answers" in ran.out
    assert "find where there is data" not in ran.out
    assert "generated requests" not in ran.out


def test_a_plan_says_that_its_lines_share_a_budget(mobstd: Run) -> None:
    ran = mobstd("check", "http://127.0.0.1:9", *STANDARD, "--plan", "--lang", "fr")
    assert "Au plus 400 requêtes en tout" in ran.out


@pytest.fixture
def plain() -> Iterator[int]:
    """The port of a server that speaks HTTP, whatever it hears."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(4096)
                        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


def test_https_where_http_is_spoken_is_on_the_configuration(mobstd: Run, plain: int) -> None:
    ran = mobstd("check", f"https://127.0.0.1:{plain}", *STANDARD)
    assert ran.code == 3
    assert "this port speaks https and not http" in " ".join(ran.out.split())
    assert "on the configuration" in " ".join(ran.out.split())


def test_what_does_not_answer_brings_no_list_of_what_was_not_tried(mobstd: Run) -> None:
    ran = mobstd("check", "http://127.0.0.1:9", *STANDARD)
    assert ran.code == 3
    assert "Check the port" in ran.out
    assert "The target does not answer." in ran.out
    assert "Not told yet" not in ran.out
