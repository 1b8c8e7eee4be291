"""Between 2.0 and 3.0: a way for each person became one way, names and numbers a key.

A key comes from the whole phone number and the last name, where a document of 2.0 has both; what
groups the journeys of a car, the operator's ids of persons and distances are never guessed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mobstd.carpool_proof.identity import (
    IdentityWarning,
    NameRefused,
    PhoneRefused,
    identity_key,
    normalised,
    phone_trunc,
)
from mobstd.carpool_proof.migration.part import Note, Part
from mobstd.judging.mapping import Kind

__all__ = ["down", "up"]

_NAMES = ("firstname", "lastname", "email", "company")
_KEPT = ("operator_user_id", "phone_trunc", "phone", "over_18", "travel_pass")
_PLACE = ("datetime", "lat", "lon")
_STATUSES: Mapping[str, str] = {"expired": "terms_violation_error"}
_FEWER: Mapping[str, str] = {"anomaly_error": "fraud_error"}
_UNSAYABLE = ("validation_error", "unknown", "terms_violation_error")


class _Notes(list[Note]):
    """What was noted on the way; ``lacks`` is set where the other side wants what is not there."""

    lacks = False

    def add(self, code: str, kind: Kind, pointer: str) -> None:
        self.append(Note(code, kind, pointer))
        self.lacks = self.lacks or kind == "missing"

    def lose(self, document: Mapping[str, Any], at: str, names: Sequence[str]) -> None:
        """Name those of the members that a document has."""
        for name in names:
            if name in document:
                self.add("migration-member", "lost", f"{at}/{name}")

    def want(self, document: Mapping[str, Any], at: str, names: Sequence[str]) -> None:
        """Name those of the members that a document has not."""
        for name in names:
            if name not in document:
                self.add("migration-wanted", "missing", f"{at}/{name}")


_Change = Callable[[Any, str, _Notes], Any]


def up(part: Part) -> Part:
    """Return a document of 2.0 as 3.0 has it."""
    return _changed(part, _UP)


def down(part: Part) -> Part:
    """Return a document of 3.0 as 2.0 has it."""
    return _changed(part, _DOWN)


def _changed(part: Part, changes: Mapping[str, _Change]) -> Part:
    if part.schema not in changes:
        return part
    notes = _Notes()
    document = changes[part.schema](part.document, "", notes)
    return Part(part.schema, None if notes.lacks else document, tuple(notes))


def _some(document: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: document[name] for name in names if name in document}


# up


def _journey(old: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    driver, passenger = old["driver"], old["passenger"]
    notes.want(old, "", ["operator_journey_id"])
    notes.want(passenger, "/passenger", ["distance"])
    for name in ("start", "end", "distance"):
        if name in driver and driver[name] != passenger.get(name):
            notes.add("migration-member", "lost", f"/driver/{name}")
    for who, one in (("driver", driver), ("passenger", passenger)):
        if "duration" in one and one["duration"] != _lasted(passenger):
            notes.add("migration-member", "lost", f"/{who}/duration")
    notes.lose(driver, "/driver", ["payments"])
    return {
        "operator_journey_id": old["journey_id"],
        "operator_trip_id": old.get("operator_journey_id"),
        "operator_class": old["operator_class"],
        "incentives": _incentives(driver["incentives"], passenger["incentives"], notes),
        **{name: _place(passenger[name], f"/passenger/{name}", notes) for name in ("start", "end")},
        "distance": passenger.get("distance"),
        "driver": {
            "identity": _identity(driver["identity"], "/driver/identity", notes),
            "revenue": driver["revenue"],
        },
        "passenger": {
            "identity": _identity(passenger["identity"], "/passenger/identity", notes),
            **_some(passenger, ("contribution", "seats", "payments")),
        },
    }


def _lasted(passenger: Mapping[str, Any]) -> float:
    start, end = (datetime.fromisoformat(passenger[n]["datetime"]) for n in ("start", "end"))
    return (end - start).total_seconds()


def _incentives(ours: list[Any], theirs: list[Any], notes: _Notes) -> list[Any]:
    """Return the incentives of both; they are counted anew where two have one number."""
    both = [*ours, *theirs]
    if theirs and len({one["index"] for one in both}) < len(both):
        notes.add("migration-order", "approximated", "/passenger/incentives")
        return [{**one, "index": place} for place, one in enumerate(both)]
    return both


def _place(old: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    notes.want(old, at, ("lat", "lon"))
    notes.lose(old, at, ("insee", "literal", "country"))
    return _some(old, _PLACE)


def _identity(old: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    notes.want(old, at, ["operator_user_id"])
    new = _some(old, _KEPT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IdentityWarning)
            new["identity_key"] = identity_key(old["phone"], old["lastname"])
        if normalised(old["lastname"]).notes:
            notes.add("migration-key-ours", "approximated", f"{at}/lastname")
    except (KeyError, PhoneRefused, NameRefused):
        notes.add("migration-key", "missing", at)
    if "phone_trunc" not in new:
        try:
            new["phone_trunc"] = phone_trunc(old["phone"])
        except (KeyError, PhoneRefused):
            notes.add("migration-wanted", "missing", f"{at}/phone_trunc")
    notes.lose(old, at, _NAMES)
    return new


def _person(kept: Sequence[str]) -> _Change:
    def change(old: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
        identity = _identity(old["identity"], "/identity", notes)
        notes.lose(old, at, [name for name in old if name not in kept and name != "identity"])
        return {"identity": identity, **_some(old, kept)}

    return change


def _receipt(old: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    rest = {name: value for name, value in old.items() if name != "journey_id"}
    return {"operator_journey_id": old["journey_id"], **rest}


def _status(old: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    if old["status"] == "fraud_error":  # anomalies were no word of their own
        notes.add("migration-label", "approximated", "/status")
    notes.lose(old, at, ["metadata"])
    new = _receipt({n: v for n, v in old.items() if n != "metadata"}, at, notes)
    labels = {"terms_violation_details": ["expired"]} if old["status"] == "expired" else {}
    return {**new, "status": _STATUSES.get(old["status"], old["status"]), **labels}


# down


def _old_journey(new: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    for name in ("start", "end"):
        notes.add("migration-way", "approximated", f"/{name}")
    notes.lose(new, at, ["licence_plate"])
    way = _some(new, ("start", "end"))
    driver, passenger = (
        {
            **new[who],
            **way,
            "identity": _old_identity(new[who]["identity"], f"/{who}/identity", notes),
        }
        for who in ("driver", "passenger")
    )
    return {
        "journey_id": new["operator_journey_id"],
        "operator_journey_id": new["operator_trip_id"],
        "operator_class": new["operator_class"],
        "driver": {**driver, "incentives": new["incentives"]},
        "passenger": {**passenger, "incentives": [], "distance": new["distance"]},
    }


def _old_identity(new: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    notes.lose(new, at, ("identity_key", "driving_license"))
    return _some(new, _KEPT)


def _old_person(new: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    notes.want(new, at, ("start", "end"))
    return {**new, "identity": _old_identity(new["identity"], "/identity", notes)}


def _old_receipt(new: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    rest = {name: value for name, value in new.items() if name != "operator_journey_id"}
    return {"journey_id": new["operator_journey_id"], **rest}


def _old_status(new: Mapping[str, Any], at: str, notes: _Notes) -> dict[str, Any]:
    status, terms = new["status"], new.get("terms_violation_details", [])
    if status == "terms_violation_error" and terms == ["expired"]:
        status = "expired"
    elif status in _UNSAYABLE:
        notes.add("migration-word", "missing", "/status")
    elif status in _FEWER:
        notes.add("migration-label", "approximated", "/status")
    lost = ("fraud_error_labels", "anomaly_error_details", "terms_violation_details")
    told = ("terms_violation_details",) if status == "expired" else ()
    notes.lose(new, at, [name for name in lost if name not in told])
    old = {name: value for name, value in new.items() if name not in lost}
    return _old_receipt({**old, "status": _FEWER.get(status, status)}, at, notes)


_UP: Mapping[str, _Change] = {
    "journey": _journey,
    "driver": _person(["revenue"]),
    "passenger": _person(["contribution", "seats", "payments"]),
    "identity": _identity,
    "time-geopoint": _place,
    "journey-receipt": _receipt,
    "journey-status": _status,
}
_DOWN: Mapping[str, _Change] = {
    "journey": _old_journey,
    "driver": _old_person,
    "passenger": _old_person,
    "identity": _old_identity,
    "journey-receipt": _old_receipt,
    "journey-status": _old_status,
}
