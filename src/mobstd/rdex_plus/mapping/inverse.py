"""A journey or a regular trip of OCSS as a journey of RDEX+."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from mobstd.judging.mapping import Mapped, Source
from mobstd.rdex_plus.generated.v2_0 import STANDARD
from mobstd.rdex_plus.mapping.journeys import FRANCE
from mobstd.rdex_plus.mapping.schedules import instant, moves, utc_slot, weeks
from mobstd.rdex_plus.slots import Slot

__all__ = ["journey_from_ocss"]

_PERSON = ("id", "alias", "firstName", "lastName", "picture", "gender", "verifiedIdentity")
_TYPES = {"FREE": "free", "PAYING": "fixed", "UNKNOWN": "unknown"}
_WALKS = tuple(
    f"{leg}Walking{what}"
    for leg in ("departureToPickup", "dropoffToArrival")
    for what in ("Distance", "Duration", "Polyline")
)


def journey_from_ocss(
    schema: str,
    item: Mapping[str, Any],
    *,
    since: int,
    identity: str | None = None,
    zone: ZoneInfo = FRANCE,
) -> Mapped:
    """Return the journey of RDEX+ that an item of OCSS is.

    Args:
        schema: ``driver-journey``, ``passenger-journey``, ``driver-regular-trip`` or
            ``passenger-regular-trip``.
        item: the document.
        since: when a regular trip that lists no dated journey begins to run, in UNIX seconds.
        identity: the id, where the item has none, as no regular trip has.
        zone: where times of day are meant.

    Returns:
        ``None`` for the document where there is no id.
    """
    source, side = Source(item, STANDARD), schema.partition("-")[0]
    regular = schema.endswith("trip")
    found: dict[str, Any] = {"carpoolerType": side}
    _set(found, "id", source.take("/id") or identity)
    _set(found, "frequency", "regular" if regular else "punctual")
    kind = source.take("/type")
    found["type"] = kind.lower() if isinstance(kind, str) else "planned"
    operator = source.take("/operator")
    found["operator"] = operator
    found["user"] = {
        name: value for name in _PERSON if (value := source.take(f"/{side}/{name}")) is not None
    }
    if source.look(f"/{side}/operator") == operator:
        source.take(f"/{side}/operator")
    grade = source.take(f"/{side}/grade")
    _set(found["user"], "grade", None if grade is None else str(grade))
    for end, name in (("from", "passengerPickup"), ("to", "passengerDrop")):
        found[end] = {
            "longitude": source.take(f"/{name}Lng"),
            "latitude": source.take(f"/{name}Lat"),
        }
        _set(found[end], "address", source.take(f"/{name}Address"))
    for name in ("duration", "distance", "journeyPolyline", "webUrl"):
        _set(found, name, source.take(f"/{name}"))
    if side == "driver":
        _set(found, "preferences", source.take("/preferences"))
        _set(found, "vehicle", source.take("/car"))
    walks = {n: v for n in _WALKS if (v := source.take(f"/{n}")) is not None}
    _set(found, "passengerWalkingJourney", walks or None)
    if regular:
        found["outward"] = _running(source, since, zone)
    else:
        found["outward"] = {"departureDate": source.take("/passengerPickupDate")}
        _set(found, "price", _price(source))
    seats = "availableSeats" if side == "driver" else "requestedSeats"
    _set(found, seats, source.take(f"/{seats}"))
    if seats not in found:
        source.note("mapping-seats", "missing", f"/{seats}")
    if "id" not in found:
        source.note("mapping-id", "missing", "/id")
    return Mapped("journey", found if "id" in found else None, source.losses())


def _running(source: Source, since: int, zone: ZoneInfo) -> dict[str, Any]:
    """Return the schedule in UTC, by the clock of the place when the trip begins to run."""
    schedules = list(_objects(source.look("/schedules")))
    dates: list[float] = [
        date
        for _, schedule in schedules
        for _, journey in _objects(schedule.get("journeySchedules"))
        if instant(date := journey.get("passengerPickupDate"))
    ]
    first = int(min(dates, default=since))
    found: list[Slot] = []
    for place, schedule in schedules:
        at = utc_slot(
            schedule.get("passengerPickupDay"),
            schedule.get("passengerPickupTimeOfDay"),
            first,
            zone,
        )
        if at is None:
            source.note("mapping-no-departures", "missing", f"/schedules/{place}")
            continue
        for name in ("Day", "TimeOfDay"):
            source.take(f"/schedules/{place}/passengerPickup{name}")
        found.append(Slot(at, 0))
    if schedules and moves(first, None, zone):
        source.note("mapping-clock", "approximated", "/schedules")
    for place, schedule in schedules:
        if schedule.get("journeySchedules"):
            source.note("mapping-dated", "lost", f"/schedules/{place}/journeySchedules")
    running: dict[str, Any] = {"departureDate": first}
    if found:
        running["regularSchedule"] = weeks(found)
    return running


def _objects(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield each object of a list with its place."""
    for place, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, Mapping):
            yield place, one


def _price(source: Source) -> dict[str, Any] | None:
    """Return the price; PAYING becomes fixed, since OCSS does not tell it from variable."""
    if source.look("/price") is None:
        return None
    kind = _TYPES.get(str(source.take("/price/type", "UNKNOWN")))
    if kind is None:
        return None
    found: dict[str, Any] = {"type": kind}
    if kind != "unknown":
        for name in ("amount", "currency"):
            _set(found, name, source.take(f"/price/{name}"))
    if kind == "fixed":
        source.note("mapping-price-kind", "approximated", "/price/type")
    return found


def _set(found: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        found[name] = value
