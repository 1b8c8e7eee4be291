"""What is asked and answered at ``/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import anyio.to_thread

from mobstd.messages import LANGUAGES
from mobstd.mobility_aid.reference.page.view import View
from mobstd.mobility_aid.reference.service import Publisher
from mobstd.serving.asgi import Around, Asgi, Receive, Response, Scope, Send, path_of

__all__ = ["with_page"]

_FORM = b"application/x-www-form-urlencoded"
_LARGEST, _FIELDS = 16_384, 100
_HTML = "text/html; charset=utf-8"
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


def _today() -> str:
    return datetime.now(ZoneInfo("Europe/Paris")).date().isoformat()


def with_page(
    app: Asgi, publisher: Publisher, *, today: Callable[[], str] = _today, base: str = "/"
) -> Asgi:
    """Return an app that serves the page at ``/``, and another app elsewhere.

    Args:
        app: serves the rest.
        publisher: whose aids they are.
        today: the day for which aids are evaluated.
        base: the path of the page.
    """
    view = View(publisher)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and path_of(scope) == base
        if not asked or scope["method"] not in ("GET", "HEAD", "POST"):
            await app(scope, receive, send)
            return
        answer = await _answer(view, scope, receive, today)
        await answer.send(send, head=scope["method"] == "HEAD")

    return Around(served, app)


async def _answer(view: View, scope: Scope, receive: Receive, today: Callable[[], str]) -> Response:
    headers = {name.lower(): value for name, value in scope["headers"]}
    lang = _language(headers.get(b"accept-language", b"").decode("latin-1"))
    fields: Mapping[str, str] = {}
    if scope["method"] == "POST":
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != _FORM:
            return Response(415, b"", _HTML, _HEADERS)
        body = await _body(receive)
        if body is None:
            return Response(413, b"", _HTML, _HEADERS)
        read = _fields(body)
        if read is None:
            return Response(400, b"", _HTML, _HEADERS)
        fields = read
        lang = fields.get("lang", lang) if fields.get("lang") in LANGUAGES else lang
    status, page = await anyio.to_thread.run_sync(view.page, fields, lang, today())
    return Response(status, page.encode(), _HTML, (*_HEADERS, ("Vary", "Accept-Language")))


def _language(accepted: str) -> str:
    """Return the first language of a browser that the page has."""
    for part in accepted.split(","):
        word = part.partition(";")[0].strip().lower()[:2]
        if word in LANGUAGES:
            return word
    return LANGUAGES[0]


async def _body(receive: Receive) -> bytes | None:
    """Return the body of a request, ``None`` where it is larger than a form can be."""
    body = b""
    while True:
        message: Any = await receive()
        if message["type"] != "http.request":
            return body
        body += bytes(message.get("body", b""))
        if len(body) > _LARGEST:
            return None
        if not message.get("more_body"):
            return body


def _fields(body: bytes) -> dict[str, str] | None:
    """Return the fields of a form that say something, ``None`` where it is none."""
    try:
        pairs = parse_qsl(body.decode("ascii"), max_num_fields=_FIELDS, errors="strict")
    except ValueError:
        return None
    return {name: value.strip() for name, value in pairs if value.strip()}
