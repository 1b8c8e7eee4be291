"""Bookings for tests, made from what a reference operator publishes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from mobstd.ocss.booking import booking_of
from mobstd.ocss.reference import build
from mobstd.ocss.v1_0 import Booking, Client, DriverJourney, Price, User
from mobstd.transport.asgi import AsgiSender

__all__ = ["NOW", "TRAVELLER", "client_of", "operator", "some_booking", "some_journey"]

NOW = 1_795_424_400
TRAVELLER = User(id="p-77", operator="maas.example.com", alias="Zoé L.")
_FREE = Price(type="FREE")


def operator(**options: Any) -> Any:
    """Return a small reference operator."""
    return build(**{"now": NOW, "count": 300, "check_answers": True, **options})


def client_of(app: Any, **options: Any) -> Client:
    """Return a client of an app in this process."""
    return Client("http://operator.test", sender=AsgiSender(app), **options)


def some_journey(app: Any) -> DriverJourney:
    """Return a journey that can be booked: to come, and at a known price."""
    store = app.service.store
    for item in store.some("driver-journey", 300):
        known = item.get("price", {}).get("type") in ("FREE", "PAYING")
        if known and "id" in item and item["passengerPickupDate"] > NOW:
            return DriverJourney.read(item)
    raise AssertionError("no journey can be booked")


def some_booking(app: Any | None = None) -> Booking:
    """Return a booking of a journey of the app, or of one that names no journey."""
    if app is not None:
        return booking_of(some_journey(app), TRAVELLER)
    driver = User(id=f"u-{uuid4().hex[:6]}", operator="elsewhere.example.org", alias="Loïc")
    return Booking.read(
        {
            "id": str(uuid4()),
            "driver": driver.dump(),
            "passenger": TRAVELLER.dump(),
            "passengerPickupDate": NOW + 86_400,
            "passengerPickupLat": 45.1915,
            "passengerPickupLng": 5.7145,
            "passengerDropLat": 45.3659,
            "passengerDropLng": 5.5906,
            "status": "WAITING_CONFIRMATION",
            "price": _FREE.dump(),
        }
    )
