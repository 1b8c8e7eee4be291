"""Documents made from others by a JSON Patch, and the exchange that carries one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from mobstd.judging.exchange import Exchange, Request, Response
from mobstd.judging.pointer import steps

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


def _place(document: Any, pointer: str) -> tuple[Any, Any]:
    *above, last = steps(pointer)
    for step in above:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document, int(last) if isinstance(document, list) else last


def patched(document: Any, edits: Sequence[Mapping[str, Any]]) -> Any:
    """Return the document after a JSON Patch of ``add``, ``replace``, ``remove`` and ``move``."""
    document = deepcopy(document)
    for edit in edits:
        value = edit.get("value")
        if not edit["path"]:
            document = value
            continue
        if edit["op"] == "move":
            holder, key = _place(document, edit["from"])
            value = holder.pop(key)
        holder, key = _place(document, edit["path"])
        if edit["op"] == "remove":
            del holder[key]
        elif edit["op"] == "replace":
            assert json.dumps(holder[key]) != json.dumps(value), edit["path"]
            holder[key] = value
        elif isinstance(holder, list):
            holder.insert(key, value)
        else:
            holder[key] = value
    return document


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
