"""httpx carries what we build and brings what came; it adds, keeps, follows and logs nothing."""

from __future__ import annotations

import ast
import asyncio
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import mobstd
from hostile.server import hostile
from mobstd.errors import ConfigError, RedirectRefused
from mobstd.errors import Timeout as TookTooLong
from mobstd.judging.exchange import Request, Response
from mobstd.transport import AsyncSender, Sender

MAY_IMPORT_IT = {"mobstd/transport/http.py", "mobstd/transport/pool.py"}
ASK = Request("GET", "/status", (("a", "1"),))
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
COOKIE = EMPTY.replace(b"Content", b"Set-Cookie: s=1; Path=/\r\nX-A: 1\r\nx-a: \xe9\r\nContent")

Call = Callable[..., list[Response]]


def call_sync(url: str, *requests: Request, **options: object) -> list[Response]:
    with Sender(url, trust_env=False, **options) as sender:  # type: ignore[arg-type]
        return [sender.send(request) for request in requests]


def call_async(url: str, *requests: Request, **options: object) -> list[Response]:
    async def call() -> list[Response]:
        async with AsyncSender(url, trust_env=False, **options) as sender:  # type: ignore[arg-type]
            return [await sender.send(request) for request in requests]

    return asyncio.run(call())


both = pytest.mark.parametrize("call", [call_sync, call_async])


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Serve the same bytes to every request; yields the URL and the requests as they came."""
    seen: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                peer = listener.accept()[0]
            except OSError:
                return
            with peer, suppress(OSError):
                head = b""
                while more := peer.recv(65536):
                    head += more
                    if head.endswith(b"\r\n\r\n"):
                        seen.append(head)
                        peer.sendall(answer)
                        head = b""

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        listener.shutdown(socket.SHUT_RDWR)


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_two_files_import_the_http_library() -> None:
    source = Path(mobstd.__file__).parent
    found = {
        path.relative_to(source.parent).as_posix()
        for path in source.rglob("*.py")
        if _imports(ast.parse(path.read_text("utf-8"))) & {"httpx", "httpcore"}
    }
    assert found == MAY_IMPORT_IT


@pytest.mark.parametrize("module", ["mobstd", "mobstd.transport", "mobstd.transport.client"])
def test_it_is_loaded_when_a_sender_is_named(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"httpx", "httpcore"} & set(done.stdout.split())


@both
@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request("GET", "/a/../b/./c//d"), b"GET /a/../b/./c//d HTTP/1.1"),
        (
            Request("GET", "/%2e%2e/%zz", (("q", "a+b c'"),)),
            b"GET /%2e%2e/%zz?q=a%2Bb+c%27 HTTP/1.1",
        ),
        (Request("get", "/x"), b"get /x HTTP/1.1"),
        (Request("OPTIONS", "*"), b"OPTIONS * HTTP/1.1"),
        (Request("GET", "//other/x"), b"GET //other/x HTTP/1.1"),
        (Request("GET", "/" + "a" * 66_000), b"GET /" + b"a" * 66_000 + b" HTTP/1.1"),
    ],
    ids=["dots", "escapes", "lower case", "asterisk", "slashes", "long"],
)
def test_the_request_line_is_as_built(request_: Request, line: bytes, call: Call) -> None:
    with answering(EMPTY) as (url, seen):
        call(url, request_)
    assert seen[0].startswith(line + b"\r\n")


@both
def test_no_header_but_ours(call: Call) -> None:
    with answering(EMPTY) as (url, seen):
        call(url, Request("POST", "/x", headers=(("X-Y", "1"), ("X-Y", "2"))), user_agent="me")
    assert seen[0].split(b"\r\n")[1:-2] == [
        b"Host: " + url.removeprefix("http://").encode(),
        b"Accept: */*",
        b"Accept-Encoding: gzip, deflate",
        b"User-Agent: me",
        b"X-Y: 1",
        b"X-Y: 2",
    ]


@both
def test_headers_come_as_they_were_and_cookies_are_not_kept(call: Call) -> None:
    with answering(COOKIE) as (url, seen):
        first, _ = call(url, ASK, ASK)
    assert first.headers[:3] == (("Set-Cookie", "s=1; Path=/"), ("X-A", "1"), ("x-a", "é"))
    assert len(seen) == 2
    assert b"cookie" not in seen[1].lower()


@both
@pytest.mark.parametrize("location", ["http://[::bad", "//h:99999/", "mailto:x", "//\xfe:99999/"])
def test_a_redirect_to_nonsense(location: str, call: Call) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    with answering(head.encode("latin-1")) as (url, _):
        with pytest.raises(RedirectRefused) as caught:
            call(url, ASK)
        assert caught.value.code == "transport.redirect-elsewhere"
        assert [one.status for one in call(url, ASK, redirects=0)] == [302]
        assert [one.status for one in call(url, Request("POST", "/x"))] == [302]


@both
def test_no_path_query_or_header_in_the_log(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    asked = Request("GET", "/secret-path", (("a", "secret-1"),), (("X-API-Key", "secret-2"),))
    with caplog.at_level(logging.INFO), answering(COOKIE) as (url, _):
        call(url, asked)
    assert "secret" not in caplog.text


@both
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_asked_for_the_whole_address(scheme: str, call: Call) -> None:
    line = {
        "http": b"GET http://partner.invalid/status?a=1 HTTP/1.1\r\n",
        "https": b"CONNECT partner.invalid:443 HTTP/1.1\r\n",
    }
    refusal = b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"
    with answering(refusal) as (url, seen):
        proxy = url.replace("//", "//us%40er:p%3Aw@")
        if scheme == "https":
            with pytest.raises(mobstd.errors.Unreachable) as caught:
                call("https://partner.invalid", ASK, proxy=proxy)
            assert caught.value.code == "transport.proxy"
        else:
            assert [one.status for one in call("http://partner.invalid", ASK, proxy=proxy)] == [407]
    assert seen[0].startswith(line[scheme])
    assert b"Proxy-Authorization: Basic dXNAZXI6cDp3" in seen[0]


@pytest.mark.parametrize("kind", [Sender, AsyncSender])
@pytest.mark.parametrize("url", ["http://999.1.1.1", "http://0127.0.0.1"])
def test_an_ipv4_address_that_is_none(url: str, kind: type[Sender | AsyncSender]) -> None:
    with pytest.raises(ConfigError) as caught:
        kind(url)
    assert caught.value.code == "transport.base-url"


def test_a_closed_sender_opens_new_connections() -> None:
    with answering(EMPTY) as (url, _):
        sender = Sender(url, trust_env=False)
        sender.close()
        assert sender.send(ASK).status == 200
        sender.close()


def test_every_thread_has_its_own_deadline() -> None:
    took: dict[float, float] = {}

    def wait(seconds: float) -> None:
        begun = time.monotonic()
        with pytest.raises(TookTooLong):
            sender.send(ASK, timeout=seconds)
        took[seconds] = time.monotonic() - begun

    with hostile("silent") as url, Sender(url, trust_env=False) as sender:
        workers = [threading.Thread(target=wait, args=(0.3 * n,)) for n in (4, 1)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert took[0.3] < 1.0
    assert took[1.2] >= 1.1
