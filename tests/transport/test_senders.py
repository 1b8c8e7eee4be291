"""Whatever a server does, a call ends in time, in little memory, with a response or our error."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
import tracemalloc
from collections.abc import Callable

import pytest

from hostile.server import BEHAVIOURS, Hostile, hostile
from mobstd.errors import (
    ConfigError,
    RedirectRefused,
    TransportError,
    Unreachable,
    Unreadable,
)
from mobstd.errors import (
    Timeout as TookTooLong,
)
from mobstd.judging.exchange import Request, Response
from mobstd.transport import AsyncSender, Sender, Timeout

ASK = Request("GET", "/status", (("a", "1"),))
EXPECTED: dict[str, tuple[type[TransportError], str]] = {
    "endless-continue": (TookTooLong, "transport.timeout"),
    "slow-drip": (TookTooLong, "transport.timeout"),
    "slow-headers": (TookTooLong, "transport.timeout"),
    "silent": (TookTooLong, "transport.timeout"),
    "redirect-loop": (RedirectRefused, "transport.redirect-loop"),
    "redirect-elsewhere": (RedirectRefused, "transport.redirect-elsewhere"),
    "redirect-file": (RedirectRefused, "transport.redirect-elsewhere"),
    "short-body": (Unreadable, "transport.cut-short"),
    "bad-length": (Unreadable, "transport.not-http"),
    "two-lengths": (Unreadable, "transport.not-http"),
    "bad-chunk": (Unreadable, "transport.not-http"),
    "reset": (Unreadable, "transport.disconnected"),
    "reset-at-once": (Unreadable, "transport.disconnected"),
    "hang-up": (Unreadable, "transport.disconnected"),
    "garbage": (Unreadable, "transport.not-http"),
    "many-headers": (Unreadable, "transport.headers-too-large"),
    "long-header": (Unreadable, "transport.headers-too-large"),
    "not-gzip": (Unreadable, "transport.encoding"),
    "unknown-encoding": (Unreadable, "transport.encoding"),
    "truncated-gzip": (Unreadable, "transport.encoding"),
    "gzip-bomb-nested": (Unreadable, "transport.encoding"),
    "tls-self-signed": (Unreachable, "transport.certificate"),
    "tls-expired": (Unreachable, "transport.certificate"),
    "tls-missing": (Unreachable, "transport.tls"),
}
RACES = {("reset-at-once", Unreachable, "transport.disconnected")}
"""A reset may come while the connection is still being made."""
TRUNCATED = {"endless", "endless-unframed", "huge", "gzip-bomb"}

Call = Callable[..., Response]


def call_sync(url: str, request: Request = ASK, **options: object) -> Response:
    with Sender(url, **options) as sender:  # type: ignore[arg-type]
        return sender.send(request)


def call_async(url: str, request: Request = ASK, **options: object) -> Response:
    async def call() -> Response:
        async with AsyncSender(url, **options) as sender:  # type: ignore[arg-type]
            return await sender.send(request)

    return asyncio.run(call())


both = pytest.mark.parametrize("call", [call_sync, call_async])


@both
@pytest.mark.parametrize("name", sorted(BEHAVIOURS))
def test_every_hostile_server_is_survived(name: str, call: Call) -> None:
    if BEHAVIOURS[name].needs_openssl and shutil.which("openssl") is None:
        pytest.skip("no openssl command")
    begun = time.monotonic()
    with Hostile(name, drip_seconds=0.05) as url:
        options = {"timeout": 1.0 if name in EXPECTED else 8.0, "trust_env": False}
        if name in EXPECTED:
            kind, code = EXPECTED[name]
            with pytest.raises(TransportError) as caught:
                call(url, **options)
            got = (type(caught.value), caught.value.code)
            assert got == (kind, code) or (name, *got) in RACES
            assert "GET /status" in caught.value.text("en")
            assert caught.value.diagnostics("fr")
            assert "a=1" not in str(caught.value)
        else:
            response = call(url, **options)
            assert response.truncated == (name in TRUNCATED)
            assert len(response.body) <= 8 * 1024 * 1024
    assert time.monotonic() - begun < 9


@both
def test_the_deadline_is_for_the_whole_call(call: Call) -> None:
    with Hostile("slow-headers", drip_seconds=0.05) as url:
        begun = time.monotonic()
        with pytest.raises(TookTooLong):
            call(url, timeout=0.6)
        assert 0.5 < time.monotonic() - begun < 1.2


@both
def test_a_bomb_stays_small(call: Call) -> None:
    with hostile("gzip-bomb") as url:
        tracemalloc.start()
        response = call(url, max_body=100_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (response.truncated, len(response.body)) == (True, 100_000)
    assert response.json is None
    assert peak < 20_000_000


@both
def test_a_long_body_can_be_an_error(call: Call) -> None:
    with hostile("huge") as url, pytest.raises(Unreadable) as caught:
        call(url, truncate=False)
    assert caught.value.code == "transport.too-large"


@both
def test_redirects_can_be_left_alone(call: Call) -> None:
    with hostile("redirect-elsewhere") as url:
        assert call(url, redirects=0).status == 307


@both
def test_a_write_is_never_redirected(call: Call) -> None:
    with hostile("redirect-loop") as url:
        assert call(url, Request("POST", "/x", body=b"{}")).status == 302


@both
def test_a_refused_redirect_names_the_origin_only(call: Call) -> None:
    server = Hostile("redirect-elsewhere")
    with server as url, pytest.raises(RedirectRefused) as caught:
        call(url)
    assert server.url_elsewhere in str(caught.value)
    assert "a=1" not in str(caught.value)
    assert not server.requests_elsewhere


@both
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:9", "transport.refused"),
        ("http://nobody.invalid", "transport.dns"),
        ("http://" + "a" * 70 + ".example", "transport.dns"),
    ],
)
def test_unreachable(url: str, code: str, call: Call) -> None:
    with pytest.raises(Unreachable) as caught:
        call(url, trust_env=False)
    assert caught.value.code == code


def test_a_resolver_that_hangs_does_not_hang_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: released.wait(5) and [])
    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        call_sync("http://slow.example", timeout=Timeout(total=5, connect=0.3), trust_env=False)
    released.set()
    assert caught.value.code == "transport.connect-timeout"
    assert time.monotonic() - begun < 1


@both
@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/x", (("a", "\ud800"),)),
        Request("GET", "/\ud800"),
        Request("GE T", "/x"),
        Request("GET", "/x", headers=(("X-Key", "a\r\nHost: other"),)),
    ],
)
def test_what_http_cannot_carry_is_refused(request_: Request, call: Call) -> None:
    with hostile("empty") as url, pytest.raises(ConfigError) as caught:
        call(url, request_)
    assert caught.value.code == "transport.bad-request"


@both
def test_what_is_on_the_wire(call: Call) -> None:
    server = Hostile("empty")
    request = Request(
        "POST", "/a b/é", (("q", "ü&="),), (("user-agent", "mine"), ("X-Key", "é")), b"body"
    )
    with server as url:
        call(url, request, headers=[("X-Default", "1")])
    head = server.requests[0]
    assert head.startswith(b"POST /a%20b/%C3%A9?q=%C3%BC%26%3D HTTP/1.1\r\n")
    assert head.lower().count(b"user-agent: ") == 1
    assert b"user-agent: mine" in head
    assert b"Content-Length: 4" in head
    assert b"X-Default: 1" in head
    assert b"Accept-Encoding: gzip, deflate" in head


@both
def test_the_user_agent_is_ours(call: Call) -> None:
    server = Hostile("empty")
    with server as url:
        call(url)
    assert b"User-Agent: mobstd/" in server.requests[0]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "http://",
        "http://a:b:c",
        "http://h:99999",
        "http://user:secret@host",
        "http://h?key=secret",
        "http://h#x",
        "http://h/a b",
    ],
)
def test_base_urls_that_are_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Sender(url)
    assert "secret" not in caught.value.text()
    assert caught.value.diagnostics("fr")


def test_addresses() -> None:
    with Sender("HTTPS://Münster.example:8443/v1/") as sender:
        assert str(sender.address) == "https://xn--mnster-3ya.example:8443/v1"
        assert sender.address.path == "/v1"
        assert repr(sender) == "Sender('https://xn--mnster-3ya.example:8443/v1')"
    with Sender("http://[::1]:80") as sender:
        assert (sender.address.authority, sender.address.is_loopback) == ("[::1]", True)


def test_one_sender_serves_many_threads() -> None:
    with hostile("empty") as url, Sender(url) as sender:
        statuses: list[int] = []
        workers = [
            threading.Thread(target=lambda: statuses.append(sender.send(ASK).status))
            for _ in range(8)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert statuses == [200] * 8


def test_a_proxy_of_the_environment_is_used_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Hostile("empty")
    with server as url:
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.delenv("no_proxy", raising=False)
        assert call_sync("http://partner.invalid").status == 200
        with pytest.raises(Unreachable):
            call_sync("http://partner.invalid", trust_env=False)
        with pytest.raises(Unreachable):
            call_sync("http://127.0.0.1:9")
    assert server.requests[0].startswith(b"GET http://partner.invalid/status")


@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), "x"])
def test_timeouts_are_positive_and_finite(value: float) -> None:
    with pytest.raises(ConfigError):
        Timeout(total=value)
