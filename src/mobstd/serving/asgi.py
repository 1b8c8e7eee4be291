"""What ASGI needs: its types, one response, an app around another one."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Around",
    "Asgi",
    "Message",
    "Receive",
    "Response",
    "Scope",
    "Send",
    "below",
    "live",
    "path_of",
]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger("mobstd.serving")


@dataclass(frozen=True)
class Response:
    """One complete answer."""

    status: int
    body: bytes = b""
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; to HEAD without its body."""
        headers = [(b"content-length", str(len(self.body)).encode())]
        if self.media_type:
            headers.append((b"content-type", self.media_type.encode()))
        headers += [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


class Around:
    """An app around another: ``outer`` answers, and ``inner`` knows what else there is to know."""

    def __init__(self, outer: Asgi, inner: Any) -> None:
        self._outer = outer
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        await self._outer(scope, receive, send)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def below(prefix: str, inner: Asgi, outer: Asgi) -> Asgi:
    """Return an app that serves ``inner`` below a prefix such as ``/carpool``, ``outer`` elsewhere.

    For frameworks that cannot mount an ASGI app, and for a plain ``asgi.py``. The lifespan goes to
    ``outer``.
    """
    prefix = "/" + prefix.strip("/")

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            root: str = scope.get("root_path", "")
            path = path_of(scope)
            if path == prefix or path.startswith(prefix + "/"):
                await inner({**scope, "root_path": root + prefix}, receive, send)
                return
        await outer(scope, receive, send)

    return served


def path_of(scope: Scope) -> str:
    """Return the path below the prefix that the app is mounted at."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    below_root = path == root or path.startswith(f"{root}/")
    return (path[len(root) :] or "/") if root and below_root else path


async def live(service: object, receive: Receive, send: Send) -> None:
    """Answer the lifespan of a server by ``startup`` and ``shutdown`` of a service, if any."""
    for stage in ("startup", "shutdown"):
        await receive()
        hook = getattr(service, stage, None)
        try:
            done = hook() if hook is not None else None
            if inspect.isawaitable(done):
                await done
        except Exception:
            _log.exception("%s failed", stage)
            await send({"type": f"lifespan.{stage}.failed", "message": f"{stage} failed"})
            return
        await send({"type": f"lifespan.{stage}.complete"})
