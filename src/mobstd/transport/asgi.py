"""Senders to an ASGI app in the same process: no sockets, no HTTP library."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from mobstd.errors import Unreachable, UsageError
from mobstd.judging.exchange import Request, Response
from mobstd.transport.address import Address, request_target
from mobstd.transport.inflate import Body, NotDecodable
from mobstd.transport.log import logger, note
from mobstd.transport.reasons import took_too_long, unreadable
from mobstd.transport.redirect import MAX_REDIRECTS, Trail
from mobstd.transport.sending import MAX_BODY, user_agent
from mobstd.transport.timeout import Deadline, Timeout

__all__ = ["AsgiSender", "AsyncAsgiSender"]

Message = MutableMapping[str, Any]
App = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[Message]],
        Callable[[Message], Awaitable[None]],
    ],
    Awaitable[None],
]


class _NobodyListens(OSError):
    """What an application gets that goes on sending when enough was read."""


class AsyncAsgiSender:
    """Sends requests to an ASGI app, awaited. The lifespan runs from first use to ``aclose``.

    An app that crashes before it answers gives status 500, as under a server; its traceback goes
    to the log.

    Args:
        app: the ASGI application.
        base_url: under which it believes to be served.
        timeout: for each call, in seconds. An app that blocks the event loop is not interrupted.
        max_body: bytes of a body that are read.
        truncate: cut a longer body and say so in ``Response.truncated``; otherwise raise.
        redirects: how many are followed, on the same origin and for GET and HEAD only.
        headers: sent with every request, unless the request has its own.
    """

    def __init__(
        self,
        app: App,
        base_url: str = "http://app.localhost",
        *,
        timeout: Timeout | float | None = None,
        max_body: int = MAX_BODY,
        truncate: bool = True,
        redirects: int = MAX_REDIRECTS,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.address = Address.parse(base_url)
        self.timeout = Timeout.of(timeout)
        self._app = app
        self._max_body = max_body
        self._truncate = truncate
        self._redirects = redirects
        defaults = (("host", self.address.authority), ("user-agent", user_agent()))
        self._headers = {n.lower(): v for n, v in (*defaults, *headers)}
        self._lifespan: _Lifespan | None = None

    async def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Return the response; ``timeout`` in seconds replaces the sender's total.

        Raises:
            Unreachable: the app failed to start.
            Timeout: the answer was not complete in time.
            Unreadable: the app crashed in the middle of its answer.
            RedirectRefused: to another origin, or in circles.
        """
        if self._lifespan is None:
            self._lifespan = _Lifespan(self._app)
            await self._lifespan.start()
        limit = self.timeout if timeout is None else replace(self.timeout, total=timeout)
        deadline = Deadline(limit.total)
        trail = Trail(self.address, self._redirects)
        following: Request | None = request
        try:
            async with asyncio.timeout(limit.total):
                while following is not None:
                    request = following
                    response = await self._exchange(request, deadline)
                    following = trail.follow(request, response)
        except TimeoutError:
            raise took_too_long(request, self.address.authority, limit.total) from None
        return response

    async def _exchange(self, request: Request, deadline: Deadline) -> Response:
        talk = _Talk(request, self._max_body)
        assert self._lifespan is not None
        try:
            await self._app(self._scope(request, self._lifespan.state), talk.receive, talk.send)
        except Exception as error:
            if talk.over:
                return self._end(request, talk, deadline)
            logger.exception("%s %s: the application crashed", request.method, request.path)
            if talk.body is not None:
                kind = type(error).__name__
                raise unreadable(request, "transport.app-crashed", error=kind) from None
            return _crashed(deadline)
        return self._end(request, talk, deadline)

    def _end(self, request: Request, talk: _Talk, deadline: Deadline) -> Response:
        response = talk.response(deadline)
        if response.truncated and not self._truncate:
            raise unreadable(request, "transport.too-large", limit=self._max_body)
        note(request, response, self.address.authority)
        return response

    def _scope(self, request: Request, state: dict[str, Any]) -> dict[str, Any]:
        path, _, query = request_target(request).partition(b"?")
        own = {name.lower() for name, _ in request.headers}
        pairs = [(n, v) for n, v in self._headers.items() if n not in own]
        pairs += [(name.lower(), value) for name, value in request.headers]
        if request.body is not None and "content-length" not in own:
            pairs.append(("content-length", str(len(request.body))))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": self.address.scheme,
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(n.encode("latin-1"), v.encode("latin-1", "replace")) for n, v in pairs],
            "client": ("127.0.0.1", 50000),
            "server": (self.address.host, self.address.port),
            "state": dict(state),
        }

    async def aclose(self) -> None:
        """Shut the app down."""
        if self._lifespan is not None:
            await self._lifespan.stop()
            self._lifespan = None

    async def __aenter__(self) -> AsyncAsgiSender:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class AsgiSender:
    """As ``AsyncAsgiSender``, for callers that wait: one event loop for all calls.

    Raises:
        UsageError: when called inside a running event loop.
    """

    def __init__(self, app: App, base_url: str = "http://app.localhost", **options: Any) -> None:
        self._sender = AsyncAsgiSender(app, base_url, **options)
        self._runner = asyncio.Runner()
        self._lock = threading.Lock()
        self.address = self._sender.address

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Return the response; ``timeout`` in seconds replaces the sender's total.

        Raises:
            TransportError: as ``AsyncAsgiSender.send``.
            UsageError: when called inside a running event loop.
        """
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            raise UsageError("transport.in-loop")
        with self._lock:
            call = self._sender.send(request, timeout=timeout)
            return self._runner.get_loop().run_until_complete(call)

    def close(self) -> None:
        """Shut the app down."""
        with self._lock:
            self._runner.get_loop().run_until_complete(self._sender.aclose())
            self._runner.close()

    def __enter__(self) -> AsgiSender:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Talk:
    """One request as the application receives it, and what it sends back."""

    def __init__(self, request: Request, limit: int) -> None:
        self._request = request
        self._limit = limit
        self._is_head = request.method == "HEAD"
        self._received = False
        self._failure: NotDecodable | None = None
        self._status = 0
        self._headers: tuple[tuple[str, str], ...] = ()
        self._over = asyncio.Event()
        self.body: Body | None = None

    async def receive(self) -> Message:
        if self._received:
            await self._over.wait()
            return {"type": "http.disconnect"}
        self._received = True
        return {"type": "http.request", "body": self._request.body or b"", "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple(
                (bytes(n).decode("latin-1"), bytes(v).decode("latin-1"))
                for n, v in message.get("headers", ())
            )
            encoding = Response(self._status, self._headers).header("content-encoding")
            self.body = Body(None if self._is_head else encoding, self._limit)
        elif message["type"] == "http.response.body" and self.body is not None:
            more = message.get("more_body", False)
            if not (self._wanted(message.get("body", b"")) and more):
                self._over.set()
                if more:
                    raise _NobodyListens

    def _wanted(self, chunk: bytes) -> bool:
        assert self.body is not None
        try:
            return self._is_head or self.body.feed(bytes(chunk))
        except NotDecodable as error:
            self._failure = error
            return False

    @property
    def over(self) -> bool:
        """Whether the answer is complete, or as complete as it was wanted."""
        return self._over.is_set()

    def response(self, deadline: Deadline) -> Response:
        if self.body is None or not self.over:
            raise unreadable(self._request, "transport.cut-short", host="the application")
        try:
            if self._failure is not None:
                raise self._failure
            content = self.body.finish()
        except NotDecodable as error:
            encoding = error.encoding[:40]
            raise unreadable(self._request, "transport.encoding", encoding=encoding) from None
        truncated = self.body.truncated
        return Response(self._status, self._headers, content, truncated, deadline.elapsed)


def _crashed(deadline: Deadline) -> Response:
    headers = (("content-type", "text/plain; charset=utf-8"),)
    return Response(500, headers, b"Internal Server Error", elapsed=deadline.elapsed)


def _last_line(message: Message) -> str:
    lines = str(message.get("message", "")).strip().splitlines()
    return lines[-1] if lines else "?"


class _Lifespan:
    """Starts an app and stops it; an app that knows no lifespan is fine."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())
        answer = await self._ask("lifespan.startup")
        if answer["type"] == "lifespan.startup.failed":
            raise Unreachable("transport.app-startup", error=_last_line(answer))

    async def stop(self) -> None:
        if self._task is not None and not self._task.done():
            await self._ask("lifespan.shutdown")
            await self._task

    async def _ask(self, kind: str) -> Message:
        await self._inbox.put({"type": kind})
        return await self._outbox.get()

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        try:
            await self._app(scope, self._inbox.get, self._outbox.put)
        except Exception:
            logger.debug("the application knows no lifespan", exc_info=True)
        await self._outbox.put({"type": "lifespan.over"})
