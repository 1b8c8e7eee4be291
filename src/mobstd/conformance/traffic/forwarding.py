"""A proxy before one upstream: every request goes there and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, quote

from mobstd.errors import ConfigError, TransportError
from mobstd.errors import Timeout as TooLong
from mobstd.judging.exchange import Pairs, Request
from mobstd.messages import render
from mobstd.serving.asgi import Receive, Response, Scope, Send
from mobstd.serving.recording import FAILURE
from mobstd.transport import Timeout
from mobstd.transport.http import AsyncSender

__all__ = ["Forwarding"]

LARGEST_REQUEST = 8 << 20
LARGEST_ANSWER = 64 << 20
"""Bytes of a body that are forwarded."""

HOP_BY_HOP = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that are between two neighbours, or that each of them writes anew."""

ENCODED = frozenset({"accept-encoding", "content-encoding"})
"""Answers are forwarded as they read once they are decompressed."""


class Forwarding:
    """An ASGI app that sends what it is asked to one upstream.

    Args:
        upstream: base URL; its path stands before the path of every request.
        seconds: how long one answer may take.

    Raises:
        ConfigError: for a URL that is none.
    """

    def __init__(self, upstream: str, seconds: float = 30.0) -> None:
        self._sender = AsyncSender(
            upstream,
            timeout=Timeout(total=seconds),
            max_body=LARGEST_ANSWER,
            truncate=False,
            redirects=0,
        )
        self._path = self._sender.address.path
        self._origin = self._sender.address.origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            answer = await self._answer(scope, receive)
            await answer.send(send, head=scope["method"] == "HEAD")
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._sender.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] == "CONNECT" or not scope["path"].startswith("/"):
            return _said(405, "traffic.not-proxied")
        body = await _body(receive)
        if body is None:
            return _said(413, "traffic.too-large", limit=LARGEST_REQUEST)
        try:
            came = await self._sender.send(self._request(scope, body))
        except TooLong as error:
            return _said(504, error.code, **error.params)
        except (TransportError, ConfigError) as error:
            return _said(502, error.code, **error.params)
        headers = [(n, self._ours(n, v)) for n, v in _kept(came.headers)]
        return Response(came.status, came.body, headers=tuple(headers))

    def _request(self, scope: Scope, body: bytes) -> Request:
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        path = raw.decode("latin-1").partition("?")[0]
        headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]]
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        pairs = tuple(query)
        return Request(scope["method"], self._path + path, pairs, _kept(headers), body or None)

    def _ours(self, name: str, value: str) -> str:
        """Let a redirect within the upstream lead back to the proxy."""
        start = self._origin + self._path
        if name.lower() == "location" and f"{value}/".startswith(f"{start}/"):
            return value[len(start) :] or "/"
        return value


def _kept(headers: Iterable[tuple[str, str]]) -> Pairs:
    """Return the headers that go on: not those of this hop, nor those that it names as such."""
    listed = list(headers)
    named = {
        one.strip().lower()
        for name, value in listed
        if name.lower() == "connection"
        for one in value.split(",")
    }
    dropped = HOP_BY_HOP | ENCODED | named
    return tuple((name, value) for name, value in listed if name.lower() not in dropped)


async def _body(receive: Receive) -> bytes | None:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_REQUEST:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _said(status: int, code: str, **params: object) -> Response:
    text = render(code, params, "en")
    body = f"mobstd watch: {text}\n".encode()
    return Response(status, body, "text/plain; charset=utf-8", ((FAILURE, code),))
