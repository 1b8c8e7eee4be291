"""Senders over the network, sync and async, on httpx.

Only this file and ``pool`` import it: see ``docs/decisions/0101-httpcore-under-one-sender.md``.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType

import anyio
import httpx

from mobstd.errors import ConfigError, Unreachable
from mobstd.judging.exchange import Request, Response
from mobstd.transport.address import Address, request_target
from mobstd.transport.inflate import Body, NotDecodable, accepted
from mobstd.transport.log import note
from mobstd.transport.pool import async_transport, sync_transport
from mobstd.transport.reasons import (
    operation_of,
    took_too_long,
    unreachable,
    unreadable,
    unreadable_code,
)
from mobstd.transport.redirect import MAX_REDIRECTS, Trail
from mobstd.transport.sending import MAX_BODY, MAX_HEADERS, user_agent
from mobstd.transport.timeout import Deadline, Timeout
from mobstd.transport.trust import environment_proxy, tls_context

__all__ = ["AsyncSender", "Sender"]


class _Setup:
    """What both senders are made of, and the halves of an exchange that do no I/O."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout: Timeout | float | None = None,
        max_body: int = MAX_BODY,
        max_headers: int = MAX_HEADERS,
        truncate: bool = True,
        redirects: int = MAX_REDIRECTS,
        headers: Iterable[tuple[str, str]] = (),
        verify: bool | str | ssl.SSLContext = True,
        proxy: str | None = None,
        trust_env: bool = True,
        user_agent: str = user_agent(),
        connections: int = 20,
    ) -> None:
        self.address = Address.parse(base_url)
        self.timeout = Timeout.of(timeout)
        self._max_body = max_body
        self._max_headers = max_headers
        self._truncate = truncate
        self._redirects = redirects
        defaults = (
            ("Host", self.address.authority),
            ("Accept", "*/*"),
            ("Accept-Encoding", accepted),
            ("User-Agent", user_agent),
        )
        self._headers = _merged(defaults, tuple(headers))
        try:
            self._url = httpx.URL(self.address.origin)
        except httpx.InvalidURL:
            raise ConfigError("transport.base-url", url=self.address.origin) from None
        self._open(
            tls_context(verify) if self.address.scheme == "https" else None,
            proxy or (environment_proxy(self.address) if trust_env else None),
            connections,
        )

    def _open(self, tls: ssl.SSLContext | None, proxy: str | None, connections: int) -> None:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.address)!r})"

    def _limit(self, timeout: float | None) -> Timeout:
        return self.timeout if timeout is None else replace(self.timeout, total=timeout)

    def _prepare(self, request: Request, limit: Timeout, deadline: Deadline) -> httpx.Request:
        headers = _merged(self._headers, request.headers)
        if request.body is not None:
            headers = _merged((("Content-Length", str(len(request.body))),), headers)
        seconds = dict.fromkeys(("read", "write", "pool"), limit.total)
        prepared = httpx.Request(
            request.method,
            self._url,
            headers=[(_bytes(name), _bytes(value)) for name, value in headers],
            stream=httpx.ByteStream(request.body or b""),
            extensions={
                "target": request_target(request),
                "timeout": {**seconds, "connect": min(limit.connect, limit.total)},
                "deadline": deadline,
            },
        )
        prepared.method = request.method
        return prepared

    def _begin(self, request: Request, answer: httpx.Response) -> tuple[Response, Body]:
        raw = answer.extensions["headers"]
        if sum(len(name) + len(value) + 4 for name, value in raw) > self._max_headers:
            raise unreadable(request, "transport.headers-too-large", host=self.address.authority)
        headers = tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in raw)
        response = Response(answer.status_code, headers)
        encoding = None if request.method == "HEAD" else response.header("content-encoding")
        return response, Body(encoding, self._max_body)

    def _end(
        self, request: Request, response: Response, body: Body, deadline: Deadline
    ) -> Response:
        if body.truncated and not self._truncate:
            raise unreadable(request, "transport.too-large", limit=self._max_body)
        content, truncated = body.finish(), body.truncated
        response = replace(response, body=content, truncated=truncated, elapsed=deadline.elapsed)
        note(request, response, self.address.authority)
        return response

    def _explain(self, error: Exception, request: Request, limit: Timeout) -> Exception:
        """Return what went wrong as one of our errors; ours and unknown ones stay as they are."""
        host = self.address.authority
        where = {"operation": operation_of(request), "host": host}
        match error:
            case httpx.ConnectTimeout():
                return Unreachable("transport.connect-timeout", seconds=limit.connect, **where)
            case httpx.TimeoutException():
                return took_too_long(request, host, limit.total)
            case httpx.ProxyError():
                return Unreachable("transport.proxy", reason=str(error), **where)
            case httpx.ConnectError():
                return unreachable(request, host, error)
            case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
                return ConfigError("transport.bad-request", reason=str(error))
            case httpx.RemoteProtocolError():
                return unreadable(request, unreadable_code(str(error)), host=host)
            case httpx.NetworkError():
                return unreadable(request, "transport.disconnected", host=host)
            case NotDecodable():
                return unreadable(request, "transport.encoding", encoding=error.encoding[:40])
        return error


