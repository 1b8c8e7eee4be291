"""Routes of the sandbox that no registry has: the clock, read and moved; the key of certificates.

``GET /sandbox/clock`` tells the time; ``POST /sandbox/clock`` with ``{"now": INSTANT}`` or
``{"forward": SECONDS}`` moves it, does what was due meanwhile, and tells the time after it. They
are there only where the clock can be moved, and are closed to other machines unless the app is
behind a proxy that says otherwise. ``GET /sandbox/certificates-key`` tells the public key that the
tokens of applications for certificates are verified with, where there is that service.
"""

from __future__ import annotations

from typing import Any

from mobstd.carpool_proof.reference.applications import Applications
from mobstd.carpool_proof.reference.clock import Clock, written
from mobstd.carpool_proof.reference.desk import Desk
from mobstd.carpool_proof.reference.refusals import shown
from mobstd.carpool_proof.rules.facts import instant
from mobstd.judging.body import NotJson, parse_json
from mobstd.serving.asgi import Receive, Response, Scope

__all__ = ["CLOCK", "KEY", "Local"]

CLOCK = "/sandbox/clock"
KEY = "/sandbox/certificates-key"
_MOST = 4096


class Local:
    """The routes.

    Args:
        clock: that is moved.
        desk: which then does what was due.
        applications: for certificates, where they are served.
    """

    def __init__(self, clock: Clock, desk: Desk, applications: Applications | None = None) -> None:
        self._clock, self._desk, self._applications = clock, desk, applications

    def serves(self, path: str) -> bool:
        """Say whether a path is one of these."""
        if path == KEY:
            return self._applications is not None
        return self._clock.movable and path == CLOCK

    async def answer(self, method: str, path: str, scope: Scope, receive: Receive) -> Response:
        """Answer a request."""
        if path == KEY and self._applications is not None:
            if method != "GET":
                return Response(405, headers=(("Allow", "GET"),))
            key = await self._applications.key()
            return Response(200, key.encode(), "application/x-pem-file")
        if method == "POST":
            try:
                self._clock.move(self._wanted(await _read(receive)))
            except (NotJson, KeyError, TypeError, ValueError, OverflowError):
                told = 'a later instant as {"now": ...}, or seconds as {"forward": ...}'
                return shown(400, {"error": told})
            await self._desk.catch_up()
        elif method != "GET":
            return Response(405, headers=(("Allow", "GET, POST"),))
        return shown(200, {"now": written(self._clock.now())})

    def _wanted(self, asked: Any) -> int:
        """Return the instant that is asked for.

        Raises:
            ValueError: and others, where it is none.
        """
        if set(asked) == {"now"}:
            return instant(asked["now"])
        if set(asked) != {"forward"}:
            raise ValueError(asked)
        if isinstance(asked["forward"], bool):
            raise ValueError(asked)
        return self._clock.now() + int(asked["forward"] * 1000)


async def _read(receive: Receive) -> Any:
    raw, more = bytearray(), True
    while more:
        message = await receive()
        raw += message.get("body", b"")
        more = message.get("more_body", False) and len(raw) <= _MOST
    return parse_json(bytes(raw[:_MOST]))
