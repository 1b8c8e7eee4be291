"""What the reference operator does with bookings and messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from mobstd.ocss.lifecycle import Transition
from mobstd.ocss.reference.ledger import Ledger
from mobstd.rdex_plus.reference.world import Item, World
from mobstd.serving.answers import Refuse

__all__ = ["BookingDesk"]

STRANGER = "missing_booking_ownerhsip"
"""As the published file spells it (A110)."""

_OTHER = {"driver": "passenger", "passenger": "driver"}


class BookingDesk:
    """Takes bookings of the journeys of a world, and messages to the people in it.

    Of the two persons, those count as its own whose operator is one of this world's, by its name or
    by its site, or, where nothing is told of it, whose journey is known here. What is told of them
    has to be so; of the others nothing is known.

    Args:
        world: the journeys.
        ledger: where bookings are kept.
    """

    def __init__(self, world: World, ledger: Ledger) -> None:
        self.world = world
        self.ledger = ledger

    def take(self, booking: Item, owner: str | None) -> None:
        """Keep a booking.

        Raises:
            Refuse: 400 for another first status than ``pending``, and for a ride that is over; 404
                for a journey or a person that is not here; 409 for an id that is known.
        """
        first = self.ledger.lifecycle.first
        kept = {"status": first[0], **booking}
        if kept["status"] not in first:
            raise Refuse(400, f"invalid_input: a booking begins as {first[0]}.")
        self._known(booking, [side for side in _OTHER if self._ours(booking, side)])
        if _over(booking, self.world.now):
            raise Refuse(400, "too_late: the ride is over.")
        # the text knows no repetition: what was sent is never the same as before
        _, made = self.ledger.create(kept, owner, sent={"sending": uuid4().hex})
        if not made:
            raise Refuse(409, "booking_already_exists")

    def change(self, asked: Mapping[str, Any], owner: str | None) -> None:
        """Change the status of a booking.

        Raises:
            Refuse: 401 to who did not make it, 404 where there is none, 409 for the status that it
                has, 400 for one that does not follow (A119).
        """
        self._refuse_stranger(asked["bookingId"], owner)
        verdict = self.ledger.change(asked["bookingId"], asked["status"], owner)
        if verdict is None:
            raise Refuse(404, "missing_booking")
        if verdict is Transition.SAME:
            raise Refuse(409, "status_already_set")
        if verdict is Transition.DISMISSED:
            raise Refuse(400, "invalid_input: the booking has another status, which is final.")

    def read(self, id_: str, owner: str | None) -> Item:
        """Return a booking to who made it.

        Raises:
            Refuse: 401 to others, 404 where there is none.
        """
        self._refuse_stranger(id_, owner)
        found = self.ledger.booking(id_, owner)
        if found is None:
            raise Refuse(404, "missing_booking")
        return found

    def pass_on(self, message: Item) -> None:
        """Keep a message for somebody here.

        Raises:
            Refuse: 404 where the person or a journey is not there.
        """
        to = message["recipientCarpoolerType"]
        own = [side for side in _OTHER if self._ours(message, side)]
        if to not in own:
            raise Refuse(404)
        self._known(message, own)
        self.ledger.keep(message)

    def _ours(self, said: Item, side: str) -> bool:
        name, site = said.get(f"{side}Operator"), said.get(f"{side}OperatorUrl")
        told = [one for one in (name, _host(site)) if one]
        if told:
            return any(self.world.speaks_for(one) for one in told)
        return self.world.offer(said[f"{side}JourneyId"]) is not None

    def _known(self, said: Item, own: list[str]) -> None:
        """Refuse what is about a journey that is not here, or that somebody else makes."""
        if not own:
            raise Refuse(404, "missing_journey")
        for side in own:
            told = (said.get(f"{side}Operator"), _host(said.get(f"{side}OperatorUrl")))
            operator = next((one for one in told if one and self.world.speaks_for(one)), None)
            journey = self.world.offer(said[f"{side}JourneyId"], operator)
            if journey is None or side not in journey:
                raise Refuse(404, "missing_journey")
            if journey[side]["id"] != said[f"{side}Userid"]:
                raise Refuse(404, "missing_user")

    def _refuse_stranger(self, id_: str, owner: str | None) -> None:
        if self.ledger.hidden(id_, owner):
            raise Refuse(401, STRANGER)


def _host(site: str | None) -> str | None:
    """Return the host of a site, ``None`` where it is no address."""
    try:
        return urlsplit(site or "").hostname
    except ValueError:
        return None


def _over(booking: Item, now: int) -> bool:
    """Say whether a ride that is made once is over."""
    weekly = booking["frequency"] != "punctual"
    return not weekly and bool(booking["outwardSchedule"]["departureDate"] < now)
