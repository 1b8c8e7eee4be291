"""RDEX 1.2 (the manual of January 2016): clients, searches, models, signatures, and a server.

    import os
    from datetime import date

    from mobstd.rdex.v1_2 import Client, Keys, Search

    keys = Keys(os.environ["PARTNER_PUBLIC"], os.environ["PARTNER_PRIVATE"])
    with Client("https://operator.example.org/rdexapi", keys=keys) as client:
        search = Search((45.1915, 5.7145), (45.3659, 5.5906), mindate=date(2026, 12, 1))
        for ad in client.search(search):
            print(ad.outward.mindate, ad.url)

Distances are metres, durations seconds, prices euros. Times of day are on the clock of the place,
with some partners on that of UTC. What is generated from the canon stands in
``mobstd.rdex.generated``.
"""

from __future__ import annotations

from mobstd.rdex.client import AsyncClient, Client
from mobstd.rdex.door import Door, behind
from mobstd.rdex.generated.v1_2 import STANDARD
from mobstd.rdex.generated.v1_2.models import (
    AdReference,
    Connection,
    Cost,
    Days,
    Driver,
    Error,
    Journey,
    Party,
    Passenger,
    Place,
    Refusal,
    Result,
    Timetable,
    Vehicle,
    Waypoint,
    Window,
)
from mobstd.rdex.generated.v1_2.queries import JourneysQuery
from mobstd.rdex.generated.v1_2.service import OPERATOR_OPERATIONS, OperatorService
from mobstd.rdex.refusals import (
    AccessDenied,
    AlreadyExists,
    InvalidInput,
    InvalidUuid,
    OriginMismatch,
    ResourceNotFound,
    SignatureMismatch,
    TimestampTooSkewed,
    TooLate,
    TooManyPosts,
    TooManyQueries,
    UnknownUser,
)
from mobstd.rdex.search import Search
from mobstd.rdex.signature import WINDOW, Keys, NotAccepted, Signing, signature, verified
from mobstd.rdex.wording import refused
from mobstd.transport.answer import Answer, RawResponse
from mobstd.transport.auth import ApiKey
from mobstd.transport.options import RequestOptions
from mobstd.transport.retry import RetryPolicy
from mobstd.transport.timeout import Timeout

__all__ = [
    "OPERATOR_OPERATIONS",
    "STANDARD",
    "WINDOW",
    "AccessDenied",
    "AdReference",
    "AlreadyExists",
    "Answer",
    "ApiKey",
    "AsyncClient",
    "Client",
    "Connection",
    "Cost",
    "Days",
    "Door",
    "Driver",
    "Error",
    "InvalidInput",
    "InvalidUuid",
    "Journey",
    "JourneysQuery",
    "Keys",
    "NotAccepted",
    "OperatorService",
    "OriginMismatch",
    "Party",
    "Passenger",
    "Place",
    "RawResponse",
    "Refusal",
    "RequestOptions",
    "ResourceNotFound",
    "Result",
    "RetryPolicy",
    "Search",
    "SignatureMismatch",
    "Signing",
    "Timeout",
    "TimestampTooSkewed",
    "Timetable",
    "TooLate",
    "TooManyPosts",
    "TooManyQueries",
    "UnknownUser",
    "Vehicle",
    "Waypoint",
    "Window",
    "behind",
    "refused",
    "signature",
    "verified",
]
