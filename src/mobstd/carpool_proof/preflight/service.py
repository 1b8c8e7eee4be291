"""Preflight over HTTP, for back ends in other languages.

``POST /journeys`` with a file of journeys as its body, in any form that :mod:`sources` reads. The
query may have ``rules``, ``now`` or ``sent_after`` or ``received_column``, ``within``,
``operator_column`` and ``assume`` (several times), as the command line has them. The answer is
NDJSON: a line for each journey in order, and at last one with ``summary``. ``GET /`` says that it
is there. What was sent is in a temporary file until it is answered, and in no log.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qs

from mobstd.carpool_proof.preflight.arrival import arrival
from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.run import Plan, preflight
from mobstd.carpool_proof.preflight.sources import Source
from mobstd.carpool_proof.preflight.verdict import DEPENDS_ON
from mobstd.carpool_proof.rules.profile import profile
from mobstd.errors import ConfigError, MobstdError, UsageError
from mobstd.messages import LANGUAGES, render
from mobstd.serving.asgi import Receive, Response, Scope, Send, live, path_of

__all__ = ["MAX_BODY", "Service"]

MAX_BODY = 256 * 1024 * 1024
"""Bytes of a body that are taken; a larger file goes to the command line."""

_CHUNK = 1 << 16
_QUERY = (
    *("rules", "now", "sent_after", "received_column", "within"),
    *("operator_column", "assume"),
)


class Service:
    """An ASGI app that judges what is posted to it.

    Args:
        plan: what holds for every request, unless its query says otherwise; its sources do not
            count.
        max_body: bytes of a body that are taken.
    """

    def __init__(self, plan: Plan, max_body: int = MAX_BODY) -> None:
        self._plan = plan
        self._max = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await live(self, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], path_of(scope)
        if path == "/" and method in ("GET", "HEAD"):
            facts = {"standard": str(self._plan.version), "rules": self._plan.profile.name}
            await _json(200, facts).send(send, head=method == "HEAD")
        elif path != "/journeys":
            await _problem(404, "proof.http.not-found").send(send)
        elif method != "POST":
            await _problem(405, "proof.http.method", allow="POST").send(send)
        else:
            await self._judge(scope, receive, send)

    async def _judge(self, scope: Scope, receive: Receive, send: Send) -> None:
        with tempfile.TemporaryDirectory(prefix="mobstd-", dir=self._plan.spill) as folder:
            body = Path(folder) / "body"
            try:
                plan = asked(self._plan, scope["query_string"].decode("latin-1"), body)
            except UsageError as error:
                await _problem(400, error.code, error.params).send(send)
                return
            if not await self._taken(receive, body):
                params = {"bytes": self._max}
                await _problem(413, "proof.http.too-large", params).send(send)
                return
            with tempfile.TemporaryFile(dir=folder) as answer:
                try:
                    await asyncio.to_thread(_write, plan, answer)
                except MobstdError as error:
                    status = 400 if isinstance(error, UsageError) else 500
                    await _problem(status, error.code, error.params).send(send)
                    return
                await _stream(answer, send)

    async def _taken(self, receive: Receive, body: Path) -> bool:
        """Put the body in a file; false: it is too large, or nobody is there any more."""
        size = 0
        with body.open("wb") as file:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return False
                size += len(message.get("body", b""))
                if size > self._max:
                    return False
                file.write(message.get("body", b""))
                if not message.get("more_body"):
                    return True


def asked(plan: Plan, query: str, body: Path) -> Plan:
    """Return a plan as a query changes it.

    Raises:
        UsageError: for what a query cannot say.
    """
    values = parse_qs(query, keep_blank_values=True)
    for name, given in values.items():
        if name not in _QUERY:
            raise ConfigError("proof.http.unknown", name=name[:40], known=", ".join(_QUERY))
        if name != "assume" and len(given) > 1:
            raise ConfigError("proof.http.twice", name=name)
    said = {name: given[0] for name, given in values.items()}
    taken = frozenset(values.get("assume", plan.taken))
    unknown = sorted(taken - set(DEPENDS_ON))
    if unknown:
        known = ", ".join(DEPENDS_ON)
        raise ConfigError("proof.http.unknown", name=unknown[0][:40], known=known)
    when = plan.arrival
    if {"now", "sent_after", "received_column", "within"} & set(said):
        when = arrival(
            said.get("now"),
            said.get("sent_after"),
            said.get("received_column"),
            said.get("within", "0s"),
        )
    return replace(
        plan,
        sources=[Source(str(body))],
        profile=profile(said["rules"]) if "rules" in said else plan.profile,
        arrival=when,
        operator_column=said.get("operator_column", plan.operator_column),
        taken=taken,
        out=None,
    )


def _write(plan: Plan, answer: IO[bytes]) -> None:
    def tell(one: Judged) -> None:
        line = {
            "line": one.line,
            "operator": one.operator or "",
            "operator_journey_id": one.journey,
            "verdict": one.verdict,
            "at_creation": one.at_creation,
            "reasons": [reason.as_json() for reason in one.reasons],
        }
        answer.write(_bytes(line) + b"\n")

    summary, _ = preflight(plan, tell)
    counted = {name: value for name, value in summary.as_json().items() if name != "files"}
    answer.write(_bytes({"summary": counted}) + b"\n")


async def _stream(answer: IO[bytes], send: Send) -> None:
    length = str(answer.tell()).encode()
    answer.seek(0)
    headers = [(b"content-type", b"application/x-ndjson"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    while chunk := answer.read(_CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _json(status: int, value: Any, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    return Response(status, _bytes(value), "application/json", headers)


def _problem(
    status: int, code: str, params: Mapping[str, Any] | None = None, allow: str = ""
) -> Response:
    texts = {lang: render(code, dict(params or {}), lang) for lang in LANGUAGES}
    return _json(status, {"code": code, "message": texts}, (("Allow", allow),) if allow else ())
