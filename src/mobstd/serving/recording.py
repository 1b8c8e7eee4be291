"""Records what callers send to an app, and what they are answered."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from mobstd.canon.openapi import credential_names, operations
from mobstd.canon.standard import Version
from mobstd.judging.addressing import operation_at
from mobstd.judging.caller import identify, without_secrets
from mobstd.judging.exchange import Exchange, Failure, Pairs, Request, Response
from mobstd.serving.asgi import Asgi, Message, Receive, Scope, Send, path_of

__all__ = ["FAILURE", "Recording", "needed_headers"]

FAILURE = "x-mobstd-failure"
"""The header by which an app of ours says that it answers in place of somebody unreachable."""

KEPT = 1 << 20
"""Bytes of a body that are kept; of a longer one nothing but that it was longer."""


class Recording:
    """An app around another one, that hands each exchange to ``heard``.

    Callers come to ``heard`` by a name, never by a key, and no header with a secret comes with
    them.

    Args:
        app: the app; it may have ``private(path)``, which says what is none of the standard's, and
            ``base(path)``, which tells what stands before its paths.
        version: what is called.
        role: the role that is called.
        heard: is told of each exchange once it is over; may be called from another thread.
        keys: names of known keys, by key.
        base: what stands before the paths of the standard.
    """

    def __init__(
        self,
        app: Asgi,
        version: Version,
        role: str,
        heard: Callable[[Exchange], None],
        *,
        keys: Mapping[str, str] | None = None,
        base: str = "",
    ) -> None:
        self._app = app
        self._heard = heard
        self._keys = dict(keys or {})
        self._base = base
        self._operations = operations(version, role)
        self._places = credential_names(version, role)
        self._needed = needed_headers(version, role)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        private = getattr(self._app, "private", None)
        if scope["type"] != "http" or (private is not None and private(path_of(scope))):
            await self._app(scope, receive, send)
            return
        asked, answered = _Taken(), _Taken()
        at, began = datetime.now(UTC), time.monotonic()
        status, seconds = 0, 0.0
        headers: Pairs = ()

        async def hear() -> Message:
            message = await receive()
            asked.take(message.get("body", b""))
            return message

        async def say(message: Message) -> None:
            nonlocal status, headers, seconds
            if message["type"] == "http.response.start":
                status, headers = message["status"], _texts(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                answered.take(message.get("body", b""))
                if not message.get("more_body", False):
                    seconds = time.monotonic() - began
            await send(message)

        try:
            await self._app(scope, hear, say)
        finally:
            code = dict(headers).get(FAILURE, "" if status else "serving.no-answer")
            outcome: Response | Failure = Failure(code)
            if not code:
                kept = without_secrets(headers)
                outcome = Response(status, kept, answered.body, answered.truncated, seconds)
            self._note(scope, at, asked, outcome)

    def _note(self, scope: Scope, at: datetime, asked: _Taken, outcome: Response | Failure) -> None:
        path = scope.get("raw_path") or scope["path"].encode()
        request = Request(
            scope["method"],
            path.decode("latin-1").partition("?")[0],
            _pairs(scope.get("query_string", b"")),
            _texts(scope["headers"]),
            asked.body or None,
            asked.truncated,
        )
        below = getattr(self._app, "base", None)
        base = self._base if below is None else self._base + below(path_of(scope))
        client = scope.get("client")
        caller = identify(request, self._places, self._keys, client[0] if client else None)
        kept = without_secrets(request.headers, self._needed)
        self._heard(
            Exchange(
                id=f"x{next(self._numbers)}",
                operation=operation_at(self._operations, request.method, request.path, base),
                purpose="traffic",
                at=at,
                request=Request(
                    request.method,
                    request.path,
                    request.query,
                    kept,
                    request.body,
                    request.truncated,
                ),
                response=outcome if isinstance(outcome, Response) else None,
                failure=outcome if isinstance(outcome, Failure) else None,
                authenticated=caller.known,
                caller=caller.name,
            )
        )


class _Taken:
    """A body as it goes by, up to ``KEPT`` bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def take(self, part: bytes) -> None:
        self._size += len(part)
        if self.truncated:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    @property
    def truncated(self) -> bool:
        return self._size > KEPT

    @property
    def body(self) -> bytes:
        return b"".join(self._parts)


def needed_headers(version: Version, role: str) -> frozenset[str]:
    """Return the headers that an operation documents, but for those that carry credentials."""
    secret = {name for where, name in credential_names(version, role) if where == "header"}
    named = (
        p.name.lower()
        for o in operations(version, role).values()
        for p in o.parameters
        if p.where == "header"
    )
    return frozenset(name for name in named if name not in secret)


def _texts(raw: Iterable[tuple[bytes, bytes]]) -> Pairs:
    return tuple((bytes(n).decode("latin-1"), bytes(v).decode("latin-1")) for n, v in raw)


def _pairs(query: bytes) -> Pairs:
    try:
        return tuple(parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=500))
    except ValueError:
        return ()
