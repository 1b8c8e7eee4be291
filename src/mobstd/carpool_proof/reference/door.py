"""The registry as an ASGI app: who asks, how often, which version; the rest is the counter's."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from mobstd.canon.openapi import Operation, operations
from mobstd.carpool_proof.reference.clock import Clock
from mobstd.carpool_proof.reference.counter import Counter, Request, Setting
from mobstd.carpool_proof.reference.keys import ADMIN, Ended, Pair, Tokens, Wrong
from mobstd.carpool_proof.reference.limits import Headers, Limits
from mobstd.carpool_proof.reference.local import Local
from mobstd.carpool_proof.reference.refusals import Refused, shown, unauthorized
from mobstd.carpool_proof.reference.store import Store
from mobstd.judging.body import NotJson, parse_json
from mobstd.serving.asgi import Receive, Response, Scope, Send, live, path_of
from mobstd.serving.database import Away

__all__ = ["Registry"]

_log = logging.getLogger("mobstd.carpool_proof.reference")

_SEGMENT = re.compile(r"/v?([0-9]+)(?:\.([0-9]+))?(?:\.[0-9x*]+)?(?=/|$)")


class Registry:
    """The app.

    Attributes:
        counter: which answers once it is known who asks.
    """

    def __init__(
        self, setting: Setting, store: Store, counter: Counter, tokens: Tokens, limits: Limits,
        local: Local,
    ) -> None:  # fmt: skip
        self._setting, self._store, self.counter = setting, store, counter
        self._tokens, self._limits, self._local = tokens, limits, local
        self._quirks = setting.quirks
        self._operations = list(operations(setting.version, "registry").values())
        self._patterns = [
            (o, re.compile(re.sub(r"\{[^/]+?\}", "([^/]+)", o.path))) for o in self._operations
        ]

    @property
    def clock(self) -> Clock:
        """What time it is here."""
        return self._setting.clock

    def private(self, path: str) -> bool:
        """Say whether a path belongs to the sandbox and not to the interface."""
        return self._local.serves(path)

    def base(self, path: str) -> str:
        """Return the version that stands before the operation in a path, where it is one."""
        named = _SEGMENT.match(path)
        return named.group() if named and self._supports(named) else ""

    def curl(self, url: str) -> str:
        """Return a command line that asks for a token."""
        access, secret = self._tokens.example
        body = f'{{"access_key": "{access}", "secret_key": "{secret}"}}'
        return f"curl -s -H 'Content-Type: application/json' -d '{body}' {url}/auth/access_token"

    async def shutdown(self) -> None:
        """Close the database."""
        self._store.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection, as ASGI asks."""
        if scope["type"] == "lifespan":
            await live(self, receive, send)
        elif scope["type"] == "http":
            try:
                response = await self._answer(scope, receive)
            except Away as error:
                _log.warning("the database: %s", error)
                response = shown(503, {"code": 503, "error": "Service Unavailable"})
            await response.send(send, head=scope["method"] == "HEAD")
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        path, method = path_of(scope), scope["method"]
        if self._local.serves(path):
            return await self._local.answer(method, path, scope, receive)
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        named = _SEGMENT.match(path)
        operation, id_ = self._find(_written(scope, path)[named.end() if named else 0 :], method)
        if operation is None:
            return Response(404)
        told: Headers = ()
        try:
            public = operation.id == "createAccessToken"
            pair = None if public else self._caller(headers.get("authorization"))
            client = scope.get("client") or ("",)
            limit = self._limits.take(operation.id, str(client[0]))
            told = limit.headers
            if not limit.goes_on:
                body = {"error": {"code": 429, "message": "Too many requests"}}
                return shown(429, body, told)
            if named and not self._supports(named):
                return Response(404)
            body = await self._body(headers, receive)
            query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), True))
            admin = pair is not None and pair.role == ADMIN
            asked = Request(operation.id, query, id_, body, admin)
            answered = await self.counter.serve(asked, None if pair is None else pair.operator)
        except Refused as error:
            return shown(error.status, error.body, told)
        return Response(
            answered.status, answered.body, answered.media_type, (*answered.headers, *told)
        )

    def _find(self, path: str, method: str) -> tuple[Operation | None, str]:
        wanted = "GET" if method == "HEAD" else method
        for operation, pattern in self._patterns:
            match = pattern.fullmatch(path) if operation.method == wanted else None
            if match:
                return operation, unquote(next(iter(match.groups()), ""))
        return None, ""

    def _supports(self, named: re.Match[str]) -> bool:
        major, minor = named.groups()
        numbers = [version.split(".") for version in self._setting.supported]
        return any(one[0] == major and minor in (None, one[1]) for one in numbers)

    def _caller(self, header: str | None) -> Pair | None:
        """Return the pair that the token was given for; ``None`` without one."""
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise Wrong
            return self._tokens.bearer(token.strip())
        except Ended:
            if "ended-token-without-code" in self._quirks:
                raise Refused(401, 401, "Unauthorized Error", "Error") from None
            raise unauthorized("Token expired") from None
        except Wrong:
            if "signatures-are-unread" in self._quirks and (known := self._tokens.claimed(token)):
                return known
            if "wrong-token-crashes" in self._quirks:
                raise Refused(500, None, "signature verification failed") from None
            raise unauthorized("Invalid token") from None

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> Any:
        """Return the JSON of a request; an empty object where it has none."""
        crashes = "broken-body-crashes" in self._quirks
        too_large = self._setting.profile["payload"].bites("size")
        raw = bytearray()
        more = True
        while more:
            message = await receive()
            raw += message.get("body", b"")
            more = message.get("more_body", False)
            if too_large(len(raw)):
                text = "request entity too large"
                raise Refused(500, None, text) if crashes else Refused(400, -32600, text)
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if not raw or media != "application/json":
            return {}
        try:
            return parse_json(bytes(raw))
        except NotJson as error:
            if crashes:
                raise Refused(500, None, "Unexpected token in JSON") from None
            raise Refused(400, -32600, "Invalid Request", error.reason) from None


def _written(scope: Scope, path: str) -> str:
    """Return a path as it was written, so that an escaped slash is none; below a prefix, read."""
    raw: bytes = scope.get("raw_path") or b""
    if not raw or path != scope["path"]:
        return quote(path)
    return raw.partition(b"?")[0].decode("latin-1")
