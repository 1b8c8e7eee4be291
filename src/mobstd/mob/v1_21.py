"""Mon Compte Mobilité, version 1.21, a legacy interface: clients, models, filters, stamps.

    from mobstd.mob.v1_21 import Client, IncentivesQuery, filter_of
    from mobstd.transport.auth import BearerToken

    with Client("https://platform.example.org", auth=BearerToken(token)) as platform:
        where = filter_of({"territoryIds": {"inq": ["territory-1"]}}, limit=200)
        for incentive in platform.list_incentives(IncentivesQuery(filter=where)):
            print(incentive.title, incentive.allocated_amount)

Amounts that were granted are euros, those of invoices cents. Answers to an aid's questions are sent
under their French titles, as ``specificFields`` publishes them; dates go out as ISO 8601 and come
back as day, month and year. What is generated stands in ``mobstd.mob.generated``.
"""

from __future__ import annotations

from mobstd.mob.filtering import filter_of
from mobstd.mob.generated.v1_21 import STANDARD
from mobstd.mob.generated.v1_21.client import AsyncPlatformClient as AsyncClient
from mobstd.mob.generated.v1_21.client import PlatformClient as Client
from mobstd.mob.generated.v1_21.models import (
    Address,
    Attachment,
    AttachmentMetadata,
    CheckUse,
    ChoiceList,
    Community,
    Created,
    CreatedMetadata,
    CreateMetadata,
    CreateSubscription,
    Customer,
    EncryptionKey,
    Enterprise,
    EnterpriseDetails,
    Error,
    ErrorBody,
    ErrorDetail,
    Funder,
    Incentive,
    InputChoice,
    Invoice,
    Link,
    MaasCommunity,
    PrivateKeyAccess,
    Product,
    ProductDetails,
    Rejection,
    SpecificField,
    Subscription,
    SubscriptionPage,
    SubscriptionPatch,
    SubscriptionTimestamp,
    Territory,
    TimestampRequest,
    Transaction,
    Validation,
    VerifyResult,
)
from mobstd.mob.generated.v1_21.queries import (
    IncentivesQuery,
    SubscriptionsQuery,
    TerritoriesQuery,
    TimestampsQuery,
)
from mobstd.mob.refusals import Again, again
from mobstd.mob.stamps import in_order, verify_timestamp

__all__ = [
    "STANDARD",
    "Address",
    "Again",
    "AsyncClient",
    "Attachment",
    "AttachmentMetadata",
    "CheckUse",
    "ChoiceList",
    "Client",
    "Community",
    "CreateMetadata",
    "CreateSubscription",
    "Created",
    "CreatedMetadata",
    "Customer",
    "EncryptionKey",
    "Enterprise",
    "EnterpriseDetails",
    "Error",
    "ErrorBody",
    "ErrorDetail",
    "Funder",
    "Incentive",
    "IncentivesQuery",
    "InputChoice",
    "Invoice",
    "Link",
    "MaasCommunity",
    "PrivateKeyAccess",
    "Product",
    "ProductDetails",
    "Rejection",
    "SpecificField",
    "Subscription",
    "SubscriptionPage",
    "SubscriptionPatch",
    "SubscriptionTimestamp",
    "SubscriptionsQuery",
    "TerritoriesQuery",
    "Territory",
    "TimestampRequest",
    "TimestampsQuery",
    "Transaction",
    "Validation",
    "VerifyResult",
    "again",
    "filter_of",
    "in_order",
    "verify_timestamp",
]
