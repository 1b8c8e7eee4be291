"""The two documents that an issuer publishes, as an ASGI app, alone or in front of another."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from mobstd.oidc.issuer import Issuer
from mobstd.serving.asgi import Asgi, Receive, Response, Scope, Send, path_of

__all__ = ["published"]


def published(issuer: Issuer, rest: Asgi | None = None) -> Asgi:
    """Return an app that answers with what an issuer publishes.

    Its paths are those of the issuer's URL: ``.../.well-known/openid-configuration`` and
    ``.../jwks.json``. All else goes to ``rest``, or is answered 404.
    """
    root = urlsplit(issuer.url).path.rstrip("/")
    pages = {
        f"{root}/.well-known/openid-configuration": issuer.discovery,
        f"{root}/jwks.json": issuer.jwks,
    }

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        page = pages.get(path_of(scope)) if scope["type"] == "http" else None
        if page is not None and scope["method"] in ("GET", "HEAD"):
            body = json.dumps(page()).encode()
            answer = Response(200, body, "application/json", (("Cache-Control", "no-cache"),))
            await answer.send(send, head=scope["method"] == "HEAD")
        elif rest is not None:
            await rest(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _idle(receive, send)
        else:
            await Response(404).send(send)

    return served


async def _idle(receive: Receive, send: Send) -> None:
    for stage in ("startup", "shutdown"):
        await receive()
        done: dict[str, Any] = {"type": f"lifespan.{stage}.complete"}
        await send(done)
