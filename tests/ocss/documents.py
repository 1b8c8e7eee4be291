"""Documents made from others by a JSON Patch, and the exchange that carries one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.documents import patched

from mobstd.judging.exchange import Exchange, Request, Response

__all__ = ["OPERATIONS", "SENT", "WHOLE", "answered", "patched"]

OPERATIONS = {
    "driver-journey": "getDriverJourneys",
    "passenger-journey": "getPassengerJourneys",
    "driver-regular-trip": "getDriverRegularTrips",
    "passenger-regular-trip": "getPassengerRegularTrips",
    "error": "getDriverJourneys",
    "booking": "getBookings",
    "api-info": "getApiInfo",
}
SENT = {"message", "carpool-booking-event", "booking-request"}
"""Documents of requests alone, which no answer brings."""


WHOLE = {"error", "booking", "api-info"}
"""Documents that an answer consists of."""


def answered(schema: str, document: Any) -> Exchange:
    """Return the exchange in which the document is the only item, the whole, or the refusal."""
    refusal = schema == "error"
    body = document if schema in WHOLE else [document]
    return Exchange(
        id="x1",
        operation=OPERATIONS[schema],
        purpose="negative" if refusal else "explore",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        request=Request("GET", "/"),
        response=Response(
            400 if refusal else 200,
            (("Content-Type", "application/json"),),
            json.dumps(body).encode(),
        ),
        negative=refusal,
    )
