"""What httpx sends through here: connection pools in which a call ends at its deadline.

As in httpx itself they are pools of httpcore, its connection layer, whose network backend can be
replaced: see ``docs/decisions/0101-httpcore-under-one-sender.md``.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore
import httpx

from mobstd.errors import ConfigError
from mobstd.transport.lookup import look_up
from mobstd.transport.timeout import Deadline

__all__ = ["async_transport", "sync_transport"]

_IDLE = 4.0
"""Seconds that an idle connection is kept: less than the 5 s after which common servers close."""

_ERRORS = {
    getattr(httpcore, name): getattr(httpx, name)
    for name in (
        *("TimeoutException", "ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout"),
        *("NetworkError", "ConnectError", "ReadError", "WriteError", "ProxyError"),
        *("ProtocolError", "LocalProtocolError", "RemoteProtocolError", "UnsupportedProtocol"),
    )
}
"""The errors of httpcore to those of httpx, which have the same names."""


def sync_transport(tls: ssl.SSLContext | None, proxy: str | None, connections: int) -> Any:
    """Return an ``httpx.BaseTransport``; requests need the extensions that ``_Transport`` names.

    Raises:
        ConfigError: for a proxy that is not a URL.
    """
    return _Transport(**_options(tls, proxy, connections))


def async_transport(tls: ssl.SSLContext | None, proxy: str | None, connections: int) -> Any:
    """Return an ``httpx.AsyncBaseTransport``; the caller cancels it at the deadline.

    Raises:
        ConfigError: for a proxy that is not a URL.
    """
    return _AsyncTransport(**_options(tls, proxy, connections))


def _options(tls: ssl.SSLContext | None, proxy: str | None, connections: int) -> dict[str, Any]:
    return {
        "ssl_context": tls,
        "proxy": _proxy(proxy) if proxy else None,
        "max_connections": connections,
        "keepalive_expiry": _IDLE,
    }


class _Transport(httpx.BaseTransport):
    """Sends until ``extensions["deadline"]``, with ``extensions["target"]`` in the request line.

    The headers that came are in ``extensions["headers"]`` as they were on the wire. httpx is shown
    none of them: it would keep cookies, and read the target of a redirect that it does not follow.
    """

    def __init__(self, **options: Any) -> None:
        self._clock = threading.local()
        self._pool = httpcore.ConnectionPool(network_backend=_Backend(self._clock), **options)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._clock.deadline = request.extensions["deadline"]
        with _errors_of_httpx():
            answer = self._pool.handle_request(_bare(request))
        return _dressed(answer, _Body(answer))

    def close(self) -> None:
        self._pool.close()


class _AsyncTransport(httpx.AsyncBaseTransport):
    """As ``_Transport``, awaited; the deadline is the caller's."""

    def __init__(self, **options: Any) -> None:
        self._pool = httpcore.AsyncConnectionPool(**options)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with _errors_of_httpx():
            answer = await self._pool.handle_async_request(_bare(request))
        return _dressed(answer, _AsyncBody(answer))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        with _errors_of_httpx():
            self._answer.close()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _errors_of_httpx():
            async for chunk in self._answer.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        with _errors_of_httpx():
            await self._answer.aclose()


def _bare(request: httpx.Request) -> httpcore.Request:
    """Return the request for the pool, which hands ``extensions`` on to what a proxy is asked."""
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(
            scheme=url.raw_scheme,
            host=url.raw_host,
            port=url.port,
            target=request.extensions["target"],
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions={"timeout": request.extensions["timeout"]},
    )


def _dressed(answer: httpcore.Response, body: _Body | _AsyncBody) -> httpx.Response:
    return httpx.Response(answer.status, stream=body, extensions={"headers": answer.headers})


@contextmanager
def _errors_of_httpx() -> Iterator[None]:
    try:
        yield
    except tuple(_ERRORS) as error:
        kind = next(_ERRORS[kind] for kind in type(error).__mro__ if kind in _ERRORS)
        raise kind(str(error)) from error


class _Backend(httpcore.NetworkBackend):
    """Connects before one deadline, name resolution and every address of the host included."""

    def __init__(self, clock: threading.local) -> None:
        self._clock = clock
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until = Deadline(_left(self._clock, timeout))
        try:
            addresses = look_up(host, port, until.left)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError from error
        failure: Exception = httpcore.ConnectTimeout()
        for address in addresses:
            if until.left <= 0:
                break
            try:
                stream = self._network.connect_tcp(
                    address, port, until.left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._clock)
        raise failure


class _Stream(httpcore.NetworkStream):
    """Reads and writes before the deadline of the call that the connection works for."""

    def __init__(self, stream: httpcore.NetworkStream, clock: threading.local) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._clock, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._clock, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._clock, timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(clock: threading.local, timeout: float | None) -> float:
    left: float = clock.deadline.left
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)


def _proxy(url: str) -> httpcore.Proxy:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        bare = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        auth = None
        if parts.username is not None:
            auth = (unquote(parts.username), unquote(parts.password or ""))
        return httpcore.Proxy(bare, auth=auth)
    except (ValueError, TypeError):
        raise ConfigError("transport.bad-proxy") from None
