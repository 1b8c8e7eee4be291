"""OCSS 1.0-alpha (the draft of July 2022): clients, queries, models, and what an operator serves.

    import os
    from datetime import UTC, datetime

    from mobstd.ocss.v1_0 import ApiKey, Client, DriverJourneysQuery

    auth = ApiKey("X-API-Key", os.environ["PARTNER_KEY"])
    with Client(base_url="https://operator.example.org/v1", auth=auth) as client:
        for journey in client.get_driver_journeys(
            DriverJourneysQuery(
                departure_lat=45.1915,
                departure_lng=5.7145,
                arrival_lat=45.3659,
                arrival_lng=5.5906,
                departure_date=datetime(2026, 12, 1, 8, tzinfo=UTC),
            )
        ):
            print(journey.passenger_pickup_date, journey.web_url)

Distances of queries are kilometres, those of answers metres; durations are seconds; instants are
aware datetimes. What is generated from the canon stands in ``mobstd.ocss.generated``.
"""

from __future__ import annotations

from mobstd.ocss.generated.v1_0_alpha import STANDARD
from mobstd.ocss.generated.v1_0_alpha.client import AsyncOperatorClient as AsyncClient
from mobstd.ocss.generated.v1_0_alpha.client import OperatorClient as Client
from mobstd.ocss.generated.v1_0_alpha.models import (
    Car,
    DriverJourney,
    DriverRegularTrip,
    DriverTrip,
    Error,
    JourneySchedule,
    PassengerJourney,
    PassengerRegularTrip,
    PassengerTrip,
    Preferences,
    Price,
    Schedule,
    Trip,
    User,
)
from mobstd.ocss.generated.v1_0_alpha.queries import (
    DriverJourneysQuery,
    DriverRegularTripsQuery,
    PassengerJourneysQuery,
    PassengerRegularTripsQuery,
)
from mobstd.ocss.generated.v1_0_alpha.service import OPERATOR_OPERATIONS, OperatorService
from mobstd.transport.answer import Answer, RawResponse
from mobstd.transport.auth import ApiKey, BearerToken
from mobstd.transport.options import RequestOptions
from mobstd.transport.retry import RetryPolicy
from mobstd.transport.timeout import Timeout

__all__ = [
    "OPERATOR_OPERATIONS",
    "STANDARD",
    "Answer",
    "ApiKey",
    "AsyncClient",
    "BearerToken",
    "Car",
    "Client",
    "DriverJourney",
    "DriverJourneysQuery",
    "DriverRegularTrip",
    "DriverRegularTripsQuery",
    "DriverTrip",
    "Error",
    "JourneySchedule",
    "OperatorService",
    "PassengerJourney",
    "PassengerJourneysQuery",
    "PassengerRegularTrip",
    "PassengerRegularTripsQuery",
    "PassengerTrip",
    "Preferences",
    "Price",
    "RawResponse",
    "RequestOptions",
    "RetryPolicy",
    "Schedule",
    "Timeout",
    "Trip",
    "User",
]
