"""Why a call failed, told from the exceptions and words of the layers below."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from mobstd.errors import Timeout as TookTooLong
from mobstd.errors import Unreachable, Unreadable
from mobstd.judging.exchange import Request

__all__ = ["operation_of", "took_too_long", "unreachable", "unreadable", "unreadable_code"]


def operation_of(request: Request) -> str:
    """Return what was called, without the query, which may tell where a person goes."""
    return f"{request.method} {request.path}"


def took_too_long(request: Request, host: str, seconds: float) -> TookTooLong:
    """Return the error for a call that was not over in time."""
    operation = operation_of(request)
    return TookTooLong("transport.timeout", operation=operation, host=host, seconds=seconds)


def unreadable(request: Request, code: str, **params: Any) -> Unreadable:
    """Return the error for an answer that cannot be read."""
    return Unreadable(code, operation=operation_of(request), **params)


def unreachable(request: Request, host: str, error: BaseException) -> Unreachable:
    """Return the error for a connection that failed, with the code of its innermost reason."""
    where = {"operation": operation_of(request), "host": host}
    reasons = ["?"]
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable("transport.certificate", reason=cause.verify_message, **where)
        if isinstance(cause, ssl.SSLError):
            return Unreachable("transport.tls", reason=cause.reason or "handshake", **where)
        if isinstance(cause, socket.gaierror):
            return Unreachable("transport.dns", **where)
        if isinstance(cause, ConnectionRefusedError):
            return Unreachable("transport.refused", **where)
        if isinstance(cause, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
            return Unreachable("transport.disconnected", **where)
        if isinstance(cause, OSError) and cause.strerror:
            reasons.append(cause.strerror)
    return Unreachable("transport.unreachable", reason=reasons[-1], **where)


def unreadable_code(words: str) -> str:
    """Return the message code for what an HTTP parser says about a broken answer."""
    if "without sending complete message body" in words:
        return "transport.cut-short"
    if "without sending a response" in words:
        return "transport.disconnected"
    if "buffer too long" in words:
        return "transport.headers-too-large"
    return "transport.not-http"


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or one in found:
            continue
        found.append(one)
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    return found
