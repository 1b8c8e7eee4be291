"""An OCSS operator, shown as a legacy one."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

import anyio

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.endpoint import builders
from mobstd.errors import RefusedDocument, TransportError
from mobstd.judging.exchange import Request, Response
from mobstd.rdex.bridge.ads import ad_of_journey, ads_of_trip
from mobstd.rdex.bridge.asking import OPERATIONS, Asked, searches_of
from mobstd.rdex.bridge.clock import PARIS
from mobstd.rdex.bridge.contacts import message_of
from mobstd.rdex.bridge.filters import ad_fits
from mobstd.rdex.generated.v1_2.models import Connection, Journey
from mobstd.rdex.generated.v1_2.queries import JourneysQuery
from mobstd.rdex.generated.v1_2.service import OPERATOR_OPERATIONS
from mobstd.rdex.search import Search
from mobstd.rdex.wording import refusal, refused
from mobstd.serving.answers import Reply
from mobstd.transport.auth import Auth, authenticated
from mobstd.transport.retry import retry_after
from mobstd.transport.sending import AsyncSends

__all__ = ["RADIUS", "RdexFace"]

RADIUS = 50.0
"""Kilometres around both points that a legacy search is taken to mean."""

PATIENCE = 10.0
"""Seconds for all that one legacy request asks the operator."""

_UNREADABLE = (RefusedDocument, KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What comes of an item that its schema would refuse."""

_log = logging.getLogger("mobstd.bridge")


class _Failed(Exception):
    """The operator refused or failed; ``reply`` is what the legacy caller reads."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


class RdexFace:
    """One method per legacy operation; a search asks the operator up to four times.

    Args:
        sender: reaches the OCSS operator.
        path: its base path.
        auth: what adds our key.
        zone: the clock that times of day are written on.
        radius: kilometres around both points to look in.
        operator: the operator's domain, the recipient of messages.
        clock: the current time in UNIX seconds.
    """

    QUERIES = builders(OPERATOR_OPERATIONS)

    def __init__(
        self,
        sender: AsyncSends,
        path: str = "",
        *,
        auth: Auth | None = None,
        zone: tzinfo = PARIS,
        radius: float = RADIUS,
        operator: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._sender = sender
        self._path = path
        self._auth = auth
        self._zone = zone
        self._radius = radius
        self._operator = operator
        self._clock = clock

    refusal = staticmethod(refusal)

    async def get_journeys(self, query: JourneysQuery) -> list[dict[str, Any]] | Reply:
        """Return the ads that are looked for."""
        search = Search.of(query)
        asked, _ = searches_of(search, self._zone, self._clock(), self._radius)
        found: list[dict[str, Any]] = []
        try:
            with anyio.fail_after(PATIENCE):
                for one in asked:
                    found += self._ads(one, await self._items(one), search)
        except _Failed as failure:
            return failure.reply
        except (TransportError, TimeoutError) as error:
            return _lost("getJourneys", error)
        return found

    async def post_connections(self, contact: Connection) -> Reply | None:
        """Pass a contact on as a message."""
        message, _ = message_of(contact, self._operator)
        if message is None:
            return refused(400, "missing_mandatory_field", "driver or passenger", "driver")
        try:
            with anyio.fail_after(PATIENCE):
                response = await self._send(Request("POST", "/messages"), message)
        except (TransportError, TimeoutError) as error:
            return _lost("postConnections", error)
        if not 200 <= response.status < 300:
            return _refusal_of("postConnections", response)
        return None

    async def shutdown(self) -> None:
        """Close the connections to the operator."""
        await self._sender.aclose()

    async def _items(self, asked: Asked) -> list[Any]:
        """Return what the operator answers; nothing for a search that it does not offer."""
        pairs = tuple(
            (name, ",".join(value) if isinstance(value, list) else str(value))
            for name, value in asked.query.items()
        )
        path = OPERATIONS[asked.operation].path
        response = await self._send(Request("GET", path, pairs))
        if response.status in (404, 405, 501):
            return []
        if response.status != 200 or not isinstance(response.json, list):
            raise _Failed(_refusal_of(asked.operation, response))
        return response.json

    async def _send(self, request: Request, body: Mapping[str, Any] | None = None) -> Response:
        headers = [("Accept", "application/json")]
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False).encode()
            headers.append(("Content-Type", "application/json"))
        path = self._path + request.path
        built = Request(request.method, path, request.query, tuple(headers), content)
        if self._auth is not None:
            built = authenticated(built, self._auth(built))
        return await self._sender.send(built)

    def _ads(self, asked: Asked, items: list[Any], search: Search) -> list[dict[str, Any]]:
        """Return the ads of the items that can be read and that are asked for, wrapped."""
        operation = OPERATIONS[asked.operation]
        judge = validator_of(find("rdex@1.2"), "journey")
        found = []
        for item in map(_told, items):
            try:
                if operation.regular:
                    ads, _ = ads_of_trip(item, operation.side, self._zone, self._clock())
                else:
                    ad, _ = ad_of_journey(item, operation.side, self._zone)
                    ads = (ad,) if ad else ()
                good = [ad for ad in ads if judge.is_valid(ad)]
                fitting = [ad for ad in good if ad_fits(Journey.read(ad), search)]
            except _UNREADABLE:
                ads, good = (), []
            if len(good) < len(ads) or not ads:
                _log.warning("%s: an item could not be read", asked.operation)
            else:
                found += [{"journeys": ad} for ad in fitting]
        return found


def _told(value: Any) -> Any:
    """Return a document without its nulls: some operators send them for what is not known."""
    if isinstance(value, dict):
        return {name: _told(inner) for name, inner in value.items() if inner is not None}
    return [_told(inner) for inner in value] if isinstance(value, list) else value


def _refusal_of(operation: str, response: Response) -> Reply:
    _log.warning("%s: the operator answered %d", operation, response.status)
    body = response.json
    said = body.get("error") if isinstance(body, dict) else None
    text = said[:200] if isinstance(said, str) else f"The operator answered {response.status}."
    if response.status in (400, 404):
        name = "invalid_input" if response.status == 400 else "resource_not_found"
        return refused(response.status, name, text)
    if response.status == 429:
        wait = retry_after(response)
        headers = {} if wait is None else {"Retry-After": f"{wait:.0f}"}
        return refused(429, "too_many_queries", text, headers=headers)
    if response.status < 300:
        return refused(500, "internal_error", "The answer of the operator can't be read.")
    return refused(500, "internal_error", f"The operator answered {response.status}.")


def _lost(operation: str, error: Exception) -> Reply:
    code = getattr(error, "code", "timeout")
    _log.warning("%s: the operator did not answer: %s", operation, code)
    return refused(500, "internal_error", "The operator did not answer in time or as it should.")
