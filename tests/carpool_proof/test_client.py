"""Clients of the registry against a registry of the server kit, in process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from mobstd.canon.files import load
from mobstd.carpool_proof import v3_3, v3_4
from mobstd.errors import RefusedDocument
from mobstd.serving import app
from mobstd.transport import AsgiSender

from .documents import VERSIONS, both, refusals

CREATED = datetime(2026, 9, 14, 7, tzinfo=UTC)


class Registry(v3_4.RegistryService):
    """A registry that keeps journeys and judges nothing."""

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}

    async def create_access_token(self, body: v3_4.TokenRequest) -> v3_4.AccessToken:
        return v3_4.AccessToken(access_token=f"token-of-{body.access_key}")

    async def create_journey(self, body: v3_4.Journey) -> v3_4.JourneyCreated:
        self.statuses[body.operator_journey_id] = "pending"
        data = v3_4.JourneyReceipt(operator_journey_id=body.operator_journey_id, created_at=CREATED)
        return v3_4.JourneyCreated(jsonrpc="2.0", result=v3_4.CreatedResult(data=data))

    async def list_journeys(self, query: v3_4.JourneysQuery) -> list[v3_4.JourneyReference]:
        assert query.start is None or query.start.tzinfo is not None
        found = [id_ for id_, status in self.statuses.items() if status == query.status]
        return [v3_4.JourneyReference(operator_journey_id=id_) for id_ in found[: query.limit]]

    async def get_journey(self, query: v3_4.JourneyQuery) -> v3_4.JourneyStatus:
        return v3_4.JourneyStatus(
            status=self.statuses[query.operator_journey_id],
            operator_journey_id=query.operator_journey_id,
            created_at=CREATED,
            fraud_error_labels=["interoperator_overlap"],
        )

    async def update_journey(
        self, query: v3_4.UpdateJourneyQuery, body: v3_4.JourneyUpdate
    ) -> None:
        assert body.distance > 0
        self.statuses[query.operator_journey_id] = "pending"

    async def cancel_journey(self, query: v3_4.CancelJourneyQuery, body: v3_4.Cancellation) -> None:
        self.statuses[query.operator_journey_id] = "canceled"

    async def get_route(self, query: v3_4.RouteQuery) -> v3_4.Route:
        return v3_4.Route(distance=abs(query.start_lat - query.end_lat) * 1000, duration=60)


@pytest.fixture
def client() -> Iterator[v3_4.Client]:
    served = app(Registry(), "carpool-proof@3.4", "registry")
    with AsgiSender(served, "http://registry.localhost") as sender:
        yield v3_4.Client(sender=sender, strict=True)


def journey() -> Any:
    return load(VERSIONS["3.4"].folder / "examples/valid/journey/full.json")


def test_a_journey_from_its_declaration_to_its_end(client: v3_4.Client) -> None:
    sent = v3_4.Journey.read(journey())
    assert sent.dump() == journey()
    receipt = client.create_journey(sent).result.data
    assert receipt.operator_journey_id == sent.operator_journey_id
    query = v3_4.JourneysQuery(status="pending", start=datetime.now(UTC) - timedelta(days=1))
    assert [one.operator_journey_id for one in client.list_journeys(query)] == [
        sent.operator_journey_id
    ]
    update = {k: journey()[k] for k in ("operator_class", "incentives", "start", "end", "distance")}
    client.update_journey(
        v3_4.UpdateJourneyQuery(operator_journey_id=sent.operator_journey_id),
        v3_4.JourneyUpdate.read(update),
    )
    client.cancel_journey(
        v3_4.CancelJourneyQuery(operator_journey_id=sent.operator_journey_id),
        v3_4.Cancellation(code="FRAUD"),
    )
    status = client.get_journey(sent.operator_journey_id)
    assert status.status == "canceled"
    assert status.fraud_error_labels == ["interoperator_overlap"]


def test_keys_and_ways(client: v3_4.Client) -> None:
    keys = v3_4.TokenRequest(access_key="a", secret_key="hidden")
    assert client.create_access_token(keys).access_token == "token-of-a"
    assert "hidden" not in repr(keys)
    query = v3_4.RouteQuery(start_lat=45, start_lon=5, end_lat=46, end_lon=5)
    assert client.get_route(query).distance == 1000


def test_what_is_not_allowed_is_not_sent(client: v3_4.Client) -> None:
    wrong = {**journey(), "operator_class": "D"}
    with pytest.raises(RefusedDocument, match="operator_class"):
        client.create_journey(v3_4.Journey.read(wrong))


def test_persons_are_not_shown() -> None:
    shown = repr(v3_4.Journey.read({**journey(), "licence_plate": "AA-123-AA"}))
    for value in ("AA-123-AA", journey()["driver"]["identity"]["identity_key"], "+331990001"):
        assert value not in shown


def test_refusals_have_the_envelope() -> None:
    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app(Registry(), "carpool-proof@3.4", "registry"))
        async with httpx.AsyncClient(transport=transport, base_url="http://r.localhost") as raw:
            return await raw.get(path)

    for path in ("/journeys", "/journeys?status=processed", "/journeys/a%20b"):
        refused = asyncio.run(ask(path))
        assert refused.status_code == 400
        for judge in both("3.4", "rpc-error"):
            assert refusals(judge, refused.json()) == set()
        assert refused.json()["error"]["message"]


def test_both_versions_have_the_same_names() -> None:
    shared = set(v3_3.__all__) & set(v3_4.__all__)
    only = set(v3_3.__all__) ^ set(v3_4.__all__)
    assert {"Client", "AsyncClient", "Journey", "RegistryService", "BearerToken"} <= shared
    assert all("Cee" in name or name in ("TermsCount", "TermsDetail") for name in only)
