"""An app in the same process is called as one behind a server would be."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mobstd.errors import RedirectRefused, Timeout, Unreachable, Unreadable, UsageError
from mobstd.judging.exchange import Request
from mobstd.transport import AsgiSender, AsyncAsgiSender

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class App:
    """Answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.events: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        self.scopes.append(scope)
        self.bodies.append((await receive())["body"])
        match scope["path"]:
            case "/crash":
                raise ValueError("secret detail")
            case "/half":
                await self._answer(send, b"[", more=True)
                raise ValueError
            case "/silent":
                return
            case "/slow":
                await asyncio.sleep(30)
            case "/endless":
                await self._answer(send, b"[", more=True)
                while True:
                    await send({"type": "http.response.body", "body": b"1,", "more_body": True})
            case "/zip":
                headers = [(b"content-encoding", b"gzip")]
                await self._answer(send, gzip.compress(b"[1]"), headers=headers)
            case "/bad-zip":
                await self._answer(send, b"[1]", headers=[(b"content-encoding", b"gzip")])
            case "/redirect":
                await self._answer(send, status=302, headers=[(b"location", b"/there?a=1")])
            case "/elsewhere":
                headers = [(b"location", b"https://other.example/")]
                await self._answer(send, status=302, headers=headers)
            case _:
                await self._answer(send, b"[]", headers=[(b"Content-Type", b"application/json")])

    async def _live(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        scope["state"]["ready"] = True
        while True:
            kind = (await receive())["type"]
            self.events.append(kind)
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def _answer(
        self,
        send: Send,
        body: bytes = b"",
        *,
        status: int = 200,
        headers: list[tuple[bytes, bytes]] | None = None,
        more: bool = False,
    ) -> None:
        start = {"type": "http.response.start", "status": status, "headers": headers or []}
        await send(start)
        await send({"type": "http.response.body", "body": body, "more_body": more})


def ask(path: str, **options: Any) -> Any:
    with AsgiSender(App(), **options) as sender:
        return sender.send(Request("GET", path))


def test_what_the_app_receives() -> None:
    app = App()
    request = Request("POST", "/a b", (("q", "é"),), (("X-Key", "1"),), b"{}")
    with AsgiSender(app, "https://partner.example/v1") as sender:
        response = sender.send(request)
    assert (response.status, response.json, response.media_type) == (200, [], "application/json")
    scope = app.scopes[0]
    assert (scope["method"], scope["path"], scope["raw_path"]) == ("POST", "/a b", b"/a%20b")
    assert (scope["query_string"], scope["scheme"]) == (b"q=%C3%A9", "https")
    assert dict(scope["headers"])[b"host"] == b"partner.example"
    assert dict(scope["headers"])[b"content-length"] == b"2"
    assert app.bodies == [b"{}"]
    assert scope["state"] == {"ready": True}
    assert app.events == ["lifespan.startup", "lifespan.shutdown"]


def test_a_crash_before_the_answer_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    response = ask("/crash")
    assert (response.status, response.body) == (500, b"Internal Server Error")
    assert "the application crashed" in caplog.text


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [
        ("/half", Unreadable, "transport.app-crashed"),
        ("/silent", Unreadable, "transport.cut-short"),
        ("/bad-zip", Unreadable, "transport.encoding"),
        ("/slow", Timeout, "transport.timeout"),
        ("/elsewhere", RedirectRefused, "transport.redirect-elsewhere"),
    ],
)
def test_failures(path: str, kind: type[Exception], code: str) -> None:
    with pytest.raises(kind) as caught:
        ask(path, timeout=0.2)
    assert getattr(caught.value, "code", None) == code


def test_compressed_redirected_endless() -> None:
    assert ask("/zip").json == [1]
    assert ask("/redirect").json == []
    endless = ask("/endless", max_body=1000)
    assert (endless.truncated, len(endless.body)) == (True, 1000)


def test_an_app_without_lifespan_is_fine() -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    with AsgiSender(app) as sender:
        assert sender.send(Request("HEAD", "/")).status == 204


def test_an_app_that_fails_to_start() -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.failed", "message": "Traceback...\nno database"})

    with AsgiSender(app) as sender, pytest.raises(Unreachable, match="no database"):
        sender.send(Request("GET", "/"))


def test_inside_an_event_loop() -> None:
    async def main() -> int:
        with pytest.raises(UsageError):
            sync.send(Request("GET", "/"))
        async with AsyncAsgiSender(App()) as sender:
            return (await sender.send(Request("GET", "/"))).status

    with AsgiSender(App()) as sync:
        assert asyncio.run(main()) == 200


def test_it_is_fast() -> None:
    with AsgiSender(App()) as sender:
        sender.send(Request("GET", "/"))
        best = 1.0
        for _ in range(20):
            begun = time.perf_counter()
            for _ in range(20):
                sender.send(Request("GET", "/"))
            best = min(best, (time.perf_counter() - begun) / 20)
    assert best < 0.0005
