"""What the reference operator does with bookings and messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.ocss.booking import Transition, transition
from mobstd.ocss.reference.counter import MISSING, change, refuse_strangers
from mobstd.ocss.reference.feed import Feed
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.store import Store
from mobstd.ocss.reference.wrong_news import Retelling
from mobstd.serving.answers import Refuse, Reply

__all__ = ["BookingDesk"]

_LATEST = 250_000_000_000
"""A few decades before the last instant that Python's calendar has."""

_OTHER = {"driver": "passenger", "passenger": "driver"}


class BookingDesk:
    """Takes bookings of the journeys of a store, and messages to the people in it.

    A journey that a booking names has to be there, offered by that person, at a known price; one
    that names none is taken on trust (BOOK-09). What is refused is refused with 400 (A23, A24).

    Args:
        store: the journeys.
        ledger: where bookings are kept.
        now: UNIX seconds; rides before are over.
        feed: the way to a MaaS that is told, or ``None``.

    Attributes:
        retell: what a wrong behaviour makes of an event, or ``None``.
    """

    def __init__(self, store: Store, ledger: Ledger, now: int, feed: Feed | None = None) -> None:
        self.store = store
        self.ledger = ledger
        self.now = now
        self._feed = feed
        self.retell: Retelling | None = None

    def take(self, booking: Item, owner: str | None) -> Reply:
        """Keep a booking and answer 201 with it; the same again is answered alike (A22).

        Raises:
            Refuse: 400 where it can't be booked.
        """
        if transition(None, booking["status"]) is not Transition.OK:
            raise Refuse(400, "A booking begins as WAITING_CONFIRMATION.")
        if booking["passengerPickupDate"] < self.now:
            raise Refuse(400, "missing_journey: the ride is over.")
        if booking["passengerPickupDate"] > _LATEST:
            raise Refuse(400, "missing_journey: no ride is that far ahead.")
        for side in _OTHER:
            self._known(booking, side)
        kept = booking
        if "webUrl" not in booking:
            kept = {**booking, "webUrl": f"https://{self._ours(booking)}/bookings/{booking['id']}"}
        found, same = self.ledger.create(kept, owner, sent=booking, tell=self._tell)
        if not same:
            return Reply({"error": "booking_already_exists"}, status=409)
        self.open()
        return Reply(found)

    def change(self, asked: Mapping[str, Any], owner: str | None) -> None:
        """Change the status of a booking.

        Raises:
            Refuse: see ``counter.change``.
        """
        change(self.ledger, asked, owner, self._tell)
        self.open()

    def read(self, id_: str, owner: str | None) -> Item:
        """Return a booking to who made it.

        Raises:
            Refuse: 404 for others too, who are not told that it is there (A27).
        """
        found = self.ledger.booking(id_, owner)
        if found is None:
            raise Refuse(404, MISSING)
        return found

    def pass_on(self, message: Item, owner: str | None = None) -> None:
        """Keep a message for somebody here.

        Raises:
            Refuse: 401 where the key speaks for nobody in it (MSG-08); 404 where the person or the
                journey is not there.
        """
        refuse_strangers(self.ledger, message, owner)
        to, sender = message["to"], message["from"]
        if not self.store.person(to["operator"], to["id"]):
            raise Refuse(404)
        side = message["recipientCarpoolerType"].lower()
        for one, user in ((side, to), (_OTHER[side], sender)):
            journey = message.get(f"{one}JourneyId")
            if journey is None or not self.store.speaks_for(user["operator"]):
                continue
            if self.store.journey(user["operator"], journey) is None:
                raise Refuse(404)
        self.ledger.keep(message)

    def open(self) -> None:
        """Send the news that waits, if somebody is told."""
        if self._feed is not None:
            self._feed.wake()

    def close(self) -> None:
        """Stop sending."""
        if self._feed is not None:
            self._feed.close()

    def _known(self, booking: Item, side: str) -> None:
        """Refuse a booking of a journey that one of our people does not offer, or without price."""
        user, id_ = booking[side], booking.get(f"{side}JourneyId")
        if id_ is None or not self.store.speaks_for(user["operator"]):
            return
        journey = self.store.journey(user["operator"], id_)
        if journey is None or side not in journey:
            raise Refuse(400, "missing_journey")
        if journey[side]["id"] != user["id"]:
            raise Refuse(400, "missing_user")
        single = "passengerPickupDate" in journey
        unknown = journey.get("price", {}).get("type", "UNKNOWN") == "UNKNOWN"
        if side == "driver" and single and unknown:
            raise Refuse(400, "The journey has no known price, and is booked by its link only.")

    def _ours(self, booking: Item) -> str:
        """Return the operator that speaks here for one of the two, else the driver's."""
        sides = [booking[side]["operator"] for side in _OTHER]
        found: str = next((one for one in sides if self.store.speaks_for(one)), sides[0])
        return found

    def _tell(self, booking: Item) -> Item | None:
        if self._feed is None:
            return None
        ours = booking["driver"]["operator"] == self._ours(booking)
        event = self._feed.event(booking, driver_is_ours=ours)
        return event if self.retell is None else self.retell(booking, event)
