"""Legacy ads as OCSS journeys and regular trips."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from urllib.parse import urlsplit

from mobstd.rdex.bridge.clock import (
    PARIS,
    day_name,
    instant,
    local,
    middle,
    seconds,
    spoken,
    window_of,
    within_reason,
)
from mobstd.rdex.bridge.loss import Loss
from mobstd.rdex.generated.v1_2.models import Cost, Driver, Journey, Passenger, Place
from mobstd.rdex.search import WEEK

__all__ = ["Side", "domain_of", "journey_of", "trip_of"]

Side = Literal["driver", "passenger"]
Item = dict[str, Any]
Losses = tuple[Loss, ...]

_CENT = Decimal("0.01")
_DEAREST = Decimal(1_000_000)
_FARTHEST = 40_000_000
_LONGEST_ID = 255
_GENDERS = {"male": "M", "female": "F"}


def domain_of(origin: str) -> str:
    """Return the domain of a site, given as an address or as a host; empty where there is none.

    A leading ``www.`` is left out, and so is a port.
    """
    text = origin.strip()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
        host = host.encode("idna").decode("ascii").lower().rstrip(".").removeprefix("www.")
    except (ValueError, UnicodeError):
        return ""
    return host if "." in host and not host.replace(".", "").isdecimal() else ""


def journey_of(
    ad: Journey, side: Side, zone: tzinfo, operator: str = ""
) -> tuple[Item | None, Losses]:
    """Return a punctual ad as a dated journey, ``None`` where it can't be one.

    The passenger gets in at the middle of the window and at the ad's own ends.

    Args:
        ad: what the partner answered.
        side: whether the author is shown as a driver or as a passenger.
        zone: the clock that the partner's times are on.
        operator: the domain to name where the ad has no usable origin.
    """
    timetable = ad.outward
    start = middle(window_of(timetable, day_name(timetable.mindate)))
    if start is None:
        return None, (Loss("outward", "unusable"),)
    if not 0 < len(str(ad.uuid)) <= _LONGEST_ID:
        return None, (Loss("uuid", "unusable"),)
    item, losses = _trip(ad, side, operator)
    if item is None:
        return None, losses
    at = instant(timetable.mindate, start, zone)
    item.update(id=str(ad.uuid), passengerPickupDate=at)
    item["type"] = "DYNAMIC" if ad.real_time == 1 else "PLANNED"
    lost = [*losses, Loss("outward", "middle"), Loss("outward", "clock")]
    if side == "driver":
        if ad.driver.seats is not None:
            item["availableSeats"] = ad.driver.seats
        item["price"], known = _price(ad.cost, ad.distance)
        lost += known
    else:
        if ad.passenger.persons is not None:
            item["requestedSeats"] = ad.passenger.persons
        item["driverDepartureDate"] = at
        lost.append(Loss("driverDepartureDate", "estimated"))
        if _paid(ad.cost):
            lost.append(Loss("cost", "no-place"))
    return item, tuple(lost)


def trip_of(
    ad: Journey, side: Side, zone: tzinfo, operator: str = ""
) -> tuple[Item | None, Losses]:
    """Return a regular ad as a trip with a slot for each of its days, ``None`` where it has none.

    Arguments as of ``journey_of``. Times of day come out on the clock of the place.
    """
    slots, lost = _slots(ad, zone)
    if not slots:
        return None, (Loss("outward", "unusable"),)
    item, losses = _trip(ad, side, operator)
    if item is None:
        return None, losses
    item["schedules"] = slots
    lost += [Loss("outward", "middle"), Loss("outward", "clock"), Loss("uuid", "no-place")]
    lost += [Loss(f"outward.{name}", "no-place") for name in ("mindate", "maxdate")]
    if _paid(ad.cost):
        lost.append(Loss("cost", "no-place"))
    return item, (*losses, *lost)


def _slots(ad: Journey, zone: tzinfo) -> tuple[list[Item], list[Loss]]:
    slots, lost = [], []
    first = within_reason(ad.outward.mindate)
    for number, day in enumerate(WEEK):
        start = middle(window_of(ad.outward, day))
        if getattr(ad.days, day) != 1:
            continue
        if start is None:
            lost.append(Loss(f"outward.{day}", "unusable"))
            continue
        on = first + timedelta(days=(number - first.weekday()) % 7)
        shown = local(instant(on, start, zone), PARIS)
        assert shown is not None
        slots.append(
            {
                "passengerPickupDay": day_name(shown.date())[:3].upper(),
                "passengerPickupTimeOfDay": spoken(seconds(shown.time())),
            }
        )
    return slots, lost


def _trip(ad: Journey, side: Side, operator: str) -> tuple[Item | None, Losses]:
    """Return what journeys and trips share."""
    lost: list[Loss] = []
    if ad.stopped == 1:
        return None, (Loss("stopped", "suspended"),)
    domain = domain_of(ad.origin)
    if not domain and operator:
        lost.append(Loss("origin", "defaulted"))
    domain = domain or operator
    if not domain:
        return None, (Loss("origin", "unusable"),)
    person = ad.driver if side == "driver" else ad.passenger
    user, known = _user(person, domain)
    if user is None:
        return None, (Loss(side, "unusable"),)
    item: Item = {"operator": domain, **_ends(ad, lost)}
    item.update(distance=ad.distance, duration=ad.duration)
    item[side] = user
    if ad.url is not None and ad.url.startswith(("https://", "http://")):
        item["webUrl"] = ad.url
    elif ad.url:
        lost.append(Loss("url", "unusable"))
    lost += [*known, Loss("from", "own-ends"), Loss("to", "own-ends"), *_left_out(ad, item, side)]
    if ad.operator != domain:
        lost.append(Loss("operator", "no-place"))
    return item, tuple(lost)


def _ends(ad: Journey, lost: list[Loss]) -> Item:
    found: Item = {}
    ends: tuple[tuple[str, str, Place], ...] = (("Pickup", "from", ad.from_), ("Drop", "to", ad.to))
    for name, member, place in ends:
        found[f"passenger{name}Lat"] = place.latitude
        found[f"passenger{name}Lng"] = place.longitude
        town = " ".join(filter(None, (place.postalcode, place.city)))
        address = ", ".join(filter(None, (place.address, town)))
        if address:
            found[f"passenger{name}Address"] = address
        if place.country:
            lost.append(Loss(f"{member}.country", "no-place"))
    return found


def _user(person: Driver | Passenger, domain: str) -> tuple[Item | None, list[Loss]]:
    lost: list[Loss] = []
    if person.uuid in (None, "") or not person.alias:
        return None, lost
    user: Item = {"id": str(person.uuid), "operator": domain, "alias": person.alias}
    if person.image and person.image.startswith(("https://", "http://")):
        user["picture"] = person.image
    elif person.image:
        lost.append(Loss("image", "unusable"))
    if person.gender in _GENDERS:
        user["gender"] = _GENDERS[person.gender]
    return user, lost


def _price(cost: Cost, distance: int) -> tuple[Item, list[Loss]]:
    """Return the price of a whole ride; a price per kilometre is multiplied by its length."""
    told = cost.variable if cost.fixed is None else cost.fixed
    if told is None:
        return {"type": "UNKNOWN"}, []
    if not (0 <= told <= _DEAREST and 0 <= distance <= _FARTHEST):
        return {"type": "UNKNOWN"}, [Loss("cost", "unusable")]
    lost, amount = [Loss("cost", "euros")], told
    if cost.fixed is None:
        amount = (told * distance / 1000).quantize(_CENT, ROUND_HALF_UP)
        lost.append(Loss("cost.variable", "estimated"))
    if amount == 0:
        return {"type": "FREE"}, lost
    return {"type": "PAYING", "amount": float(amount), "currency": "EUR"}, lost


def _paid(cost: Cost) -> bool:
    return cost.fixed is not None or cost.variable is not None


def _left_out(ad: Journey, item: Item, side: Side) -> list[Loss]:
    """Return what has no place in the other standard, and give the car its own."""
    there: dict[str, Any] = {
        "route": ad.route,
        "waypoints": ad.waypoints,
        "details": ad.details,
        "return": ad.return_,
    }
    lost = [Loss(name, "no-place") for name, value in there.items() if value]
    vehicle = ad.vehicle
    if vehicle is not None:
        if side == "driver" and vehicle.model:
            item["car"] = {"model": vehicle.model}
        names = (
            ("vehicle_image", "color") if side == "driver" else ("vehicle_image", "model", "color")
        )
        lost += [Loss(f"vehicle.{n}", "no-place") for n in names if getattr(vehicle, n)]
    return lost
