"""What the generated clients stand on: pure halves that build and parse, two thin senders."""

from __future__ import annotations

import copy
import ssl
import time
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from mobstd.endpoint import Endpoint
from mobstd.errors import ConfigError, OutcomeUnknown, TransportError, Unreachable
from mobstd.judging.exchange import Request, Response
from mobstd.query import Query
from mobstd.transport.address import Address
from mobstd.transport.answer import RawResponse
from mobstd.transport.auth import Auth, authenticated, renewal
from mobstd.transport.building import Body, build, check
from mobstd.transport.dialect import Dialect
from mobstd.transport.hooks import awaited, replaced, silent
from mobstd.transport.log import logger
from mobstd.transport.options import (
    OnRequest,
    OnResponse,
    OnTranslations,
    RequestOptions,
    Settings,
)
from mobstd.transport.retry import RetryPolicy
from mobstd.transport.sending import MAX_BODY, AsyncSends, Sends, user_agent
from mobstd.transport.timeout import Timeout
from mobstd.transport.translating import Translation, spoken

__all__ = ["AsyncClientBase", "ClientBase"]

_SAFE = ("GET", "HEAD", "OPTIONS")


class _Base:
    """What both clients share: everything but waiting.

    Args:
        base_url: where the partner is, such as ``https://partner.example/v1``.
        auth: who calls: ``ApiKey``, ``BearerToken``, or any callable that takes the request and
            returns it with credentials, or headers. It is asked before every attempt.
        timeout: for each attempt, in seconds; 10 in all and 5 to connect by default.
        retry: what is tried again; safe methods only.
        headers: sent with every request.
        user_agent: your product, such as ``planner/2.1``; it follows ``mobstd/<version>``.
        on_request: sees each attempt before credentials are added, and may replace it.
        on_response: sees each response. An ``AsyncClient`` also awaits what hooks return.
        validate: judge what is sent by the standard before it leaves.
        strict: raise where the answer breaks the standard, instead of warning.
        dialect: how this partner departs from the standard. What it answers is read in the form of
            the standard, and what is sent is judged as the standard has it, then written as the
            partner takes it. ``Answer.translations`` has each difference.
        on_translations: sees the operation and the differences of each call that had any.
        verify: whether TLS certificates are checked, or the path of a CA file, or a context.
        proxy: URL of a proxy, instead of what the environment says.
        max_body: bytes of an answer that are read; a longer one is an error.
        sender: what sends, instead of the network: for tests, or an app in the same process. It
            has its own ``verify``, ``proxy`` and ``max_body``.
    """

    _owns_sender = True

    def __init__(
        self,
        base_url: str = "",
        *,
        auth: Auth | None = None,
        timeout: Timeout | float | None = None,
        retry: RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str = "",
        on_request: OnRequest | None = None,
        on_response: OnResponse | None = None,
        validate: bool = True,
        strict: bool = False,
        dialect: Dialect | None = None,
        on_translations: OnTranslations | None = None,
        verify: bool | str | ssl.SSLContext = True,
        proxy: str | None = None,
        max_body: int = MAX_BODY,
        sender: Any = None,
    ) -> None:
        agent, own = _product(user_agent), sender is not None
        if sender is None:
            sender = self._network(
                base_url,
                timeout=timeout,
                user_agent=agent,
                verify=verify,
                proxy=proxy,
                max_body=max_body,
            )
        self._sender = sender
        address = Address.parse(base_url) if base_url else getattr(sender, "address", None)
        self.base_url = str(address or "")
        self._settings = Settings(
            path=address.path if address else "",
            auth=auth,
            retry=RetryPolicy() if retry is None else retry,
            timeout=Timeout.of(timeout).total if own and timeout is not None else None,
            headers={**({"User-Agent": agent} if own and user_agent else {}), **(headers or {})},
            on_request=on_request,
            on_response=on_response,
            validate=validate,
            strict=strict,
            dialect=dialect,
            on_translations=on_translations,
        )

    def _network(self, base_url: str, **options: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        where = getattr(self._sender, "address", None) or type(self._sender).__name__
        return f"{type(self).__name__}({str(where)!r})"

    def with_options(
        self,
        *,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
        auth: Auth | None = None,
        validate: bool | None = None,
        strict: bool | None = None,
        dialect: Dialect | None = None,
    ) -> Self:
        """Return a client that does these differently and shares the connections of this one."""
        given = {
            "timeout": timeout,
            "retry": retry,
            "auth": auth,
            "validate": validate,
            "strict": strict,
            "dialect": dialect,
            "headers": None if headers is None else {**self._settings.headers, **headers},
        }
        other = copy.copy(self)
        other._owns_sender = False
        other.__dict__.pop("raw", None)
        changes: Any = {name: value for name, value in given.items() if value is not None}
        other._settings = replace(self._settings, **changes)
        return other

    def strict(self) -> Self:
        """Return a client that raises where an answer breaks the standard."""
        return self.with_options(strict=True)

    def _build(
        self, endpoint: Endpoint, query: Query | None, body: Any, options: RequestOptions
    ) -> Request:
        if self._settings.validate:
            check(endpoint, query, body)
        return build(endpoint, query, body, self._settings, options.headers)

    def _spoken(
        self, endpoint: Endpoint, request: Request
    ) -> tuple[Request, tuple[Translation, ...]]:
        """Return a request as the partner takes it.

        Raises:
            ConfigError: where the dialect is one of another standard.
        """
        dialect = self._settings.dialect
        if dialect is None:
            return request, ()
        if dialect.standard != endpoint.standard:
            names = {"name": dialect.name, "standard": dialect.standard}
            raise ConfigError("dialect.other-standard", spoken=endpoint.standard, **names)
        return spoken(dialect, endpoint, request)

    def _translated(
        self, settled: RawResponse[Any], told: tuple[Translation, ...]
    ) -> RawResponse[Any]:
        """Return a response that is read in the dialect, and tell the hook of it."""
        if self._settings.dialect is None:
            return settled
        settled = replace(settled, dialect=self._settings.dialect, told=told)
        if self._settings.on_translations is not None and settled.translations:
            self._settings.on_translations(settled.endpoint, settled.translations)
        return settled

    def _ask(self, request: Request) -> Any:
        """Return what the hook says to a request."""
        hook = self._settings.on_request
        return None if hook is None else hook(request)

    def _tell(self, request: Request, outcome: Response | TransportError) -> Any:
        """Tell the hook of a response, and return what it says."""
        hook = self._settings.on_response
        return hook(request, outcome) if hook and isinstance(outcome, Response) else None

    def _wait(
        self, attempt: int, request: Request, outcome: Response | TransportError, o: RequestOptions
    ) -> float | None:
        """Return the seconds until the next attempt, or ``None``."""
        policy = self._settings.retry if o.retry is None else o.retry
        wait = policy.wait(attempt, request, outcome)
        if wait is not None:
            why = outcome.status if isinstance(outcome, Response) else outcome.code
            path = request.path
            logger.debug("%s %s: %s, again in %.1f s", request.method, path, why, wait)
        return wait

    def _settled(
        self, endpoint: Endpoint, request: Request, outcome: Response | TransportError
    ) -> RawResponse[Any]:
        if isinstance(outcome, Response):
            return RawResponse(endpoint, outcome, self._settings.strict)
        if request.method in _SAFE or isinstance(outcome, Unreachable):
            raise outcome
        raise OutcomeUnknown(
            "transport.outcome-unknown", operation=endpoint.id, because=outcome.code
        ) from outcome

    def _timeout(self, options: RequestOptions) -> float | None:
        return self._settings.timeout if options.timeout is None else options.timeout


class ClientBase(_Base):
    """Sends and waits; to be shared between threads, and closed."""

    _sender: Sends

    def _network(self, base_url: str, **options: Any) -> Sends:
        from mobstd.transport.http import Sender

        return Sender(base_url, **options)

    def call(
        self,
        endpoint: Endpoint,
        query: Query | None = None,
        body: Body | None = None,
        options: RequestOptions | None = None,
    ) -> RawResponse[Any]:
        """Call any operation and return its response, whatever the status.

        Raises:
            RefusedDocument: the standard does not allow what was to be sent; nothing was sent.
            TransportError: no usable response came.
        """
        options = options or RequestOptions()
        built, told = self._spoken(endpoint, self._build(endpoint, query, body, options))
        attempt, renewed = 0, False
        while True:
            attempt += 1
            request = replaced(built, self._ask(built))
            signed = self._signed(request)
            outcome: Response | TransportError
            try:
                outcome = self._sender.send(signed, timeout=self._timeout(options))
            except TransportError as error:
                outcome = error
            silent(self._tell(request, outcome))
            if not renewed and renewal(self._settings.auth, signed, outcome):
                attempt, renewed = attempt - 1, True
                continue
            wait = self._wait(attempt, request, outcome, options)
            if wait is None:
                return self._translated(self._settled(endpoint, request, outcome), told)
            time.sleep(wait)

    def _signed(self, request: Request) -> Request:
        auth = self._settings.auth
        return request if auth is None else authenticated(request, auth(request))

    def close(self) -> None:
        """Close every connection."""
        if self._owns_sender:
            self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClientBase(_Base):
    """As ``ClientBase``, awaited; bound to the event loop that it is first used on."""

    _sender: AsyncSends

    def _network(self, base_url: str, **options: Any) -> AsyncSends:
        from mobstd.transport.http import AsyncSender

        return AsyncSender(base_url, **options)

    async def call(
        self,
        endpoint: Endpoint,
        query: Query | None = None,
        body: Body | None = None,
        options: RequestOptions | None = None,
    ) -> RawResponse[Any]:
        """Call any operation and return its response, whatever the status.

        Raises:
            RefusedDocument: the standard does not allow what was to be sent; nothing was sent.
            TransportError: no usable response came.
        """
        options = options or RequestOptions()
        built, told = self._spoken(endpoint, self._build(endpoint, query, body, options))
        attempt, renewed = 0, False
        while True:
            attempt += 1
            request = replaced(built, await awaited(self._ask(built)))
            signed = await self._signed(request)
            outcome: Response | TransportError
            try:
                outcome = await self._sender.send(signed, timeout=self._timeout(options))
            except TransportError as error:
                outcome = error
            await awaited(self._tell(request, outcome))
            if not renewed and await awaited(renewal(self._settings.auth, signed, outcome)):
                attempt, renewed = attempt - 1, True
                continue
            wait = self._wait(attempt, request, outcome, options)
            if wait is None:
                return self._translated(self._settled(endpoint, request, outcome), told)
            await _sleep(wait)

    async def _signed(self, request: Request) -> Request:
        auth = self._settings.auth
        return request if auth is None else authenticated(request, await awaited(auth(request)))

    async def aclose(self) -> None:
        """Close every connection."""
        if self._owns_sender:
            await self._sender.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


async def _sleep(seconds: float) -> None:
    import anyio

    await anyio.sleep(seconds)


def _product(product: str) -> str:
    if not product.isprintable():
        raise ConfigError("transport.bad-header", name="User-Agent")
    return user_agent(product)
