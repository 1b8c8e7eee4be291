"""A document of 2.0-proposal as one of 1.0-alpha, which has fewer places."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from mobstd.canon.schemas import schema_names
from mobstd.errors import UnknownName
from mobstd.judging.mapping import Mapped
from mobstd.ocss.editions import ALPHA, PROPOSAL
from mobstd.ocss.mapping.notes import Notes

__all__ = ["down", "status_down"]

_TARGETS: Mapping[str, str | None] = {
    "booking-request": "booking",
    "api-info": None,
    "api-endpoint": None,
}
"""What a schema of the proposal becomes, where it is none of the draft."""

_PLACELESS: Mapping[str, tuple[str, ...]] = {
    "booking-request": ("message",),
    "driver-regular-trip": ("price", "availableSeats"),
    "passenger-regular-trip": ("requestedSeats",),
    "carpool-booking": ("driverJourneyId", "passengerJourneyId"),
    "driver-carpool-booking": ("driverJourneyId", "passengerJourneyId"),
    "passenger-carpool-booking": ("driverJourneyId", "passengerJourneyId"),
    "carpool-booking-event": ("message",),
}
"""Members for which the draft has no place."""

_TALKING = "INITIATED"


def status_down(status: str) -> str | None:
    """Return the status in the draft, ``None`` for ``INITIATED``: it knows no mere conversation."""
    status = PROPOSAL.lifecycle.known(status)
    if status == _TALKING:
        return None
    return ALPHA.lifecycle.first[0] if status in PROPOSAL.lifecycle.first else status


def down(schema: str, document: Any) -> Mapped:
    """Return a document of 1.0-alpha.

    Args:
        schema: the schema of 2.0-proposal that the document is of, such as ``booking-request``.
        document: the document; it stays as it is.

    Raises:
        UnknownName: where 2.0-proposal has no such schema.
    """
    known = schema_names(PROPOSAL.version)
    if schema not in known:
        params = {"wanted": schema, "version": PROPOSAL.standard, "known": ", ".join(known)}
        raise UnknownName("canon.unknown-schema", **params)
    mapper = _Down()
    target = _TARGETS.get(schema, schema)
    if target is None:
        mapper.note("no-document", "lost", "")
        return Mapped(schema, None, tuple(mapper.losses))
    made = mapper.mapped(schema, deepcopy(document), "")
    return Mapped(target, made, tuple(mapper.losses))


class _Down(Notes):
    """Maps one document; ``at`` is where in it a part stands. ``None``: the part can't be."""

    def mapped(self, schema: str, part: Any, at: str) -> Any:
        if schema == "booking-status":
            return self._status(part, at)
        if not isinstance(part, dict):
            return part
        for name in _PLACELESS.get(schema, ()):
            self.drop(part, name, at, "member")
        if schema == "error":
            self._error(part, at)
        if schema == "carpool-booking-event":
            side = "driver" if "driver" in part.get("data", ()) else "passenger"
            part["data"] = self.mapped(f"{side}-carpool-booking", part.get("data"), f"{at}/data")
            return None if part["data"] is None else part
        if "status" in part and (schema.startswith("booking") or schema.endswith("booking")):
            part["status"] = self.mapped("booking-status", part["status"], f"{at}/status")
            return None if part["status"] is None else part
        return part

    def _status(self, status: Any, at: str) -> Any:
        if not isinstance(status, str):
            return status
        found = status_down(status)
        if found is None:
            self.note("only-talk", "missing", at)
        elif found != status:
            code = "waited-for" if status in PROPOSAL.lifecycle.first else "alias"
            self.note(code, "approximated", at)
        return found

    def _error(self, error: dict[str, Any], at: str) -> None:
        """Put the words behind the code, where the draft has them."""
        words = error.pop("message", None)
        if words is not None:
            code = error.get("error")
            error["error"] = words if code is None else f"{code}: {words}"
            self.note("error-words", "approximated", f"{at}/message")
