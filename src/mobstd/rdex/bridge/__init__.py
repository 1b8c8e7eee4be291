"""A bridge between legacy ads and OCSS, in both directions, as functions and as servers.

    loss        what a mapping lost, approximated or assumed
    asking      OCSS queries as legacy searches, and the other way round
    items       ads as OCSS journeys and regular trips
    ads         OCSS journeys and regular trips as ads
    contacts    messages as contacts, and the other way round
    filters     what one side can't ask, applied to what came back
    clock       local times of day, and the instants that they are
    globe       how far two places are apart
    ocss_face   a legacy partner, shown as an OCSS operator
    rdex_face   an OCSS operator, shown as a legacy one
    settings    options that come as text
    opening     both as ASGI apps to a URL

Each function returns what it made and a tuple of ``Loss``. OCSS documents are plain JSON values
here, as they stand on the wire; ads are models where they are read and plain where they are made.
"""

from __future__ import annotations

from mobstd.rdex.bridge.ads import ad_of_journey, ads_of_trip
from mobstd.rdex.bridge.asking import Asked, search_of, searches_of
from mobstd.rdex.bridge.clock import zone_of
from mobstd.rdex.bridge.contacts import connection_of, message_of
from mobstd.rdex.bridge.filters import ad_fits, journey_fits, trip_fits
from mobstd.rdex.bridge.items import domain_of, journey_of, trip_of
from mobstd.rdex.bridge.loss import Loss
from mobstd.rdex.bridge.opening import ocss_from_rdex, rdex_from_ocss

__all__ = [
    "Asked",
    "Loss",
    "ad_fits",
    "ad_of_journey",
    "ads_of_trip",
    "connection_of",
    "domain_of",
    "journey_fits",
    "journey_of",
    "message_of",
    "ocss_from_rdex",
    "rdex_from_ocss",
    "search_of",
    "searches_of",
    "trip_fits",
    "trip_of",
    "zone_of",
]
