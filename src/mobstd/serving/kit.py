"""``app(service, version, role)``: an ASGI app around an object with one method per operation."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from mobstd.canon.openapi import operations
from mobstd.canon.standard import Version, find
from mobstd.errors import ApiError, ConfigError
from mobstd.messages import render
from mobstd.serving.answers import Refuse, Reply
from mobstd.serving.asgi import Receive, Response, Scope, Send, live, path_of
from mobstd.serving.caller import calling
from mobstd.serving.keys import Keys
from mobstd.serving.limiting import Limit
from mobstd.serving.reading import BadInput, Taken
from mobstd.serving.routes import Build, Route, method_name, routes
from mobstd.serving.rules import Rules
from mobstd.serving.shaping import Shape, common_shape
from mobstd.serving.writing import to_json

__all__ = ["App", "app"]

_log = logging.getLogger("mobstd.serving")

_REFUSALS = {"bad-body": 422, "large-body": 413, "bad-media-type": 415}
"""What is more exact than 400, where the operation documents it."""


def app(
    service: object,
    version: Version | str,
    role: str,
    *,
    queries: Mapping[str, Build] | None = None,
    api_keys: Iterable[str] | None = None,
    key_header: str = "X-API-Key",
    development: bool = False,
    check_answers: bool = True,
    limit: Limit | None = None,
    max_body: int = 1_000_000,
) -> App:
    """Return the ASGI app that serves a role of a standard.

    Args:
        service: an object with a method per operation, named in snake case; an operation without
            a method is answered 404. A method that is not async runs in a thread. A method
            ``refusal(status, code, text, field)`` words the bodies of errors, where their schema
            has more to say than the reason; ``None`` leaves it to the schema.
        version: a version, or its name such as ``ocss@1.0-alpha``.
        role: a role that has an OpenAPI document.
        queries: what to hand to the method instead of the plain mapping of parameters, by
            ``operationId``. A generated interface brings its own as ``QUERIES``.
        api_keys: the accepted keys; ``None``: open to everybody.
        key_header: the header that carries the key.
        development: answers that break the standard, by its schemas or by the rules of its
            catalogue, become a 500 that explains; in production those that break a schema are
            sent and logged.
        check_answers: judge what the service answers at all.
        limit: how many requests a caller may send.
        max_body: the largest request body that is read, in bytes.

    Raises:
        ConfigError: where the service implements no operation, or a key is none.
    """
    return App(
        service,
        find(version) if isinstance(version, str) else version,
        role,
        queries=queries,
        api_keys=api_keys,
        key_header=key_header,
        development=development,
        check_answers=check_answers,
        limit=limit,
        max_body=max_body,
    )


class App:
    """An ASGI app; made by ``app``, mounted or run like any other."""

    def __init__(
        self,
        service: object,
        version: Version,
        role: str,
        *,
        queries: Mapping[str, Build] | None,
        api_keys: Iterable[str] | None,
        key_header: str,
        development: bool,
        check_answers: bool,
        limit: Limit | None,
        max_body: int,
    ) -> None:
        self.service = service
        self.version = version
        self.role = role
        self._keys = Keys(api_keys)
        self._key_header = key_header.lower()
        self._development = development
        self._rules = Rules(version, role) if development else None
        self._check = check_answers or development
        self._limit = limit
        self._max_body = max_body
        documented = operations(version, role)
        self._common = {
            code: common_shape(version, documented.values(), code) for code in (404, 405, 500)
        }
        builds = getattr(service, "QUERIES", {}) if queries is None else queries
        self._routes = routes(service, version, documented.values(), builds)
        if not self._routes:
            names = ", ".join(method_name(name) for name in documented)
            raise ConfigError("serving.no-operation", service=type(service).__name__, names=names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection, as ASGI asks."""
        if scope["type"] == "lifespan":
            await live(self.service, receive, send)
        elif scope["type"] == "http":
            response = await self._answer(scope, receive)
            await response.send(send, head=scope["method"] == "HEAD")
        else:
            await send({"type": "websocket.close", "code": 1000})

    def example_query(self, operation: str) -> dict[str, Any] | None:
        """Return a query that finds something, where the service can tell one."""
        asks = getattr(self.service, "example_query", None)
        return asks(operation) if asks else None

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        lang = "fr" if headers.get("accept-language", "").strip().lower().startswith("fr") else "en"
        methods, places = self._routes.find(path_of(scope))
        if not methods:
            return self._refusal(self._common[404], 404, _say("unknown-path", lang), "unknown-path")
        method = scope["method"]
        route = methods.get("GET" if method == "HEAD" and "HEAD" not in methods else method)
        if route is None:
            allowed = sorted({*methods, *(["HEAD"] if "GET" in methods else [])})
            text = _say("unknown-method", lang, allowed=", ".join(allowed))
            allow = {"Allow": ", ".join(allowed)}
            return self._refusal(self._common[405], 405, text, "unknown-method", allow)
        if self._limit is not None:
            wait = self._limit.wait(self._caller(scope, headers.get(self._key_header)))
            if wait:
                text = _say("too-many", lang, seconds=wait)
                after = {"Retry-After": str(wait)}
                return self._refusal(route.shape(429), 429, text, "too-many", after)
        if route.guarded and not self._keys.accept(headers.get(self._key_header)):
            challenge = {"WWW-Authenticate": f'ApiKey realm="{self.version.name}"'}
            return self._refusal(route.shape(401), 401, _say("bad-key", lang), "bad-key", challenge)
        named = route.guarded and self._keys.asked
        calling(headers.get(self._key_header) if named else None)
        try:
            body = await self._body(receive) if route.reader.reads_body else b""
            taken = route.reader.read(scope.get("query_string", b""), places, headers, body)
        except BadInput as error:
            return self._bad_input(route, error, lang)
        return await self._serve(route, taken, lang)

    async def _serve(self, route: Route, taken: Taken, lang: str) -> Response:
        name = route.operation.id
        try:
            response = self._written(route, await route.answer(taken))
        except BadInput as error:
            response = self._bad_input(route, error, lang)
        except Refuse as error:
            shape = route.shape(error.status)
            response = self._refusal(shape, error.status, error.reason, "refused", error.headers)
        except ApiError as error:
            shape = route.shape(error.status)
            response = self._refusal(shape, error.status, error.text(lang), "refused")
        except Exception as error:
            _log.exception("%s failed", name)
            params = {"operation": name, "kind": type(error).__name__}
            return self._failure(route, render("serving.raised", params, lang))
        if not self._check:
            return response
        found = route.writer.problems(response.status, response.body, dict(response.headers), lang)
        if not found and self._rules is not None:
            found = self._rules.problems(route.operation, taken.values, response, lang)
        if not found:
            return response
        text = render(
            "serving.wrong-answer", {"operation": name, "problems": "; ".join(found)}, lang
        )
        _log.error("%s", text)
        return self._failure(route, text) if self._development else response

    def _written(self, route: Route, said: Any) -> Response:
        reply = said if isinstance(said, Reply) else Reply(said)
        status = route.writer.success if reply.status is None else reply.status
        body = b"" if reply.body is None else to_json(reply.body)
        media = route.writer.media_type(status) if body else ""
        return Response(status, body, media, tuple(reply.headers.items()))

    def _caller(self, scope: Scope, key: str | None) -> str:
        """Return who is counted: an accepted key, or the address of everybody else."""
        client = scope.get("client") or ("",)
        return f"key {key}" if key and self._keys.accept(key) else f"address {client[0]}"

    async def _body(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._max_body:
                raise BadInput("large-body", limit=self._max_body)
            if not message.get("more_body"):
                return bytes(body)

    def _bad_input(self, route: Route, error: BadInput, lang: str) -> Response:
        code = error.code.removeprefix("serving.")
        field = str(error.params.get("name", error.params.get("where", "")))
        exact = _REFUSALS.get(code, 400)
        status = exact if str(exact) in route.operation.answers else 400
        return self._refusal(route.shape(status), status, error.text(lang), code, field=field)

    def _failure(self, route: Route, text: str) -> Response:
        """Return 500; what went wrong is told in development only."""
        shape = route.shape(500)
        if self._development:
            return self._refusal(shape if shape.schema else self._common[500], 500, text, "failed")
        return self._refusal(shape, 500, _say("failed", "en"), "failed")

    def _refusal(
        self,
        shape: Shape,
        status: int,
        text: str,
        code: str,
        headers: Mapping[str, str] | None = None,
        field: str = "",
    ) -> Response:
        """Return an error as the service words it, else as its schema has it; or without a body."""
        words = getattr(self.service, "refusal", None)
        worded = None if words is None else words(status, code, text, field)
        body = shape.body(status, text) if worded is None else to_json(worded)
        media = shape.media_type or "application/json"
        return Response(status, body, media if body else "", tuple((headers or {}).items()))


def _say(code: str, lang: str, **params: Any) -> str:
    return render(f"serving.{code}", params, lang)
