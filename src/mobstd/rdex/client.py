"""Clients of a legacy operator: what the generated ones do, signed, and read as it really comes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mobstd.endpoint import Endpoint
from mobstd.errors import ApiError, ConfigError, TransportError
from mobstd.judging.exchange import Request, Response
from mobstd.models import Model
from mobstd.query import Query
from mobstd.rdex.generated.v1_2.client import AsyncOperatorClient, OperatorClient
from mobstd.rdex.generated.v1_2.models import Connection, Journey, Result
from mobstd.rdex.generated.v1_2.queries import JourneysQuery
from mobstd.rdex.refusals import typed
from mobstd.rdex.search import Search
from mobstd.rdex.signature import Keys, Signing
from mobstd.transport.address import Address
from mobstd.transport.answer import Answer, RawResponse
from mobstd.transport.auth import Auth
from mobstd.transport.options import RequestOptions

__all__ = ["AsyncClient", "Client"]

_EXTENSION = ".json"


class _Legacy:
    """What both clients do otherwise than generated ones.

    Args:
        base_url: the operator with its prefix, such as ``https://operator.example/rdexapi``.
        keys: the pair that signs every URL; ``None``: nothing is signed.
        auth: in place of ``keys``: the STANDARD_RDEX dialect takes
            ``ApiKey("X-API-KEY", ...)``.
        extension: what follows the names of resources: ``.json``, or empty with some operators.
        options: those of every client: ``timeout``, ``retry``, ``headers``, ``sender``...

    Raises:
        ConfigError: where both ``keys`` and ``auth`` are given.
    """

    _extension: str

    def __init__(
        self,
        base_url: str = "",
        *,
        keys: Keys | None = None,
        auth: Auth | None = None,
        extension: str = _EXTENSION,
        **options: Any,
    ) -> None:
        if keys is not None:
            if auth is not None:
                raise ConfigError("signature.keys-and-auth")
            reached = getattr(options.get("sender"), "address", None)
            own = Address.parse(base_url) if base_url else reached
            auth = Signing(keys, own.origin if own else "")
        self._extension = extension
        super().__init__(base_url, auth=auth, **options)  # type: ignore[call-arg]

    def _build(
        self,
        endpoint: Endpoint,
        query: Query | None,
        body: Model | None,
        options: RequestOptions,
    ) -> Request:
        path = endpoint.path.removesuffix(_EXTENSION) + self._extension
        built: Request = super()._build(endpoint, query, body, options)  # type: ignore[misc]
        return replace(built, path=built.path.removesuffix(endpoint.path) + path)

    def _settled(
        self, endpoint: Endpoint, request: Request, outcome: Response | TransportError
    ) -> RawResponse[Any]:
        """Read 204 as an empty answer: so does an operator whose exchange is switched off."""
        if isinstance(outcome, Response) and outcome.status == 204 and endpoint.gives == "many":
            outcome = replace(outcome, status=200, body=b"[]")
        settled: RawResponse[Any] = super()._settled(endpoint, request, outcome)  # type: ignore[misc]
        return settled


class Client(_Legacy, OperatorClient):
    """Calls a legacy operator; to be shared between threads, and closed."""

    def get_journeys(
        self, query: JourneysQuery, options: RequestOptions | None = None
    ) -> Answer[Result]:
        """Find ads, each in its wrapper; 204 is an empty answer.

        Raises:
            RefusedDocument: the standard does not allow what was to be sent.
            TransportError: no usable answer came.
            ApiError: the partner refused; of its name where it has one (``refusals``).
        """
        try:
            return super().get_journeys(query, options)
        except ApiError as error:
            raise typed(error) from None

    def search(self, search: Search, options: RequestOptions | None = None) -> Answer[Journey]:
        """Find ads, without their wrappers. Raises as ``get_journeys``."""
        return _unwrapped(self.get_journeys(search.to_query(), options))

    def post_connections(self, body: Connection, options: RequestOptions | None = None) -> None:
        """Write to the author of an ad.

        Raises:
            RefusedDocument: the standard does not allow what was to be sent.
            OutcomeUnknown: it was sent, and nobody knows whether it arrived.
            TransportError: it was not sent.
            ApiError: the partner refused; of its name where it has one (``refusals``).
        """
        try:
            super().post_connections(body, options)
        except ApiError as error:
            raise typed(error) from None


class AsyncClient(_Legacy, AsyncOperatorClient):
    """Calls a legacy operator, awaited; bound to the event loop that it is first used on."""

    async def get_journeys(
        self, query: JourneysQuery, options: RequestOptions | None = None
    ) -> Answer[Result]:
        """Find ads. As ``Client.get_journeys``, awaited."""
        try:
            return await super().get_journeys(query, options)
        except ApiError as error:
            raise typed(error) from None

    async def search(
        self, search: Search, options: RequestOptions | None = None
    ) -> Answer[Journey]:
        """Find ads, without their wrappers. As ``Client.search``, awaited."""
        return _unwrapped(await self.get_journeys(search.to_query(), options))

    async def post_connections(
        self, body: Connection, options: RequestOptions | None = None
    ) -> None:
        """Write to the author of an ad. As ``Client.post_connections``, awaited."""
        try:
            await super().post_connections(body, options)
        except ApiError as error:
            raise typed(error) from None


def _unwrapped(found: Answer[Result]) -> Answer[Journey]:
    return Answer((one.journeys for one in found), found.problems, found.response)