class Sender(_Setup):
    """Sends requests to one origin and waits; safe to share between threads.

    Args:
        base_url: ``http(s)://host[:port][/path]``. The path is not added to requests, which carry
            it already; ``address.path`` has it.
        timeout: for each call, in seconds, redirects included.
        max_body: bytes of a decoded body that are read; no more is ever held.
        max_headers: bytes of response headers that are accepted (100 KiB at most).
        truncate: cut a longer body and say so in ``Response.truncated``; otherwise raise.
        redirects: how many are followed, on the same origin and for GET and HEAD only; with 0 a
            redirect is a response like any other.
        headers: sent with every request, unless the request has its own.
        verify: whether TLS certificates are checked (against certifi and the system's store), or
            the path of a CA file, or a context.
        proxy: URL of a proxy, instead of what the environment says.
        trust_env: whether ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` count;
            this machine itself is never asked through a proxy.
        user_agent: the ``User-Agent`` header.
        connections: how many are open at once; more calls than that wait.

    Raises:
        ConfigError: for a base URL, timeout, CA file or proxy that cannot be used.
    """

    def _open(self, tls: ssl.SSLContext | None, proxy: str | None, connections: int) -> None:
        self._transport: httpx.BaseTransport = sync_transport(tls, proxy, connections)
        self._client = httpx.Client(transport=self._transport, trust_env=False)

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Return the response; ``timeout`` in seconds replaces the sender's total.

        Raises:
            Unreachable: DNS, connection, proxy or TLS failed; nothing was sent.
            Timeout: the answer was not complete in time.
            Unreadable: what came is not HTTP, broke off, or cannot be decompressed.
            RedirectRefused: to another origin, or in circles.
            ConfigError: the request cannot be written as HTTP.
        """
        limit = self._limit(timeout)
        deadline = Deadline(limit.total)
        trail = Trail(self.address, self._redirects)
        following: Request | None = request
        while following is not None:
            request = following
            response = self._exchange(request, limit, deadline)
            following = trail.follow(request, response)
        return response

    def _exchange(self, request: Request, limit: Timeout, deadline: Deadline) -> Response:
        try:
            answer = self._client.send(self._prepare(request, limit, deadline), stream=True)
            try:
                response, body = self._begin(request, answer)
                for chunk in answer.iter_raw():
                    if not body.feed(chunk):
                        break
            finally:
                answer.close()
            return self._end(request, response, body, deadline)
        except Exception as error:
            raise self._explain(error, request, limit) from None

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def __enter__(self) -> Sender:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncSender(_Setup):
    """As ``Sender``, awaited; bound to the event loop that it is first used on."""

    def _open(self, tls: ssl.SSLContext | None, proxy: str | None, connections: int) -> None:
        self._transport: httpx.AsyncBaseTransport = async_transport(tls, proxy, connections)
        self._client = httpx.AsyncClient(transport=self._transport, trust_env=False)

    async def send(self, request: Request, *, timeout: float | None = None) -> Response:
        """Return the response; ``timeout`` in seconds replaces the sender's total.

        Raises:
            Unreachable: DNS, connection, proxy or TLS failed; nothing was sent.
            Timeout: the answer was not complete in time.
            Unreadable: what came is not HTTP, broke off, or cannot be decompressed.
            RedirectRefused: to another origin, or in circles.
            ConfigError: the request cannot be written as HTTP.
        """
        limit = self._limit(timeout)
        deadline = Deadline(limit.total)
        trail = Trail(self.address, self._redirects)
        following: Request | None = request
        with anyio.move_on_after(limit.total):
            while following is not None:
                request = following
                response = await self._exchange(request, limit, deadline)
                following = trail.follow(request, response)
            return response
        raise took_too_long(request, self.address.authority, limit.total)

    async def _exchange(self, request: Request, limit: Timeout, deadline: Deadline) -> Response:
        try:
            answer = await self._client.send(self._prepare(request, limit, deadline), stream=True)
            try:
                response, body = self._begin(request, answer)
                async for chunk in answer.aiter_raw():
                    if not body.feed(chunk):
                        break
            finally:
                await answer.aclose()
            return self._end(request, response, body, deadline)
        except Exception as error:
            raise self._explain(error, request, limit) from None

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def __aenter__(self) -> AsyncSender:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def _merged(
    defaults: tuple[tuple[str, str], ...], own: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    named = {name.lower() for name, _ in own}
    return (*(pair for pair in defaults if pair[0].lower() not in named), *own)


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
