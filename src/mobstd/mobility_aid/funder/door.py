"""Who is let in: tokens, scopes, unknown parameters; and the issuer of tokens for tests beside it.

Routes that no funder has are below ``/sandbox``: ``POST /sandbox/tokens`` gives a token for
``{"person": NAME}`` or ``{"funder": SIREN}``, with ``scope`` and wrong ``claims`` where they are
named; ``GET /sandbox/authority.pem`` is the root of the time stamps; ``GET /sandbox/keys/SIREN``
the secret half of an invented funder's key. Where the app has keys of its own (``--key-env``),
none of them is there; where persons come from an issuer elsewhere, none that speaks of persons is.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mobstd.canon.openapi import Operation, operations
from mobstd.judging.body import NotJson, parse_json
from mobstd.mobility_aid.funder.asking import LONGEST, OPERATION_SCOPES, SCOPES, Caller, calling
from mobstd.mobility_aid.funder.issuer import ISSUER, Issuer, NotGiven, Wrong
from mobstd.mobility_aid.funder.persons import Persons
from mobstd.mobility_aid.funder.refusing import problem
from mobstd.oidc import KeysUnavailable
from mobstd.serving.asgi import Receive, Response, Scope, Send, path_of
from mobstd.serving.kit import App
from mobstd.serving.writing import to_json

__all__ = ["Door"]

METADATA = "/.well-known/oauth-authorization-server"
_MOST = 16_384
_BACK = re.compile(
    r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?(?:[/?][!-\"$-~]*)?", re.ASCII
)
"""An address of this machine without a fragment, in letters that a header can have."""

_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)

_CHALLENGE = ("WWW-Authenticate", 'Bearer realm="mobility-aid"')
_LATER = ("Retry-After", "30")
_PUBLIC = "listTerms"


class Door:
    """The app: who asks is known before anything is read.

    Args:
        app: what answers.
        issuer: makes and verifies tokens.
        shown: what there is to read of the sandbox, by path: text and media type.
        persons: who comes from an issuer elsewhere.
        lets: says whether the token of a caller lets them do what asks for a scope.
        open_to_tests: whether there is an issuer for everybody.
    """

    def __init__(
        self,
        app: App,
        issuer: Issuer,
        shown: Mapping[str, tuple[bytes, str]],
        persons: Persons | None,
        lets: Callable[[Caller, str], bool],
        *,
        open_to_tests: bool,
    ) -> None:
        self._app, self.issuer, self._persons, self._lets = app, issuer, persons, lets
        self._shown = shown if open_to_tests else {}
        self._open = open_to_tests
        self._operations = operations(app.version, app.role)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    def private(self, path: str) -> bool:
        """Say whether a path is the issuer's or the sandbox's, and not of the interface."""
        return path in (METADATA, "/authorize", "/token") or path.startswith("/sandbox/")

    def curl(self, url: str) -> str:
        """Return a command line that asks something that works."""
        return f"curl -s '{url}/terms'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection, as ASGI asks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = path_of(scope)
        if self.private(path):
            answer = await self._issue(scope, path, receive)
            await answer.send(send, head=scope["method"] == "HEAD")
            return
        refused = await self._refusal(scope, path)
        if refused is not None:
            await refused.send(send, head=scope["method"] == "HEAD")
            return
        await self._app(scope, receive, send)

    async def _refusal(self, scope: Scope, path: str) -> Response | None:
        """Note who asks; return why they are not let in."""
        calling(None)
        operation = self._operation(scope, path)
        if operation is None:
            return None
        text = scope.get("query_string", b"").decode("latin-1")
        taken = {p.name for p in operation.parameters if p.where == "query"}
        if any(name not in taken for name, _ in parse_qsl(text, keep_blank_values=True)):
            return _problem(400, "unknown-parameter", "There is no such parameter.")
        if operation.id == _PUBLIC:
            return None
        try:
            caller = await self._caller(_bearer(scope))
        except Wrong:
            return _problem(401, "unauthorized", "", _CHALLENGE)
        except KeysUnavailable:
            return _problem(503, "unavailable", "", _LATER)
        wanted = OPERATION_SCOPES.get(operation.id)
        if wanted is not None and not self._lets(caller, wanted):
            return _problem(403, "forbidden", "")
        calling(caller)
        return None

    async def _caller(self, token: str) -> Caller:
        try:
            return self.issuer.caller(token)
        except Wrong:
            if self._persons is None:
                raise
        return await self._persons.caller(token)

    def _operation(self, scope: Scope, path: str) -> Operation | None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        for operation in self._operations.values():
            if operation.method == method and operation.path_pattern.fullmatch(path):
                return operation
        return None

    async def _issue(self, scope: Scope, path: str, receive: Receive) -> Response:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if not self._open:
            return Response(404)
        if method == "GET" and path in self._shown:
            return Response(200, *self._shown[path])
        if (method, path) == ("GET", METADATA):
            told = _METADATA if self.issuer.persons else _METADATA_OF_CLIENTS
            return _json(200, {name: _whole(scope, value) for name, value in told.items()})
        if (method, path) == ("GET", "/authorize") and self.issuer.persons:
            return self._authorize(dict(parse_qsl(scope["query_string"].decode("latin-1"))))
        if method == "POST" and path in ("/token", "/sandbox/tokens"):
            body = await _read(receive)
            return self._token(scope, body) if path == "/token" else self._test_token(body)
        return Response(404)

    def _authorize(self, asked: dict[str, str]) -> Response:
        """Send a person back with a code; to this machine alone, since nobody signed in."""
        back = asked.get("redirect_uri", "")
        try:
            if not _BACK.fullmatch(back):
                raise NotGiven("invalid_request")
            code = self.issuer.code(asked)
        except NotGiven as error:
            return _json(400, {"error": str(error)})
        state = {"state": asked["state"]} if "state" in asked else {}
        query = urlencode({"code": code, **state})
        return Response(302, headers=(("Location", f"{back}{'&' if '?' in back else '?'}{query}"),))

    def _token(self, scope: Scope, body: bytes) -> Response:
        try:
            form = dict(parse_qsl(body.decode("ascii"), strict_parsing=bool(body)))
            given = self.issuer.grant(form, _basic(scope))
        except NotGiven as error:
            status = 401 if str(error) == "invalid_client" else 400
            named = (("WWW-Authenticate", "Basic"),) if status == 401 else ()
            return _json(status, {"error": str(error)}, *named)
        except ValueError:
            return _json(400, {"error": "invalid_request"})
        return _json(200, given, ("Cache-Control", "no-store"))

    def _test_token(self, body: bytes) -> Response:
        try:
            asked = parse_json(body)
            kind = "person" if "person" in asked and self.issuer.persons else "funder"
            scopes = frozenset(asked.get("scope", " ".join(SCOPES)).split())
            caller = Caller(kind, str(asked[kind]), scopes)
            if not 0 < len(caller.name) <= LONGEST:
                raise ValueError
            token = self.issuer.token(caller, **asked.get("claims", {}))
        except (NotJson, AttributeError, KeyError, TypeError, ValueError):
            return _json(400, {"error": "invalid_request"})
        return _json(200, {"access_token": token, "token_type": "Bearer"})


_METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "scopes_supported": list(SCOPES),
    "response_types_supported": ["code"],
    "grant_types_supported": ["authorization_code", "client_credentials"],
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
    "code_challenge_methods_supported": ["S256"],
}

_METADATA_OF_CLIENTS = {
    name: value
    for name, value in _METADATA.items()
    if not name.startswith(("authorization_", "response_types", "code_challenge"))
} | {"grant_types_supported": ["client_credentials"], "response_types_supported": []}


def _whole(scope: Scope, value: Any) -> Any:
    """Return the address of a path, as clients of OAuth need it; anything else as it is."""
    host = _header(scope, b"host")
    if not (isinstance(value, str) and value.startswith("/") and _HOST.fullmatch(host)):
        return value
    return f"{scope.get('scheme', 'http')}://{host}{value}"


def _json(status: int, body: Any, *headers: tuple[str, str]) -> Response:
    return Response(status, to_json(body), "application/json", headers)


def _problem(status: int, code: str, text: str, *headers: tuple[str, str]) -> Response:
    body = to_json(problem(status, code, text, ""))
    return Response(status, body, "application/problem+json", headers)


def _header(scope: Scope, name: bytes) -> str:
    found = next((value for key, value in scope["headers"] if key.lower() == name), b"")
    return bytes(found).decode("latin-1")


def _bearer(scope: Scope) -> str:
    scheme, _, token = _header(scope, b"authorization").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Wrong
    return token.strip()


def _basic(scope: Scope) -> tuple[str, str] | None:
    scheme, _, text = _header(scope, b"authorization").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise NotGiven("invalid_client") from None
    return name, secret


async def _read(receive: Receive) -> bytes:
    raw, more = bytearray(), True
    while more:
        message = await receive()
        raw += message.get("body", b"")
        more = message.get("more_body", False) and len(raw) <= _MOST
    return bytes(raw[:_MOST])
