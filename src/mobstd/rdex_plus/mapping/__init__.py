"""RDEX+ 2.0 and OCSS 1.0-alpha, document by document, with what is lost on the way by name.

    from mobstd.rdex_plus.mapping import journey_to_ocss

    for mapped in journey_to_ocss(journey):
        print(mapped.schema, mapped.document)
        for loss in mapped.losses:
            print(loss.pointer, loss.text("en"))

schedules  departures of a week, from UTC to the clock of a place and back
journeys   a journey of RDEX+ as journeys and regular trips of OCSS
bookings   bookings, messages and refusals
inverse    a journey or a regular trip of OCSS as a journey of RDEX+

Every function is pure: JSON values in, JSON values out. A member that neither side has a place for
is lost, and said to be; what is close but not the same is approximated; what one side requires and
the other does not know is missing. Nothing is filled in silently.
"""

from __future__ import annotations

from mobstd.judging.mapping import Loss, Mapped
from mobstd.rdex_plus.mapping.bookings import (
    STATUSES,
    booking_id,
    booking_to_ocss,
    error_to_ocss,
    message_to_ocss,
    uuid_of,
)
from mobstd.rdex_plus.mapping.inverse import journey_from_ocss
from mobstd.rdex_plus.mapping.journeys import PRICE_TYPES, journey_to_ocss

__all__ = [
    "PRICE_TYPES",
    "STATUSES",
    "Loss",
    "Mapped",
    "booking_id",
    "booking_to_ocss",
    "error_to_ocss",
    "journey_from_ocss",
    "journey_to_ocss",
    "message_to_ocss",
    "uuid_of",
]
