"""OCSS 2.0-proposal, which nobody has adopted: clients, models, what operator and MaaS serve.

    import os

    from mobstd.ocss.booking import booking_of
    from mobstd.ocss.v2_0 import ApiKey, Client

    auth = ApiKey("X-API-Key", os.environ["PARTNER_KEY"])
    with Client(base_url="https://operator.example.org/v2", auth=auth) as client:
        there = {(e.method, e.path) for e in client.get_api_info().endpoints
                 if e.status == "IMPLEMENTED"}
        if ("POST", "/bookings") in there:
            wanted = booking_of(journey, traveller, message="Bonjour, avec un vélo pliant ?")
            booking = client.post_bookings(wanted)

It has the names of ``mobstd.ocss.v1_0``, and what the proposal adds: ``BookingRequest`` (a booking
with words), ``ApiInfo``, and the refusals ``BookingAlreadyExists``, ``NoMoreSeats`` and
``InvalidTransition``. ``mobstd.ocss.mapping`` takes documents from one version to the other, and
names what is lost. What changes, and who proposed it: ``docs/how-to/ocss-2.0-proposal.md``.
"""

from __future__ import annotations

from mobstd.ocss.generated.v2_0_proposal import STANDARD
from mobstd.ocss.generated.v2_0_proposal.client import AsyncMaasClient, MaasClient
from mobstd.ocss.generated.v2_0_proposal.client import AsyncOperatorClient as AsyncClient
from mobstd.ocss.generated.v2_0_proposal.client import OperatorClient as Client
from mobstd.ocss.generated.v2_0_proposal.errors import (
    BookingAlreadyExists,
    InvalidTransition,
    MissingBooking,
    MissingJourney,
    MissingUser,
    NoMoreSeats,
    StatusAlreadySet,
)
from mobstd.ocss.generated.v2_0_proposal.models import (
    ApiEndpoint,
    ApiInfo,
    Booking,
    BookingRequest,
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
from mobstd.ocss.generated.v2_0_proposal.queries import (
    BookingsQuery,
    DriverJourneysQuery,
    DriverRegularTripsQuery,
    PassengerJourneysQuery,
    PassengerRegularTripsQuery,
    PatchBookingsQuery,
)
from mobstd.ocss.generated.v2_0_proposal.service import (
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
    "ApiEndpoint",
    "ApiInfo",
    "ApiKey",
    "AsyncClient",
    "AsyncMaasClient",
    "BearerToken",
    "Booking",
    "BookingAlreadyExists",
    "BookingRequest",
    "BookingsQuery",
    "Car",
    "CarpoolBooking",
    "CarpoolBookingEvent",
    "Client",
    "DriverCarpoolBooking",
    "DriverJourney",
    "DriverJourneysQuery",
    "DriverRegularTrip",
    "DriverRegularTripsQuery",
    "DriverTrip",
    "Error",
    "InvalidTransition",
    "JourneySchedule",
    "MaasClient",
    "MaasService",
    "Message",
    "MissingBooking",
    "MissingJourney",
    "MissingUser",
    "NoMoreSeats",
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
