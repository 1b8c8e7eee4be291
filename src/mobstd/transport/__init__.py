"""Sends requests and brings answers back, in bounded time and memory.

    address     where a partner is: base URL to scheme, host, port and base path
    trust       certificate authorities and proxies
    timeout     how long a call may take
    inflate     bodies as they come in, decompressed within a limit
    redirect    which redirects are followed
    retry       what is tried again, and when
    auth        who calls: API keys, bearer tokens, any callable
    judge       the schemas of an operation
    dialect     how one partner departs from a standard, as data
    translating between a dialect and its standard
    answer      what a call brings back
    options     what a client and a single call do differently
    hooks       what hooks say
    building    from a typed query to a request
    client      what generated clients stand on
    http        senders over the network, on httpx
    pool        what httpx sends through: connections, with the deadline of a call
    asgi        senders to an ASGI app in the same process

All of them speak ``mobstd.judging.exchange.Request`` and ``Response``. Only ``http`` and
``pool`` import the HTTP library. Importing this package loads neither; naming ``Sender`` or
``AsyncSender`` does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mobstd.transport.auth import ApiKey, BearerToken
from mobstd.transport.dialect import Dialect, dialects
from mobstd.transport.retry import RetryPolicy
from mobstd.transport.sending import AsyncSends, Sends
from mobstd.transport.timeout import Timeout

if TYPE_CHECKING:
    from mobstd.transport.asgi import AsgiSender, AsyncAsgiSender
    from mobstd.transport.http import AsyncSender, Sender

__all__ = [
    "ApiKey",
    "AsgiSender",
    "AsyncAsgiSender",
    "AsyncSender",
    "AsyncSends",
    "BearerToken",
    "Dialect",
    "RetryPolicy",
    "Sender",
    "Sends",
    "Timeout",
    "dialects",
]

_LAZY = {
    "AsgiSender": "asgi",
    "AsyncAsgiSender": "asgi",
    "AsyncSender": "http",
    "Sender": "http",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
