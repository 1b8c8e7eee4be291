"""The server kit: implement one class, get a conforming ASGI app.

    kit         ``app(service, version, role)``: the ASGI app itself
    answers     what a service raises (``Refuse``) or returns (``Reply``) beside plain models
    reading     requests, judged by the canon before the service sees them
    shaping     error bodies in the shape that the standard documents
    writing     answers as JSON, judged by the canon before a partner sees them
    routes      from an operation to the method that answers it
    rules       answers, judged by the rules of the catalogue in development
    keys        who may ask
    limiting    at most so many requests in so many seconds
    faults      makes an app wrong on purpose
    recording   hands on what callers send and get, without their secrets
    staging     the set-up hook of a test environment
    hosting     runs an app on a port
    examples    a service made of example documents, for standards that are only data
    bridging    a partner of another standard, served as one of this
    opening     the implementation of a version that mobstd has

It knows no standard: operations, parameters and bodies come from the OpenAPI document of a role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mobstd.serving.answers import Refuse, Reply
    from mobstd.serving.asgi import below
    from mobstd.serving.kit import App, app
    from mobstd.serving.limiting import Limit
    from mobstd.serving.staging import staged

__all__ = ["App", "Limit", "Refuse", "Reply", "app", "below", "staged"]

_HOMES = {
    "App": "kit",
    "app": "kit",
    "below": "asgi",
    "Limit": "limiting",
    "staged": "staging",
    "Refuse": "answers",
    "Reply": "answers",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"mobstd.serving.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
