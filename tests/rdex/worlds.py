"""Documents and apps that the tests of the legacy protocol share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.rdex.bridge.ocss_face import OcssFace
from mobstd.rdex.v1_2 import AsyncClient, RetryPolicy
from mobstd.serving.kit import app
from mobstd.transport import AsgiSender
from mobstd.transport.asgi import AsyncAsgiSender

VERSION = find("rdex@1.2")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EXAMPLES = VERSION.folder / "examples" / "valid"

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


def example(schema: str, name: str) -> Any:
    """A valid example, to be changed at will."""
    return json.loads(json.dumps(load(EXAMPLES / schema / f"{name}.json")))


def ocss(app_of: Any, **options: Any) -> Any:
    """The OCSS face of a legacy app."""
    sender = AsyncAsgiSender(app_of, "http://legacy.localhost", timeout=options.pop("timeout", 5))
    keys = options.pop("keys", None)
    client = AsyncClient(sender=sender, keys=keys, retry=RetryPolicy(retries=0))
    return app(OcssFace(client, **options), "ocss@1.0-alpha", "operator")


@contextmanager
def calling(served: Any) -> Iterator[AsgiSender]:
    """A sender to an app, closed at the end."""
    sender = AsgiSender(served)
    try:
        yield sender
    finally:
        sender.close()


def scripted(answer: Answer) -> Any:
    """An app that answers what a function says; it keeps the requests in ``seen``."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive()).get("body", b"")
        served.seen.append({**scope, "body": body})  # type: ignore[attr-defined]
        status, content = answer(scope)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    served.seen = []  # type: ignore[attr-defined]
    return served
