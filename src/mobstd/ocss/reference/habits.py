"""Wrong behaviours around the whole app: keys and unreadable requests."""

from __future__ import annotations

from collections.abc import Callable, Collection, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mobstd.canon.openapi import operations
from mobstd.serving.asgi import Asgi, path_of

__all__ = ["HABITS", "Habit", "Setting", "only_at"]

_INTEGERS = {"departureDate", "timeDelta", "count", "minDepartureDate", "maxDepartureDate"}
_NUMBERS = {"departureLat", "departureLng", "arrivalLat", "arrivalLng"}
_RADII = {"departureRadius", "arrivalRadius"}


@dataclass
class Setting:
    """What a behaviour knows of the operator: its now, its keys, how often it was asked."""

    now: int
    api_keys: tuple[str, ...] = ()
    key_header: str = "X-API-Key"
    turn: int = 0

    def next_turn(self) -> int:
        """Count one more request and return its number."""
        self.turn += 1
        return self.turn


def _key_of(scope: MutableMapping[str, Any], setting: Setting) -> str | None:
    name = setting.key_header.lower().encode()
    return next((v.decode("latin-1") for k, v in scope["headers"] if k.lower() == name), None)


def _with_key(scope: MutableMapping[str, Any], setting: Setting) -> MutableMapping[str, Any]:
    name = setting.key_header.lower().encode()
    others = [(k, v) for k, v in scope["headers"] if k.lower() != name]
    return {**scope, "headers": [*others, (name, setting.api_keys[0].encode())]}


def accepts_any_key(app: Asgi, setting: Setting) -> Asgi:
    """Wants a key but never looks at it."""

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and setting.api_keys and _key_of(scope, setting) is not None:
            scope = _with_key(scope, setting)
        await app(scope, receive, send)

    return wrong


def accepts_no_key(app: Asgi, setting: Setting) -> Asgi:
    """Refuses a wrong key but not a missing one."""

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and setting.api_keys and _key_of(scope, setting) is None:
            scope = _with_key(scope, setting)
        await app(scope, receive, send)

    return wrong


_OPEN = ("/status", "/api/info")


def open_needs_key(app: Asgi, setting: Setting) -> Asgi:
    """Wants a key for what is open to all, too."""

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and path_of(scope) in _OPEN:
            key = _key_of(scope, setting)
            if key is None or (setting.api_keys and key not in setting.api_keys):
                await send({"type": "http.response.start", "status": 401, "headers": []})
                await send({"type": "http.response.body", "body": b""})
                return
        await app(scope, receive, send)

    return wrong


def lenient_numbers(app: Asgi, setting: Setting) -> Asgi:
    """Reads what it can of a number and never complains about the rest."""

    def read(name: str, text: str) -> str | None:
        try:
            number = float(text)
        except ValueError:
            return (
                "0" if name in _NUMBERS else str(setting.now) if name == "departureDate" else None
            )
        return str(int(number)) if name in _INTEGERS and abs(number) < 2**53 else text

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            pairs = []
            for name, text in parse_qsl(scope["query_string"].decode("latin-1"), True):
                if name in _INTEGERS | _NUMBERS | _RADII:
                    said = read(name, text)
                    pairs += [(name, said)] if said is not None else []
                else:
                    pairs.append((name, text))
            scope = {**scope, "query_string": urlencode(pairs).encode()}
        await app(scope, receive, send)

    return wrong


def only_at(names: Collection[str], wrong: Asgi, right: Any) -> Asgi:
    """Return an app that is wrong in some operations only; ``right`` knows its version and role."""
    known = operations(right.version, right.role)
    there = [known[name] for name in names if name in known]

    async def served(scope: Any, receive: Any, send: Any) -> None:
        here = scope["type"] == "http" and any(
            one.method == scope["method"] and one.path_pattern.search(path_of(scope))
            for one in there
        )
        await (wrong if here else right)(scope, receive, send)

    return served


Habit = Callable[[Asgi, Setting], Asgi]

HABITS: dict[str, tuple[tuple[str, ...], Habit]] = {
    "accepts-any-key": (("OCSS-AUTH-01",), accepts_any_key),
    "accepts-no-key": (("OCSS-AUTH-01",), accepts_no_key),
    "status-needs-key": (("OCSS-STATUS-02",), open_needs_key),
    "info-needs-key": (("OCSS-INFO-02",), open_needs_key),
    "lenient-numbers": (("OCSS-SEARCH-04",), lenient_numbers),
}
"""Each habit by its name, with the requirements that it violates."""
