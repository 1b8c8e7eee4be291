"""A journey of RDEX+ as the journeys and regular trips of OCSS that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mobstd.judging.mapping import Mapped, Source
from mobstd.rdex_plus.generated.v2_0 import STANDARD
from mobstd.rdex_plus.mapping.schedules import instant, local_slot, moves
from mobstd.rdex_plus.slots import slots

__all__ = ["FRANCE", "PRICE_TYPES", "domain", "ends", "journey_to_ocss", "person", "price"]

FRANCE = ZoneInfo("Europe/Paris")

PRICE_TYPES: Mapping[str, str] = {
    "free": "FREE",
    "fixed": "PAYING",
    "variable": "PAYING",
    "unknown": "UNKNOWN",
}
"""The type of a price, in RDEX+ and in OCSS."""

_PERSON = ("id", "alias", "firstName", "lastName", "picture", "gender", "verifiedIdentity")
_PREFERENCES = ("smoking", "animals", "music", "isTalker", "luggageSize")
_WALKS = tuple(
    f"{leg}Walking{what}"
    for leg in ("departureToPickup", "dropoffToArrival")
    for what in ("Distance", "Duration", "Polyline")
)
_OPPOSITE = {"from": "to", "to": "from"}


def journey_to_ocss(
    journey: Mapping[str, Any], *, operator: str | None = None, zone: ZoneInfo = FRANCE
) -> tuple[Mapped, ...]:
    """Return what a journey stands for: each side where it is of both, each way where it has two.

    What its schema refuses is mapped as far as it goes.

    Args:
        journey: an RDEX+ ``journey``.
        operator: its operator's Internet domain, where the caller knows it; else the host of
            ``operatorUrl``, else ``operator`` itself where it is a domain.
        zone: where times of day are to be understood (A5 of OCSS).

    Returns:
        For each of ``driver-journey``, ``passenger-journey``, ``driver-regular-trip`` and
        ``passenger-regular-trip`` that it is, the document, or ``None`` for one that lacks what
        OCSS requires.
    """
    sides = _meant(journey.get("carpoolerType"), ("driver", "passenger"))
    forms = _meant(journey.get("frequency"), ("punctual", "regular"))
    ways = ("outward", "return") if isinstance(journey.get("return"), Mapping) else ("outward",)
    return tuple(
        _mapped(Source(journey, STANDARD), side, form, way, len(ways) > 1, operator, zone)
        for side in sides
        for form in forms
        for way in ways
    )


def _meant(word: Any, known: tuple[str, str]) -> tuple[str, ...]:
    """Return what a word stands for: itself, either, or the default where it is no such word."""
    if word == "both":
        return known
    return (word,) if word in known else known[:1]


def _mapped(
    source: Source,
    side: str,
    form: str,
    way: str,
    two_ways: bool,
    operator: str | None,
    zone: ZoneInfo,
) -> Mapped:
    for chosen, word in (("/carpoolerType", side), ("/frequency", form)):
        if source.take(chosen, word) not in (word, "both"):
            source.note("mapping-word", "lost", chosen)
    for number in ("/isStopped", "/isRoundTrip"):
        source.take(number)
    if two_ways:
        source.take("/return" if way == "outward" else "/outward")
    if source.look("/isRoundTrip") == 1 and not two_ways:
        source.note("mapping-round-trip", "lost", "/isRoundTrip")
    if source.look("/isStopped") == 1:
        source.note("mapping-stopped", "lost", "/isStopped")
    own = operator or domain(source)
    found = ends(source, "to" if way == "return" else "from")
    _copy(source, found, ("duration", "distance", "webUrl"))
    if way == "outward":
        _copy(source, found, ("journeyPolyline",))
    if own is None:
        source.note("mapping-operator", "missing", "/operator")
    else:
        found["operator"] = own
    found[side] = person(source, "/user", own)
    _inner(source, found, "preferences", "/preferences", _PREFERENCES)
    if side == "driver":
        _inner(source, found, "car", "/vehicle", ("brand", "model"))
        for name in _WALKS if way == "outward" else ():
            _set(found, name, source.take(f"/passengerWalkingJourney/{name}"))
    if form == "regular":
        kind = f"{side}-regular-trip"
        _weekly(source, found, way, zone)
    else:
        kind = f"{side}-journey"
        _dated(source, found, side, way)
    known = own is not None and (form == "regular" or "passengerPickupDate" in found)
    return Mapped(kind, found if known else None, source.losses())


def domain(source: Source, prefix: str = "") -> str | None:
    """Return the Internet domain of an operator, whose name and site stand under ``prefix``."""
    name = f"{prefix}Operator" if prefix else "operator"
    host = _host(source.look(f"/{name}Url"))
    if host is not None:
        source.take(f"/{name}Url")
        source.note("mapping-operator-site", "approximated", f"/{name}Url")
        return host
    host = _host(source.look(f"/{name}"))
    if host is not None:
        source.take(f"/{name}")
    return host


def _host(text: Any) -> str | None:
    if not isinstance(text, str) or any(mark in text for mark in " @"):
        return None
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and "." in host.strip(".") else None


def ends(source: Source, start: str, above: str = "") -> dict[str, Any]:
    """Return where the passenger gets in and out, taken from the ends of the journey (A109)."""
    found: dict[str, Any] = {}
    for end, name in ((start, "passengerPickup"), (_OPPOSITE[start], "passengerDrop")):
        found[f"{name}Lat"] = source.take(f"{above}/{end}/latitude")
        found[f"{name}Lng"] = source.take(f"{above}/{end}/longitude")
        _set(found, f"{name}Address", source.take(f"{above}/{end}/address"))
        source.note("mapping-end", "approximated", f"{above}/{end}/latitude")
    return {name: value for name, value in found.items() if value is not None}


def person(source: Source, at: str, operator: str | None) -> dict[str, Any]:
    """Return a person of OCSS; a grade comes over where it is a whole number from 1 to 5."""
    found: dict[str, Any] = {}
    _copy(source, found, _PERSON, at)
    _set(found, "operator", operator)
    grade = source.look(f"{at}/grade")
    if isinstance(grade, str) and grade in "12345" and len(grade) == 1:
        found["grade"] = int(source.take(f"{at}/grade"))
    return found


def price(source: Source, at: str = "/price") -> dict[str, Any] | None:
    """Return a price of OCSS: fixed and variable are told alike."""
    kind = PRICE_TYPES.get(str(source.look(f"{at}/type")))
    if kind is None:
        return None
    source.take(f"{at}/type")
    if kind == "PAYING":
        source.note("mapping-price-kind", "approximated", f"{at}/type")
    found: dict[str, Any] = {"type": kind}
    amount = source.look(f"{at}/amount")
    if kind == "PAYING" or (kind == "FREE" and amount == 0):
        _copy(source, found, ("amount", "currency"), at)
    if kind == "PAYING":
        for name in ("amount", "currency"):
            if name not in found:
                source.note(f"mapping-{name}", "missing", f"{at}/{name}")
    return found


def _dated(source: Source, found: dict[str, Any], side: str, way: str) -> None:
    date = source.take(f"/{way}/departureDate")
    _set(found, "passengerPickupDate", date)
    kind = source.take("/type")
    _set(found, "type", kind.upper() if isinstance(kind, str) else None)
    if way == "outward":
        _set(found, "id", source.take("/id"))
    else:
        source.note("mapping-return-id", "missing", "/id")
    if side == "driver":
        _set(found, "availableSeats", source.take("/availableSeats"))
        _set(found, "price", price(source))
        return
    _set(found, "requestedSeats", source.take("/requestedSeats"))
    if date is not None:
        found["driverDepartureDate"] = date
        source.note("mapping-driver-departure", "approximated", f"/{way}/departureDate")


def _weekly(source: Source, found: dict[str, Any], way: str, zone: ZoneInfo) -> None:
    """Add the slots, on the clock that the place has when the journey begins to run."""
    at = f"/{way}/regularSchedule"
    since, until = source.look(f"/{way}/departureDate"), source.look(f"/{way}/maxDate")
    for bound, name in ((since, "departureDate"), (until, "maxDate")):
        if bound is not None:
            source.note("mapping-validity", "lost", f"/{way}/{name}")
    departures = list(slots(source.look(at)))
    if not departures or not instant(since):
        source.note("mapping-no-departures", "missing", at)
        return
    found["schedules"] = []
    for slot in departures:
        source.take(f"{at}{slot.pointer}")
        day, time = local_slot(slot.moment, since, zone)
        found["schedules"].append({"passengerPickupDay": day, "passengerPickupTimeOfDay": time})
    if moves(since, until if instant(until) else None, zone):
        source.note("mapping-clock", "approximated", at)


def _copy(source: Source, found: dict[str, Any], names: tuple[str, ...], at: str = "") -> None:
    for name in names:
        _set(found, name, source.take(f"{at}/{name}"))


def _inner(
    source: Source, found: dict[str, Any], name: str, at: str, members: tuple[str, ...]
) -> None:
    inner: dict[str, Any] = {}
    _copy(source, inner, members, at)
    if inner or source.look(at) == {}:
        found[name] = inner


def _set(found: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        found[name] = value
