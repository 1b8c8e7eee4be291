"""Exchanges as JSON (``conformance/exchange.schema.json``), whole or cut to size."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.exchange import Exchange, Failure, Request, Response
from mobstd.judging.form import FORM, parse_form, to_form
from mobstd.messages import LANGUAGES, render

__all__ = ["ELLIPSIS", "LIMIT", "cut", "from_json", "to_json"]

LIMIT = 64 * 1024
"""Bytes of a body that a report shows."""

ELLIPSIS = "…"
LONG = 200
"""Characters of a string that a cut body shows."""


def to_json(exchange: Exchange, *, raw: bool = False) -> dict[str, Any]:
    """Return the exchange as a JSON value.

    Args:
        exchange: what went over the wire.
        raw: keep bodies as they came, rather than parsed.
    """
    request: dict[str, Any] = {
        "method": exchange.request.method,
        "path": exchange.request.path,
        "query": [list(pair) for pair in exchange.request.query],
        "headers": [list(pair) for pair in exchange.request.headers],
    }
    if exchange.request.body is not None:
        request |= _form(exchange.request, raw) or _body(exchange.request.body, raw)
        request["bytes"] = len(exchange.request.body)
    if exchange.request.truncated:
        request["truncated"] = True
    out: dict[str, Any] = {
        "id": exchange.id,
        "operation": exchange.operation,
        "purpose": exchange.purpose,
        "at": exchange.at.isoformat().replace("+00:00", "Z"),
        "requirement": exchange.requirement,
        "negative": exchange.negative,
        "authenticated": exchange.authenticated,
        "request": request,
    }
    if exchange.caller is not None:
        out["caller"] = exchange.caller
    if exchange.response is not None:
        out["response"] = _response(exchange.response, raw)
    if exchange.failure is not None:
        code, params = exchange.failure.code, dict(exchange.failure.params)
        texts = {} if raw else {lang: render(code, params, lang) for lang in LANGUAGES}
        out["failure"] = {"code": code, "params": _plain(params), **texts}
    return out


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    plain = (str, int, float, bool, type(None))
    return {k: v if isinstance(v, plain) else str(v) for k, v in params.items()}


def _response(response: Response, raw: bool) -> dict[str, Any]:
    out: dict[str, Any] = {
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
        "truncated": response.truncated,
        "bytes": len(response.body),
        "sha256": response.sha256,
        "elapsed_ms": round(response.elapsed * 1000, 1),
    }
    if response.body:
        out |= _body(response.body, raw or response.truncated)
    return out


def _form(request: Request, raw: bool) -> dict[str, Any] | None:
    """Return the document of a body that is a form, as it is written here; ``None`` for others."""
    said = {name.lower(): value for name, value in request.headers}.get("content-type", "")
    if raw or request.body is None or said.partition(";")[0].strip().lower() != FORM:
        return None
    try:
        document = parse_form(request.body)
    except ValueError:
        return None
    return {"body": document, "body_as": "form"} if to_form(document) == request.body else None


def _body(body: bytes, raw: bool) -> dict[str, Any]:
    if not raw:
        try:
            return {"body": parse_json(body), "body_as": "json"}
        except NotJson:
            pass
    try:
        return {"body": body.decode("utf-8"), "body_as": "text"}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode("ascii"), "body_as": "base64"}


def from_json(data: Mapping[str, Any], name: str = "") -> Exchange:
    """Return the exchange that a JSON value describes; ``name`` is its id where it has none."""
    request, response, failure = data["request"], data.get("response"), data.get("failure")
    return Exchange(
        id=data.get("id", name),
        operation=data["operation"],
        purpose=data["purpose"],
        at=datetime.fromisoformat(data["at"]),
        request=Request(
            request["method"],
            request["path"],
            _pairs(request.get("query")),
            _pairs(request.get("headers")),
            _bytes(request) if "body" in request else None,
            request.get("truncated", False),
        ),
        response=response
        and Response(
            response["status"],
            _pairs(response.get("headers")),
            _bytes(response),
            response.get("truncated", False),
            response.get("elapsed_ms", 0.0) / 1000,
        ),
        failure=failure and Failure(failure["code"], failure.get("params", {})),
        requirement=data.get("requirement"),
        negative=data.get("negative", False),
        authenticated=data.get("authenticated", True),
        caller=data.get("caller"),
    )


def _pairs(value: Iterable[Iterable[str]] | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in value or ())


def _bytes(message: Mapping[str, Any]) -> bytes:
    if "body" not in message:
        return b""
    if message["body_as"] == "json":
        return json.dumps(message["body"], ensure_ascii=False).encode("utf-8", "surrogatepass")
    if message["body_as"] == "form":
        return to_form(message["body"])
    if message["body_as"] == "base64":
        try:
            return base64.b64decode(message["body"])
        except binascii.Error:
            return b""
    return str(message["body"]).encode("utf-8", "surrogatepass")


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def cut(
    message: Mapping[str, Any], cited: Iterable[str] = (), limit: int = LIMIT
) -> dict[str, Any]:
    """Return a request or response with its body cut to ``limit`` bytes.

    In a JSON body, items of long arrays make way, but never those that ``cited`` points at
    (pointers into the body); indexes stay right.
    """
    out = dict(message)
    if "body" not in out:
        return out
    if out["body_as"] in ("json", "form"):
        if _size(out["body"]) <= limit:
            return out
        out["truncated"] = True
        wanted = [tuple(pointer.strip("/").split("/")) for pointer in cited if pointer]
        shorter = _shorten(out["body"], (), wanted, limit)
        if _size(shorter) <= limit:
            out["body"] = shorter
            return out
        out["body"], out["body_as"] = json.dumps(out["body"], ensure_ascii=False), "text"
    raw = str(out["body"]).encode("utf-8", "replace")
    if len(raw) > limit:
        out["truncated"] = True
        if out["body_as"] == "base64":
            out["body"] = str(out["body"])[: limit - limit % 4]
        else:
            out["body"] = raw[:limit].decode("utf-8", "ignore")
    return out


Path = tuple[str, ...]


def _near(path: Path, wanted: Iterable[Path]) -> bool:
    return any(path[: len(w)] == w or w[: len(path)] == path for w in wanted)


def _shorten(value: Any, path: Path, wanted: list[Path], limit: int) -> Any:
    if isinstance(value, str):
        whole = len(value) <= LONG or path in wanted
        return value if whole else value[:LONG] + ELLIPSIS
    if isinstance(value, dict):
        return {k: _shorten(v, (*path, str(k)), wanted, limit) for k, v in value.items()}
    if not isinstance(value, list):
        return value
    shorter = [_shorten(v, (*path, str(i)), wanted, limit) for i, v in enumerate(value)]
    sizes = [_size(item) + 2 for item in shorter]
    keep = {i for i in range(len(value)) if wanted and _near((*path, str(i)), wanted)}
    left = limit * 3 // 4 - sum(sizes[i] for i in keep) - 8 * len(value)
    for i, size in enumerate(sizes):
        if i not in keep:
            left -= size
            if left < 0:
                break
            keep.add(i)
    return [item if i in keep else ELLIPSIS for i, item in enumerate(shorter)]
