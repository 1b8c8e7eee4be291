"""The door of a legacy server: signatures are checked, and names of resources read as they come."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request
from mobstd.rdex.signature import WINDOW, Keys, NotAccepted, Signing, verified
from mobstd.rdex.wording import refused
from mobstd.serving.asgi import Asgi, Receive, Response, Scope, Send
from mobstd.serving.kit import app as kit
from mobstd.serving.writing import to_json

__all__ = ["Door", "behind"]

_EXTENSION = ".json"
_WORDS = {
    "access_denied": "The apikey is missing or not known.",
    "signature_mismatch": "The signature is not that of this URL.",
    "timestamp_too_skewed": "The timestamp is too far from the clock of the server.",
}


class Door:
    """An ASGI app around the app of a legacy operator.

    ``/journeys`` and ``/journeys.json`` are the same to it.

    Args:
        inner: the app.
        keys: the pairs of keys that are let in; ``None``: nothing is checked.
        origin: public scheme and host, such as ``https://operator.example``, where a proxy stands
            before the server; what the request says when ``None``.
        window: seconds that a timestamp may be off.
        clock: the current time in UNIX seconds.
    """

    def __init__(
        self,
        inner: Asgi,
        keys: tuple[Keys, ...] | None = None,
        *,
        origin: str | None = None,
        window: float = WINDOW,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inner = inner
        self._keys = keys
        self._private = {pair.public: pair.private for pair in keys or ()}
        self._origin = origin
        self._window = window
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._inner, name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http":
            wrong = self._wrong(scope)
            if wrong is not None:
                body = to_json(refused(401, wrong, _WORDS[wrong]).body)
                await Response(401, body, "application/json").send(
                    send, head=scope["method"] == "HEAD"
                )
                return
            path = scope["path"]
            if "." not in path.rpartition("/")[2]:
                scope = {**scope, "path": path + _EXTENSION}
        await self._inner(scope, receive, send)

    def _wrong(self, scope: Scope) -> str | None:
        """Return the name of what is wrong with the signature, or ``None``."""
        if self._keys is None:
            return None
        try:
            verified(self._url(scope), self._private, now=self._clock(), window=self._window)
        except NotAccepted as error:
            return error.name
        return None

    def _url(self, scope: Scope) -> str:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        origin = self._origin or f"{scope.get('scheme', 'http')}://{host}"
        raw = scope.get("raw_path") or quote(scope["path"], safe="/%:@!$&'()*+,;=~").encode()
        path = bytes(raw).partition(b"?")[0].decode("latin-1")
        query = scope.get("query_string", b"").decode("latin-1")
        return f"{origin}{path}?{query}" if query else f"{origin}{path}"

    def curl(self, url: str) -> str | None:
        """Return a command line that asks something that works, signed for an hour."""
        asks = getattr(self._inner, "example_query", None)
        query = asks("getJourneys") if asks else None
        if query is None:
            return None
        request = Request("GET", "/journeys.json", tuple((k, str(v)) for k, v in query.items()))
        if self._keys:
            request = Signing(self._keys[0], self._origin or url, self._clock)(request)
        return f"curl -s {shlex.quote(url + request.target)}"


def behind(
    service: object,
    api_keys: Iterable[str] | None = None,
    *,
    origin: str | None = None,
    clock: Callable[[], float] = time.time,
) -> Door:
    """Return the app of a legacy service.

    Args:
        service: has the methods of ``OperatorService``.
        api_keys: who is let in: ``public:private`` pairs, which sign every URL, or keys of the
            dialect that has them in ``X-API-KEY``; ``None``: everybody.
        origin: public scheme and host, where a proxy stands before the server.
        clock: the current time in UNIX seconds.

    Raises:
        ConfigError: for an empty key, or where both kinds of keys are given.
    """
    given = None if api_keys is None else tuple(api_keys)
    pairs = [Keys(*key.split(":", 1)) for key in given or () if ":" in key]
    if pairs and len(pairs) != len(given or ()):
        raise ConfigError("signature.mixed-keys")
    plain = None if pairs else given
    app = kit(service, "rdex@1.2", "operator", api_keys=plain, key_header="X-API-KEY")
    return Door(app, tuple(pairs) or None, origin=origin, clock=clock)
