"""RDEX+ 2.0 (2.0.1 of June 2021): clients, queries, models, and what each role serves.

    import os

    from mobstd.rdex_plus.v2_0 import ApiKey, Client, JourneysQuery

    auth = ApiKey("api_key", os.environ["PARTNER_KEY"])
    with Client(base_url="https://operator.example.org/rdex", auth=auth) as client:
        found = client.get_journeys(
            JourneysQuery(
                departure_lat=45.1915,
                departure_lng=5.7145,
                arrival_lat=45.3659,
                arrival_lng=5.5906,
                frequency="regular",
                regular_schedule='[{"mondayTime": "06:30:00"}]',
            )
        )
        for journey in found.journeys or []:
            print(journey.outward.regular_schedule, journey.web_url)

Distances of queries are kilometres, those of answers metres; durations are seconds; instants are
aware datetimes; times of day are on the clock of UTC. ``mobstd.rdex_plus.mapping`` turns documents
into those of OCSS. What is generated from the canon stands in ``mobstd.rdex_plus.generated``.
"""

from __future__ import annotations

from mobstd.rdex_plus.generated.v2_0 import STANDARD
from mobstd.rdex_plus.generated.v2_0.client import AsyncMaasClient, MaasClient
from mobstd.rdex_plus.generated.v2_0.client import AsyncOperatorClient as AsyncClient
from mobstd.rdex_plus.generated.v2_0.client import OperatorClient as Client
from mobstd.rdex_plus.generated.v2_0.models import (
    Booking,
    ConnectionMessage,
    Deeplink,
    Error,
    Geopoint,
    Journey,
    Journeys,
    Message,
    PassengerWalkingJourney,
    Preferences,
    Price,
    User,
    Vehicle,
    Waypoint,
    WaySchedule,
    WeekSchedule,
)
from mobstd.rdex_plus.generated.v2_0.queries import (
    BookingsQuery,
    JourneysQuery,
    PatchBookingsQuery,
)
from mobstd.rdex_plus.generated.v2_0.service import (
    MAAS_OPERATIONS,
    OPERATOR_OPERATIONS,
    MaasService,
    OperatorService,
)
from mobstd.transport.answer import Answer, RawResponse
from mobstd.transport.auth import ApiKey, BearerToken
from mobstd.transport.options import RequestOptions
from mobstd.transport.retry import RetryPolicy
from mobstd.transport.timeout import Timeout

__all__ = [
    "MAAS_OPERATIONS",
    "OPERATOR_OPERATIONS",
    "STANDARD",
    "Answer",
    "ApiKey",
    "AsyncClient",
    "AsyncMaasClient",
    "BearerToken",
    "Booking",
    "BookingsQuery",
    "Client",
    "ConnectionMessage",
    "Deeplink",
    "Error",
    "Geopoint",
    "Journey",
    "Journeys",
    "JourneysQuery",
    "MaasClient",
    "MaasService",
    "Message",
    "OperatorService",
    "PassengerWalkingJourney",
    "PatchBookingsQuery",
    "Preferences",
    "Price",
    "RawResponse",
    "RequestOptions",
    "RetryPolicy",
    "Timeout",
    "User",
    "Vehicle",
    "WaySchedule",
    "Waypoint",
    "WeekSchedule",
]
