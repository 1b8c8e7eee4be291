"""What is the same for every request: unknown parameters, what did not change, other origins."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from mobstd.canon.openapi import Operation, operations
from mobstd.mobility_aid.reference.service import problem
from mobstd.serving.asgi import Around, Asgi, Message, Receive, Response, Scope, Send, path_of
from mobstd.serving.kit import App
from mobstd.serving.writing import to_json

__all__ = ["anywhere", "door"]

_ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")
_TAG = b"etag"


def door(app: App) -> Asgi:
    """Return an app that lets in what the document names, and saves answers that did not change."""
    known = operations(app.version, app.role)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        strange = _strange(scope, known)
        if strange is not None:
            body = to_json(problem(400, "unknown-parameter", f"There is no {strange}.", ""))
            refused = Response(400, body, "application/problem+json", (_ANY_ORIGIN,))
            await refused.send(send, head=scope["method"] == "HEAD")
            return
        await app(scope, receive, _Tagging(scope, send))

    return Around(served, app)


def anywhere(app: Asgi) -> Asgi:
    """Return an app that answers at the address of any version of the schema."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if "path" in scope:
            path = re.sub(r"^/[0-9]+(?=/)", "", scope["path"])
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await app(scope, receive, send)

    return Around(served, app)


def _strange(scope: Scope, known: Mapping[str, Operation]) -> str | None:
    """Return a parameter that the operation which is asked for does not have."""
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    path = path_of(scope)
    for operation in known.values():
        if operation.method == method and operation.path_pattern.fullmatch(path):
            text = scope.get("query_string", b"").decode("latin-1")
            names = (name for name, _ in parse_qsl(text, keep_blank_values=True))
            taken = {p.name for p in operation.parameters if p.where == "query"}
            return next(("such parameter" for name in names if name not in taken), None)
    return None


class _Tagging:
    """Sends on what an app answers, with an ETag; 304 in place of what the caller has."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._reads = scope["method"] in ("GET", "HEAD")
        named = {name.lower(): value for name, value in scope["headers"]}
        self._has = {one.strip() for one in named.get(b"if-none-match", b"").split(b",")}
        self._send = send
        self._start: dict[str, Any] = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            name, value = (part.encode() for part in _ANY_ORIGIN)
            headers = [*message["headers"], (name.lower(), value)]
            self._start = {**message, "headers": headers}
            return
        start, body = self._start, message.get("body", b"")
        if self._reads and start["status"] == 200 and body:
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
            start["headers"].append((_TAG, tag))
            if self._has & {tag, b"*", b"W/" + tag}:
                kept = [pair for pair in start["headers"] if not pair[0].startswith(b"content-")]
                start, message = {**start, "status": 304, "headers": kept}, {**message, "body": b""}
        await self._send(start)
        await self._send(message)
