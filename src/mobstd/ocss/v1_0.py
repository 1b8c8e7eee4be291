"""OCSS 1.0-alpha (the draft of July 2022): clients, models, and what operator and MaaS serve.

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

``Client`` calls an operator, ``MaasClient`` the platform that travellers use. A booking, a change
of its status, a message or an event that may have been taken without an answer raises
``OutcomeUnknown`` and is not sent again: read the booking back (``get_bookings``), or send the
event again under the same id.

Distances of queries are kilometres, those of answers metres; durations are seconds; instants are
aware datetimes. What is generated from the canon stands in ``mobstd.ocss.generated``.
"""

from __future__ import annotations

from mobstd.ocss.generated.v1_0_alpha import STANDARD
from mobstd.ocss.generated.v1_0_alpha.client import AsyncMaasClient, MaasClient
from mobstd.ocss.generated.v1_0_alpha.client import AsyncOperatorClient as AsyncClient
from mobstd.ocss.generated.v1_0_alpha.client import OperatorClient as Client
from mobstd.ocss.generated.v1_0_alpha.errors import (
    MissingBooking,
    MissingJourney,
    MissingUser,
    StatusAlreadySet,
)
from mobstd.ocss.generated.v1_0_alpha.models import (
    Booking,
    Car,
    CarpoolBooking,
    CarpoolBookingEvent,
    DriverCarpoolBooking,
    DriverJourney,
    DriverRegularTrip,
    DriverTrip,
    Error,
    JourneySchedule,
    Message,
    PassengerCarpoolBooking,
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
    BookingsQuery,
    DriverJourneysQuery,
    DriverRegularTripsQuery,
    PassengerJourneysQuery,
    PassengerRegularTripsQuery,
    PatchBookingsQuery,
)
from mobstd.ocss.generated.v1_0_alpha.service import (
    MAAS_OPERATIONS,
    OPERATOR_OPERATIONS,
    MaasService,
    OperatorService,
)
from mobstd.transport.answer import Answer, RawResponse
from mobstd.transport.auth import ApiKey, BearerToken
from mobstd.transport.dialect import Dialect
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
    "Car",
    "CarpoolBooking",
    "CarpoolBookingEvent",
    "Client",
    "Dialect",
    "DriverCarpoolBooking",
    "DriverJourney",
    "DriverJourneysQuery",
    "DriverRegularTrip",
    "DriverRegularTripsQuery",
    "DriverTrip",
    "Error",
    "JourneySchedule",
    "MaasClient",
    "MaasService",
    "Message",
    "MissingBooking",
    "MissingJourney",
    "MissingUser",
    "OperatorService",
    "PassengerCarpoolBooking",
    "PassengerJourney",
    "PassengerJourneysQuery",
    "PassengerRegularTrip",
    "PassengerRegularTripsQuery",
    "PassengerTrip",
    "PatchBookingsQuery",
    "Preferences",
    "Price",
    "RawResponse",
    "RequestOptions",
    "RetryPolicy",
    "Schedule",
    "StatusAlreadySet",
    "Timeout",
    "Trip",
    "User",
]
