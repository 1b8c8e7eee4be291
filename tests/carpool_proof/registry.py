"""A small registry for tests: it stores journeys, and fails where it is told to."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from mobstd.canon.schemas import schema_of
from mobstd.canon.standard import find
from mobstd.errors import Timeout
from mobstd.judging.exchange import Request, Response
from mobstd.transport.address import Address

URL = "http://registry.test/v3.4"
KEYS = ("11111111-2222-4333-8444-555555555555", "the-secret-half")
START = datetime(2026, 9, 14, 6, tzinfo=UTC)
TERMS = {"distance_too_short", "expired"}

EXAMPLE: Any = schema_of(find("carpool-proof@3.4"), "journey")["examples"][0]


def journey(name: str, start: datetime = START, **changes: Any) -> dict[str, Any]:
    """Return a journey that the schema accepts."""
    made = deepcopy(EXAMPLE) | {"operator_journey_id": name} | changes
    made["start"]["datetime"] = start.isoformat()
    made["end"]["datetime"] = (start + timedelta(minutes=28)).isoformat()
    return made


class Lost(Exception):
    """The connection breaks."""


class Registry:
    """What is stored, what was asked, and what fails next.

    ``fails`` is asked before (``True``) and after each request was acted upon; it may return a
    response in place of the right one, or raise.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.stored: dict[str, dict[str, Any]] = {}
        self.status: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.posted: list[str] = []
        self.again: list[str] = []
        self.tokens: list[str] = []
        self.revoked: set[str] = set()
        self.headers: dict[str, str] = {}
        self.busy: Counter[str] = Counter()
        self.fails: Callable[[str, str, bool], Any] = lambda method, name, before: None

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, dict[str, str], Any]:
        with self.lock:
            self.busy[method] += 1
            try:
                return self._answer(method, path, headers, body)
            finally:
                self.busy[method] -= 1

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Any:
        place = path.partition("/v3.4")[2]
        document = json.loads(body) if body else None
        name = document["operator_journey_id"] if place == "/journeys" else unquote(place[10:])
        self.asked.append((method, place))
        failed = self.fails(method, name, True)
        if failed is not None:
            return failed
        answered = self._right(method, place, name, headers, document)
        failed = self.fails(method, name, False)
        return answered if failed is None else failed

    def _right(self, method: str, place: str, name: str, headers: Any, document: Any) -> Any:
        if place == "/auth/access_token":
            return self._token(document)
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens and (token not in self.tokens or token in self.revoked):
            return 401, {}, _error(401, "Unauthorized Error", "Error")
        if method == "GET":
            if name not in self.stored:
                return 404, {}, _error(-32504, "Not found", None)
            return 200, dict(self.headers), self.status[name]
        self.posted.append(name)
        if name in self.stored:
            self.again.append(name)
            return 409, {}, _error(-32509, "Conflict", "Carpool already registered")
        return self._create(name, document)

    def _token(self, document: Any) -> Any:
        if (document["access_key"], document["secret_key"]) != KEYS:
            return 401, {}, _error(-32501, "Unauthorized", "Invalid access key or secret key")
        self.tokens.append(jwt(len(self.tokens)))
        return 201, dict(self.headers), {"access_token": self.tokens[-1]}

    def _create(self, name: str, document: Any) -> Any:
        labels = ["distance_too_short"] if document["distance"] < 1000 else []
        if document["operator_trip_id"] == "impossible":
            return 422, {}, _error(-32700, "Parse error", "Journeys cannot happen in the future")
        if document["operator_trip_id"] == "unread":
            said = ["/driver/identity/phone_trunc: must pass"]
            return 400, {}, _error(-32602, "Invalid params", said)
        self.stored[name] = document
        created = "2026-09-14T07:00:00.000Z"
        self.status[name] = {
            "status": "terms_violation_error" if labels else "pending",
            "operator_journey_id": name,
            "created_at": created,
            "terms_violation_details": labels,
        }
        if labels:
            data = {"terms_violation_labels": labels}
            return 422, {}, _error(-32422, "Unprocessable Request", data)
        data = {"operator_journey_id": name, "created_at": created}
        result = {"meta": None, "data": data}
        return 201, dict(self.headers), {"jsonrpc": "2.0", "id": 1, "result": result}


def jwt(number: int, life: int = 300) -> str:
    """Return a token with a life; its signature is nothing."""
    claims = json.dumps({"iat": 1000 + number, "exp": 1000 + number + life}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.sig{number}"


def _error(code: int, message: str, data: Any) -> dict[str, Any]:
    said = {"code": code, "message": message} | ({} if data is None else {"data": data})
    return {"jsonrpc": "2.0", "id": 1, "error": said}


class Line:
    """A sender to a registry in this process."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.address = registry, Address.parse(URL)

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        headers = {name.lower(): value for name, value in request.headers}
        try:
            status, named, said = self.registry.answer(
                request.method, request.path, headers, request.body
            )
        except Lost:
            raise Timeout("transport.timeout", operation="x", host="x", seconds=1) from None
        named = {"content-type": "application/json", **named}
        return Response(status, tuple(named.items()), json.dumps(said).encode())

    def close(self) -> None: ...


class AsyncLine(Line):
    """As ``Line``, awaited."""

    async def send(  # type: ignore[override]
        self, request: Request, *, timeout: float | None = None
    ) -> Response:
        return super().send(request, timeout=timeout)

    async def aclose(self) -> None: ...


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    registry: Registry

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, named, said = self.registry.answer(self.command, self.path, headers, body)
        raw = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **named}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_POST = do_GET

    def log_message(self, *_: Any) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Nobody is told that a client was killed."""


@contextmanager
def served(registry: Registry) -> Any:
    """Serve a registry over HTTP, and give its URL."""
    handler = type("Handler", (_Handler,), {"registry": registry})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v3.4"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
