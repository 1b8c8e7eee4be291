"""The registry of carpool proofs, version 3.4: clients, models, and what a registry serves.

    import os

    from mobstd.carpool_proof.v3_4 import BearerToken, Client, TokenRequest

    keys = TokenRequest(
        access_key=os.environ["RPC_ACCESS_KEY"], secret_key=os.environ["RPC_SECRET_KEY"]
    )
    with Client(base_url="https://registry.example.org/v3.4") as door:
        token = door.create_access_token(keys).access_token
    with Client(base_url="https://registry.example.org/v3.4", auth=BearerToken(token)) as client:
        receipt = client.create_journey(journey).result.data
        print(client.get_journey(receipt.operator_journey_id).status)

A token lives five minutes, and few may be asked for a minute: keep it. A 409 means that the
registry has the journey, not that it accepts it: read its status. A creation that may have been
taken without an answer raises ``OutcomeUnknown`` and is not sent again: read the status first.

Money is whole euro cents, distances are metres, durations seconds, instants aware datetimes. What
the real server does beyond the text stands in the overlay ``server``; what it counts by, in
``conformance/carpool-proof/rules``. What is generated stands in ``mobstd.carpool_proof.generated``.
"""

from __future__ import annotations

from mobstd.carpool_proof.generated.v3_4 import STANDARD
from mobstd.carpool_proof.generated.v3_4.client import AsyncRegistryClient as AsyncClient
from mobstd.carpool_proof.generated.v3_4.client import RegistryClient as Client
from mobstd.carpool_proof.generated.v3_4.models import (
    AccessToken,
    AnomalyDetail,
    AnomalyMetas,
    Cancellation,
    CreatedResult,
    Credential,
    CredentialRequest,
    Driver,
    ErrorBody,
    Export,
    ExportRequest,
    FraudDetail,
    Geopoint,
    GeoSelector,
    Identity,
    Incentive,
    Journey,
    JourneyCreated,
    JourneyReceipt,
    JourneyReference,
    JourneyStatus,
    JourneyUpdate,
    KeyPair,
    Passenger,
    Payment,
    PlainError,
    Route,
    RpcError,
    TermsCount,
    TermsData,
    TermsDetail,
    TermsError,
    TermsRefusal,
    TimeGeopoint,
    TokenRequest,
    TravelPass,
)
from mobstd.carpool_proof.generated.v3_4.queries import (
    CancelJourneyQuery,
    CredentialsQuery,
    DeleteCredentialsQuery,
    JourneyQuery,
    JourneysQuery,
    PointByAddressQuery,
    PointByInseeQuery,
    RouteQuery,
    UpdateJourneyQuery,
)
from mobstd.carpool_proof.generated.v3_4.service import REGISTRY_OPERATIONS, RegistryService
from mobstd.transport.answer import Answer, RawResponse
from mobstd.transport.auth import BearerToken
from mobstd.transport.options import RequestOptions
from mobstd.transport.retry import RetryPolicy
from mobstd.transport.timeout import Timeout

__all__ = [
    "REGISTRY_OPERATIONS",
    "STANDARD",
    "AccessToken",
    "AnomalyDetail",
    "AnomalyMetas",
    "Answer",
    "AsyncClient",
    "BearerToken",
    "CancelJourneyQuery",
    "Cancellation",
    "Client",
    "CreatedResult",
    "Credential",
    "CredentialRequest",
    "CredentialsQuery",
    "DeleteCredentialsQuery",
    "Driver",
    "ErrorBody",
    "Export",
    "ExportRequest",
    "FraudDetail",
    "GeoSelector",
    "Geopoint",
    "Identity",
    "Incentive",
    "Journey",
    "JourneyCreated",
    "JourneyQuery",
    "JourneyReceipt",
    "JourneyReference",
    "JourneyStatus",
    "JourneyUpdate",
    "JourneysQuery",
    "KeyPair",
    "Passenger",
    "Payment",
    "PlainError",
    "PointByAddressQuery",
    "PointByInseeQuery",
    "RawResponse",
    "RegistryService",
    "RequestOptions",
    "RetryPolicy",
    "Route",
    "RouteQuery",
    "RpcError",
    "TermsCount",
    "TermsData",
    "TermsDetail",
    "TermsError",
    "TermsRefusal",
    "TimeGeopoint",
    "Timeout",
    "TokenRequest",
    "TravelPass",
    "UpdateJourneyQuery",
]
