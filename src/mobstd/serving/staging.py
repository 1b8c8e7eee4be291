"""The set-up hook of a test environment, as an ASGI app in front of another.

``mobstd check`` asks it for test data before a run and says when the run is over:
``conformance/setup.schema.json``.
"""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

from mobstd.canon.contracts import contract
from mobstd.errors import ConfigError
from mobstd.judging.body import NotJson, parse_json
from mobstd.messages import render
from mobstd.serving.answers import Refuse
from mobstd.serving.asgi import Asgi, Receive, Response, Scope, Send, path_of
from mobstd.serving.keys import Keys

__all__ = ["LARGEST", "Clockwork", "TestData", "staged"]

LARGEST = 256 << 10
"""Bytes of a call that are read; a dozen needs take about 20 KiB."""

_log = logging.getLogger("mobstd.serving")


class TestData(Protocol):
    """Makes test data and takes it away; both may be coroutines, and may raise ``Refuse``."""

    def set_up(self, call: Mapping[str, Any]) -> Any:
        """Make what a call needs; return an ``answer``, or ``None`` without any hint."""

    def tear_down(self, run: str) -> Any:
        """Take away what was made for a run, if anything is left of it."""


@runtime_checkable
class Clockwork(Protocol):
    """Test data whose clock can be moved; it may be a coroutine, and may raise ``Refuse``."""

    def move_clock(self, run: str, ahead: int) -> Any:
        """Go to ``ahead`` seconds before where the clock would be by itself, and do what is due."""


def staged(
    path: str,
    data: TestData,
    rest: Asgi,
    *,
    api_keys: Iterable[str] | None = None,
    key_header: str = "X-API-Key",
) -> Asgi:
    """Return an app that answers the calls of a set-up hook at ``path``, and ``rest`` elsewhere.

    Args:
        path: where it is, such as ``/mobstd``.
        data: makes test data and takes it away.
        rest: the app that is tested.
        api_keys: the keys that may call it; ``None``: everybody may.
        key_header: the header that carries a key.

    Raises:
        ConfigError: where ``path`` is none, or a key.
    """
    if not path.startswith("/") or path == "/":
        raise ConfigError("serving.bad-setup-path", path=path)
    keys = Keys(api_keys)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or path_of(scope) != path:
            await rest(scope, receive, send)
            return
        try:
            answer = await _answered(scope, receive, data, keys, key_header)
        except Refuse as refused:
            answer = _said(refused.status, {"error": refused.reason})
        except Exception:
            _log.exception("the set-up hook failed")
            answer = _said(500, {"error": render("serving.failed", {}, "en")})
        await answer.send(send)

    return served


async def _answered(
    scope: Scope, receive: Receive, data: TestData, keys: Keys, key_header: str
) -> Response:
    if scope["method"] != "POST":
        return Response(405, headers=(("Allow", "POST"),))
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
    if not keys.accept(headers.get(key_header.lower())):
        raise Refuse(401, render("serving.bad-key", {}, "en"))
    call = await _call(receive)
    if call["call"] == "tear-down":
        await _done(data.tear_down(call["run"]))
        return Response(204)
    if call["call"] == "clock":
        if not isinstance(data, Clockwork):
            raise Refuse(404, render("serving.no-clock", {}, "en"))
        await _done(data.move_clock(call["run"], call["ahead"]))
        return Response(204)
    answer = await _done(data.set_up(call)) or {}
    if isinstance(data, Clockwork):
        answer = {"clock": True, **answer}
    if not answer:
        return Response(204)
    problem = next(contract("setup", "answer").problems(answer), None)
    if problem is not None:
        raise ValueError(f"{'/'.join(map(str, problem.path))}: {problem.message}")
    return _said(200, answer)


async def _call(receive: Receive) -> Any:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST:
            raise Refuse(413, render("serving.large-body", {"limit": LARGEST}, "en"))
        if not message.get("more_body"):
            break
    try:
        call = parse_json(bytes(body))
    except NotJson as error:
        raise Refuse(400, render("serving.not-json", {"reason": error.reason}, "en")) from None
    kind = call.get("call") if isinstance(call, dict) else None
    part = {"tear-down": "tear_down", "clock": "clock"}.get(str(kind), "set_up")
    problem = next(contract("setup", part).problems(call), None)
    if problem is not None:
        where = "/" + "/".join(map(str, problem.path))
        params = {"where": where, "keyword": problem.keyword}
        raise Refuse(400, render("serving.bad-body", params, "en"))
    return call


async def _done(said: Any) -> Any:
    return await said if inspect.isawaitable(said) else said


def _said(status: int, value: Any) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), "application/json")
