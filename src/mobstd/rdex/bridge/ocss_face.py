"""A legacy partner, shown as an OCSS operator."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from mobstd.errors import (
    ApiError,
    MobstdError,
    RefusedDocument,
    Timeout,
    TransportError,
    Unreachable,
)
from mobstd.judging.exchange import Response
from mobstd.rdex.bridge.asking import OPERATIONS, search_of
from mobstd.rdex.bridge.clock import PARIS
from mobstd.rdex.bridge.contacts import connection_of
from mobstd.rdex.bridge.filters import journey_fits, trip_fits
from mobstd.rdex.bridge.items import Side, journey_of, trip_of
from mobstd.rdex.client import AsyncClient
from mobstd.rdex.generated.v1_2.models import Journey, Result
from mobstd.rdex.refusals import name_of
from mobstd.serving.answers import Refuse, Reply

__all__ = ["REACH", "OcssFace", "ads_in"]

REACH = 50.0
"""Kilometres around a point that a partner is taken to answer, unless one knows better."""

_log = logging.getLogger("mobstd.bridge")

Item = dict[str, Any]


class OcssFace:
    """One method per OCSS operation; each asks the legacy partner once.

    The partner knows no radius, number or margin: what it answers is filtered here. A search
    wider than its reach is refused rather than answered in part.

    Args:
        client: calls the partner.
        zone: the clock that its times of day are on.
        reach: kilometres around a point that the partner answers.
        operator: the domain to name where an ad has no usable origin.
    """

    def __init__(
        self,
        client: AsyncClient,
        *,
        zone: tzinfo = PARIS,
        reach: float = REACH,
        operator: str = "",
    ) -> None:
        self._client = client
        self._zone = zone
        self._reach = reach
        self._operator = operator

    async def get_driver_journeys(self, query: Mapping[str, Any]) -> list[Item] | Reply:
        """Return the drivers that a passenger looks for."""
        return await self._search("getDriverJourneys", query)

    async def get_passenger_journeys(self, query: Mapping[str, Any]) -> list[Item] | Reply:
        """Return the passengers that a driver looks for."""
        return await self._search("getPassengerJourneys", query)

    async def get_driver_regular_trips(self, query: Mapping[str, Any]) -> list[Item] | Reply:
        """Return the weekly drivers that a passenger looks for."""
        return await self._search("getDriverRegularTrips", query)

    async def get_passenger_regular_trips(self, query: Mapping[str, Any]) -> list[Item] | Reply:
        """Return the weekly passengers that a driver looks for."""
        return await self._search("getPassengerRegularTrips", query)

    async def get_status(self) -> None:
        """Say that the bridge is up; the partner has no such operation."""

    async def post_messages(self, values: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
        """Send a message as a contact."""
        contact, _ = connection_of(body)
        if contact is None:
            raise Refuse(400, "driverJourneyId or passengerJourneyId is needed.")
        try:
            await self._client.post_connections(contact)
        except (ApiError, TransportError, RefusedDocument) as error:
            return failed("postMessages", error)
        return None

    async def shutdown(self) -> None:
        """Close the connections to the partner."""
        await self._client.aclose()

    async def _search(self, operation: str, query: Mapping[str, Any]) -> list[Item] | Reply:
        count = query.get("count")
        if count is not None and count < 0:
            raise Refuse(400, "count must not be negative.")
        for name in ("departureRadius", "arrivalRadius"):
            if query[name] > self._reach:
                raise Refuse(400, f"{name} must not be more than {self._reach:g} here.")
        search, _ = search_of(operation, query, self._zone)
        if search is None or count == 0:
            return []
        try:
            raw = await self._client.raw.get_journeys(search.to_query())
            if not 200 <= raw.status < 300:
                raw.parse()
            ads = ads_in(raw.response)
        except (ApiError, TransportError, RefusedDocument) as error:
            return failed(operation, error)
        return self._found(operation, query, ads)[:count]

    def _found(
        self, operation: str, query: Mapping[str, Any], ads: Iterable[Journey]
    ) -> list[Item]:
        wanted = OPERATIONS[operation]
        frequency = "regular" if wanted.regular else "punctual"
        found: dict[tuple[str, str], Item] = {}
        for ad in ads:
            if ad.frequency != frequency or not _offers(ad, wanted.side):
                continue
            if wanted.regular:
                item, _ = trip_of(ad, wanted.side, self._zone, self._operator)
                fits = item is not None and trip_fits(
                    item, query, ad.outward.mindate, ad.outward.maxdate
                )
            else:
                item, _ = journey_of(ad, wanted.side, self._zone, self._operator)
                fits = item is not None and journey_fits(item, query)
            if item is not None and fits:
                found.setdefault((item["operator"], str(ad.uuid)), item)
        return list(found.values())


def _offers(ad: Journey, side: Side) -> bool:
    return (ad.driver.state if side == "driver" else ad.passenger.state) == 1


def ads_in(response: Response) -> list[Journey]:
    """Return the ads of an answer that can be read; the others are counted in the log.

    Raises:
        RefusedDocument: where the answer is no list.
    """
    documents = response.json
    if not isinstance(documents, list):
        raise RefusedDocument("client.not-a-list", operation="getJourneys")
    found, unread = [], 0
    for document in documents:
        try:
            found.append(Result.read(document).journeys)
        except RefusedDocument:
            unread += 1
    if unread:
        _log.warning("getJourneys: %d of %d ads could not be read", unread, len(documents))
    return found


def failed(operation: str, error: MobstdError) -> Reply:
    """Return what an OCSS caller reads where the partner refused, failed or hangs.

    Its refusal of what was asked is passed on, by its name; that of our key is our own failure.
    What has no form in its protocol, such as somebody without a name, never got there.
    """
    if error.code == "client.request-refused":
        where = error.params.get("where", "")
        return Reply({"error": f"The partner's protocol has no form for this ({where})."}, 400)
    name = name_of(error.problem) if isinstance(error, ApiError) else ""
    _log.warning("%s: the partner did not answer: %s %s", operation, error.code, name)
    if isinstance(error, ApiError):
        if error.status == 400:
            return Reply({"error": name or "invalid_input"}, 400)
        if error.status == 429:
            wait = {} if error.retry_after is None else {"Retry-After": f"{error.retry_after:.0f}"}
            return Reply(None, 429, wait)
        return Reply({"error": f"The partner answered {error.status} {name}".rstrip() + "."}, 500)
    if isinstance(error, Unreachable):
        return Reply({"error": "The partner can't be reached."}, 500)
    how = "in time" if isinstance(error, Timeout) else "as it should"
    return Reply({"error": f"The partner did not answer {how}."}, 500)
