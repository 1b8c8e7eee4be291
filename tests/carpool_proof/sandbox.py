"""A sandbox registry without a network, and somebody who asks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import unquote

from mobstd.carpool_proof.reference import build
from mobstd.carpool_proof.reference.door import Registry
from mobstd.carpool_proof.reference.keys import DEFAULTS

__all__ = ["NOON", "Answer", "Sandbox"]

NOON = "2026-07-06T12:00:00.000Z"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def data(self) -> Any:
        return self.body["error"].get("data")

    @property
    def code(self) -> Any:
        return self.body["error"].get("code")


@dataclass
class Sandbox:
    """An app, asked as operator 1 unless said otherwise.

    ``home`` tells where a new one keeps its journeys, ``opened`` is all that were made.
    """

    home: ClassVar[Callable[[], str | None]] = staticmethod(lambda: None)
    opened: ClassVar[list[Sandbox]] = []
    options: dict[str, Any] = field(default_factory=dict)
    app: Registry = field(init=False)
    tokens: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = {"clock": NOON, **self.options}
        if "db" not in wanted:
            wanted["db"] = type(self).home()
        self.app = build(**wanted)
        self.opened.append(self)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        operator: int | None = 1,
        token: str | None = None,
        media: str = "application/json",
    ) -> Answer:
        """Send a request; ``operator=None`` sends no token."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        headers = [(b"content-type", media.encode())] if raw else []
        if token is None and operator is not None:
            token = self.token(operator)
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": unquote(path), "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": headers, "client": ("127.0.0.1", 5),
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": raw}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        told = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return Answer(sent[0]["status"], told, sent[1]["body"])

    def token(self, operator: int) -> str:
        """Return a token of an operator, asked for once."""
        if operator not in self.tokens:
            self.tokens[operator] = self.exchange(operator).body["access_token"]
        return self.tokens[operator]

    def exchange(self, operator: int = 1) -> Answer:
        pair = DEFAULTS[operator - 1]
        keys = {"access_key": pair.access_key, "secret_key": pair.secret_key}
        return self.ask("POST", "/auth/access_token", keys, operator=None)

    def create(self, journey: dict[str, Any], **options: Any) -> Answer:
        return self.ask("POST", "/journeys", journey, **options)

    def status(self, id_: str, **options: Any) -> Any:
        return self.ask("GET", f"/journeys/{id_}", **options).body["status"]

    def forward(self, hours: float) -> None:
        """Move the clock; tokens end with it."""
        answer = self.ask("POST", "/sandbox/clock", {"forward": hours * 3600}, operator=None)
        assert answer.status == 200
        self.tokens.clear()
